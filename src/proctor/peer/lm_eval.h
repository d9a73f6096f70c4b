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

// The filters of its tasks, and which of Proctor's readers is the same rule.
constexpr std::pair<std::string_view, std::string_view> lm_eval_filters[] = {
    {"get_response", "lm_eval_generative"},
    {"strict-match", "lm_eval_strict"},
    {"flexible-extract", "lm_eval_flexible"},
    {"get-answer", "lm_eval_flan_cot_fewshot"},
    {"strict_match", "lm_eval_llama"},
    {"custom-extract", "lm_eval_mmlu_pro"},
};

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
