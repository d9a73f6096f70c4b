// An exam in JSON lines.
#include "fuzz/exam.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_exam(proctor::read_json(text_of(data, size), std::nullopt, "anatomy", "test"));
  return 0;
}
