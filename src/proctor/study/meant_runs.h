// Which of a store's runs are meant, and what they are worth. Part of study.h.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "proctor/study/scored_run.h"

namespace proctor {

// A run as the store has it, with what its replies are about: subjects_title.
struct ListedRun {
  StoredRun run;
  std::string subjects;
};
Result<ListedRun> list_run(Store& store, StoredRun run);

// Where no run is named. `hidden`: runs that Among::shown leaves out, since they are
// forgotten or never had a reply.
struct ListedRuns {
  std::vector<ListedRun> runs;  // last written first
  std::size_t hidden = 0;
};
Result<ListedRuns> list_runs(Store& store, Among among);

// The same without what they are about.
struct MeantRuns {
  std::vector<StoredRun> runs;  // oldest first
  std::size_t hidden = 0;
};
Result<MeantRuns> meant_runs(Store& store, Among among);

struct ScoredRuns {
  std::vector<ScoredRun> runs;
  std::size_t hidden = 0;     // as above
  std::size_t elsewhere = 0;  // without an answer in the look's subjects
};
// The runs of those names or ids, in that order. Where none is named: all that are
// meant, oldest first, but for those that have no answer in the look's subjects.
// Fault::usage where no run's data set has such a subject.
Result<ScoredRuns> score_runs(Store& store, const std::vector<std::string>& names,
                              Among among, const Look& look);

}  // namespace proctor
