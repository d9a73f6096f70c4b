// Claims by form alone: lines, lists with verdicts, short replies.
#include <algorithm>

#include "proctor/answer/claims.h"
#include "proctor/answer/words.h"
#include "proctor/base/base.h"

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
                 .rule = rule_alone};
  }
  if (index == 0 && items_[index] != 0 && !is_listed(index)) {
    letter = items_[index];
    const std::size_t at = label_at();
    // "(a) We first ...", "(i) ..." number the parts of a longer text.
    const bool long_text = lines_.size() > 1 || line.end - line.begin > 24;
    if (tokens_[at].small && (long_text || !is_mark(at + 1, ")"))) return std::nullopt;
    if (is_mark(at + 1, ",=|") || !clean(at)) return std::nullopt;
    // "A -> C": from one to the other.
    if (is_mark(at + 1, ">") && at + 2 < line.end && tokens_[at + 2].letter != 0)
      return std::nullopt;
    return judged(at, Strength::stated, rule_begins);
  }
  return std::nullopt;
}

// Whether the sentence that ends with the label at `at` speaks of no other one, asks,
// denies and supposes nothing: "The option that says 1 and 3 is D."
bool Statement::tells(std::size_t at) const {
  for (std::size_t i = at; i-- > 0 && !ends_sentence(i);) {
    if (is_word(i, Word::no) || is_word(i, Word::bad) || is_word(i, Word::alternate) ||
        is_text(i, "if") || is_text(i, "might") || is_text(i, "could") ||
        is_text(i, "may"))
      return false;
    if (is_label(tokens_[i]) && !tokens_[i].small && may_be_label(i, true))
      return false;
  }
  return true;
}

std::optional<Claim> Statement::by_form() {
  if (lines_.empty()) return std::nullopt;
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
    const bool told = !first && is_word(at - 1, Word::is) && !is_brief() && tells(at);
    const bool parted =
        !first &&
        (told || is_mark(at - 1, ".!?:;-\"") || is_word(at - 1, Word::fill) ||
         in_brackets(at) || is_mark(at - 1, ",") || is_word(at - 1, Word::option) ||
         (is_brief() && (is_word(at - 1, Word::is) || is_word(at - 1, Word::choose) ||
                         is_word(at - 1, Word::but))));
    if (tokens_[at].letter != 0 && !tokens_[at].small && may_be_label(at, false) &&
        (first || parted)) {
      bool others = false;
      // What was weighed before: "A or C, but rather", "B or C?"
      std::size_t from = is_brief() || told ? at : last.begin;
      while (from > last.begin && !is_word(from - 1, Word::but) &&
             !is_mark(from - 1, ":?"))
        --from;
      // "Could be A, could be C": nothing turns from one to the other.
      const bool weighed = from == last.begin && is_word(at - 1, Word::is);
      others = is_pair(at) || is_called_wrong(at);
      for (std::size_t i = from; i < at; ++i) {
        others =
            others || is_plain_no(i) || is_word(i, Word::is_not) ||
            (is_brief() && is_word(i, Word::other_use)) ||
            (weighed && i + 1 < at && is_label(tokens_[i]) && may_be_label(i, true)) ||
            is_word(i, Word::alternate) || is_word(i, Word::no) ||
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
      // "Not Quito, Lima."
      if (i == begin && is_word(i, Word::no)) {
        if (const auto denied = texts().at(text_, tokens_.subspan(0, end), i + 1)) {
          begin = i = denied->end;
          continue;
        }
      }
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
  if (!claim && is_brief()) return by_run();
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

// "東京です。", "应该选深圳。": scripts without blanks part no words, so that an
// option's text is a part of a run. Beside it stands what says "the answer is", and
// nothing else: "東京以外です" and "北京大学" name no option.
std::optional<Claim> Statement::by_run() const {
  constexpr std::size_t longest = 120;  // bytes
  if (text_.size() > longest) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < std::min(choices_.size(), labels_.size()); ++i) {
    const std::string& choice = choices_[i];
    // One character is a word of its own in a sentence as often as not.
    const bool is_run =
        choice.size() >= 6 && static_cast<unsigned char>(choice[0]) >= 0xE0;
    const std::size_t at = is_run ? text_.find(choice) : std::string_view::npos;
    if (at == std::string_view::npos) continue;
    std::string rest(text_.substr(0, at));
    rest += '\0';  // what stands before it and behind it is no one word
    rest += text_.substr(at + choice.size());
    for (const std::string& word : split(frame_words, ' '))
      rest = replace_all(rest, word, "");
    for (const std::string_view blank : {" ", "\n"})
      rest = replace_all(rest, blank, "");
    if (rest != std::string(1, '\0')) continue;
    if (found) return std::nullopt;
    found = i;
  }
  if (!found) return std::nullopt;
  return Claim{.letter = labels_[*found],
               .strength = Strength::pointed,
               .at = 0,
               .rule = "an option's text"};
}

// A letter in a short reply that stands as an option does: at the beginning, in
// brackets, behind a mark.
bool Statement::is_named(std::size_t at) const {
  return at == 0 || in_brackets(at) || is_word(at - 1, Word::option) ||
         tokens_[at - 1].kind == TokenKind::mark;
}

// "No es B", where the word denies what follows; not "B, no, C".
bool Statement::is_plain_no(std::size_t at) const {
  return is_word(at, Word::nay) && !is_mark(at + 1, ",.:;-") &&
         token(at + 1) != nullptr;
}

// "not 100% sure, but": a denial of certainty, and of no option; "not sure about A" and
// "not sure B is right" are of one.
bool Statement::is_doubt(std::size_t at) const {
  if (!is_word(at, Word::no)) return false;
  std::size_t i = at + 1;
  while (i < at + 5 && !is_among(i, " sure certain positive confident ")) ++i;
  if (i >= at + 5) return false;
  for (++i; i < tokens_.size(); ++i) {
    if (ends_sentence(i) || is_mark(i, ",;:.") || is_word(i, Word::but)) return true;
    if (is_label(tokens_[i]) && !tokens_[i].small) return false;
  }
  return true;
}

// "A of B", "A tai B": two letters and a word between them, in whatever language.
bool Statement::is_pair(std::size_t at) const {
  return at == 2 && is_label(tokens_[0]) && tokens_[0].letter != tokens_[2].letter &&
         tokens_[1].kind != TokenKind::mark && !is_word(1, Word::but) &&
         !is_word(1, Word::option) && !is_word(1, Word::so) &&
         !is_word(1, Word::turn) && !is_word(1, Word::no) &&
         !is_word(1, Word::is_not) && !is_word(1, Word::nay);
}

std::optional<Claim> Statement::only_label() const {
  if (tokens_.size() > 40) return std::nullopt;
  const bool brief = is_brief();
  std::optional<std::size_t> found;
  bool other_use = false, praised = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (is_doubt(i)) continue;
    if (is_word(i, Word::no) || is_word(i, Word::is_not) || is_word(i, Word::bad) ||
        is_word(i, Word::alternate) || is_mark(i, "?") ||
        (brief && (is_plain_no(i) || verdict_at(i) == Verdict::bad))) {
      return std::nullopt;
    }
    if (brief && is_among(i, " tempting plausible attractive ")) return std::nullopt;
    other_use = other_use || is_word(i, Word::other_use);
    praised = praised || is_word(i, Word::good);
    const bool subject = brief && i + 1 < tokens_.size() &&
                         is_word(i + 1, Word::fits) && is_label(tokens_[i]);
    if (tokens_[i].letter == 0 || tokens_[i].small ||
        !(may_be_label(i, false) || subject))
      continue;
    if (found && tokens_[*found].letter != tokens_[i].letter) return std::nullopt;
    if (brief || (is_named(i) && !(i == 0 && starts_small(i + 1)))) found = i;
  }
  if (!found) return std::nullopt;
  const std::size_t at = *found;
  if (is_pair(at) || (brief && other_use && at != 0)) return std::nullopt;
  const std::size_t line = line_of(at);
  if (is_listed(line)) return std::nullopt;
  const Token* const next = token(at + 1);
  const bool named = is_named(at) && !(at == 0 && starts_small(at + 1));
  const bool stands =
      next == nullptr || next->kind != TokenKind::word || in_brackets(at);
  // In a short sentence any letter that is not used for something else is the option:
  // "This matches C", "B passt", whatever the language.
  const bool predicated =
      next != nullptr &&
      (next->word == Word::is || next->word == Word::fits || next->word == Word::it ||
       next->word == Word::good || next->word == Word::option ||
       next->word == Word::fill || next->word == Word::reason || is_text(at + 1, "i") ||
       next->kind == TokenKind::other_script);
  const bool said = brief && !other_use && (stands || predicated || praised);
  if (!said && !(named && stands)) return std::nullopt;
  // An item that is cut off or goes on is talk about the option, not the choice of it.
  if (items_[line] != 0 && line > 0) return std::nullopt;
  if (is_mark(at + 1, ")") && !in_brackets(at) && token(at + 2) != nullptr && at > 1) {
    return std::nullopt;
  }
  return Claim{.letter = tokens_[at].letter,
               .strength = Strength::pointed,
               .at = at,
               .rule = "the only letter"};
}

// Whether the label at `at` is denied in a short reply: "not A", "neither A nor B", "A
// and B are wrong", "A가 아니라".
bool Statement::is_denied(std::size_t at) const {
  bool separated = false, has_verb = false;
  for (std::size_t i = at; i-- > 0;) {
    if (is_word(i, Word::no) || is_plain_no(i)) return true;
    // "rather than A", "instead of A", "better than A"
    if (is_text(i, "than") || (is_text(i, "of") && i > 0 && is_text(i - 1, "instead")))
      return true;
    // "Não é A, é B": a clause of its own.
    if (is_mark(i, ",") && has_verb) break;
    has_verb = has_verb || is_word(i, Word::is);
    const bool joins =
        is_mark(i, ",") || is_word(i, Word::both) || is_word(i, Word::alternate);
    const bool label = is_label(tokens_[i]) && separated;
    if (joins) separated = true;
    if (label) separated = false;
    if (!joins && !label && !is_mark(i, opening) && !is_mark(i, closing) &&
        !is_word(i, Word::option) && !is_word(i, Word::fill) && !is_word(i, Word::it) &&
        !is_word(i, Word::is) && !is_text(i, "out"))
      break;
  }
  std::size_t i = at + 1;
  for (bool more = true; more && i < tokens_.size();) {
    while (is_mark(i, closing)) ++i;
    std::size_t j = i;
    while (is_mark(j, ",") || is_word(j, Word::both) || is_word(j, Word::option) ||
           is_text(j, "nor") || is_mark(j, opening))
      ++j;
    more = j > i && j < tokens_.size() && is_label(tokens_[j]);
    if (more) i = j + 1;
  }
  for (std::size_t j = i; j < i + 5 && j < tokens_.size(); ++j) {
    if (tokens_[j].letter != 0 && !tokens_[j].small) return false;
    if (is_word(j, Word::is_not) || verdict_at(j) == Verdict::bad) return true;
    if (is_word(j, Word::no) || is_word(j, Word::nay)) {
      return j > i || is_word(j + 1, Word::is) || is_among(j, negative_verbs) ||
             ends_sentence(j + 1) || tokens_[j].kind == TokenKind::other_script;
    }
    if (!is_word(j, Word::is) && !is_word(j, Word::fill) && !is_word(j, Word::it) &&
        !is_text(j, "ruled") && !is_text(j, "all") && !is_text(j, "both") &&
        !is_text(j, "does") && !is_text(j, "do") &&
        tokens_[j].kind != TokenKind::other_script)
      return false;
  }
  return false;
}

// A short reply that denies options: the one it does not deny ("not A but C", "A is
// wrong, so B"), the one that is left of all ("neither A nor B nor D"), the exception
// ("all but C are wrong").
std::optional<Claim> Statement::by_exclusion() const {
  if (tokens_.size() > 40 || tokens_.empty()) return std::nullopt;
  // "Between C and": cut off.
  const Word last = tokens_.back().word;
  if (last == Word::both || last == Word::alternate) return std::nullopt;
  std::string named, denied;
  const auto add = [](std::string& letters, char letter) {
    if (letters.find(letter) == std::string::npos) letters += letter;
  };
  std::optional<std::size_t> except;
  bool total = false;
  std::size_t last_named = 0;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (is_mark(i, "?") || is_word(i, Word::other_use)) return std::nullopt;
    total = total || is_among(i, totals);
    if (total && is_among(i, exceptions)) except = i;
    if (!is_label(tokens_[i]) || tokens_[i].small) continue;
    if (!may_be_label(i, true) && !is_word(i + 1, Word::fits) &&
        !is_word(i + 1, Word::but))
      continue;
    if (!except && is_denied(i)) {
      add(denied, tokens_[i].letter);
    } else {
      add(named, tokens_[i].letter);
      last_named = i;
    }
  }
  const auto claim = [](char letter, std::size_t at, std::string_view rule) {
    return Claim{
        .letter = letter, .strength = Strength::pointed, .at = at, .rule = rule};
  };
  if (except) {
    if (named.size() != 1 || !denied.empty()) return std::nullopt;
    return claim(named[0], last_named, "the exception");
  }
  std::erase_if(denied, [&](char c) { return named.find(c) != std::string::npos; });
  if (named.size() == 1 && !denied.empty()) {
    return claim(named[0], last_named, "the option that is not denied");
  }
  if (named.empty() && labels_.size() > 2 && denied.size() + 1 == labels_.size()) {
    const std::size_t left = labels_.find_first_not_of(denied);
    return claim(labels_[left], 0, "the option that is left");
  }
  return std::nullopt;
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
