// HELM's rule for mmlu_pro and gpqa, four patterns in the peer's order: "The answer is
// (B)" is B by the first, "The correct answer is option B" by the last, since the third
// asks the next letter, an o.
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {
namespace {

bool is_a_to_j(char c) {
  return c >= 'A' && c <= 'J';
}

// `\.*\[aA\]nswer:\s*\(?([A-J])\)?`. The brackets are escaped in the peer's pattern, so
// it looks for a literal "[aA]nswer:".
std::optional<char> after_literal_answer(std::string_view text) {
  constexpr std::string_view cue = "[aA]nswer:";
  for (std::size_t at = text.find(cue); at != std::string_view::npos;
       at = text.find(cue, at + 1)) {
    std::size_t place = after_spaces(text, at + cue.size());
    if (place < text.size() && text[place] == '(') ++place;
    if (place < text.size() && is_a_to_j(text[place])) return text[place];
  }
  return std::nullopt;
}

// `correct answer is [^SKIPPED]*([A-J])`, where only letters end the skipping.
template <class IsLetter>
std::optional<char> after_correct_answer_is(std::string_view text, IsLetter is_letter) {
  constexpr std::string_view cue = "correct answer is ";
  for (std::size_t at = text.find(cue); at != std::string_view::npos;) {
    std::size_t place = at + cue.size();
    while (place < text.size() && !is_letter(text[place])) ++place;
    if (place < text.size() && is_a_to_j(text[place])) return text[place];
    // A cue between here and there would end at the same letter.
    at = text.find(cue, place);
  }
  return std::nullopt;
}

}  // namespace

Answer read_helm_gpqa_cot(const Reading& reading) {
  const std::string_view text = reading.reply;
  if (const auto letter = letter_after_answer_is(text)) {
    return named(letter, "answer is X");
  }
  if (const auto letter = after_literal_answer(text)) {
    return named(letter, "[aA]nswer: X");
  }
  const auto upper = [](char c) { return c >= 'A' && c <= 'Z'; };
  const auto any = [&](char c) { return upper(c) || (c >= 'a' && c <= 'z'); };
  if (const auto letter = after_correct_answer_is(text, any)) {
    return named(letter, "correct answer is X");
  }
  return named(after_correct_answer_is(text, upper), "correct answer is ... X");
}

}  // namespace proctor
