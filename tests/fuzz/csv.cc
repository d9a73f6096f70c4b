// CSV records, and an exam in CSV: with a header or in Hendrycks' form.
#include "fuzz/exam.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  check_exam(proctor::read_csv(text_of(data, size), std::nullopt, "anatomy", "test"));
  return 0;
}
