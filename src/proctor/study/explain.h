// Where the difference of two runs of one model under two protocols comes from. Part of
// study.h.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/study/marked_run.h"

namespace proctor {

// What a part of a difference comes from.
enum class Cause { reading, prompt, shots, prompt_and_shots, averaging };
std::string_view name_of(Cause cause);  // "prompt and shots"

struct ExplainedPart {
  Cause cause;
  double points = 0;  // of the share: 0.01 is a point
  // What was held against what: two readers, two numbers of shots, two runs ("A", "run
  // 7f3a1c20"), what is averaged over. Empty where there is one thing alone.
  std::string before, after;
  // The same questions before and after; nothing for averaging, which changes no mark.
  std::optional<Pairs> pairs;
};

struct Explanation {
  std::int64_t n = 0;       // questions with a reply in all runs that were used
  double from = 0, to = 0;  // each run's number as its own harness averages it
  std::vector<ExplainedPart> parts;
  double total = 0;  // the sum of the parts
  // How each run's answers are taken: where by different ways, reading is in the
  // prompt's part.
  std::string scoring_a, scoring_b;
  bool has_same_prompt = false;
  // Address, engine or added fields differ, too: that is in the prompt's part.
  bool has_other_differences = false;

  // Both differ, and no stored run has one's prompt and the other's shots.
  bool needs_run_between() const;
};

// A run's key as it would be made today, whenever it was stored.
using KeyOfToday = std::function<RunKey(RunKey)>;

// `a` and `b` are read by their own readers. Fault::usage where the runs are of two
// models or have no question in common.
Result<Explanation> explain(Store& store, const StoredRun& stored_a, const MarkedRun& a,
                            const MarkedRun& b, const KeyOfToday& of_today);

// The parts in points with two digits, so rounded that they sum to the total's.
std::vector<double> rounded_points(const Explanation& explanation);

}  // namespace proctor
