#include "proctor/answer/claims.h"

#include <algorithm>

#include "proctor/answer/view.h"

namespace proctor {
namespace {

// How far a cue reaches, in tokens. A person who names an answer does it at once.
constexpr std::size_t reach = 16;

constexpr std::string_view opening = "([{\"'";
constexpr std::string_view closing = ")]}\"'>";

}  // namespace

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

// ---- Looking at tokens ------------------------------------------------------------

bool Statement::is_mark(std::size_t at, std::string_view marks) const {
  const Token* const t = token(at);
  return t != nullptr && t->kind == TokenKind::mark && t->mark != 0 &&
         marks.find(t->mark) != std::string_view::npos;
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

// ---- One candidate ----------------------------------------------------------------

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
  if (const Token* const t = token(i);
      t != nullptr && t->kind == TokenKind::other_script) {
    const std::string_view run = text_.substr(t->begin, t->end - t->begin);
    for (const std::string_view no :
         {"ではな", "じゃな", "不正", "不是", "不对", "错", "誤", "間違", "아니"}) {
      if (run.find(no) != std::string_view::npos) return true;
    }
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

// ---- Cues -------------------------------------------------------------------------

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
  for (std::size_t j = i; j < tokens_.size() && j < i + reach; ++j) {
    if (ends_sentence(j) || is_word(j, Word::answer)) return std::nullopt;
    if (is_word(j, Word::no) && !is_word(j + 1, Word::is)) return std::nullopt;
    if (is_word(j, Word::is) || is_word(j, Word::must) || is_mark(j, ":=")) {
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
  for (std::size_t j = i; j < tokens_.size() && j < i + reach; ++j) {
    if (ends_sentence(j) || is_word(j, Word::answer) || is_word(j, Word::no))
      return std::nullopt;
    if (is_word(j, Word::is) || is_mark(j, ":")) {
      auto claim = candidate(j + 1, chosen ? Strength::stated : Strength::concluded,
                             "the option is", chosen);
      if (!claim || chosen) return claim;
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
          next->kind == TokenKind::other_script || chosen;
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
    if (!passes) return std::nullopt;
  }
  return std::nullopt;
}

// "B is correct", "option B is the best", "B が正解"
std::optional<Claim> Statement::label_is_right(std::size_t at) const {
  if (!may_be_label(at, false)) return std::nullopt;
  std::size_t i = at + 1;
  while (is_mark(i, closing)) ++i;
  const Token* const next = token(i);
  if (next == nullptr) return std::nullopt;
  constexpr std::string_view rule = "is correct";
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
        return judged(at, Strength::stated, rule);
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
  } else if (!bracket || !in_brackets(label)) {
    // "is: B" and "is B. Danube" on one line
    const Token* const next = token(label + 1);
    const bool ends = next == nullptr || next->kind == TokenKind::line_end;
    const bool delimited =
        is_mark(label + 1, ".)") && (colon || token(label + 2) != nullptr);
    if (!delimited && !(colon && ends)) return std::nullopt;
  }
  if (is_asked(label)) return std::nullopt;
  return judged(label, Strength::pointed, "is (X)");
}

// ---- Lines ------------------------------------------------------------------------

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
      if (run == "です" || run == "だ" || run == "입니다") continue;
    }
    if (*letter != 0 || !is_label(t)) return false;
    *letter = t.letter;
  }
  return *letter != 0;
}

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

// ---- All of it --------------------------------------------------------------------

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

}  // namespace proctor
