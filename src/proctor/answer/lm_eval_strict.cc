// lm-evaluation-harness' strict-match: "the answer is (B)." gives "(B)", "the answer is
// B" nothing, as the pattern leaves out a line's last character.
#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"

namespace proctor {
namespace {

// `(?<=CUE)(.*)(?=.)`: the rest of the line but for its last character, of the first
// cue that has a character behind it.
std::optional<std::string> rest_of_line_after(std::string_view reply,
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
    return std::string(line.substr(0, end));
  }
  return std::nullopt;
}

}  // namespace

Answer read_lm_eval_strict(const Reading& reading) {
  static constexpr std::string_view cues[] = {"answer is ",
                                              "The answer: ", "The final answer: "};
  const auto rest = rest_of_line_after(reading.reply, cues);
  // All groups empty is no match; all blank is an empty one.
  if (!rest || rest->empty()) {
    return filtered(std::string(invalid), first_four(reading.labels), "");
  }
  return filtered(std::string(python_strip(*rest)), first_four(reading.labels),
                  "strict-match");
}

Answer read_lm_eval_flan_cot_fewshot(const Reading& reading) {
  static constexpr std::string_view cues[] = {"answer is "};
  const auto rest = rest_of_line_after(reading.reply, cues);
  return filtered(std::string(rest ? python_strip(*rest) : invalid),
                  first_four(reading.labels), "get-answer");
}

}  // namespace proctor
