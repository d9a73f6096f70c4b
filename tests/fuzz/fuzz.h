// What comes in from outside is fed to the code that reads it: by libFuzzer in the
// preset `fuzz`, from the corpus alone elsewhere. A target aborts where a promise is
// broken.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

// Also what a release keeps: a target tests nothing with asserts off.
#define PROMISE(claim)                                      \
  do {                                                      \
    if (!(claim)) {                                         \
      std::fprintf(stderr, "broken promise: %s\n", #claim); \
      std::abort();                                         \
    }                                                       \
  } while (false)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}
