// The words that announce an answer: "the answer is", "I choose", "B is correct".
#include "proctor/answer/claims.h"
#include "proctor/answer/words.h"

namespace proctor {

std::optional<Claim> Statement::after_answer(std::size_t at) {
  constexpr std::string_view rule = "the answer is";
  if (at > 0 && (is_word(at - 1, Word::bad) || (at > 1 && is_word(at - 1, Word::good) &&
                                                is_word(at - 2, Word::no)))) {
    return std::nullopt;
  }
  std::size_t i = at + 1;
  while (is_mark(i, ")]}\"'") && !is_mark(i + 1, ".")) ++i;
  if (i >= tokens_.size()) return std::nullopt;
  // "Answer: B", "Answer B", "Answer = B", "answer (B)"
  if (is_mark(i, ":=->|<([#\x01") || is_mark(i, ",") || tokens_[i].letter != 0 ||
      tokens_[i].kind == TokenKind::line_end || is_word(i, Word::option)) {
    if (is_mark(i, ",") && tokens_[at].kind == TokenKind::word) return std::nullopt;
    return candidate(i, Strength::stated, rule, true);
  }
  if (tokens_[at].kind == TokenKind::other_script) {
    return candidate(i, Strength::stated, rule, true);
  }
  // "Odpowiedź to B", "Vastaus on B": what would be other words in English.
  const bool foreign = !is_among(at, english_answers);
  for (std::size_t j = i; j < tokens_.size() && j < i + reach; ++j) {
    if (ends_sentence(j) || is_word(j, Word::answer)) return std::nullopt;
    if (is_word(j, Word::no) && (foreign || !is_word(j + 1, Word::is)))
      return std::nullopt;
    if (is_word(j, Word::is) || is_word(j, Word::must) || is_mark(j, ":=") ||
        (foreign && (is_among(j, small_copulas) || is_mark(j, "-")))) {
      if (const auto claim = candidate(j + 1, Strength::stated, rule, true))
        return claim;
      // "the answer to what it is for us is B" has a second chance; a denial has none.
      if (is_word(j + 1, Word::no)) return std::nullopt;
    }
  }
  return std::nullopt;
}

std::optional<Claim> Statement::after_option(std::size_t at) {
  const bool chosen = [&] {
    for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
      const std::size_t i = at - back;
      if (is_word(i, Word::good) || is_word(i, Word::choose) ||
          is_word(i, Word::closest) || is_text(i, "final") || is_text(i, "my")) {
        return !(i > 0 && is_word(i - 1, Word::no));
      }
      if (!is_word(i, Word::fill)) return false;
    }
    return false;
  }();
  std::size_t i = at + 1;
  while (is_mark(i, ")]}\"'")) ++i;
  if (i >= tokens_.size()) return std::nullopt;
  // The label follows at once: a claim only by what is said of it.
  if (tokens_[i].letter != 0 && may_be_label(i, true)) {
    if (chosen) return judged(i, Strength::stated, "the chosen option");
    return std::nullopt;
  }
  if (is_mark(i, ":=") &&
      (chosen || at == 0 || tokens_[at - 1].kind == TokenKind::line_end ||
       is_mark(at - 1, "{\",<|"))) {
    return candidate(i, Strength::stated, "option:", chosen);
  }
  if (is_mark(i, "|")) return candidate(i, Strength::concluded, "option:", false);
  bool good = chosen;  // "la opción correcta es": behind its noun
  for (std::size_t j = i; j < tokens_.size() && j < i + reach; ++j) {
    if (ends_sentence(j) || is_word(j, Word::answer) || is_word(j, Word::no))
      return std::nullopt;
    if ((is_word(j, Word::good) || is_among(j, praise)) && j < i + 3) good = true;
    if (is_word(j, Word::is) || is_mark(j, ":") || (good && is_mark(j, "-")) ||
        (good && !is_among(at, english_options) && is_among(j, small_copulas))) {
      auto claim = candidate(j + 1, good ? Strength::stated : Strength::concluded,
                             "the option is", good);
      if (!claim || good) return claim;
      // "the option that fits is (B)", but not "the option is a valve"
      if (claim->kind == Claim::Kind::letter && claim->at > 0 && in_brackets(claim->at))
        return claim;
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// "so B.", "therefore it must be (B)", "I choose B"
std::optional<Claim> Statement::after_conclusion(std::size_t at) {
  const bool chosen = tokens_[at].word == Word::choose;
  // "I would not say B"; "and so is C".
  if (chosen && at > 0 && is_word(at - 1, Word::no)) return std::nullopt;
  if (is_text(at, "so") && is_word(at + 1, Word::is)) return std::nullopt;
  const std::string_view rule = chosen ? "I choose" : "therefore";
  const Strength strength = chosen ? Strength::stated : Strength::concluded;
  for (std::size_t i = at + 1; i < tokens_.size() && i < at + 10; ++i) {
    const Token& t = tokens_[i];
    if (t.letter != 0 && may_be_label(i, chosen)) {
      if (is_asked(i)) return std::nullopt;
      if (in_brackets(i)) return judged(i, strength, rule);
      const Token* const next = token(i + 1);
      const bool stands =
          next == nullptr || next->kind == TokenKind::line_end ||
          is_mark(i + 1, ".,;:!)]}\"'-<") || is_word(i + 1, Word::reason) ||
          is_word(i + 1, Word::alternate) || is_word(i + 1, Word::both) ||
          is_word(i + 1, Word::but) || is_word(i + 1, Word::no) ||
          is_word(i + 1, Word::fits) || next->kind == TokenKind::other_script || chosen;
      // "so A, B and C are wrong" and "so A. The rest" differ by what follows.
      if (!stands) return std::nullopt;
      if (!chosen && is_mark(i + 1, ",") && names_another(i)) return std::nullopt;
      if (!chosen && (is_word(i + 1, Word::both) || is_word(i + 1, Word::no)))
        return std::nullopt;
      return judged(i, strength, rule);
    }
    const bool passes =
        t.word == Word::fill || t.word == Word::it || t.word == Word::is ||
        t.word == Word::must || t.word == Word::option || t.word == Word::so ||
        (chosen && (is_text(i, "with") || is_text(i, "on"))) ||
        (chosen && t.word == Word::choose) || t.word == Word::closest ||
        t.word == Word::good || is_text(i, "i") || is_text(i, "i'll") ||
        is_text(i, "have") || is_text(i, "has") || is_mark(i, "([{\"':,>|\x01") ||
        is_text(i, "leaves") || is_text(i, "us") || is_text(i, "with");
    if (passes) continue;
    // "So Lima.": the end of the reply.
    const bool opens = at == 0 || ends_sentence(at - 1) || is_mark(at - 1, ",");
    if (!chosen && opens && tokens_.size() < i + 12 && !choices_.empty()) {
      const auto found = texts().at(text_, tokens_, i);
      if (found && ends_sentence(found->end) && !is_asked(i)) {
        return Claim{
            .letter = found->letter, .strength = strength, .at = i, .rule = rule};
      }
    }
    return std::nullopt;
  }
  return std::nullopt;
}

// "Actually, it's C.", "Wait, no: C", "On second thought, C", "I think it is C"
std::optional<Claim> Statement::after_turn(std::size_t at) {
  for (std::size_t i = at + 1; i < tokens_.size() && i < at + 9; ++i) {
    const Token& t = tokens_[i];
    if (t.letter != 0 && !t.small && may_be_label(i, true)) {
      const Token* const next = token(i + 1);
      const bool stands = in_brackets(i) || next == nullptr ||
                          next->kind == TokenKind::line_end || is_mark(i + 1, ".,;!") ||
                          is_word(i + 1, Word::reason);
      if (!stands || is_asked(i) || is_spoken_of(i)) return std::nullopt;
      return judged(i, Strength::stated,
                    tokens_[at].word == Word::it ? "I think" : "a correction");
    }
    const bool passes =
        t.word == Word::fill || t.word == Word::it || t.word == Word::is ||
        t.word == Word::option || t.word == Word::must || t.word == Word::turn ||
        is_text(i, "i") || is_text(i, "meant") || is_mark(i, ",:([{\"'-\x01.") ||
        (is_text(i, "no") && is_mark(i + 1, ",.:;-"));
    if (!passes) return std::nullopt;
  }
  return std::nullopt;
}

// "A和C都是正确的": the label shares what is said with the one before it.
bool Statement::is_joined(std::size_t at) const {
  return at > 1 && is_label(tokens_[at - 2]) && is_among(at - 1, " 和 与 與 及 と 및 ");
}

// "B is correct", "option B is the best", "B が正解"
std::optional<Claim> Statement::label_is_right(std::size_t at) const {
  if (!may_be_label(at, false)) return std::nullopt;
  std::size_t i = at + 1;
  while (is_mark(i, closing)) ++i;
  const Token* const next = token(i);
  if (next == nullptr) return std::nullopt;
  constexpr std::string_view rule = "is correct";
  // "C is tempting but wrong; B it is."
  if (is_text(i, "it") && is_text(i + 1, "is") && ends_sentence(i + 2))
    return judged(at, Strength::stated, rule);
  if (next->kind == TokenKind::other_script) {
    const std::string_view run =
        text_.substr(next->begin, std::min<std::size_t>(next->end - next->begin, 60));
    for (const std::string_view right :
         {"が正解", "が正し", "が答え", "が正答", "が最も", "が適切", "を選", "正确",
          "是正确", "是对的", "是答案", "为正确", "가 정답", "が妥当"}) {
      if (run.find(right) == 0 || (right.size() > 3 && run.substr(0, 40).find(right) !=
                                                           std::string_view::npos)) {
        if (run.find("不正确") != std::string_view::npos ||
            run.find("ではな") != std::string_view::npos ||
            run.find("じゃな") != std::string_view::npos) {
          return std::nullopt;
        }
        auto claim = judged(at, Strength::stated, rule);
        if (claim && is_joined(at)) claim->kind = Claim::Kind::several;
        return claim;
      }
    }
    return std::nullopt;
  }
  // Whose label it is: "statement B is true" is no answer.
  std::size_t before = at;
  while (before > 0 && is_mark(before - 1, opening)) --before;
  if (before > 0) {
    const Token& previous = tokens_[before - 1];
    const bool free = previous.kind != TokenKind::word ||
                      previous.word == Word::option || previous.word == Word::answer ||
                      previous.word == Word::so || previous.word == Word::reason ||
                      previous.word == Word::but || previous.word == Word::turn ||
                      previous.word == Word::fill || is_text(before - 1, "that") ||
                      is_text(before - 1, "only") || is_text(before - 1, "making") ||
                      is_text(before - 1, "makes");
    if (!free) return std::nullopt;
  }
  // "None of A, B, C, D is right": one of several.
  if (before > 1 && is_mark(before - 1, ",") && is_label(tokens_[before - 2]))
    return std::nullopt;
  // "making option D the best answer" needs no verb behind the label.
  std::size_t verb = before;
  while (verb > 0 && is_word(verb - 1, Word::option)) --verb;
  const bool made =
      verb > 0 && (is_text(verb - 1, "making") || is_text(verb - 1, "makes") ||
                   is_text(verb - 1, "make"));
  // A labelled text may stand between: "B. London is correct" is too far to be sure.
  if (!is_word(i, Word::is) && !made) return std::nullopt;
  if (is_text(i, "are") || is_text(i, "would") || is_text(i, "could") ||
      is_text(i, "might")) {
    if (!is_text(i, "would")) return std::nullopt;
  }
  bool article = false;
  for (std::size_t j = made ? i : i + 1; j < i + 8 && j < tokens_.size(); ++j) {
    if (ends_sentence(j)) return std::nullopt;
    if (is_word(j, Word::no) || is_word(j, Word::bad) || is_text(j, "partially"))
      return std::nullopt;
    if (is_text(j, "true") && !(before > 0 && tokens_[before - 1].word == Word::option))
      return std::nullopt;
    if (is_text(j, "valid") || is_text(j, "accurate")) return std::nullopt;
    if (is_word(j, Word::good) || is_word(j, Word::closest) ||
        (is_word(j, Word::answer) && article)) {
      if (is_asked(j)) return std::nullopt;
      Claim claim{.letter = tokens_[at].letter,
                  .strength = Strength::stated,
                  .at = at,
                  .rule = rule};
      return claim;
    }
    article = article || is_text(j, "the") || is_text(j, "my") || is_text(j, "our");
    if (!is_word(j, Word::fill) && !is_word(j, Word::is) && !is_word(j, Word::option) &&
        !is_text(j, "indeed")) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// Whether other labels in brackets follow in the same sentence.
bool Statement::begins_a_list(std::size_t label) const {
  for (std::size_t i = label + 1; i < tokens_.size() && !ends_sentence(i); ++i) {
    if (tokens_[i].letter != 0 && tokens_[i].letter != tokens_[label].letter &&
        in_brackets(i))
      return true;
  }
  return false;
}

// "the best description is (B)"; "the most accurate statement is:" and then "B. ..."
std::optional<Claim> Statement::pointed_at(std::size_t at) const {
  std::size_t i = at + 1;
  std::size_t line_ends = 0;
  const bool colon = is_mark(at, ":");
  while (i < at + reach &&
         (is_mark(i, ":\"\x01>") ||
          (i < tokens_.size() && tokens_[i].kind == TokenKind::line_end))) {
    if (tokens_[i].kind == TokenKind::line_end && ++line_ends > 3) return std::nullopt;
    ++i;
  }
  const bool bracket = is_mark(i, "(");
  const std::size_t label = bracket ? i + 1 : i;
  if (label >= tokens_.size() || tokens_[label].letter == 0 || tokens_[label].small ||
      !may_be_label(label, true)) {
    return std::nullopt;
  }
  if (line_ends > 0) {
    if (is_listed(line_of(i))) return std::nullopt;
    // The first option behind a colon opens a list, cut off or not, unless the words
    // before it announce an answer.
    if (colon && tokens_[label].letter == labels_.front()) {
      bool announced = false;
      for (std::size_t j = at; j > 0 && j + 14 > at && !ends_sentence(j - 1); --j) {
        announced = announced || is_word(j - 1, Word::good) ||
                    is_word(j - 1, Word::is) || is_word(j - 1, Word::answer) ||
                    is_word(j - 1, Word::closest);
      }
      if (!announced) return std::nullopt;
    }
    if (colon && is_word(at - 1, Word::option)) return std::nullopt;
    if (!bracket && !is_mark(label + 1, ".):") && !(token(label + 1) == nullptr) &&
        tokens_[label + 1].kind != TokenKind::line_end) {
      return std::nullopt;
    }
  } else if (bracket && in_brackets(label)) {
    // "Step 2: (A) iron rusts, (B) copper does not" goes through the options.
    if (colon && tokens_[label].letter == labels_.front() && begins_a_list(label))
      return std::nullopt;
  } else {
    // "is: B" and "is B. Danube" on one line
    const Token* const next = token(label + 1);
    const bool ends = next == nullptr || next->kind == TokenKind::line_end;
    const bool delimited =
        is_mark(label + 1, ".)") && (colon || token(label + 2) != nullptr);
    if (!delimited && !(colon && ends)) return std::nullopt;
  }
  if (is_asked(label) || is_called_wrong(label)) return std::nullopt;
  return judged(label, Strength::pointed, "is (X)");
}

}  // namespace proctor
