// Which trials of an open run are still to be asked, and the rule of what counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "proctor/reply/reply.h"

namespace proctor {

// What decides between two attempts of one trial that both have a reply.
struct Standing {
  int generation = 0;
  std::string_view id;
};
// A total order over ids that differ, so the order of arrival has no say.
inline bool counts_before(const Standing& one, const Standing& other) {
  if (one.generation != other.generation) return one.generation > other.generation;
  return one.id < other.id;
}

// Walks the plan's trials once, however often it is asked.
class Claims {
 public:
  Claims() = default;
  explicit Claims(const std::vector<TrialId>& answered) {
    taken_.reserve(answered.size());
    for (const TrialId trial : answered) this->answered(trial);
  }

  // Requires the same trials at every call.
  std::vector<TrialId> take(std::span<const TrialId> trials, std::size_t most) {
    std::vector<TrialId> claimed;
    while (claimed.size() < most && next_ < trials.size()) {
      const TrialId trial = trials[next_++];
      if (taken_.insert(trial.ordinal).second) claimed.push_back(trial);
    }
    return claimed;
  }
  void answered(TrialId trial) { taken_.insert(trial.ordinal); }

 private:
  std::unordered_set<std::uint32_t> taken_;  // ordinals that are answered or claimed
  std::size_t next_ = 0;
};

}  // namespace proctor
