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
  if (token.kind == TokenKind::line_end) return false;
  if (token.kind != TokenKind::mark) return true;
  switch (token.mark) {
    case '+':
    case '-':
    case '/':
    case '^':
    case '=':
    case '%':
    case '<':
    case '>':
    case '|':
    case '&':
    case '\\':
      return true;
    default:
      return token.mark == '\x7f';
  }
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
      if (!counts(tokens[t]) || is_dash(tokens[t], tokens, t)) continue;
      option.words.push_back(lowered(raw(text, tokens[t])));
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
    if (option.words.empty()) continue;
    std::size_t t = at, w = 0;
    while (w < option.words.size() && t < tokens.size()) {
      if (!counts(tokens[t]) || is_dash(tokens[t], tokens, t)) {
        ++t;
        continue;
      }
      if (!equal(raw(text, tokens[t]), option.words[w])) break;
      ++t;
      ++w;
    }
    if (w < option.words.size()) continue;
    // "3" is not the beginning of "3 x 10^5", nor "5" of "5 %".
    if (t < tokens.size() && counts(tokens[t]) &&
        tokens[t - 1].kind == TokenKind::number) {
      const Token& next = tokens[t];
      const bool operation = next.kind == TokenKind::mark && !is_dash(next, tokens, t);
      const bool times =
          next.kind == TokenKind::word && (next.letter == 'X' || next.letter == 'E');
      if (operation || times || next.kind == TokenKind::number) continue;
    }
    if (w > best_words) {
      best = Found{option.letter, t};
      best_words = w;
      tie = false;
    } else if (w == best_words) {
      tie = true;
    }
  }
  return tie ? std::nullopt : best;
}

std::vector<char> OptionTexts::in(std::string_view text,
                                  std::span<const Token> tokens) const {
  std::vector<char> letters;
  for (std::size_t t = 0; t < tokens.size();) {
    const Token& token = tokens[t];
    const bool may_begin = counts(token) && !is_dash(token, tokens, t);
    // A number does not begin after an operator: "x = 2" may, "10^2" and "1/2" may not.
    const bool inside =
        t > 0 && tokens[t - 1].kind == TokenKind::mark &&
        tokens[t - 1].end == token.begin &&
        std::string_view("^/\\|<").find(tokens[t - 1].mark) != std::string_view::npos;
    const auto found = may_begin && !inside ? at(text, tokens, t) : std::nullopt;
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
