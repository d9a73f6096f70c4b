// Where the difference of two runs of one model under two protocols comes from. Not for
// other folders.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proctor/study/study.h"

namespace proctor {

struct ExplainedPart {
  std::string name;   // reading, prompt, shots, prompt and shots, averaging
  double points = 0;  // of the share: 0.01 is a point
  std::string how;    // what was held against what
  // The same questions before and after; nothing for averaging, which changes no mark.
  std::optional<Pairs> pairs;
};

struct ExplainedNote {
  std::string english, japanese;
};

struct Explanation {
  std::int64_t n = 0;       // questions with a reply in all runs that were used
  double from = 0, to = 0;  // each run's number as its own harness averages it
  std::vector<ExplainedPart> parts;
  double total = 0;                  // the sum of the parts
  std::vector<ExplainedNote> notes;  // what could not be told apart, and why
  std::optional<std::string> next;   // the command of the run that would part them
};

// `a` and `b` are read by their own readers. `store_option`: " --store X", or empty.
// Fault::usage where the runs are of two models or have no question in common.
Result<Explanation> explain(Store& store, const StoredRun& stored_a, const MarkedRun& a,
                            const MarkedRun& b, const std::string& store_option);

// The parts in points with two digits, so rounded that they sum to the total's.
std::vector<double> rounded_points(const Explanation& explanation);

}  // namespace proctor
