// Words and lines by themselves, before any of them is a claim: what is a label, where
// a sentence ends, which label a line begins with.
//
// In: one stretch of a reply in tokens. Out: answers to small questions about one place
// in it; nothing here knows what an answer is. "I think B-cells ... (B)": the first B
// is part of a compound, I is the pronoun, the B in brackets may be a label.
#include <algorithm>
#include <array>

#include "proctor/answer/claims.h"

namespace proctor {

Statement::Statement(std::string_view text, std::span<const Token> tokens,
                     std::string_view labels, std::span<const std::string> choices)
    : text_(text), tokens_(tokens), labels_(labels), choices_(choices) {
  std::size_t begin = 0;
  for (std::size_t at = 0; at <= tokens_.size(); ++at) {
    if (at < tokens_.size() && tokens_[at].kind != TokenKind::line_end) continue;
    if (at > begin) lines_.push_back({begin, at});
    begin = at + 1;
  }
  for (const Line& line : lines_) items_.push_back(item_label(line).value_or('\0'));
}

bool Statement::is_mark(std::size_t at, std::string_view marks) const {
  const Token* const t = token(at);
  if (t == nullptr || t->kind != TokenKind::mark || t->mark == 0) return false;
  // Asked of nearly every token, of a few marks: a call of memchr takes longer.
  return std::ranges::any_of(marks, [&](char mark) { return mark == t->mark; });
}

bool Statement::is_text(std::size_t at, std::string_view word) const {
  const Token* const t = token(at);
  if (t == nullptr || t->end - t->begin != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((text_[t->begin + i] | 0x20) != word[i]) return false;
  }
  return true;
}

bool Statement::is_among(std::size_t at, std::string_view words) const {
  std::array<char, 16> low;
  const Token* const t = token(at);
  if (t == nullptr || t->kind == TokenKind::mark || t->end - t->begin > low.size())
    return false;
  std::ranges::transform(raw(at), low.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  });
  const std::string_view word(low.data(), t->end - t->begin);
  // A blank of the list stands on each side of the whole word alone.
  for (std::size_t i = words.find(word); i != std::string_view::npos;
       i = words.find(word, i + 1)) {
    if (words[i - 1] == ' ' && words[i + word.size()] == ' ') return true;
  }
  return false;
}

std::size_t Statement::behind(std::size_t at, std::string_view marks) const {
  while (is_mark(at, marks)) ++at;
  return at;
}

std::size_t Statement::before(std::size_t at, std::string_view marks) const {
  while (at > 0 && is_mark(at - 1, marks)) --at;
  return at;
}

bool Statement::touches_next(std::size_t at) const {
  return at + 1 < tokens_.size() && tokens_[at].end == tokens_[at + 1].begin;
}

bool Statement::starts_small(std::size_t at) const {
  return is_kind(at, TokenKind::word) && text_[tokens_[at].begin] >= 'a' &&
         text_[tokens_[at].begin] <= 'z';
}

bool Statement::ends_sentence(std::size_t at) const {
  if (ends_line(at)) return true;
  if (!is_mark(at, ".!?;")) return false;
  // "B. London": the stop after a lone letter ends nothing.
  const bool numbers = tokens_[at].mark == '.' && at > 0 &&
                       tokens_[at - 1].letter != 0 && !tokens_[at - 1].small;
  return !numbers || ends_line(at + 1);
}

bool Statement::is_label(const Token& t) const {
  return t.letter != 0 && labels_.find(t.letter) != std::string_view::npos;
}

bool Statement::is_capital_label(std::size_t at) const {
  return at < tokens_.size() && is_label(tokens_[at]) && !tokens_[at].small;
}

bool Statement::is_named_label(std::size_t at) const {
  return is_capital_label(at) && may_be_label(at, Cue::given);
}

bool Statement::in_brackets(std::size_t at) const {
  return at > 0 && is_mark(at - 1, "([{\"'<") &&
         (is_mark(at + 1, ")]}\"'>") || at + 1 >= tokens_.size());
}

// "x/B", "x_B", "5%B".
bool Statement::ends_compound(std::size_t at) const {
  return at > 0 && touches_next(at - 1) && is_mark(at - 1, "/^_+&%#");
}

// "F(x)", "A+", "A/B", "x'", "B-cell"; but in "|A|" and "'A'" the mark encloses it.
bool Statement::begins_compound(std::size_t at) const {
  if (!touches_next(at)) return false;
  if (is_mark(at + 1, "(+^_=%'&|/\\") && !in_brackets(at)) {
    const bool enclosed = is_mark(at + 1, "|'=") && is_mark(at - 1, "|'");
    if (!enclosed) return true;
  }
  return is_mark(at + 1, "-") && touches_next(at + 1) && !ends_line(at + 2) &&
         !is_kind(at + 2, TokenKind::mark);
}

// "A is right", "A because ...", but "A dog ..." and "I never ...".
bool Statement::is_article_or_pronoun(std::size_t at) const {
  const char letter = tokens_[at].letter;
  if ((letter != 'A' && letter != 'I') || !starts_small(at + 1)) return false;
  if (letter == 'I' && is_word(at + 1, Word::no)) return true;
  constexpr WordSet joining{Word::reason, Word::alternate, Word::both, Word::no,
                            Word::but};
  return !is_word(at + 1, joining) && !is_among(at + 1, " is as ");
}

bool Statement::may_be_label(std::size_t at, Cue cue) const {
  const Token& t = tokens_[at];
  if (!is_label(t) || ends_compound(at) || begins_compound(at)) return false;
  if (in_brackets(at)) return true;
  // "A = 3", "A - B": a variable and a difference.
  if (is_mark(at + 1, "=<+")) return false;
  if (cue == Cue::none && is_mark(at + 1, "-") && letter_at(at + 2) != 0) return false;
  // Small letters are words and variables; behind a cue one that ends something is not.
  if (t.small) {
    return cue == Cue::given && (ends_line(at + 1) || is_mark(at + 1, ".)]},;:\"'<"));
  }
  return !is_article_or_pronoun(at);
}

// The label that a line begins with: "B", "B)", "(B)", "- B:", "2. option B -".
std::optional<char> Statement::item_label(const Line& line) const {
  std::size_t i = line.begin;
  const auto skip = [&](std::string_view marks) {
    while (i < line.end && (is_mark(i, marks) || is_word(i, Word::option))) ++i;
  };
  skip("-#>([{\"'|+\x01\x02\x03");
  if (i < line.end && is_kind(i, TokenKind::number) && is_mark(i + 1, ".)")) {
    i += 2;
    skip(opening);
  }
  if (i >= line.end || !is_label(tokens_[i])) return std::nullopt;
  if (tokens_[i].small && !is_mark(i + 1, ").")) return std::nullopt;
  if (i + 1 < line.end && !is_mark(i + 1, ".):,;-]}\"'|=>")) return std::nullopt;
  // "B-cell", "A=3" and "A's" begin a sentence, not an item.
  const bool joined = is_mark(i + 1, "-=") && touches_next(i) && i + 2 < line.end &&
                      touches_next(i + 1);
  const bool quoted = i > line.begin && is_mark(i - 1, "'");
  if (joined || (is_mark(i + 1, "'") && !quoted)) return std::nullopt;
  return tokens_[i].letter;
}

std::size_t Statement::line_of(std::size_t at) const {
  const auto line = std::ranges::upper_bound(lines_, at, {}, &Line::end);
  return static_cast<std::size_t>(line - lines_.begin());
}

// "A) Nile\nB) Danube": the neighbour among the lines with labels decides. A reply that
// goes through the options has said nothing yet by naming one of them.
bool Statement::is_listed(std::size_t line) const {
  const char label = line < items_.size() ? items_[line] : '\0';
  if (label == 0) return false;
  for (std::size_t i = line; i-- > 0;) {
    if (items_[i] == 0) continue;
    if (items_[i] + 1 == label) return true;
    break;
  }
  for (std::size_t i = line + 1; i < items_.size(); ++i) {
    if (items_[i] == 0) continue;
    return items_[i] == label + 1;
  }
  return false;
}

// "B", "**(B)**", "Option: B", "Bです".
std::optional<char> Statement::lone_label(const Line& line) const {
  char letter = 0;
  for (std::size_t i = line.begin; i < line.end; ++i) {
    const Token& t = tokens_[i];
    if (t.kind == TokenKind::mark) continue;
    if (t.letter == 0 && (t.word == Word::option || t.word == Word::so)) continue;
    if (letter != 0 && t.letter == 0 && is_among(i, " です だ 입니다 이다 ")) continue;
    if (letter != 0 || !is_label(t)) return std::nullopt;
    letter = t.letter;
  }
  return letter != 0 ? std::optional(letter) : std::nullopt;
}

}  // namespace proctor
