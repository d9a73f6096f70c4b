// The seed's rule: the first character, upper-cased. "b) Danube" is B, "The answer is
// B" none, as T is no label of four.
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {

Answer read_first_letter(const Reading& reading) {
  const std::string_view stripped = python_strip(reading.reply);
  if (stripped.empty()) return {.rule = "empty reply"};
  std::size_t at = 0;
  const char32_t first = upper(next_code_point(stripped, at));
  Answer answer{.text = utf8_of(first), .rule = "the first character is no label"};
  if (first < 0x80 &&
      reading.labels.find(static_cast<char>(first)) != std::string_view::npos) {
    answer.letter = static_cast<char>(first);
    answer.rule = "first letter";
  }
  return answer;
}

}  // namespace proctor
