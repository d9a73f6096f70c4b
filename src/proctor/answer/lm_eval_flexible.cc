// lm-evaluation-harness' flexible-extract: "(A) or (B)" is (B), "I say paris!" the
// option Paris. What is found last counts, by kind: a bracketed capital, an option's
// text, a capital behind a colon.
#include <algorithm>

#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {
namespace {

std::string in_brackets(char letter) {
  return {'(', letter, ')'};
}

std::optional<std::string> last_bracketed_capital(std::string_view text) {
  for (std::size_t at = text.rfind('('); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : text.rfind('(', at - 1)) {
    if (at + 2 < text.size() && text[at + 1] >= 'A' && text[at + 1] <= 'Z' &&
        text[at + 2] == ')') {
      return in_brackets(text[at + 1]);
    }
  }
  return std::nullopt;
}

// Lower case, without the Unicode categories P*.
std::string plain(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (is_punctuation(c)) continue;
    out += c == 0x130 ? "i\u0307" : utf8_of(lower(c));
  }
  return out;
}

// The last of the places findall gives for the options' alternation: the leftmost, and
// of equals the first option.
std::optional<std::string> last_option_text(std::string_view reply,
                                            std::span<const std::string> choices) {
  if (choices.empty()) return std::nullopt;
  const std::string text = plain(reply);
  std::vector<std::string> options;
  for (const std::string& choice : choices) {
    options.push_back(plain(python_strip(choice)));
  }
  // An option without letters matches everywhere, and last of all at the end: nothing.
  if (std::ranges::any_of(options, &std::string::empty)) return std::nullopt;
  std::vector<std::size_t> next(options.size(), 0);
  for (std::size_t i = 0; i < options.size(); ++i) next[i] = text.find(options[i]);
  std::optional<std::size_t> last;
  for (std::size_t from = 0;;) {
    for (std::size_t i = 0; i < options.size(); ++i) {
      if (next[i] < from) next[i] = text.find(options[i], from);
    }
    const auto first = std::ranges::min_element(next);
    if (*first == std::string::npos) break;
    last = static_cast<std::size_t>(first - next.begin());
    from = *first + options[*last].size();
  }
  if (!last) return std::nullopt;
  // Equal options are one key, and the last of them owns it.
  const std::string found(python_strip(options[*last]));
  for (std::size_t i = options.size(); i-- > 0;) {
    if (options[i] == found) return in_brackets(static_cast<char>('A' + i));
  }
  return found.empty() ? std::nullopt : std::optional(found);
}

std::optional<std::string> last_after_colon(std::string_view text, std::size_t n) {
  for (std::size_t at = text.rfind(':'); at != std::string_view::npos;
       at = at == 0 ? std::string_view::npos : text.rfind(':', at - 1)) {
    const std::size_t place = after_spaces(text, at + 1);
    if (place < text.size() && text[place] >= 'A' &&
        static_cast<std::size_t>(text[place] - 'A') < n) {
      return in_brackets(text[place]);
    }
  }
  return std::nullopt;
}

}  // namespace

Answer read_lm_eval_flexible(const Reading& reading) {
  const std::string_view letters = first_four(reading.labels);
  if (auto text = last_bracketed_capital(reading.reply)) {
    return filtered(*std::move(text), letters, "last (X)");
  }
  if (auto text = last_option_text(reading.reply, reading.choices)) {
    return filtered(*std::move(text), letters, "last option text");
  }
  if (auto text = last_after_colon(reading.reply, reading.labels.size())) {
    return filtered(*std::move(text), letters, "last : X");
  }
  return filtered(std::string(invalid), letters, "");
}

}  // namespace proctor
