// What a label at one place is worth: denied, asked, shared with another, conditional.
#include "proctor/answer/claims.h"

namespace proctor {

// Whether the words after the label at `at` say that it is wrong.
bool Statement::taken_back(std::size_t at) const {
  std::size_t i = at + 1;
  while (is_mark(i, closing) || is_mark(i, ",")) ++i;
  const auto says_bad = [&](std::size_t from) {
    // "is incorrect", "is not correct", "is not a valid answer", "is only partially"
    if (!is_word(from, Word::is) && !is_text(from, "isn't")) return false;
    for (std::size_t j = is_text(from, "isn't") ? from : from + 1; j < from + 5; ++j) {
      if (j >= tokens_.size() || ends_sentence(j)) return false;
      if (is_word(j, Word::bad) || is_text(j, "partially")) return true;
      if (is_word(j, Word::no)) {
        // "not a strong answer" is a doubt; "not correct", "not listed" a denial.
        for (std::size_t k = j + 1; k < j + 5 && !ends_sentence(k); ++k) {
          if (is_text(k, "only")) return false;
          if (is_word(k, Word::good) || is_text(k, "provided") ||
              is_text(k, "listed") || is_text(k, "close") || is_text(k, "given") ||
              (is_word(k, Word::answer) && is_text(k - 1, "the"))) {
            return true;
          }
        }
        return is_word(j + 1, Word::option) || is_text(j + 1, "it");
      }
      if (!is_word(j, Word::fill) && !is_word(j, Word::it) && !is_text(j, "also")) {
        return false;
      }
    }
    return false;
  };
  if (says_bad(i)) return true;
  // "Cevap B değil", "B सही नहीं है": the denial stands at the end.
  for (std::size_t j = i; j < i + 4 && !ends_sentence(j); ++j) {
    if (is_word(j, Word::is_not)) return true;
    if (tokens_[j].letter != 0) break;
  }
  if (const Token* const t = token(i);
      t != nullptr && t->kind == TokenKind::other_script) {
    const std::string_view run = text_.substr(t->begin, t->end - t->begin);
    for (const std::string_view no :
         {"ではな", "じゃな", "不正", "不是", "不对", "错", "誤", "間違", "아니"}) {
      if (run.find(no) != std::string_view::npos) return true;
    }
  }
  // "A, but C."
  std::size_t turned_to = i;
  if (is_word(turned_to, Word::but)) {
    ++turned_to;
    while (is_word(turned_to, Word::fill) || is_word(turned_to, Word::it) ||
           is_word(turned_to, Word::is))
      ++turned_to;
    if (turned_to < tokens_.size() && is_label(tokens_[turned_to]) &&
        !tokens_[turned_to].small && tokens_[turned_to].letter != tokens_[at].letter &&
        ends_sentence(turned_to + 1))
      return true;
  }
  // "..., but this is incorrect", "..., which is wrong", "However, this is not correct"
  bool turned = false, sentence_ended = false;
  for (std::size_t j = i; j < tokens_.size() && j < at + 40; ++j) {
    if (ends_sentence(j)) {
      if (sentence_ended || tokens_[j].kind == TokenKind::line_end) return false;
      sentence_ended = true;
      if (!is_word(j + 1, Word::but) && !is_word(j + 1, Word::turn)) return false;
      continue;
    }
    if (is_word(j, Word::but) || is_word(j, Word::turn)) {
      turned = true;
      continue;
    }
    // "(B), but it's still": cut off in the middle of a reservation.
    if (turned && j + 1 == tokens_.size() && j < i + 8 &&
        (is_word(j, Word::is) || is_word(j, Word::it) || is_text(j, "still"))) {
      return true;
    }
    const bool which = is_text(j, "which") && is_mark(j - 1, ",") && j < at + 12;
    if (!which && !(turned && is_word(j, Word::it))) continue;
    if (!says_bad(j + 1)) continue;
    // "it is not C" speaks of another one.
    for (std::size_t k = j + 2; k < j + 5 && k < tokens_.size(); ++k) {
      if (!tokens_[k].small && may_be_label(k, true)) return false;
    }
    return true;
  }
  return false;
}

// Whether the label at `at` shares its place with another one: "A or B", "A, B and C".
bool Statement::names_another(std::size_t at) const {
  const char letter = tokens_[at].letter;
  const auto other_at = [&](std::size_t i) -> std::optional<std::size_t> {
    for (std::size_t j = i; j < i + 5 && j < tokens_.size(); ++j) {
      if (is_label(tokens_[j]) && !tokens_[j].small && may_be_label(j, true)) {
        return tokens_[j].letter != letter ? std::optional(j) : std::nullopt;
      }
      if (!is_mark(j, opening) && !is_word(j, Word::option) &&
          !is_word(j, Word::both) && !is_word(j, Word::alternate) &&
          !is_text(j, "also") && !is_text(j, "possibly") && !is_text(j, "the")) {
        return std::nullopt;
      }
    }
    return std::nullopt;
  };
  const auto is_subject = [&](std::size_t i) {  // "and B is wrong"
    while (is_mark(i + 1, closing)) ++i;
    return is_word(i + 1, Word::is) && !is_text(i + 1, "are");
  };
  std::size_t i = at + 1;
  while (is_mark(i, closing)) ++i;
  if (is_word(i, Word::alternate) || is_word(i, Word::both) || is_mark(i, ",/&+")) {
    if (const auto other = other_at(i + 1)) {
      const bool labelled_text =
          is_mark(i, ",") && is_mark(*other + 1, ".:") && token(*other + 2) != nullptr;
      if (!is_subject(*other) && !labelled_text) return true;
    }
  }
  // "(B) if rounded up, or (E) if not"
  for (std::size_t j = i; j < tokens_.size() && j < at + 48 && !ends_sentence(j); ++j) {
    if (is_word(j, Word::no) || is_text(j, "because") || is_text(j, "since") ||
        is_text(j, "than")) {
      return false;
    }
    const bool joins = is_word(j, Word::alternate) || is_word(j, Word::both);
    if (joins) {
      std::size_t k = j + 1;
      while (is_word(k, Word::option) || is_word(k, Word::fill)) ++k;
      if (is_mark(k, "(") && k + 1 < tokens_.size() && is_label(tokens_[k + 1]) &&
          !tokens_[k + 1].small && in_brackets(k + 1) &&
          tokens_[k + 1].letter != letter && !is_subject(k + 1)) {
        return true;
      }
    }
    if (j > i && is_label(tokens_[j]) && in_brackets(j)) return false;
  }
  return false;
}

// "(B) if it is rounded", "If it is rounded, the answer is (B)"
bool Statement::is_conditional(std::size_t at) const {
  std::size_t i = at + 1;
  while (is_mark(i, closing)) ++i;
  if (is_text(i, "if") || is_text(i, "depending")) return true;
  for (std::size_t j = at; j > 0 && j + 32 > at; --j) {
    if (j < at && ends_sentence(j - 1)) return is_text(j, "if");
  }
  return false;
}

// "Is the answer B?"
bool Statement::is_asked(std::size_t at) const {
  for (std::size_t j = at + 1; j < tokens_.size() && j < at + reach; ++j) {
    if (is_mark(j, "?")) return true;
    if (ends_sentence(j)) return false;
  }
  return false;
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

// "Incorrect: B", "Wrong: (B)".
bool Statement::is_called_wrong(std::size_t at) const {
  while (at > 0 && is_mark(at - 1, opening)) --at;
  return at > 1 && is_mark(at - 1, ":") && is_word(at - 2, Word::bad);
}

// "Actually B, London, is in England"; but "No, B, London." and "Wait, B, London, is
// right" go over to it.
bool Statement::is_spoken_of(std::size_t at) {
  if (!is_mark(at + 1, ",") || choices_.empty()) return false;
  const auto text = texts().at(text_, tokens_, at + 2);
  if (!text || !is_mark(text->end, ",")) return false;
  for (std::size_t i = text->end + 1; i < tokens_.size() && !ends_sentence(i); ++i) {
    if (is_word(i, Word::good) || is_word(i, Word::answer) || is_label(tokens_[i]))
      return false;
  }
  return true;
}

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
  const Token& t = tokens_[end - 2];
  return is_label(t) && !t.small ? std::optional(end - 2) : std::nullopt;
}

// What is named at `at`, behind a cue: a label, an option's text, or "none of them".
std::optional<Claim> Statement::candidate(std::size_t at, Strength strength,
                                          std::string_view rule, bool text_too) {
  std::size_t line_ends = 0;
  bool denied = false;
  std::optional<std::size_t> text_at;
  for (std::size_t i = at; i < tokens_.size() && i < at + reach; ++i) {
    const Token& t = tokens_[i];
    if (t.letter != 0 && may_be_label(i, true)) {
      const bool part =
          t.small && in_brackets(i) && !choices_.empty() && texts().have_parts();
      if (denied) return std::nullopt;
      if (!part) {
        if (line_ends > 0 && is_listed(line_of(i))) return std::nullopt;
        if (is_asked(i)) return std::nullopt;
        return judged(i, strength, rule);
      }
    }
    // X is the placeholder of "the answer is (X)".
    if (t.letter != 0 && t.letter != 'X' && !t.small && !is_label(t) &&
        t.kind == TokenKind::word && (in_brackets(i) || ends_sentence(i + 1))) {
      return Claim{.kind = Claim::Kind::none,
                   .strength = strength,
                   .at = i,
                   .rule = "a letter that is no option"};
    }
    if (t.kind == TokenKind::line_end) {
      if (++line_ends > 3) break;
      continue;
    }
    if (t.word == Word::no) {
      denied = true;
      continue;
    }
    if (!text_at && !denied && t.kind != TokenKind::mark) text_at = i;
    const bool passes =
        t.word == Word::fill || t.word == Word::option || t.word == Word::is ||
        t.word == Word::it || t.word == Word::must || t.word == Word::so ||
        t.word == Word::good || t.word == Word::answer || t.word == Word::turn ||
        t.word == Word::closest || is_text(i, "as") ||
        (t.kind == TokenKind::mark &&
         std::string_view("([{\"':-=>#|\x01<,").find(t.mark) != std::string_view::npos);
    if (t.word == Word::alternate || t.word == Word::none) break;
    if (!passes) break;
  }
  if (denied || !text_at) return std::nullopt;
  if (line_ends > 0) {
    if (const auto label = bracket_at_end(*text_at)) {
      return judged(*label, strength, rule);
    }
  }
  if (text_too && !choices_.empty()) {
    for (std::size_t i = *text_at; i < *text_at + 3 && i < tokens_.size(); ++i) {
      if (const auto found = texts().at(text_, tokens_, i)) {
        // "Paris or London"
        const auto more = texts().at(text_, tokens_, found->end + 1);
        if (found->end > 0 && taken_back(found->end - 1)) return std::nullopt;
        const bool joined =
            is_word(found->end, Word::alternate) || is_word(found->end, Word::both);
        if (joined && more && more->letter != found->letter) {
          return Claim{.kind = Claim::Kind::several,
                       .strength = strength,
                       .at = i,
                       .rule = rule};
        }
        return Claim{.letter = found->letter,
                     .strength = strength,
                     .at = i,
                     .rule = "the answer by its text"};
      }
      const Word word = tokens_[i].word;
      if (word != Word::fill && word != Word::it && word != Word::is &&
          tokens_[i].kind != TokenKind::mark) {
        break;
      }
    }
  }
  for (std::size_t i = *text_at;
       i < *text_at + 6 && i < tokens_.size() && !ends_sentence(i); ++i) {
    if (is_word(i, Word::none)) {
      return Claim{.kind = Claim::Kind::none,
                   .strength = strength,
                   .at = i,
                   .rule = "none of the options"};
    }
  }
  return std::nullopt;
}

}  // namespace proctor
