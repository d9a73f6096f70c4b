// Options recognised by their text: "The answer is Paris." of the options Paris and
// Rome.
//
// In: the tokens of a reply. Out: the option whose whole text begins at a token. Words
// and numbers are compared, in small letters; punctuation is not, since models repeat a
// text with their own. A number must be all of the number: "3" is not named by "3 x
// 10^5".
#include "proctor/answer/option_text.h"

#include <algorithm>

#include "proctor/answer/markup.h"
#include "proctor/answer/unicode.h"
#include "proctor/answer/view.h"
#include "proctor/base/base.h"

namespace proctor {
namespace {

// Marks that change a value; all others are punctuation.
bool counts(const Token& token) {
  constexpr std::string_view signs = "+-/^=%<>|&\\\x7f";
  if (token.kind == TokenKind::line_end) return false;
  return token.kind != TokenKind::mark ||
         signs.find(token.mark) != std::string_view::npos;
}

bool is_sign(const Token& token, std::span<const Token> tokens, std::size_t at) {
  return token.kind == TokenKind::mark && (token.mark == '-' || token.mark == '+') &&
         at + 1 < tokens.size() && tokens[at + 1].kind == TokenKind::number &&
         tokens[at + 1].begin == token.end;
}

std::string_view raw(std::string_view text, const Token& token) {
  return text.substr(token.begin, token.end - token.begin);
}

bool same(std::string_view word, std::string_view lowered) {
  bool ascii = word.size() == lowered.size();
  for (std::size_t i = 0; ascii && i < word.size(); ++i) {
    const char c = word[i];
    if (static_cast<unsigned char>(c) >= 0x80) return false;
    const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    if (low != lowered[i]) return false;
  }
  return ascii;
}

std::string lowered(std::string_view word) {
  std::string out;
  for (std::size_t at = 0; at < word.size();)
    out += utf8_of(lower(next_code_point(word, at)));
  return out;
}

bool equal(std::string_view word, const std::string& low) {
  if (same(word, low)) return true;
  const bool plain = std::ranges::all_of(
      word, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return !plain && lowered(word) == low;
}

// A dash between words is punctuation; before a number it is a sign.
bool is_dash(const Token& token, std::span<const Token> tokens, std::size_t at) {
  return token.kind == TokenKind::mark && token.mark == '-' &&
         !is_sign(token, tokens, at);
}

// Whether a token is compared.
bool is_compared(std::span<const Token> tokens, std::size_t at) {
  return counts(tokens[at]) && !is_dash(tokens[at], tokens, at);
}

// "3" is not the beginning of "3 x 10^5", nor "5" of "5 %". `at` is behind a text.
bool is_number_cut_off(std::span<const Token> tokens, std::size_t at) {
  if (at >= tokens.size() || !counts(tokens[at]) ||
      tokens[at - 1].kind != TokenKind::number) {
    return false;
  }
  const Token& next = tokens[at];
  if (next.kind == TokenKind::mark) return !is_dash(next, tokens, at);
  const bool times = next.letter == 'X' || next.letter == 'E';
  return next.kind == TokenKind::number || (next.kind == TokenKind::word && times);
}

// Where the words end that begin at `at`; nothing where they do not stand there.
std::optional<std::size_t> end_of(const std::vector<std::string>& words,
                                  std::string_view text, std::span<const Token> tokens,
                                  std::size_t at) {
  std::size_t word = 0;
  for (; word < words.size() && at < tokens.size(); ++at) {
    if (!is_compared(tokens, at)) continue;
    if (!equal(raw(text, tokens[at]), words[word])) return std::nullopt;
    ++word;
  }
  return word == words.size() ? std::optional(at) : std::nullopt;
}

}  // namespace

OptionTexts::OptionTexts(std::span<const std::string> choices,
                         std::string_view labels) {
  const std::size_t n = std::min(choices.size(), labels.size());
  for (std::size_t i = 0; i < n; ++i) {
    // A text of a book's length is no name for an option.
    const std::string text = choices[i].size() > 2000
                                 ? std::string()
                                 : plain_view(without_entities(choices[i]));
    const std::vector<Token> tokens = tokens_of(text);
    Option option{labels[i], {}};
    for (std::size_t t = 0; t < tokens.size(); ++t) {
      if (is_compared(tokens, t)) option.words.push_back(lowered(raw(text, tokens[t])));
    }
    have_parts_ = have_parts_ || text.find("(a)") != std::string::npos;
    options_.push_back(std::move(option));
  }
}

std::optional<OptionTexts::Found> OptionTexts::at(std::string_view text,
                                                  std::span<const Token> tokens,
                                                  std::size_t at) const {
  std::optional<Found> best;
  std::size_t best_words = 0;
  bool tie = false;
  for (const Option& option : options_) {
    if (option.words.empty() || option.words.size() < best_words) continue;
    const auto end = end_of(option.words, text, tokens, at);
    if (!end || is_number_cut_off(tokens, *end)) continue;
    tie = option.words.size() == best_words;
    if (tie) continue;
    best = Found{option.letter, *end};
    best_words = option.words.size();
  }
  return tie ? std::nullopt : best;
}

std::vector<char> OptionTexts::in(std::string_view text,
                                  std::span<const Token> tokens) const {
  std::vector<char> letters;
  for (std::size_t t = 0; t < tokens.size();) {
    const Token& token = tokens[t];
    // A number does not begin after an operator: "x = 2" may, "10^2" and "1/2" may not.
    const bool inside =
        t > 0 && tokens[t - 1].kind == TokenKind::mark &&
        tokens[t - 1].end == token.begin &&
        std::string_view("^/\\|<").find(tokens[t - 1].mark) != std::string_view::npos;
    const auto found =
        is_compared(tokens, t) && !inside ? at(text, tokens, t) : std::nullopt;
    if (!found) {
      ++t;
      continue;
    }
    if (std::ranges::find(letters, found->letter) == letters.end()) {
      letters.push_back(found->letter);
    }
    t = std::max(t + 1, found->end);
  }
  return letters;
}

}  // namespace proctor
