// A change of mind: an answer that was only thought of ("I was going to say A"), and
// one that another takes the place of, in whatever language ("réponse A. Non, c'est la
// C").
#include "proctor/answer/claims.h"

namespace proctor {
namespace {

// How far a correction may stand behind what it corrects, in tokens. Further off it is
// another thought, and the cues' own rules read it.
constexpr std::size_t correction_reach = 40;

// Words before a letter that was only thought of.
constexpr std::string_view tentative_words =
    " initial initially original originally first wanted tempted almost nearly thought "
    "seria sería serait sarebbe wäre würde primero primeiro zuerst d'abord ";

}  // namespace

// "My initial answer was A", "I was going to say A", "A resposta seria C".
bool Statement::is_tentative(std::size_t at) const {
  bool past = false;
  for (std::size_t i = at; i > 0 && i + 10 > at && !ends_sentence(i - 1); --i) {
    if (is_among(i - 1, tentative_words)) return true;
    if (is_text(i - 1, "going") && i > 1 && is_text(i - 2, "was")) past = true;
  }
  return past;
}

// A word that takes back what was said: "wait", "... no: ...", "。不对，", "Eh,
// salah,".
bool Statement::takes_back(std::size_t at) const {
  const Word word = tokens_[at].word;
  if (word == Word::turn) return true;
  if (word != Word::no && word != Word::nay && word != Word::is_not &&
      word != Word::bad)
    return false;
  // An interjection has marks on both sides; "not C" has none behind it, and "A.
  // Invalid." is an option with its text.
  const bool parted = at > 0 && (ends_sentence(at - 1) || is_mark(at - 1, ",.:;!-"));
  return parted && is_mark(at + 1, word == Word::bad ? "," : ",.:;!-");
}

// The letter that the reply goes over to behind `claim`, where it is the only other one
// that is named there.
std::optional<Claim> Statement::corrected(const Claim& claim) const {
  if (claim.kind != Claim::Kind::letter || claim.at >= tokens_.size() ||
      tokens_[claim.at].letter != claim.letter ||
      tokens_.size() > claim.at + correction_reach)
    return std::nullopt;
  const bool tentative = is_tentative(claim.at);
  std::optional<std::size_t> from;
  if (tentative) from = claim.at + 1;
  for (std::size_t i = claim.at + 1; i < tokens_.size(); ++i) {
    if (takes_back(i) || (tentative && is_word(i, Word::but))) from = i + 1;
  }
  if (!from) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = *from; i < tokens_.size(); ++i) {
    if (is_mark(i, "?")) return std::nullopt;
    if (!is_label(tokens_[i]) || tokens_[i].small || !may_be_label(i, true)) continue;
    if (tokens_[i].letter == claim.letter) {
      // "A. No, wait, A it is."; but "I was going to say A, but A would be solid".
      if (!tentative) return std::nullopt;
      continue;
    }
    if (is_denied(i)) return std::nullopt;
    if (found && tokens_[*found].letter != tokens_[i].letter) return std::nullopt;
    found = i;
  }
  if (!found) return std::nullopt;
  std::size_t behind = *found + 1;
  while (is_mark(behind, closing)) ++behind;
  bool stands = behind >= tokens_.size() || ends_sentence(behind) ||
                is_mark(behind, ".,;!") || is_word(behind, Word::reason) ||
                tokens_[behind].kind == TokenKind::other_script;
  // "C is the best choice"; but "Actually, A is tempting" takes nothing back.
  if (!stands && is_word(behind, Word::is)) stands = label_is_right(*found).has_value();
  // "I almost picked A, but C carries more": what was thought of is behind.
  for (std::size_t i = claim.at + 1; tentative && !stands && i < *found; ++i)
    stands = ends_sentence(i) || is_word(i, Word::but) || takes_back(i);
  if (!stands) return std::nullopt;
  return Claim{.letter = tokens_[*found].letter,
               .strength = claim.strength,
               .at = *found,
               .rule = "a correction"};
}

}  // namespace proctor
