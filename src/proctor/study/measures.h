// What a run's replies tell beside their marks: how sure they were, how long they took,
// and how the score went as they came. Part of study.h.
#pragma once

#include <optional>
#include <vector>

#include "proctor/study/running_counts.h"
#include "proctor/study/scored_run.h"

namespace proctor {

struct Measures {
  std::vector<SureAnswer> sure;  // answers whose letter has a probability
  // Of replies, as far as they are known.
  std::vector<double> seconds, reply_tokens;
  std::vector<EndedQuestion> ended;  // for running_counts()

  void add(const Graded& graded);
};
// Of a stored run, in that look.
Result<Measures> read_measures(Store& store, const ScoredRun& run, const Look& look);

// By the nearest rank: a value that was measured. Nothing where there is none.
std::optional<double> quantile(std::vector<double> values, double share);
std::optional<double> mean_of(const std::vector<double>& values);

}  // namespace proctor
