#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"

namespace proctor {

// `(?<=CUE)(.*)(?=.)`: the rest of the line but for its last character, of the first
// cue that has a character behind it.
std::string rest_of_line_after(std::string_view reply,
                               std::span<const std::string_view> cues) {
  for (std::size_t at = 0; at < reply.size(); ++at) {
    // Only the end of a cue matters, and every cue ends in a blank.
    if (reply[at] != ' ') continue;
    const std::string_view before = reply.substr(0, at + 1);
    bool ends_in_cue = false;
    for (const std::string_view cue : cues) {
      ends_in_cue = ends_in_cue || before.ends_with(cue);
    }
    if (!ends_in_cue) continue;
    std::string_view line = reply.substr(at + 1);
    line = line.substr(0, line.find('\n'));
    if (line.empty()) continue;
    std::size_t end = line.size() - 1;
    while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
    return std::string(python_strip(line.substr(0, end)));
  }
  return std::string(invalid);
}

Answer read_lm_eval_strict(const Reading& reading) {
  static constexpr std::string_view cues[] = {"answer is ",
                                              "The answer: ", "The final answer: "};
  std::string text = rest_of_line_after(reading.reply, cues);
  if (text.empty()) text = invalid;
  return filtered(std::move(text), first_four(reading.labels), "strict-match");
}

Answer read_lm_eval_flan_cot_fewshot(const Reading& reading) {
  static constexpr std::string_view cues[] = {"answer is "};
  return filtered(rest_of_line_after(reading.reply, cues), first_four(reading.labels),
                  "get-answer");
}

}  // namespace proctor
