// An exam in JSON lines.
#include "fuzz/fuzz.h"
#include "proctor/dataset/dataset.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto exam =
      proctor::read_jsonl(text_of(data, size), std::nullopt, "anatomy", "test");
  if (!exam) {
    PROMISE(!exam.error().message.empty());
    return 0;
  }
  for (const proctor::Question& question : *exam) {
    PROMISE(question.right >= 0);
    PROMISE(static_cast<std::size_t>(question.right) < question.choices.size());
    PROMISE(!proctor::first_invalid_utf8(question.text));
  }
  return 0;
}
