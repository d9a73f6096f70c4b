#include "proctor/answer/claims.h"

#include <algorithm>
#include <iterator>

#include "proctor/answer/view.h"

namespace proctor {

std::vector<Claim> Statement::claims() {
  std::vector<Claim> all;
  std::size_t line = 0;
  const auto add = [&](std::optional<Claim> claim) {
    if (claim) all.push_back(*claim);
  };
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    while (line < lines_.size() && lines_[line].begin == at) add(line_claim(line++));
    const Token& t = tokens_[at];
    switch (t.word) {
      case Word::answer:
        add(after_answer(at));
        break;
      case Word::option:
        add(after_option(at));
        break;
      case Word::so:
      case Word::must:
      case Word::choose:
        add(after_conclusion(at));
        break;
      case Word::turn:
        add(after_turn(at));
        break;
      case Word::thought:
        if (is_text(at - 1, "second")) add(after_turn(at));
        break;
      case Word::it:
        // "It's C." says it all where it begins the reply or its last line, or behind
        // "but".
        if (at == 0 || at == lines_.back().begin || tokens_[at - 1].word == Word::but) {
          auto claim = after_turn(at);
          if (claim) {
            claim->strength = Strength::concluded;
            claim->rule = "it is";
          }
          add(claim);
          break;
        }
        if (is_text(at - 1, "think") || is_text(at - 1, "believe")) add(after_turn(at));
        break;
      case Word::closest:
        if (is_word(at + 1, Word::is)) add(after_conclusion(at + 1));
        break;
      case Word::is:
        add(pointed_at(at));
        break;
      default:
        if (t.kind == TokenKind::mark && t.mark == box) {
          add(candidate(at + 1, Strength::stated, "boxed", true));
        } else if (t.kind == TokenKind::mark && t.mark == ':') {
          add(pointed_at(at));
        } else if (t.letter != 0) {
          add(label_is_right(at));
        } else if (at > 0 && tokens_[at - 1].word == Word::good && is_text(at, "one")) {
          add(after_option(at));  // "the right one is C"
        }
    }
  }
  std::ranges::stable_sort(all, {}, &Claim::at);
  return all;
}

std::optional<std::size_t> Statement::last_turn() const {
  for (std::size_t at = tokens_.size(); at-- > 0;) {
    if (tokens_[at].word == Word::turn) return at;
  }
  return std::nullopt;
}

// 'A' for "(a) ..." and "In the first case ..." at a sentence's beginning, 'B' for the
// second, and so on; 0 for what opens no part.
char Statement::part_opened_at(std::size_t at) const {
  const Token& t = tokens_[at];
  if (t.small && in_brackets(at) && is_mark(at - 1, "(")) {
    // "The answer is B. (b) ...": there the stop after the letter is one, too.
    return at == 1 || ends_sentence(at - 2) || is_mark(at - 2, ".") ? t.letter : '\0';
  }
  if (at < 2 || !is_text(at - 1, "the") ||
      !(is_text(at - 2, "in") || is_text(at - 2, "for")) ||
      (at > 2 && !ends_sentence(at - 3))) {
    return 0;
  }
  constexpr std::string_view ordinals[] = {"first", "second", "third", "fourth"};
  for (std::size_t i = 0; i < std::size(ordinals); ++i) {
    if (is_text(at, ordinals[i])) return static_cast<char>('A' + i);
  }
  return 0;
}

// "(a) ... The answer is (F). (b) ... The answer is (A)."
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
