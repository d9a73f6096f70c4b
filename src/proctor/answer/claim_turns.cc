// A change of mind: an answer that was only thought of ("I was going to say A"), and
// one that is taken back ("réponse A. Non, c'est la C"), in whatever language.
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

}  // namespace

// "My initial answer was A", "I was going to say A", "I almost picked A"; but "The
// first law says that the answer is A".
bool Statement::is_thought_of(std::size_t at) const {
  for (std::size_t i = at; i > 0 && i + 10 > at && !ends_sentence(i - 1); --i) {
    const std::size_t word = i - 1;
    if (is_among(word, " initial first original ") && is_among(i, first_thoughts) &&
        (is_text(i + 1, "was") || is_mark(i + 1, ":")))
      return true;
    if (is_text(word, "first") && is_text(i, "glance")) return true;
    if (is_among(word, nearly) && is_among(i, past_thoughts)) return true;
    if (is_text(word, "was") && (is_text(i, "tempted") || is_text(i, "going")) &&
        is_text(i + 1, "to"))
      return true;
    for (std::size_t verb = i; is_among(word, adverbs) && verb < i + 2 && verb < at;
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
    const Word word = tokens_[i].word;
    return !takes_back(i) && (word == Word::no || word == Word::nay ||
                              word == Word::is_not || word == Word::bad);
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
  const Word word = tokens_[at].word;
  if (word == Word::turn) return true;
  if (word != Word::no && word != Word::nay && word != Word::is_not &&
      word != Word::bad)
    return false;
  // An interjection has marks on both sides: "not C" has none behind it. Behind "A." a
  // word such as "Invalid." may be the option's text.
  const bool parted = at > 0 && (ends_sentence(at - 1) || is_mark(at - 1, ",.:;!-"));
  return parted && is_mark(at + 1, word == Word::bad ? "," : ",.:;!-");
}

// The letter that the reply goes over to behind `claim`, where it is the only other one
// that is named there.
std::optional<Claim> Statement::corrected(const Claim& claim) {
  if (claim.kind != Claim::Kind::letter || claim.at >= tokens_.size() ||
      tokens_[claim.at].letter != claim.letter ||
      tokens_.size() > claim.at + correction_reach)
    return std::nullopt;
  const bool thought_of = is_thought_of(claim.at);
  const bool may_turn = thought_of || would_be_said(claim.at);
  std::optional<std::size_t> from;
  for (std::size_t i = claim.at + 1; i < tokens_.size(); ++i) {
    // "Is London in France? No." answers a question of its own.
    if (is_mark(i, "?")) return std::nullopt;
    if (takes_back(i) || (may_turn && is_word(i, Word::but)) ||
        (thought_of && !from && (ends_sentence(i) || is_mark(i, "."))))
      from = i + 1;
  }
  if (!from) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = *from; i < tokens_.size(); ++i) {
    if (!is_label(tokens_[i]) || tokens_[i].small || !may_be_label(i, true)) continue;
    if (tokens_[i].letter == claim.letter) {
      // "A. No, wait, A it is."; but "I was going to say A, but A would be solid".
      if (!may_turn) return std::nullopt;
      continue;
    }
    if (is_denied(i) || denies(i)) return std::nullopt;
    if (found && tokens_[*found].letter != tokens_[i].letter) return std::nullopt;
    found = i;
  }
  if (!found || is_spoken_of(*found)) return std::nullopt;
  std::size_t behind = *found + 1;
  while (is_mark(behind, closing)) ++behind;
  bool stands = behind >= tokens_.size() || ends_sentence(behind) ||
                is_mark(behind, ".,;!") || is_word(behind, Word::reason) ||
                tokens_[behind].kind == TokenKind::other_script;
  // "C is the best choice"; but "Actually, A is tempting" takes nothing back.
  if (!stands && is_word(behind, Word::is)) stands = label_is_right(*found).has_value();
  // "I almost picked A, but C carries more": what was thought of is behind.
  stands = stands || thought_of;
  if (!stands) return std::nullopt;
  return Claim{.letter = tokens_[*found].letter,
               .strength = claim.strength,
               .at = *found,
               .rule = "a correction"};
}

}  // namespace proctor
