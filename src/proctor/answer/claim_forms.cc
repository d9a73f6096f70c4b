// Claims by form alone: lines, lists with verdicts, short replies.
#include <algorithm>
#include <cstdlib>

#include "proctor/answer/claims.h"

namespace proctor {

// A line that is nothing but a label, and the labelled first line of a reply.
std::optional<Claim> Statement::line_claim(std::size_t index) {
  const Line& line = lines_[index];
  char letter = 0;
  const auto label_at = [&] {
    std::size_t i = line.begin;
    while (i < line.end && tokens_[i].letter != letter) ++i;
    return i;
  };
  const auto clean = [&](std::size_t at) {
    return !is_mark(at + 1, "+/=") && !is_mark(line.end - 1, "?");
  };
  if (is_only_label(line, &letter) && !is_listed(index)) {
    const std::size_t at = label_at();
    const bool edge = index == 0 || index + 1 == lines_.size();
    if (!clean(at) || (tokens_[at].small && lines_.size() > 1 && !edge))
      return std::nullopt;
    return Claim{.letter = letter,
                 .strength = edge ? Strength::stated : Strength::pointed,
                 .at = at,
                 .rule = "a letter alone on a line"};
  }
  if (index == 0 && items_[index] != 0 && !is_listed(index)) {
    letter = items_[index];
    const std::size_t at = label_at();
    // "(a) We first ...", "(i) ..." number the parts of a longer text.
    const bool long_text = lines_.size() > 1 || line.end - line.begin > 24;
    if (tokens_[at].small && (long_text || !is_mark(at + 1, ")"))) return std::nullopt;
    if (is_mark(at + 1, ",=|") || !clean(at)) return std::nullopt;
    return judged(at, Strength::stated, "the reply begins with a letter");
  }
  return std::nullopt;
}

// Lines that go through the options with a verdict each: "B: yes", "B: 70%".
std::optional<Claim> Statement::by_verdicts() const {
  char yes = 0, greatest = 0;
  int yeses = 0, verdicts = 0, shares = 0;
  double most = -1;
  bool tie = false;
  for (std::size_t l = 0; l < lines_.size(); ++l) {
    if (items_[l] == 0 || !is_listed(l)) continue;
    const Line& line = lines_[l];
    bool good = false, bad = false, negated = false;
    for (std::size_t i = line.begin; i < line.end; ++i) {
      negated = negated || is_word(i, Word::no);
      good = good || is_word(i, Word::good) || is_text(i, "yes") || is_mark(i, "\x02");
      bad = bad || is_word(i, Word::bad) || is_text(i, "no") || is_mark(i, "\x03");
      if (tokens_[i].kind == TokenKind::number && is_mark(i + 1, "%") &&
          i < line.begin + 6) {
        const double share = std::strtod(
            std::string(text_.substr(tokens_[i].begin, 12)).c_str(), nullptr);
        ++shares;
        tie = share == most || (tie && share < most);
        if (share > most) {
          most = share;
          greatest = items_[l];
        }
      }
    }
    if (good && negated) good = false, bad = true;
    verdicts += good || bad ? 1 : 0;
    if (good && !bad) {
      ++yeses;
      yes = items_[l];
    }
  }
  const Strength strength = Strength::pointed;
  if (verdicts >= 2 && yeses == 1)
    return Claim{.letter = yes, .strength = strength, .rule = "a list with one yes"};
  if (shares >= 2 && !tie)
    return Claim{.letter = greatest, .strength = strength, .rule = "the largest share"};
  return std::nullopt;
}

std::optional<Claim> Statement::by_form() {
  if (lines_.empty()) return std::nullopt;
  if (const auto claim = by_verdicts()) return claim;
  const Line& last = lines_.back();
  const std::size_t index = lines_.size() - 1;
  // The last sentence is a label: "... but it is Madrid. D."
  std::size_t end = last.end;
  while (end > last.begin && tokens_[end - 1].kind == TokenKind::mark &&
         !is_mark(end - 1, "?"))
    --end;
  if (end > last.begin && !is_listed(index)) {
    const std::size_t at = end - 1;
    const bool first = at == last.begin;
    const bool parted =
        !first &&
        (is_mark(at - 1, ".!?:-\"") || is_word(at - 1, Word::fill) || in_brackets(at) ||
         is_mark(at - 1, ",") || is_word(at - 1, Word::option));
    if (tokens_[at].letter != 0 && !tokens_[at].small && may_be_label(at, false) &&
        (first || parted)) {
      bool others = false;
      for (std::size_t i = last.begin; i < at; ++i) {
        others =
            others || is_word(i, Word::alternate) || is_word(i, Word::no) ||
            is_word(i, Word::bad) || (is_word(i, Word::both) && i + 4 > at) ||
            (is_mark(i, ",") && i + 1 == at && i > 0 && tokens_[i - 1].letter != 0);
      }
      if (!others) {
        return Claim{.letter = tokens_[at].letter,
                     .strength = Strength::pointed,
                     .at = at,
                     .rule = "the reply ends with a letter"};
      }
    }
  }
  // A last paragraph that is one labelled option; behind a colon it was judged before.
  const bool behind_colon = index > 0 && is_mark(lines_[index - 1].end - 1, ":");
  if (items_[index] != 0 && !is_listed(index) && !behind_colon) {
    std::size_t at = last.begin;
    while (tokens_[at].letter != items_[index]) ++at;
    if (!is_mark(at + 1, ",=") && !tokens_[at].small) {
      return judged(at, Strength::pointed, "the last line is an option");
    }
  }
  return std::nullopt;
}

std::optional<Claim> Statement::by_text() {
  if (choices_.empty() || lines_.empty()) return std::nullopt;
  constexpr std::string_view rule = "an option's text";
  const auto only = [&](std::size_t begin, std::size_t end) -> std::optional<Claim> {
    for (std::size_t i = begin; i < end; ++i) {
      if (is_word(i, Word::no) || is_word(i, Word::bad)) return std::nullopt;
    }
    // "A) Paris is": talk about an option, cut off.
    if (is_word(end - 1, Word::is)) return std::nullopt;
    const auto found = texts().in(text_, tokens_.subspan(begin, end - begin));
    if (found.size() != 1) return std::nullopt;
    return Claim{
        .letter = found[0], .strength = Strength::pointed, .at = begin, .rule = rule};
  };
  // The whole reply is an option, whatever words it has.
  const std::size_t first = lines_.front().begin, end = lines_.back().end;
  if (const auto whole = texts().at(text_, tokens_.subspan(0, end), first)) {
    std::size_t i = whole->end;
    while (i < end && tokens_[i].kind == TokenKind::mark && !is_mark(i, "?")) ++i;
    if (i >= end)
      return Claim{.letter = whole->letter,
                   .strength = Strength::pointed,
                   .at = first,
                   .rule = rule};
  }
  if (end - first > 48 || lines_.size() > 2) return std::nullopt;
  const auto claim = only(first, end);
  if (!claim || end - first <= 24) return claim;
  // Numbers turn up in any reckoning; among more words an option needs words, too.
  const std::string_view choice = choices_[labels_.find(claim->letter)];
  const bool has_letters = std::ranges::any_of(choice, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
  if (has_letters) return claim;
  return std::nullopt;
}

std::optional<Claim> Statement::only_label() const {
  if (tokens_.size() > 40) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (is_word(i, Word::no) || is_word(i, Word::bad) || is_word(i, Word::alternate) ||
        is_mark(i, "?")) {
      return std::nullopt;
    }
    if (tokens_[i].letter == 0 || tokens_[i].small || !may_be_label(i, false)) continue;
    const bool named = i == 0 || in_brackets(i) || is_word(i - 1, Word::option) ||
                       tokens_[i - 1].kind == TokenKind::mark;
    if (found && tokens_[*found].letter != tokens_[i].letter) return std::nullopt;
    if (named && !(i == 0 && starts_small(i + 1))) found = i;
  }
  if (!found) return std::nullopt;
  std::size_t line = 0;
  while (line + 1 < lines_.size() && lines_[line].end <= *found) ++line;
  if (is_listed(line)) return std::nullopt;
  const Token* const next = token(*found + 1);
  const bool stands =
      next == nullptr || next->kind != TokenKind::word || in_brackets(*found);
  // An item that is cut off or goes on is talk about the option, not the choice of it.
  if (!stands || (items_[line] != 0 && line > 0)) return std::nullopt;
  if (is_mark(*found + 1, ")") && !in_brackets(*found) &&
      token(*found + 2) != nullptr && *found > 1) {
    return std::nullopt;
  }
  return Claim{.letter = tokens_[*found].letter,
               .strength = Strength::pointed,
               .at = *found,
               .rule = "the only letter"};
}

// The only label of a longer reply, where it closes a sentence in brackets: "... since
// the river rises there (B). The rest ..."
std::optional<Claim> Statement::only_bracket() const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    const Token& t = tokens_[i];
    if (t.letter == 0 || t.small || !is_label(t)) continue;
    const bool closes = in_brackets(i) && is_mark(i - 1, "(") && is_mark(i + 2, ".") &&
                        i > 1 && tokens_[i - 2].kind == TokenKind::word;
    // The article and the pronoun are no labels; every other letter counts.
    if (!closes && !may_be_label(i, false) && starts_small(i + 1)) continue;
    if (!closes || (found && tokens_[*found].letter != t.letter)) return std::nullopt;
    found = i;
  }
  if (!found || taken_back(*found)) return std::nullopt;
  // "It is not the mouth (B)"; a denial further off speaks of something else.
  for (std::size_t i = *found; i > 0 && i + 6 > *found && !ends_sentence(i - 1); --i) {
    if (is_word(i - 1, Word::no) || is_word(i - 1, Word::bad)) return std::nullopt;
  }
  return Claim{.letter = tokens_[*found].letter,
               .strength = Strength::pointed,
               .at = *found,
               .rule = "the only letter"};
}

}  // namespace proctor
