// lm-evaluation-harness's results and samples, as its EvaluationTracker writes them:
// results_DATE.json and, a task each, samples_TASK_DATE.jsonl beside it. Not for other
// folders.
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "proctor/peer/peer_run.h"

namespace proctor {

// The files of one run.
struct LmEvalFiles {
  std::filesystem::path folder;
  std::string date;                            // as it stands in their names; or empty
  std::vector<std::filesystem::path> samples;  // sorted

  // results_DATE.json, which may not be there.
  std::filesystem::path results() const;
};
// Whether a file is one of these, by its name.
bool is_lm_eval_name(const std::filesystem::path& file);
// Files that were written at one time into one folder are one run; a results file
// stands for all samples that were written with it. Fault::data where there are none.
Result<std::vector<LmEvalFiles>> lm_eval_runs(
    std::span<const std::filesystem::path> files);

Result<PeerRun> read_lm_eval(const LmEvalFiles& files);

}  // namespace proctor
