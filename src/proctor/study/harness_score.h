// A run's number as the harness that its protocol follows would print it. Part of
// study.h.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proctor/score/score.h"
#include "proctor/store/store.h"

namespace proctor {

struct HarnessScore {
  const Aggregation* how = nullptr;
  Aggregate all;
  // Of MMLU's subjects, by the harness's own names; none where it has no groups.
  std::vector<std::pair<std::string, Aggregate>> groups;
};
// Nothing where no question has ended.
std::optional<HarnessScore> harness_score(const RunInfo& info, const Tally& tally);

// Whether it differs from the accuracy that Proctor prints, or carries more.
bool says_more(const HarnessScore& score);

}  // namespace proctor
