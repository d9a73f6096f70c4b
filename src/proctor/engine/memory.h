// How much memory a model takes, and how much there is: known before it is loaded. Not
// for other folders.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "proctor/base/base.h"
#include "proctor/engine/gguf.h"

namespace proctor {

struct MemoryNeed {
  std::int64_t weights = 0, cache = 0, buffers = 0;
  std::int64_t sum() const { return weights + cache + buffers; }
};

// An estimate on the high side. `cache_bytes` a number in the cache (2 for f16).
MemoryNeed memory_for(const GgufHeader& header, std::int64_t context,
                      std::int64_t portion, std::int64_t cache_bytes,
                      std::int64_t outputs);

// The smallest of what the address space's limit (ulimit -v), the control group and the
// machine leave, and which of them it is. Nothing where none can be read.
struct MemoryLeft {
  std::int64_t bytes = 0;
  std::string_view limit;  // "ulimit -v", "the control group", "free memory"
};
std::optional<MemoryLeft> memory_left();

// "4.7 GB", "812 kB".
std::string in_bytes(std::int64_t bytes);

// Physical cores that this process may use and that are not busy; at least 1.
int idle_cores();

}  // namespace proctor
