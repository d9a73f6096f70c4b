// What several peers' rules share: what exact_match counts as equal ("(b)." is B), and
// "answer is (X)".
#include "proctor/answer/peers.h"

#include <algorithm>

namespace proctor {

std::optional<char> scores_as(std::string_view text, std::string_view letters) {
  // string.punctuation of Python: all of ASCII that is printed and no letter or digit.
  const auto is_ascii_punctuation = [](char c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
           (c >= '{' && c <= '~');
  };
  char only = 0;
  for (const char c : text) {
    if (is_ascii_punctuation(c)) continue;
    if (only != 0) return std::nullopt;
    only = c;
  }
  if (only >= 'a' && only <= 'z') only = static_cast<char>(only - 'a' + 'A');
  if (only == 0 || letters.find(only) == std::string_view::npos) return std::nullopt;
  return only;
}

std::string_view first_four(std::string_view labels) {
  return labels.substr(0, 4);
}

Answer filtered(std::string text, std::string_view letters, std::string_view rule) {
  Answer answer{.letter = scores_as(text, letters), .rule = std::string(rule)};
  if (text == invalid) answer.rule = "nothing matched";
  answer.text = std::move(text);
  return answer;
}

std::optional<char> letter_after_answer_is(std::string_view text) {
  constexpr std::string_view cue = "answer is ";
  for (std::size_t at = text.find(cue); at != std::string_view::npos;
       at = text.find(cue, at + 1)) {
    std::size_t place = at + cue.size();
    if (place < text.size() && text[place] == '(') ++place;
    if (place < text.size() && text[place] >= 'A' && text[place] <= 'J') {
      return text[place];
    }
  }
  return std::nullopt;
}

Answer named(std::optional<char> letter, std::string_view rule) {
  if (!letter) return {.rule = "nothing matched"};
  return {.letter = letter, .text = std::string(1, *letter), .rule = std::string(rule)};
}

std::string without(std::string_view text, std::string_view what) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const std::size_t at = text.find(what);
    out += text.substr(0, at);
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + what.size());
  }
}

}  // namespace proctor
