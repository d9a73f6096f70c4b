// What a label at one place is worth: denied, asked, shared with another, conditional.
//
// In: the place of a label that a cue or a form has found. Out: a claim, or nothing
// where the clause takes it back. All cues come here, so that "the answer is A, but
// this is wrong" and "so A, but this is wrong" are judged by one rule. The clauses are
// read on both sides: behind the label what takes it back or joins another one to it,
// before it only what makes it conditional, since the cue has been read already.
#include "proctor/answer/claims.h"

namespace proctor {

// ---- Denials
// ----------------------------------------------------------------------------

// What "not" at `no` denies: "not correct" and "not the answer" deny the option; "not a
// strong answer" is a doubt, and "not only right" no denial at all.
bool Statement::denies_rightness(std::size_t no) const {
  for (std::size_t i = no + 1; i < no + 5 && !ends_sentence(i); ++i) {
    if (is_text(i, "only")) return false;
    if (is_word(i, Word::good) || is_among(i, " provided listed close given ") ||
        (is_word(i, Word::answer) && is_text(i - 1, "the"))) {
      return true;
    }
  }
  return is_word(no + 1, Word::option) || is_text(no + 1, "it");
}

// "is incorrect", "is not correct", "is not a valid answer", "is only partially"
bool Statement::says_bad(std::size_t from) const {
  const bool contracted = is_text(from, "isn't");
  if (!contracted && !is_word(from, Word::is)) return false;
  for (std::size_t i = contracted ? from : from + 1; i < from + 5; ++i) {
    if (ends_sentence(i)) return false;
    if (is_word(i, Word::bad) || is_text(i, "partially")) return true;
    if (is_word(i, Word::no)) return denies_rightness(i);
    if (!is_word(i, {Word::fill, Word::it}) && !is_text(i, "also")) return false;
  }
  return false;
}

// "Cevap B değil", "B सही नहीं है", "Bではない": the denial stands behind what it denies.
bool Statement::is_denied_at_end(std::size_t from) const {
  for (std::size_t i = from; i < from + 4 && !ends_sentence(i); ++i) {
    if (is_word(i, Word::is_not)) return true;
    if (tokens_[i].letter != 0) break;
  }
  if (!is_kind(from, TokenKind::other_script)) return false;
  const std::string_view run = raw(from);
  for (const std::string_view no :
       {"ではな", "じゃな", "不正", "不是", "不对", "错", "誤", "間違", "아니"}) {
    if (run.find(no) != std::string_view::npos) return true;
  }
  return false;
}

// "A, but C."
bool Statement::turns_to_another(std::size_t at, std::size_t from) const {
  if (!is_word(from, Word::but)) return false;
  std::size_t i = from + 1;
  while (is_word(i, {Word::fill, Word::it, Word::is})) ++i;
  return is_capital_label(i) && tokens_[i].letter != tokens_[at].letter &&
         ends_sentence(i + 1);
}

// "..., but this is incorrect", "..., which is wrong", "However, this is not correct".
// The next sentence counts where it turns; one more would speak of something else.
bool Statement::is_regretted(std::size_t at, std::size_t from) const {
  constexpr std::size_t far = 40, near = 12, cut_near = 8;  // tokens
  bool turned = false, sentence_ended = false;
  for (std::size_t i = from; i < tokens_.size() && i < at + far; ++i) {
    if (ends_sentence(i)) {
      if (sentence_ended || ends_line(i)) return false;
      if (!is_word(i + 1, {Word::but, Word::turn})) return false;
      sentence_ended = true;
      continue;
    }
    if (is_word(i, {Word::but, Word::turn})) {
      turned = true;
      continue;
    }
    // "(B), but it's still": cut off in the middle of a reservation.
    const bool reserved = is_word(i, {Word::is, Word::it}) || is_text(i, "still");
    if (turned && reserved && i + 1 == tokens_.size() && i < from + cut_near)
      return true;
    const bool which = is_text(i, "which") && is_mark(i - 1, ",") && i < at + near;
    const bool it = turned && is_word(i, Word::it);
    if (!(which || it) || !says_bad(i + 1)) continue;
    // "it is not C" speaks of another one.
    for (std::size_t k = i + 2; k < i + 5; ++k) {
      if (is_named_label(k)) return false;
    }
    return true;
  }
  return false;
}

// Whether the words after the label at `at` say that it is wrong.
bool Statement::taken_back(std::size_t at) const {
  std::size_t i = at + 1;
  while (is_mark(i, closing) || is_mark(i, ",")) ++i;
  return says_bad(i) || is_denied_at_end(i) || turns_to_another(at, i) ||
         is_regretted(at, i);
}

// "Incorrect: B", "Wrong: (B)".
bool Statement::is_called_wrong(std::size_t at) const {
  const std::size_t head = before(at, opening);
  return is_mark(head - 1, ":") && is_word(head - 2, Word::bad);
}

// ---- Several letters
// ----------------------------------------------------------------------

// "A or B", "A, B and C": the place of the label that words of a list lead to.
std::optional<std::size_t> Statement::listed_with(std::size_t at,
                                                  std::size_t from) const {
  for (std::size_t i = from; i < from + 5 && i < tokens_.size(); ++i) {
    if (is_named_label(i)) {
      if (tokens_[i].letter == tokens_[at].letter) return std::nullopt;
      return i;
    }
    if (!is_mark(i, opening) &&
        !is_word(i, {Word::option, Word::both, Word::alternate}) &&
        !is_among(i, " also possibly the ")) {
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// "A and B is wrong": the second label begins a clause of its own.
bool Statement::is_subject(std::size_t at) const {
  const std::size_t verb = behind(at + 1, closing);
  return is_word(verb, Word::is) && !is_text(verb, "are");
}

// Whether the label at `at` shares its place with another one. The reader gives no
// letter then: a person who is told "A or B" has been told neither.
bool Statement::names_another(std::size_t at) const {
  const std::size_t from = behind(at + 1, closing);
  if (is_word(from, {Word::alternate, Word::both}) || is_mark(from, ",/&+")) {
    if (const auto other = listed_with(at, from + 1)) {
      // "The answer is B, A. is ...": an item of its own.
      const bool labelled_text = is_mark(from, ",") && is_mark(*other + 1, ".:") &&
                                 *other + 2 < tokens_.size();
      if (!is_subject(*other) && !labelled_text) return true;
    }
  }
  return is_listed_later(at, from);
}

// "(B) if rounded up, or (E) if not". A reason or a denial on the way speaks of why the
// other one was left: "(B) rather than (A)".
bool Statement::is_listed_later(std::size_t at, std::size_t from) const {
  for (std::size_t i = from; i < at + 48 && !ends_sentence(i); ++i) {
    if (is_word(i, Word::no) || is_among(i, " because since than ")) return false;
    if (is_word(i, {Word::alternate, Word::both})) {
      std::size_t bracket = i + 1;
      while (is_word(bracket, {Word::option, Word::fill})) ++bracket;
      const std::size_t other = bracket + 1;
      if (is_mark(bracket, "(") && is_capital_label(other) && in_brackets(other) &&
          tokens_[other].letter != tokens_[at].letter && !is_subject(other)) {
        return true;
      }
    }
    if (i > from && is_label(tokens_[i]) && in_brackets(i)) return false;
  }
  return false;
}

// ---- Conditions and questions
// ---------------------------------------------------------------

// "(B) if it is rounded", "If it is rounded, the answer is (B)"
bool Statement::is_conditional(std::size_t at) const {
  if (is_among(behind(at + 1, closing), " if depending ")) return true;
  for (std::size_t i = at; i > 0 && i + 32 > at; --i) {
    if (i < at && ends_sentence(i - 1)) return is_text(i, "if");
  }
  return false;
}

// "Is the answer B?"
bool Statement::is_asked(std::size_t at) const {
  for (std::size_t i = at + 1; i < tokens_.size() && i < at + reach; ++i) {
    if (is_mark(i, "?")) return true;
    if (ends_sentence(i)) return false;
  }
  return false;
}

// "Actually B, London, is in England"; but "No, B, London." and "Wait, B, London, is
// right" go over to it.
bool Statement::is_spoken_of(std::size_t at) {
  if (!is_mark(at + 1, ",") || choices_.empty()) return false;
  const auto text = texts().at(text_, tokens_, at + 2);
  if (!text || !is_mark(text->end, ",")) return false;
  for (std::size_t i = text->end + 1; i < tokens_.size() && !ends_sentence(i); ++i) {
    if (is_word(i, {Word::good, Word::answer}) || is_label(tokens_[i])) return false;
  }
  return true;
}

std::optional<Claim> Statement::judged(std::size_t at, Strength strength,
                                       std::string_view rule) const {
  if (taken_back(at)) return std::nullopt;
  Claim claim{
      .letter = tokens_[at].letter, .strength = strength, .at = at, .rule = rule};
  if (names_another(at)) claim.kind = Claim::Kind::several;
  claim.conditional = is_conditional(at);
  return claim;
}

// ---- What a cue names
// -------------------------------------------------------------------------

const OptionTexts& Statement::texts() {
  if (!texts_) texts_.emplace(choices_, labels_);
  return *texts_;
}

// The label of a line that starts at `at` and ends with it: "Paris, on the Seine (B)".
std::optional<std::size_t> Statement::bracket_at_end(std::size_t at) const {
  const std::size_t index = line_of(at);
  if (index >= lines_.size() || lines_[index].begin != at) return std::nullopt;
  std::size_t end = lines_[index].end;
  while (end > at && is_mark(end - 1, ".")) --end;
  if (end < at + 3 || !is_mark(end - 1, ")") || !in_brackets(end - 2))
    return std::nullopt;
  return is_capital_label(end - 2) ? std::optional(end - 2) : std::nullopt;
}

// "(E)" of four options; but X is the placeholder of "the answer is (X)".
bool Statement::is_letter_of_none(std::size_t at) const {
  const Token& t = tokens_[at];
  return t.letter != 0 && t.letter != 'X' && !t.small && !is_label(t) &&
         t.kind == TokenKind::word && (in_brackets(at) || ends_sentence(at + 1));
}

// Whether a cue reaches over this token to what it names: "the answer is most likely
// option (B)".
bool Statement::passes_to_named(std::size_t at) const {
  constexpr WordSet passes{Word::fill, Word::option, Word::is,   Word::it,
                           Word::must, Word::so,     Word::good, Word::answer,
                           Word::turn, Word::closest};
  return is_word(at, passes) || is_mark(at, "([{\"':-=>#|\x01<,") || is_text(at, "as");
}

// "(a)" where an option reads "(a) and (c)".
bool Statement::is_part(std::size_t at) {
  return tokens_[at].small && in_brackets(at) && !choices_.empty() &&
         texts().have_parts();
}

// "The answer is Paris"; several for "Paris or London".
std::optional<Claim> Statement::claim_of_text(const OptionTexts::Found& text,
                                              std::size_t at, Strength strength,
                                              std::string_view rule) {
  if (text.end > 0 && taken_back(text.end - 1)) return std::nullopt;
  if (is_word(text.end, {Word::alternate, Word::both})) {
    const auto other = texts().at(text_, tokens_, text.end + 1);
    if (other && other->letter != text.letter) {
      return Claim{
          .kind = Claim::Kind::several, .strength = strength, .at = at, .rule = rule};
    }
  }
  return Claim{.letter = text.letter,
               .strength = strength,
               .at = at,
               .rule = "the answer by its text"};
}

// What a cue names without a label: an option's text, or "none of them". The text comes
// first, since "None of the above" may be one.
std::optional<Claim> Statement::named_in_words(std::size_t at, Strength strength,
                                               std::string_view rule, bool text_too) {
  for (std::size_t i = at; text_too && i < at + 3 && i < tokens_.size(); ++i) {
    if (const auto text = texts().at(text_, tokens_, i))
      return claim_of_text(*text, i, strength, rule);
    if (!is_word(i, {Word::fill, Word::it, Word::is}) && !is_kind(i, TokenKind::mark))
      break;
  }
  for (std::size_t i = at; i < at + 6 && !ends_sentence(i); ++i) {
    if (!is_word(i, Word::none)) continue;
    return Claim{.kind = Claim::Kind::none,
                 .strength = strength,
                 .at = i,
                 .rule = "none of the options"};
  }
  return std::nullopt;
}

// What is named at `at`, behind a cue. Over words that name nothing the first label
// counts; any other word begins what is named by its own text, and a letter behind that
// is not looked at: "The answer is Danube, (A)" is B, the Danube.
std::optional<Claim> Statement::candidate(std::size_t at, Strength strength,
                                          std::string_view rule, bool text_too) {
  std::size_t line_ends = 0;
  bool denied = false;
  std::optional<std::size_t> text_at;
  for (std::size_t i = at; i < tokens_.size() && i < at + reach; ++i) {
    if (letter_at(i) != 0 && may_be_label(i, Cue::given)) {
      if (denied) return std::nullopt;
      if (!is_part(i)) {
        const bool listed = line_ends > 0 && is_listed(line_of(i));
        if (listed || is_asked(i)) return std::nullopt;
        return judged(i, strength, rule);
      }
    }
    if (is_letter_of_none(i)) {
      return Claim{.kind = Claim::Kind::none,
                   .strength = strength,
                   .at = i,
                   .rule = "a letter that is no option"};
    }
    if (is_kind(i, TokenKind::line_end)) {
      if (++line_ends > 3) break;
      continue;
    }
    if (is_word(i, Word::no)) {
      denied = true;
      continue;
    }
    if (!text_at && !is_kind(i, TokenKind::mark)) text_at = i;
    if (!passes_to_named(i)) break;
  }
  if (denied || !text_at) return std::nullopt;
  if (line_ends > 0) {
    if (const auto label = bracket_at_end(*text_at))
      return judged(*label, strength, rule);
  }
  return named_in_words(*text_at, strength, rule, text_too && !choices_.empty());
}

}  // namespace proctor
