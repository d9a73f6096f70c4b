#include "proctor/answer/readers.h"

namespace proctor {
namespace {

// Python's str.upper() of one code point, where it is one ASCII letter; else 0. Besides
// a-z these are the dotless i and the long s (Unicode's SpecialCasing has no other).
char python_upper(char32_t c) {
  if (c >= 'a' && c <= 'z') return static_cast<char>(c - 'a' + 'A');
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c);
  if (c == 0x131) return 'I';
  if (c == 0x17F) return 'S';
  return 0;
}

}  // namespace

Answer read_first_letter(const Reading& reading) {
  const std::string_view stripped = python_strip(reading.reply);
  if (stripped.empty()) return {.rule = "empty reply"};
  std::size_t end = 0;
  const char upper = python_upper(next_code_point(stripped, end));
  Answer answer{.rule = "first letter"};
  answer.text =
      upper != 0 ? std::string(1, upper) : std::string(stripped.substr(0, end));
  if (upper != 0 && reading.labels.find(upper) != std::string_view::npos) {
    answer.letter = upper;
  } else {
    answer.rule = "the first character is no label";
  }
  return answer;
}

}  // namespace proctor
