// MMLU-Pro's three rules, each tried where the one before it finds nothing: "The answer
// is (B)", "Answer: B", and the last letter that stands alone, as the B of "so B it
// is".
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {
namespace {

// `.*[aA]nswer:\s*([A-J])`: the last hit of the first line on which one starts. Python
// tries every start of a line; walking the hits from the front is the same and linear.
std::optional<char> letter_after_answer_colon(std::string_view text) {
  constexpr std::string_view cue = "nswer:";
  std::optional<char> found;
  std::size_t found_at = 0;
  for (std::size_t at = text.find(cue); at != std::string_view::npos;
       at = text.find(cue, at + 1)) {
    if (at == 0 || (text[at - 1] != 'a' && text[at - 1] != 'A')) continue;
    const std::size_t place = after_spaces(text, at + cue.size());
    if (place >= text.size() || text[place] < 'A' || text[place] > 'J') continue;
    if (found &&
        text.substr(found_at, at - found_at).find('\n') != std::string_view::npos) {
      break;
    }
    found = text[place];
    found_at = at;
  }
  return found;
}

bool word_before(std::string_view text, std::size_t at) {
  if (at == 0) return false;
  std::size_t start = at - 1;
  while (start > 0 && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
    --start;
  }
  return is_word(next_code_point(text, start));
}

bool word_at(std::string_view text, std::size_t at) {
  return at < text.size() && is_word(next_code_point(text, at));
}

// The last `\b[A-J]\b`.
std::optional<char> last_letter_alone(std::string_view text) {
  for (std::size_t at = text.size(); at-- > 0;) {
    if (text[at] >= 'A' && text[at] <= 'J' && !word_before(text, at) &&
        !word_at(text, at + 1)) {
      return text[at];
    }
  }
  return std::nullopt;
}

Answer cascade(std::string_view text) {
  if (const auto letter = letter_after_answer_is(text)) {
    return named(letter, "answer is X");
  }
  if (const auto letter = letter_after_answer_colon(text)) {
    return named(letter, "answer: X");
  }
  return named(last_letter_alone(text), "last letter alone");
}

}  // namespace

Answer read_mmlu_pro_first_rule(const Reading& reading) {
  return named(letter_after_answer_is(reading.reply), "answer is (X)");
}

Answer read_mmlu_pro_cascade(const Reading& reading) {
  return cascade(reading.reply);
}

Answer read_mmlu_pro_cascade_api(const Reading& reading) {
  return cascade(without(reading.reply, "**"));
}

Answer read_ollama_mmlu_pro(const Reading& reading) {
  return cascade(python_strip(reading.reply));
}

}  // namespace proctor
