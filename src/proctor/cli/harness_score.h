// A run's number as the harness that its protocol follows would print it. Not for
// other folders.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json_fwd.hpp>

#include "proctor/cli/scored_run.h"

namespace proctor {

struct HarnessScore {
  const Aggregation* how = nullptr;
  Aggregate all;
  // Of MMLU's subjects, by the harness's own names; none where it has no groups.
  std::vector<std::pair<std::string, Aggregate>> groups;
};
// Nothing where no question has ended.
std::optional<HarnessScore> harness_score(const RunInfo& info, const Tally& tally);

// --json's "aggregation"; null without a number.
nlohmann::ordered_json aggregation_json(const std::optional<HarnessScore>& score);
// "62.86% (mean of 57 subjects, n 14,042), 95 % CI 62.0-63.7"
std::string harness_value_text(const HarnessScore& score, Language language);
// A line, and a line a group; empty where the accuracy says it all.
std::string harness_text(const HarnessScore& score, Language language);
// "lm-evaluation-harness: 62.86% (…", a cell of a table; empty where the accuracy says
// it all.
std::string reported_text(const ScoredRun& run, Language language);
// Whether it differs from the accuracy that Proctor prints, or carries more.
bool says_more(const HarnessScore& score);

}  // namespace proctor
