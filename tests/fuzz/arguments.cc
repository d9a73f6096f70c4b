// A command line: a word a line.
#include "fuzz/fuzz.h"
#include "proctor/cli/options.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto words = proctor::split(text_of(data, size), '\n');
  const auto parsed = proctor::parse_arguments(words, proctor::Language::en);
  if (!parsed) PROMISE(!parsed.error().message.empty());
  return 0;
}
