// Worked examples from a file, and the prompt that they become a part of.
#include "fuzz/exam.h"
#include "proctor/prompt/prompt.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto shots = proctor::parse_shots(text_of(data, size));
  if (!shots) {
    PROMISE(!shots.error().message.empty());
    return 0;
  }
  static const auto protocol = proctor::find_protocol("mmlu");
  const proctor::Question question{
      .id = "a/test/0", .subject = "a", .text = "Q", .choices = {"x", "y"}};
  for (const proctor::Question& shot : *shots) {
    PROMISE(shot.choices.size() <= 26);
    PROMISE(shot.choices.empty() ||
            (shot.right >= 0 && shot.right < std::ssize(shot.choices)));
    if (protocol) proctor::render(*protocol, {&shot, 1}, question);
  }
  return 0;
}
