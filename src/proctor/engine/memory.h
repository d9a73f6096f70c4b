// How much memory a model takes, and how much there is: known before it is loaded. Not
// for other folders.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "proctor/base/base.h"
#include "proctor/engine/gguf.h"

namespace proctor {

// Sums and products that a hostile header cannot push beyond the largest number. Of
// numbers that are not negative.
std::int64_t plus(std::int64_t a, std::int64_t b);
std::int64_t times(std::int64_t a, std::int64_t b);

struct MemoryNeed {
  std::int64_t weights = 0, cache = 0, buffers = 0;
  std::int64_t sum() const { return plus(weights, plus(cache, buffers)); }
};

// What is computed at once, and how.
struct MemoryUse {
  std::int64_t context = 0, portion = 0;
  std::int64_t outputs = 1;      // rows of logits
  std::int64_t cache_bytes = 2;  // of a number in the cache: f16
  bool flash = true;             // flash attention: no table of all scores
  bool float32 = false;          // four bytes a weight, whatever the file has
};
// An estimate on the high side.
MemoryNeed memory_for(const GgufHeader& header, const MemoryUse& use);

// The smallest of what the address space's limit (ulimit -v), the control group and the
// machine leave, and which of them it is. Nothing where none can be read.
struct MemoryLeft {
  std::int64_t bytes = 0;
  std::string_view limit;  // "ulimit -v", "the control group", "free memory"
};
std::optional<MemoryLeft> memory_left();

// What the control groups of a process leave: the tightest of its own and those above
// it, in version 2 and 1. What the kernel keeps of files is not used: it is given back
// when memory is asked for. `root`: /sys/fs/cgroup, `groups`: /proc/self/cgroup.
std::optional<std::int64_t> left_in_groups(const std::filesystem::path& root,
                                           const std::filesystem::path& groups);

// Physical cores that this process may use and that are not busy; at least 1.
int idle_cores();

}  // namespace proctor
