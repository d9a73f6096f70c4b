// The words that announce an answer: "the answer is", "I choose", "B is correct".
//
// In: the place of a cue. Out: the claim that stands behind it (or, for "is correct",
// before it), if a person would take it for one. "The answer to the last part, and to
// all of it, is (C)": a cue reaches over some words, never over a sentence's end, and
// each function says which words may stand between. A new phrase that announces an
// answer belongs here; a new word for an old phrase belongs in words.h.
#include "proctor/answer/claims.h"
#include "proctor/answer/words.h"

namespace proctor {

// ---- "The answer is" ----------------------------------------------------------------

std::optional<Claim> Statement::after_answer(std::size_t at) {
  // "The wrong answer is A"
  const bool denied = is_word(at - 1, Word::bad) ||
                      (is_word(at - 1, Word::good) && is_word(at - 2, Word::no));
  if (denied) return std::nullopt;
  constexpr std::string_view rule = "the answer is";
  std::size_t i = at + 1;
  while (is_mark(i, ")]}\"'") && !is_mark(i + 1, ".")) ++i;
  if (i >= tokens_.size()) return std::nullopt;
  // "Answer: B", "Answer B", "Answer = B", "answer (B)"
  const bool at_once = is_mark(i, ":=->|<([#\x01") || letter_at(i) != 0 ||
                       ends_line(i) || is_word(i, Word::option);
  // A run of Chinese ends in its own copula: "答案是 B".
  if (at_once || is_kind(at, TokenKind::other_script)) {
    return candidate(i, Strength::stated, rule, true);
  }
  if (is_mark(i, ",")) return std::nullopt;
  return after_copula(at, i, rule);
}

// "The answer we look for must be B", "Odpowiedź to B".
std::optional<Claim> Statement::after_copula(std::size_t at, std::size_t from,
                                             std::string_view rule) {
  // "Vastaus on B": "on" is a copula only behind a word that is not English.
  const bool foreign = !is_among(at, english_answers);
  const auto is_copula = [&](std::size_t i) {
    return is_word(i, {Word::is, Word::must}) || is_mark(i, ":=") ||
           (foreign && (is_among(i, small_copulas) || is_mark(i, "-")));
  };
  for (std::size_t i = from; i < tokens_.size() && i < from + reach; ++i) {
    if (ends_sentence(i) || is_word(i, Word::answer)) return std::nullopt;
    if (is_word(i, Word::no) && (foreign || !is_word(i + 1, Word::is)))
      return std::nullopt;
    if (!is_copula(i)) continue;
    if (const auto claim = candidate(i + 1, Strength::stated, rule, true)) return claim;
    // "the answer to what it is for us is B" has a second chance; a denial has none.
    if (is_word(i + 1, Word::no)) return std::nullopt;
  }
  return std::nullopt;
}

// ---- "The right option is"
// ------------------------------------------------------------

// "the right option", "my final choice"; but "not the best choice".
bool Statement::is_chosen(std::size_t at) const {
  for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
    const std::size_t i = at - back;
    if (is_word(i, {Word::good, Word::choose, Word::closest}) ||
        is_among(i, " final my ")) {
      return !is_word(i - 1, Word::no);
    }
    if (!is_word(i, Word::fill)) return false;
  }
  return false;
}

// An option is spoken of more often than it is chosen, so the bare word announces
// nothing: "Option B rises in Peru" is no claim, "the right option B" is one.
std::optional<Claim> Statement::after_option(std::size_t at) {
  const bool chosen = is_chosen(at);
  const std::size_t i = behind(at + 1, ")]}\"'");
  if (i >= tokens_.size()) return std::nullopt;
  if (letter_at(i) != 0 && may_be_label(i, Cue::given)) {
    if (chosen) return judged(i, Strength::stated, "the chosen option");
    return std::nullopt;
  }
  // "Option: B" where it begins a line or a field: {"option": "B"}
  const bool begins = at == 0 || ends_line(at - 1) || is_mark(at - 1, "{\",<|");
  if (is_mark(i, ":=") && (chosen || begins)) {
    return candidate(i, Strength::stated, "option:", chosen);
  }
  if (is_mark(i, "|")) return candidate(i, Strength::concluded, "option:", false);
  return option_that_is(at, i, chosen);
}

// "the option that fits is (B)", "la opción correcta es B".
std::optional<Claim> Statement::option_that_is(std::size_t at, std::size_t from,
                                               bool chosen) {
  const bool foreign = !is_among(at, english_options);
  bool good = chosen;  // the adjective may stand behind its noun
  const auto is_copula = [&](std::size_t i) {
    return is_word(i, Word::is) || is_mark(i, ":") || (good && is_mark(i, "-")) ||
           (good && foreign && is_among(i, small_copulas));
  };
  for (std::size_t i = from; i < tokens_.size() && i < from + reach; ++i) {
    if (ends_sentence(i) || is_word(i, {Word::answer, Word::no})) return std::nullopt;
    if (i < from + 3 && (is_word(i, Word::good) || is_among(i, praise))) good = true;
    if (!is_copula(i)) continue;
    const auto claim = candidate(i + 1, good ? Strength::stated : Strength::concluded,
                                 "the option is", good);
    if (!claim || good) return claim;
    // Of an option that nobody calls right only a bracket is sure: "the option is a
    // valve" names none.
    const bool bracketed = claim->kind == Claim::Kind::letter && in_brackets(claim->at);
    return bracketed ? claim : std::nullopt;
  }
  return std::nullopt;
}

// ---- "So", "must", "I choose"
// ----------------------------------------------------------

// Whether the letter at `at` ends what it says: "so B." and "so B because ..." do; in
// "so B rises" the letter is the subject of a reckoning.
bool Statement::stands_concluded(std::size_t at, bool chosen) const {
  constexpr WordSet ends{Word::reason, Word::alternate, Word::both,
                         Word::but,    Word::no,        Word::fits};
  const bool stands = ends_line(at + 1) || is_mark(at + 1, ".,;:!)]}\"'-<") ||
                      is_word(at + 1, ends) || is_kind(at + 1, TokenKind::other_script);
  if (chosen) return true;
  // "so A, B and C are wrong" and "so A. The rest" differ by what follows.
  if (!stands || is_word(at + 1, {Word::both, Word::no})) return false;
  return !is_mark(at + 1, ",") || !names_another(at);
}

bool Statement::passes_to_conclusion(std::size_t at, bool chosen) const {
  constexpr WordSet passes{Word::fill,   Word::it, Word::is,      Word::must,
                           Word::option, Word::so, Word::closest, Word::good};
  if (is_word(at, passes) || is_mark(at, "([{\"':,>|\x01")) return true;
  if (chosen && (is_word(at, Word::choose) || is_text(at, "on"))) return true;
  return is_among(at, " i i'll have has leaves us with ");
}

// "so B.", "therefore it must be (B)", "I choose B". A conclusion is weaker than an
// answer, since a reply concludes on its way, too; a choice is as strong.
std::optional<Claim> Statement::after_conclusion(std::size_t at) {
  const bool chosen = tokens_[at].word == Word::choose;
  // "I would not say B"; "and so is C".
  if (chosen && is_word(at - 1, Word::no)) return std::nullopt;
  if (is_text(at, "so") && is_word(at + 1, Word::is)) return std::nullopt;
  const std::string_view rule = chosen ? "I choose" : "therefore";
  const Strength strength = chosen ? Strength::stated : Strength::concluded;
  for (std::size_t i = at + 1; i < tokens_.size() && i < at + 10; ++i) {
    if (letter_at(i) != 0 && may_be_label(i, chosen ? Cue::given : Cue::none)) {
      if (is_asked(i)) return std::nullopt;
      if (!in_brackets(i) && !stands_concluded(i, chosen)) return std::nullopt;
      return judged(i, strength, rule);
    }
    if (passes_to_conclusion(i, chosen)) continue;
    return chosen ? std::nullopt : concluded_text(at, i, rule);
  }
  return std::nullopt;
}

// "So Lima.": the end of the reply, since a text in the middle is one of many steps.
std::optional<Claim> Statement::concluded_text(std::size_t at, std::size_t text,
                                               std::string_view rule) {
  const bool opens = at == 0 || ends_sentence(at - 1) || is_mark(at - 1, ",");
  if (!opens || tokens_.size() >= text + 12 || choices_.empty()) return std::nullopt;
  const auto found = texts().at(text_, tokens_, text);
  if (!found || !ends_sentence(found->end) || is_asked(text)) return std::nullopt;
  return Claim{.letter = found->letter,
               .strength = Strength::concluded,
               .at = text,
               .rule = rule};
}

// ---- "Actually", "it is"
// -----------------------------------------------------------------

// "Actually, it's C.", "Wait, no: C", "On second thought, C", "I think it is C"
std::optional<Claim> Statement::after_turn(std::size_t at) {
  constexpr WordSet passes{Word::fill,   Word::it,   Word::is,
                           Word::option, Word::must, Word::turn};
  for (std::size_t i = at + 1; i < tokens_.size() && i < at + 9; ++i) {
    if (is_named_label(i)) {
      const bool stands = in_brackets(i) || ends_line(i + 1) ||
                          is_mark(i + 1, ".,;!") || is_word(i + 1, Word::reason);
      if (!stands || is_asked(i) || is_spoken_of(i)) return std::nullopt;
      return judged(i, Strength::stated,
                    tokens_[at].word == Word::it ? "I think" : "a correction");
    }
    const bool interjected = is_text(i, "no") && is_mark(i + 1, ",.:;-");
    if (!is_word(i, passes) && !is_among(i, " i meant ") &&
        !is_mark(i, ",:([{\"'-\x01.") && !interjected) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// "It's C." says it all where it begins the reply or its last line, or behind "but";
// elsewhere "it" is any thing of the question, unless somebody thinks so.
std::optional<Claim> Statement::after_it(std::size_t at) {
  if (at == 0 || at == lines_.back().begin || is_word(at - 1, Word::but)) {
    auto claim = after_turn(at);
    if (claim) {
      claim->strength = Strength::concluded;
      claim->rule = "it is";
    }
    return claim;
  }
  return is_among(at - 1, " think believe ") ? after_turn(at) : std::nullopt;
}

// ---- "B is correct"
// ----------------------------------------------------------------------

// "A和C都是正确的": the label shares what is said with the one before it.
bool Statement::is_joined(std::size_t at) const {
  return at > 1 && is_label(tokens_[at - 2]) && is_among(at - 1, " 和 与 與 及 と 및 ");
}

// Whether the run behind a label says that it is right: "B が正解です", "B 是正确的".
bool Statement::run_says_right(std::size_t at) const {
  constexpr std::size_t longest = 60, near = 40;  // bytes
  const Token& t = tokens_[at];
  const std::string_view run =
      text_.substr(t.begin, std::min<std::size_t>(t.end - t.begin, longest));
  const auto holds = [&](std::string_view part) {
    return run.find(part) != std::string_view::npos;
  };
  for (const std::string_view no : {"不正确", "ではな", "じゃな"}) {
    if (holds(no)) return false;
  }
  for (const std::string_view right :
       {"が正解", "が正し", "が答え", "が正答", "が最も", "が適切", "を選", "正确",
        "是正确", "是对的", "是答案", "为正确", "가 정답", "が妥当"}) {
    if (run.substr(0, near).find(right) != std::string_view::npos) return true;
  }
  return false;
}

// Whether the label is an option's and no other thing's: "statement B is true" and
// "None of A, B, C, D is right" say nothing of one. `head` is the label or the bracket
// before it.
bool Statement::is_free_subject(std::size_t head) const {
  constexpr WordSet owners{Word::option, Word::answer, Word::so,  Word::reason,
                           Word::but,    Word::turn,   Word::fill};
  if (head == 0) return true;
  if (is_kind(head - 1, TokenKind::word) && !is_word(head - 1, owners) &&
      !is_among(head - 1, " that only making makes ")) {
    return false;
  }
  return !(head > 1 && is_mark(head - 1, ",") && is_label(tokens_[head - 2]));
}

// Whether what stands from `from` on calls the label's option right. An adjective that
// fits several options ("valid", "accurate") does not choose one, nor does
// "true", which a statement is as well.
bool Statement::is_called_right(std::size_t from, std::size_t end, bool option) const {
  bool article = false;  // "B is the answer", but not "B is answer to another question"
  for (std::size_t i = from; i < end && i < tokens_.size(); ++i) {
    if (ends_sentence(i) || is_word(i, {Word::no, Word::bad}) ||
        is_among(i, " partially valid accurate ") || (is_text(i, "true") && !option)) {
      return false;
    }
    if (is_word(i, {Word::good, Word::closest}) ||
        (article && is_word(i, Word::answer))) {
      return !is_asked(i);
    }
    article = article || is_among(i, " the my our ");
    if (!is_word(i, {Word::fill, Word::is, Word::option}) && !is_text(i, "indeed"))
      return false;
  }
  return false;
}

// "B is correct", "option B is the best", "making D the best answer", "B が正解"
std::optional<Claim> Statement::label_is_right(std::size_t at) const {
  if (!may_be_label(at, Cue::none)) return std::nullopt;
  const std::size_t i = behind(at + 1, closing);
  if (i >= tokens_.size()) return std::nullopt;
  constexpr std::string_view rule = "is correct";
  // "C is tempting but wrong; B it is."
  if (is_text(i, "it") && is_text(i + 1, "is") && ends_sentence(i + 2))
    return judged(at, Strength::stated, rule);
  if (is_kind(i, TokenKind::other_script)) {
    if (!run_says_right(i)) return std::nullopt;
    auto claim = judged(at, Strength::stated, rule);
    if (claim && is_joined(at)) claim->kind = Claim::Kind::several;
    return claim;
  }
  const std::size_t head = before(at, opening);
  if (!is_free_subject(head)) return std::nullopt;
  std::size_t verb = head;
  while (verb > 0 && is_word(verb - 1, Word::option)) --verb;
  const bool made = is_among(verb - 1, " making makes make ");
  // A labelled text may stand between: "B. London is correct" is too far to be sure.
  if (!made && !is_word(i, Word::is)) return std::nullopt;
  if (is_among(i, " are could might ")) return std::nullopt;
  const bool option = is_word(head - 1, Word::option);
  if (!is_called_right(made ? i : i + 1, i + 8, option)) return std::nullopt;
  return Claim{.letter = tokens_[at].letter,
               .strength = Strength::stated,
               .at = at,
               .rule = rule};
}

// ---- "... is (B)"
// --------------------------------------------------------------------------

// Whether other labels in brackets follow in the same sentence.
bool Statement::begins_a_list(std::size_t label) const {
  for (std::size_t i = label + 1; i < tokens_.size() && !ends_sentence(i); ++i) {
    if (tokens_[i].letter != 0 && tokens_[i].letter != tokens_[label].letter &&
        in_brackets(i))
      return true;
  }
  return false;
}

// Whether the words before a colon announce an answer: "The best statement is:".
bool Statement::is_announced(std::size_t colon) const {
  constexpr WordSet announcing{Word::good, Word::is, Word::answer, Word::closest};
  for (std::size_t i = colon; i > 0 && i + 14 > colon && !ends_sentence(i - 1); --i) {
    if (is_word(i - 1, announcing)) return true;
  }
  return false;
}

// "The most accurate statement is:\nB. ...": the label heads a line of its own.
bool Statement::heads_pointed_line(std::size_t at, std::size_t label) const {
  const bool colon = is_mark(at, ":");
  const bool bracket = is_mark(label - 1, "(");
  if (is_listed(line_of(bracket ? label - 1 : label))) return false;
  // The first option behind a colon opens a list, cut off or not, unless the words
  // before it announce an answer.
  if (colon && tokens_[label].letter == labels_.front() && !is_announced(at))
    return false;
  if (colon && is_word(at - 1, Word::option)) return false;
  return bracket || is_mark(label + 1, ".):") || ends_line(label + 1);
}

// "... is (B)", "is: B" and "is B. Danube" on one line.
bool Statement::ends_pointed_line(std::size_t at, std::size_t label) const {
  const bool colon = is_mark(at, ":");
  if (is_mark(label - 1, "(") && in_brackets(label)) {
    // "Step 2: (A) iron rusts, (B) copper does not" goes through the options.
    return !colon || tokens_[label].letter != labels_.front() || !begins_a_list(label);
  }
  if (is_mark(label + 1, ".)") && (colon || label + 2 < tokens_.size())) return true;
  return colon && ends_line(label + 1);
}

// The weakest claim, without any word of an answer: "the best description is (B)".
std::optional<Claim> Statement::pointed_at(std::size_t at) const {
  std::size_t i = at + 1;
  std::size_t line_ends = 0;
  for (; i < at + reach && (is_mark(i, ":\"\x01>") || is_kind(i, TokenKind::line_end));
       ++i) {
    if (is_kind(i, TokenKind::line_end) && ++line_ends > 3) return std::nullopt;
  }
  const std::size_t label = is_mark(i, "(") ? i + 1 : i;
  if (label >= tokens_.size() || tokens_[label].small ||
      !may_be_label(label, Cue::given)) {
    return std::nullopt;
  }
  const bool points =
      line_ends > 0 ? heads_pointed_line(at, label) : ends_pointed_line(at, label);
  if (!points || is_asked(label) || is_called_wrong(label)) return std::nullopt;
  return judged(label, Strength::pointed, "is (X)");
}

}  // namespace proctor
