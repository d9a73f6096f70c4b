// What short replies say without any word for an answer: the only letter of a sentence,
// and what is left where the others are denied.
//
// In: a reply of up to some 40 tokens. Out: the option that a person would take from
// it, whatever the language: "C it is", "B passt", "not A but C", "neither A nor B nor
// D", "all but C are wrong". The shorter a reply, the less it can be about besides the
// answer; so a letter counts here that would be a word of the reckoning in a longer
// one, and what looks like another use of a letter ("vitamin C") takes it away again.
#include <algorithm>

#include "proctor/answer/claims.h"
#include "proctor/answer/words.h"

namespace proctor {

// ---- The only letter
// ----------------------------------------------------------------------

// A letter in a short reply that stands as an option does: at the beginning, in
// brackets, behind a mark.
bool Statement::is_named(std::size_t at) const {
  return at == 0 || in_brackets(at) || is_word(at - 1, Word::option) ||
         is_kind(at - 1, TokenKind::mark);
}

// "A tall tree" begins with a word.
bool Statement::is_named_apart(std::size_t at) const {
  return is_named(at) && !(at == 0 && starts_small(at + 1));
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
    if (is_capital_label(i)) return false;
  }
  return true;
}

// "A of B", "A tai B": two letters and a word between them, in whatever language.
bool Statement::is_pair(std::size_t at) const {
  constexpr WordSet parting{Word::but, Word::option, Word::so, Word::turn,
                            Word::no,  Word::is_not, Word::nay};
  return at == 2 && is_label(tokens_[0]) && tokens_[0].letter != tokens_[2].letter &&
         !is_kind(1, TokenKind::mark) && !is_word(1, parting);
}

// What leaves no letter of a short reply an answer: a denial, a choice that is left
// open, a question; in one sentence also any praise that is about to be taken back.
bool Statement::leaves_open(std::size_t at) const {
  constexpr WordSet doubts{Word::no, Word::is_not, Word::bad, Word::alternate};
  if (is_word(at, doubts) || is_mark(at, "?")) return true;
  return is_brief() && (is_plain_no(at) || verdict_at(at) == Verdict::bad ||
                        is_among(at, " tempting plausible attractive "));
}

// The place of the only letter that may be a label. In one sentence any will do; in
// more it has to stand as an option does.
std::optional<std::size_t> Statement::only_letter_at() const {
  const bool brief = is_brief();
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (is_doubt(i)) continue;
    if (leaves_open(i)) return std::nullopt;
    if (!is_capital_label(i)) continue;
    // "A fits": no article.
    const bool subject = brief && is_word(i + 1, Word::fits);
    if (!subject && !may_be_label(i, Cue::none)) continue;
    if (found && tokens_[*found].letter != tokens_[i].letter) return std::nullopt;
    if (brief || is_named_apart(i)) found = i;
  }
  return found;
}

// Whether the sentence uses its only letter as an option: "C.", "This matches C", "B
// passt", "C이 맞다". A word for another use ("vitamin", "consider") beside it is
// enough for doubt.
bool Statement::is_said(std::size_t at, bool other_use) const {
  constexpr WordSet predicates{Word::is,     Word::fits, Word::it,    Word::good,
                               Word::option, Word::fill, Word::reason};
  const bool stands = !is_kind(at + 1, TokenKind::word) || in_brackets(at);
  if (stands && is_named_apart(at)) return true;
  if (!is_brief() || other_use) return false;
  return stands || is_word(at + 1, predicates) || is_text(at + 1, "i") ||
         is_kind(at + 1, TokenKind::other_script) || holds(Word::good);
}

bool Statement::holds(Word word) const {
  return std::ranges::find(tokens_, word, &Token::word) != tokens_.end();
}

std::optional<Claim> Statement::only_label() const {
  if (tokens_.size() > longest_short) return std::nullopt;
  const auto found = only_letter_at();
  if (!found) return std::nullopt;
  const std::size_t at = *found;
  const bool other_use = holds(Word::other_use);
  if (is_pair(at) || (is_brief() && other_use && at != 0)) return std::nullopt;
  const std::size_t line = line_of(at);
  if (is_listed(line) || !is_said(at, other_use)) return std::nullopt;
  // An item that is cut off or goes on is talk about the option, not the choice of it.
  if (items_[line] != 0 && line > 0) return std::nullopt;
  const bool item = at > 1 && is_mark(at + 1, ")") && !in_brackets(at);
  if (item && token(at + 2) != nullptr) return std::nullopt;
  return Claim{.letter = tokens_[at].letter,
               .strength = Strength::pointed,
               .at = at,
               .rule = rule_only};
}

// ---- What is left
// ---------------------------------------------------------------------------

// "not A", "neither A nor B", "rather than A": read backwards from the label over the
// labels it is joined to.
bool Statement::is_denied_before(std::size_t at) const {
  constexpr WordSet joining{Word::both, Word::alternate};
  constexpr WordSet passes{Word::option, Word::fill, Word::it, Word::is};
  bool separated = false, has_verb = false;
  for (std::size_t i = at; i-- > 0;) {
    // "A. Non, c'est C": it speaks of what was said before.
    if (is_among(i, interjections) && takes_back(i)) return false;
    if (is_word(i, Word::no) || is_plain_no(i) || is_text(i, "than") ||
        (is_text(i, "of") && is_text(i - 1, "instead"))) {
      return true;
    }
    // "Não é A, é B": a clause of its own.
    if (is_mark(i, ",") && has_verb) return false;
    has_verb = has_verb || is_word(i, Word::is);
    if (separated && is_label(tokens_[i])) {
      separated = false;
    } else if (is_mark(i, ",") || is_word(i, joining)) {
      separated = true;
    } else if (!is_mark(i, opening) && !is_mark(i, closing) && !is_word(i, passes) &&
               !is_text(i, "out")) {
      return false;
    }
  }
  return false;
}

// Behind the labels that share their verb with the one at `at`: "A, B and (C) ...".
std::size_t Statement::behind_joined(std::size_t at) const {
  std::size_t i = at + 1;
  while (i < tokens_.size()) {
    i = behind(i, closing);
    std::size_t next = i;
    while (is_mark(next, ",") || is_word(next, {Word::both, Word::option}) ||
           is_text(next, "nor") || is_mark(next, opening))
      ++next;
    if (next == i || next >= tokens_.size() || !is_label(tokens_[next])) break;
    i = next + 1;
  }
  return i;
}

// "A and B are wrong", "A isn't it", "A가 아니라": what stands behind the label and
// those it is joined to.
bool Statement::is_denied_behind(std::size_t at) const {
  constexpr WordSet passes{Word::is, Word::fill, Word::it};
  const std::size_t from = behind_joined(at);
  for (std::size_t i = from; i < from + 5 && i < tokens_.size(); ++i) {
    if (tokens_[i].letter != 0 && !tokens_[i].small) return false;
    if (is_word(i, Word::is_not) || verdict_at(i) == Verdict::bad) return true;
    const bool other_script = is_kind(i, TokenKind::other_script);
    if (is_word(i, {Word::no, Word::nay})) {
      // "A, not B": what stands at once behind the label denies the next one, unless it
      // is a verb.
      return i > from || is_word(i + 1, Word::is) || is_among(i, negative_verbs) ||
             ends_sentence(i + 1) || other_script;
    }
    if (!is_word(i, passes) && !is_among(i, " ruled all both does do ") &&
        !other_script) {
      return false;
    }
  }
  return false;
}

// Whether the label at `at` is denied in a short reply.
bool Statement::is_denied(std::size_t at) const {
  return is_denied_before(at) || is_denied_behind(at);
}

// The labels of a short reply by what is said of them; nothing where it asks, is cut
// off, or uses letters for something else.
std::optional<Statement::Exclusion> Statement::exclusion() const {
  if (tokens_.size() > longest_short || tokens_.empty()) return std::nullopt;
  // "Between C and": cut off.
  if (is_word(tokens_.size() - 1, {Word::both, Word::alternate})) return std::nullopt;
  const auto add = [](std::string& letters, char letter) {
    if (letters.find(letter) == std::string::npos) letters += letter;
  };
  Exclusion all;
  bool total = false;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (is_mark(i, "?") || is_word(i, Word::other_use)) return std::nullopt;
    total = total || is_among(i, totals);
    all.excepts = all.excepts || (total && is_among(i, exceptions));
    if (!is_capital_label(i)) continue;
    if (!may_be_label(i, Cue::given) && !is_word(i + 1, {Word::fits, Word::but}))
      continue;
    if (!all.excepts && is_denied(i)) {
      add(all.denied, tokens_[i].letter);
    } else {
      add(all.named, tokens_[i].letter);
      all.last_named = i;
    }
  }
  return all;
}

std::optional<Claim> Statement::by_exclusion() const {
  auto all = exclusion();
  if (!all) return std::nullopt;
  const auto claim = [](char letter, std::size_t at, std::string_view rule) {
    return Claim{
        .letter = letter, .strength = Strength::pointed, .at = at, .rule = rule};
  };
  const std::string& named = all->named;
  std::string& denied = all->denied;
  if (all->excepts) {
    if (named.size() != 1 || !denied.empty()) return std::nullopt;
    return claim(named[0], all->last_named, "the exception");
  }
  // Once named without a denial is named.
  std::erase_if(denied, [&](char c) { return named.find(c) != std::string::npos; });
  if (named.size() == 1 && !denied.empty())
    return claim(named[0], all->last_named, "the option that is not denied");
  if (named.empty() && labels_.size() > 2 && denied.size() + 1 == labels_.size()) {
    const std::size_t left = labels_.find_first_not_of(denied);
    return claim(labels_[left], 0, "the option that is left");
  }
  return std::nullopt;
}

// ---- A bracket at a sentence's end
// ---------------------------------------------------------

// "... since the river rises there (B). The rest ...": of longer replies, too, since a
// letter in brackets is a reference to an option and nothing else.
std::optional<Claim> Statement::only_bracket() const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < tokens_.size(); ++i) {
    if (!is_capital_label(i)) continue;
    const bool closes = in_brackets(i) && is_mark(i - 1, "(") && is_mark(i + 2, ".") &&
                        i > 1 && is_kind(i - 2, TokenKind::word);
    // The article and the pronoun are no labels; every other letter counts.
    if (!closes && !may_be_label(i, Cue::none) && starts_small(i + 1)) continue;
    if (!closes || (found && tokens_[*found].letter != tokens_[i].letter))
      return std::nullopt;
    found = i;
  }
  if (!found || taken_back(*found)) return std::nullopt;
  // "It is not the mouth (B)"; a denial further off speaks of something else.
  for (std::size_t i = *found; i > 0 && i + 6 > *found && !ends_sentence(i - 1); --i) {
    if (is_word(i - 1, {Word::no, Word::bad})) return std::nullopt;
  }
  return Claim{.letter = tokens_[*found].letter,
               .strength = Strength::pointed,
               .at = *found,
               .rule = rule_only};
}

}  // namespace proctor
