// A change of mind: an answer that was only thought of ("I was going to say A"), and
// one that is taken back ("réponse A. Non, c'est la C"), in whatever language.
//
// In: the claim that would count. Out: the one that the reply goes over to behind it,
// if any. "wait" and "actually" alone are read elsewhere (Statement::last_turn and
// after_turn); here is what has no cue of an answer behind the turn, so that only the
// one other letter near the end of the reply can be meant. It must be the only one: of
// "A. No, wait. B? C?" nobody knows where the mind went.
#include "proctor/answer/claims.h"

namespace proctor {
namespace {

// How far a correction may stand behind what it corrects, in tokens. Further off it is
// another thought, and the cues' own rules read it.
constexpr std::size_t correction_reach = 40;

// What an answer is called, and what one does with it, in the past.
constexpr std::string_view first_thoughts =
    " answer choice guess thought pick instinct impression option selection ";
constexpr std::string_view past_thoughts =
    " thought picked chose guessed said wanted leaned considered answered went dachte ";
constexpr std::string_view adverbs = " initially originally first zuerst ";
constexpr std::string_view nearly = " almost nearly ";
// A polite "is" as often as a doubt: only what follows tells.
constexpr std::string_view would_be = " seria sería serait sarebbe wäre ";

constexpr WordSet denials{Word::no, Word::nay, Word::is_not, Word::bad};

}  // namespace

// Whether the words at `at` speak of a first thought: "initial answer was", "almost
// picked", "was going to", "first glance"; but "The first law says that the answer is
// A".
bool Statement::is_first_thought(std::size_t at) const {
  const std::size_t next = at + 1;
  if (is_among(at, " initial first original ") && is_among(next, first_thoughts) &&
      (is_text(next + 1, "was") || is_mark(next + 1, ":")))
    return true;
  if (is_text(at, "first") && is_text(next, "glance")) return true;
  if (is_among(at, nearly) && is_among(next, past_thoughts)) return true;
  return is_text(at, "was") && is_among(next, " tempted going ") &&
         is_text(next + 1, "to");
}

// "My initial answer was A", "I was going to say A", "I almost picked A".
bool Statement::is_thought_of(std::size_t at) const {
  for (std::size_t i = at; i > 0 && i + 10 > at && !ends_sentence(i - 1); --i) {
    if (is_first_thought(i - 1)) return true;
    // "I initially thought A": the verb stands before the label.
    for (std::size_t verb = i; is_among(i - 1, adverbs) && verb < i + 2 && verb < at;
         ++verb) {
      if (is_among(verb, past_thoughts)) return true;
    }
  }
  return false;
}

// "A resposta seria C".
bool Statement::would_be_said(std::size_t at) const {
  for (std::size_t i = at; i > 0 && i + 4 > at && !ends_sentence(i - 1); --i) {
    if (is_among(i - 1, would_be)) return true;
  }
  return false;
}

// Whether the sentence of the label at `at` denies anything; an interjection does not.
bool Statement::denies(std::size_t at) const {
  const auto is_denial = [&](std::size_t i) {
    return is_word(i, denials) && !takes_back(i);
  };
  for (std::size_t i = at; i > 0 && !ends_sentence(i - 1); --i) {
    if (is_denial(i - 1)) return true;
  }
  // "such as C. do not apply": the stop behind a letter ends nothing.
  const std::size_t from =
      is_mark(at + 1, ".") && starts_small(at + 2) ? at + 2 : at + 1;
  for (std::size_t i = from; i < tokens_.size() && !ends_sentence(i); ++i) {
    if (is_denial(i)) return true;
  }
  return false;
}

// A word that takes back what was said: "wait", "... no: ...", "Eh, salah,".
bool Statement::takes_back(std::size_t at) const {
  if (is_word(at, Word::turn)) return true;
  if (!is_word(at, denials)) return false;
  // An interjection has marks on both sides: "not C" has none behind it. Behind "A." a
  // word such as "Invalid." may be the option's text.
  const bool parted = at > 0 && (ends_sentence(at - 1) || is_mark(at - 1, ",.:;!-"));
  return parted && is_mark(at + 1, is_word(at, Word::bad) ? "," : ",.:;!-");
}

// Where the reply has turned away from a label at `at` for good, if it has. `doubted`:
// it was only thought of, or said politely, so that a "but" turns, too.
std::optional<std::size_t> Statement::turned_away(std::size_t at, bool thought_of,
                                                  bool doubted) const {
  std::optional<std::size_t> from;
  for (std::size_t i = at + 1; i < tokens_.size(); ++i) {
    // "Is London in France? No." answers a question of its own.
    if (is_mark(i, "?")) return std::nullopt;
    // Behind "My first guess was A." any sentence may bring the second one.
    const bool next_sentence =
        thought_of && !from && (ends_sentence(i) || is_mark(i, "."));
    if (takes_back(i) || (doubted && is_word(i, Word::but)) || next_sentence)
      from = i + 1;
  }
  return from;
}

// The only other label that is named from there on, and not denied.
std::optional<std::size_t> Statement::only_other(char letter, std::size_t from,
                                                 bool doubted) const {
  std::optional<std::size_t> found;
  for (std::size_t i = from; i < tokens_.size(); ++i) {
    if (!is_named_label(i)) continue;
    if (tokens_[i].letter == letter) {
      // "A. No, wait, A it is."; but "I was going to say A, but A would be solid".
      if (!doubted) return std::nullopt;
      continue;
    }
    if (is_denied(i) || denies(i)) return std::nullopt;
    if (found && tokens_[*found].letter != tokens_[i].letter) return std::nullopt;
    found = i;
  }
  return found;
}

// Whether the label ends what is said of it, or is called right: "C.", "C is the best
// choice"; but "Actually, A is tempting" takes nothing back.
bool Statement::stands_corrected(std::size_t at) const {
  const std::size_t next = behind(at + 1, closing);
  if (ends_sentence(next) || is_mark(next, ".,;!") || is_word(next, Word::reason) ||
      is_kind(next, TokenKind::other_script)) {
    return true;
  }
  return is_word(next, Word::is) && label_is_right(at).has_value();
}

std::optional<Claim> Statement::corrected(const Claim& claim) {
  if (claim.kind != Claim::Kind::letter || letter_at(claim.at) != claim.letter ||
      tokens_.size() > claim.at + correction_reach)
    return std::nullopt;
  const bool thought_of = is_thought_of(claim.at);
  const bool doubted = thought_of || would_be_said(claim.at);
  const auto from = turned_away(claim.at, thought_of, doubted);
  if (!from) return std::nullopt;
  const auto found = only_other(claim.letter, *from, doubted);
  if (!found || is_spoken_of(*found)) return std::nullopt;
  // "I almost picked A, but C carries more": what was thought of is behind.
  if (!thought_of && !stands_corrected(*found)) return std::nullopt;
  return Claim{.letter = tokens_[*found].letter,
               .strength = claim.strength,
               .at = *found,
               .rule = "a correction"};
}

}  // namespace proctor
