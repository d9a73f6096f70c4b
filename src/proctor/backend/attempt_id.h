// Ids of attempts, unique over all stores. Not for other folders.
#pragma once

#include <algorithm>

#include "proctor/backend/backend.h"

namespace proctor {

// SplitMix64 (Steele, Lea and Flood, 2014): one well-mixed number from one number.
constexpr std::uint64_t mixed(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30U)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27U)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31U);
}

// 12 hexadecimal digits of milliseconds since 1970, 8 that count up, 12 of chance: ids
// sort by time, and those of one process by order, also where the clock is set back.
class AttemptIds {
 public:
  explicit AttemptIds(std::uint64_t seed) : seed_(seed) {}

  std::string next(WallTime now) {
    const auto milliseconds =
        std::chrono::floor<std::chrono::milliseconds>(now.time_since_epoch()).count();
    latest_ = std::max<std::int64_t>(latest_, milliseconds);
    ++count_;
    return fmt::format("{:012x}{:08x}{:012x}", latest_, count_ & 0xFFFFFFFFU,
                       mixed(seed_ ^ mixed(count_)) >> 16U);
  }

 private:
  std::uint64_t seed_;
  std::uint64_t count_ = 0;
  std::int64_t latest_ = 0;
};

}  // namespace proctor
