// What a reply's words and lines are by themselves, before any of them is a claim.
#include <algorithm>

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

bool Statement::is_word(std::size_t at, Word word) const {
  return at < tokens_.size() && tokens_[at].word == word;
}

bool Statement::is_text(std::size_t at, std::string_view word) const {
  const Token* const t = token(at);
  if (t == nullptr || t->end - t->begin != word.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    if ((text_[t->begin + i] | 0x20) != word[i]) return false;
  }
  return true;
}

// Whether the word stands in a list with a blank before and behind each.
bool Statement::is_among(std::size_t at, std::string_view words) const {
  const Token* const t = token(at);
  if (t == nullptr || t->kind == TokenKind::mark || t->end - t->begin > 16)
    return false;
  std::string word = " ";
  for (std::size_t i = t->begin; i < t->end; ++i) {
    const char c = text_[i];
    word += c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  }
  word += ' ';
  return words.find(word) != std::string_view::npos;
}

bool Statement::starts_small(std::size_t at) const {
  const Token* const t = token(at);
  return t != nullptr && t->kind == TokenKind::word && text_[t->begin] >= 'a' &&
         text_[t->begin] <= 'z';
}

bool Statement::ends_sentence(std::size_t at) const {
  const Token* const t = token(at);
  if (t == nullptr || t->kind == TokenKind::line_end) return true;
  if (t->kind != TokenKind::mark ||
      std::string_view(".!?;").find(t->mark) == std::string_view::npos) {
    return false;
  }
  // "B. London": the stop after a lone letter ends nothing.
  return !(t->mark == '.' && at > 0 && tokens_[at - 1].letter != 0 &&
           !tokens_[at - 1].small && token(at + 1) != nullptr &&
           tokens_[at + 1].kind != TokenKind::line_end);
}

bool Statement::is_label(const Token& t) const {
  return t.letter != 0 && labels_.find(t.letter) != std::string_view::npos;
}

bool Statement::in_brackets(std::size_t at) const {
  return at > 0 && is_mark(at - 1, "([{\"'<") &&
         (is_mark(at + 1, ")]}\"'>") || at + 1 >= tokens_.size());
}

// Whether the single letter at `at` can name an option: no pronoun, article, variable,
// grade or part of a compound.
bool Statement::may_be_label(std::size_t at, bool after_cue) const {
  const Token& t = tokens_[at];
  if (!is_label(t)) return false;
  const Token* const next = token(at + 1);
  const bool touches = next != nullptr && next->begin == t.end;
  if (at > 0 && tokens_[at - 1].end == t.begin && is_mark(at - 1, "/^_+=<>|&%#-'") &&
      !is_mark(at - 1, "='<>-|")) {
    return false;
  }
  if (touches && next->kind == TokenKind::mark) {
    // F(x), A+, B-cell, A/B, x', 5%
    if (is_mark(at + 1, "(+^_=%'&|/\\") && !in_brackets(at)) {
      if (!(is_mark(at + 1, "|'=") && at > 0 && is_mark(at - 1, "|'"))) return false;
    }
    const Token* const after = token(at + 2);
    if (is_mark(at + 1, "-") && after != nullptr && after->begin == next->end &&
        after->kind != TokenKind::line_end && after->kind != TokenKind::mark) {
      return false;
    }
  }
  if (in_brackets(at)) return true;
  if (is_mark(at + 1, "=<+") || (is_mark(at + 1, "-") && token(at + 2) != nullptr &&
                                 tokens_[at + 2].letter != 0 && !after_cue)) {
    return false;
  }
  if (t.small) {
    return after_cue && (next == nullptr || next->kind == TokenKind::line_end ||
                         is_mark(at + 1, ".)]},;:\"'<"));
  }
  // The article and the pronoun.
  if ((t.letter == 'A' || t.letter == 'I') && starts_small(at + 1)) {
    const Word word = next->word;
    const bool connects = word == Word::reason || word == Word::alternate ||
                          word == Word::both || word == Word::no ||
                          (word == Word::but) || is_text(at + 1, "is") ||
                          is_text(at + 1, "as");
    return connects && (t.letter == 'A' || word != Word::no);
  }
  return true;
}

// The label that a line begins with: "B", "B)", "(B)", "- B:", "option B -".
std::optional<char> Statement::item_label(const Line& line) const {
  std::size_t i = line.begin;
  while (i < line.end &&
         (is_mark(i, "-#>([{\"'|+\x01\x02\x03") || is_word(i, Word::option)))
    ++i;
  if (i < line.end && tokens_[i].kind == TokenKind::number && is_mark(i + 1, ".)")) {
    i += 2;
    while (i < line.end && (is_mark(i, opening) || is_word(i, Word::option))) ++i;
  }
  if (i >= line.end || !is_label(tokens_[i])) return std::nullopt;
  if (tokens_[i].small && !(is_mark(i + 1, ")."))) return std::nullopt;
  const bool delimited =
      i + 1 >= line.end || is_mark(i + 1, ".):,;-]}\"'|=>") || is_mark(i + 1, closing);
  if (!delimited) return std::nullopt;
  if (is_mark(i + 1, "-=") && tokens_[i + 1].begin == tokens_[i].end &&
      i + 2 < line.end && tokens_[i + 2].begin == tokens_[i + 1].end) {
    return std::nullopt;
  }
  if (is_mark(i + 1, "'") && !(i > line.begin && is_mark(i - 1, "'")))
    return std::nullopt;
  return tokens_[i].letter;
}

std::size_t Statement::line_of(std::size_t at) const {
  const auto line = std::ranges::upper_bound(lines_, at, {}, &Line::end);
  return static_cast<std::size_t>(line - lines_.begin());
}

// One of several lines that go through the options in order.
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

bool Statement::is_only_label(const Line& line, char* letter) const {
  *letter = 0;
  for (std::size_t i = line.begin; i < line.end; ++i) {
    const Token& t = tokens_[i];
    if (t.kind == TokenKind::mark) continue;
    if (t.letter == 0 && (t.word == Word::option || t.word == Word::so)) continue;
    if (t.kind == TokenKind::other_script && t.letter == 0 && *letter != 0) {
      const std::string_view run = text_.substr(t.begin, t.end - t.begin);
      if (run == "です" || run == "だ" || run == "입니다" || run == "이다") continue;
    }
    if (*letter != 0 || !is_label(t)) return false;
    *letter = t.letter;
  }
  return *letter != 0;
}

}  // namespace proctor
