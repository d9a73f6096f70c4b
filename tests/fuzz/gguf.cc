// The header of a model file.
#include "proctor/engine/gguf.h"
#include "fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = proctor::parse_gguf(text_of(data, size));
  if (header) PROMISE(header->header_bytes <= static_cast<std::int64_t>(size));
  return 0;
}
