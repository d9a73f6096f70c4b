// The header of a model file, and the memory that it asks for.
#include "proctor/engine/gguf.h"
#include "fuzz/fuzz.h"
#include "proctor/engine/memory.h"
#include "proctor/engine/model_file.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto header = proctor::parse_gguf(text_of(data, size));
  if (!header) return 0;
  PROMISE(header->header_bytes <= static_cast<std::int64_t>(size));
  const auto need = proctor::memory_for(*header, {.context = 32768, .portion = 512});
  const auto file = proctor::model_file_of(*header, "m.gguf");
  PROMISE(file.title.find_first_of("\x1b\n\r") == std::string::npos);
  PROMISE(file.parameters >= 0 && file.context >= 0);
  PROMISE(need.weights >= 0 && need.cache >= 0 && need.buffers > 0 && need.sum() > 0);
  return 0;
}
