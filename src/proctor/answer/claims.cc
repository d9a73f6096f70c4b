// Every claim of a stretch, in the order of the text: each token that may begin one is
// shown to the rule of its word.
//
// In: a prepared stretch. Out: claims, the weak and the contradicting ones, too; which
// of them counts is decided in proctor_reader.cc. "So A. No: the answer is B." gives A
// (concluded) and B (stated).
#include "proctor/answer/claims.h"

#include <algorithm>
#include <iterator>

#include "proctor/answer/view.h"

namespace proctor {

std::optional<Claim> Statement::claim_at(std::size_t at) {
  switch (tokens_[at].word) {
    case Word::answer:
      return after_answer(at);
    case Word::option:
      return after_option(at);
    case Word::so:
    case Word::must:
    case Word::choose:
      return after_conclusion(at);
    case Word::turn:
      return after_turn(at);
    case Word::thought:
      return is_text(at - 1, "second") ? after_turn(at) : std::nullopt;
    case Word::it:
      return after_it(at);
    case Word::closest:  // "the closest is C"
      return is_word(at + 1, Word::is) ? after_conclusion(at + 1) : std::nullopt;
    case Word::is:
      return pointed_at(at);
    default:
      return claim_of_no_cue(at);
  }
}

// A box, a colon, a label, "the right one".
std::optional<Claim> Statement::claim_of_no_cue(std::size_t at) {
  const Token& t = tokens_[at];
  if (t.letter != 0) return label_is_right(at);
  if (t.kind == TokenKind::mark) {
    if (t.mark == box) return candidate(at + 1, Strength::stated, "boxed", true);
    if (t.mark == ':') return pointed_at(at);
    return std::nullopt;
  }
  if (is_word(at - 1, Word::good) && is_text(at, "one")) return after_option(at);
  return std::nullopt;
}

std::vector<Claim> Statement::claims() {
  std::vector<Claim> all;
  const auto add = [&](const std::optional<Claim>& claim) {
    if (claim) all.push_back(*claim);
  };
  std::size_t line = 0;
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    while (line < lines_.size() && lines_[line].begin == at) add(line_claim(line++));
    add(claim_at(at));
  }
  // A cue is met before the label it names, so that claims may overtake each other.
  std::ranges::stable_sort(all, {}, &Claim::at);
  return all;
}

std::optional<std::size_t> Statement::last_turn() const {
  for (std::size_t at = tokens_.size(); at-- > 0;) {
    if (tokens_[at].word == Word::turn) return at;
  }
  return std::nullopt;
}

// ---- Parts of a question ----------------------------------------------------------

// 'A' for "(a) ..." and "In the first case ..." at a sentence's beginning, 'B' for the
// second, and so on; 0 for what opens no part.
char Statement::part_opened_at(std::size_t at) const {
  const Token& t = tokens_[at];
  if (t.small && in_brackets(at) && is_mark(at - 1, "(")) {
    // "The answer is B. (b) ...": there the stop after the letter is one, too.
    return at == 1 || ends_sentence(at - 2) || is_mark(at - 2, ".") ? t.letter : '\0';
  }
  if (!is_text(at - 1, "the") || !is_among(at - 2, " in for ") ||
      (at > 2 && !ends_sentence(at - 3))) {
    return 0;
  }
  constexpr std::string_view ordinals[] = {"first", "second", "third", "fourth"};
  for (std::size_t i = 0; i < std::size(ordinals); ++i) {
    if (is_text(at, ordinals[i])) return static_cast<char>('A' + i);
  }
  return 0;
}

// "(a) ... The answer is (F). (b) ... The answer is (A)." The question has one answer,
// and neither of two is it.
bool Statement::answers_parts(std::span<const Claim> claims) const {
  char part = 0, answered = 0, letter = 0;  // the open part; the last answer, and whose
  std::size_t part_at = 0;
  auto claim = claims.begin();
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    for (; claim != claims.end() && claim->at == at; ++claim) {
      // A part's answer stands on its line; one further down is that of all.
      if (claim->kind != Claim::Kind::letter || claim->strength != Strength::stated ||
          part == 0 || line_of(part_at) != line_of(at)) {
        continue;
      }
      if (answered != 0 && answered != part && letter != claim->letter) return true;
      answered = part;
      letter = claim->letter;
    }
    const char opened = part_opened_at(at);
    if (opened == 0 || (opened != 'A' && (part == 0 || opened != part + 1))) continue;
    part = opened;
    part_at = at;
  }
  return false;
}

}  // namespace proctor
