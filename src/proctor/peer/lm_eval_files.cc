// Which of lm-evaluation-harness's files are one run.
#include <algorithm>

#include "proctor/peer/lm_eval.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view samples_ending = ".jsonl";

bool is_results(const fs::path& file) {
  const std::string name = file.filename().string();
  return name.starts_with("results_") && name.ends_with(".json");
}

bool is_samples(const fs::path& file) {
  return file.filename().string().ends_with(samples_ending);
}

// Behind the last "_": "2026-11-30T07-56-36.534858". Nothing in a file that was
// renamed.
std::string date_in(const fs::path& file) {
  const std::string stem = file.stem().string();
  const std::size_t at = stem.rfind('_');
  const std::string date = at == std::string::npos ? "" : stem.substr(at + 1);
  const bool is_date = date.size() >= 19 && date[4] == '-' && date[10] == 'T';
  return is_date ? date : "";
}

std::vector<fs::path> samples_beside(const fs::path& results) {
  const std::string date = date_in(results);
  std::vector<fs::path> samples;
  std::error_code error;
  const fs::path folder = results.parent_path().empty() ? "." : results.parent_path();
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const fs::path& file = entry.path();
    const bool is_its = is_samples(file) && date_in(file) == date &&
                        file.filename().string().starts_with("samples_");
    if (is_its) samples.push_back(results.parent_path() / file.filename());
  }
  return samples;
}

void take(std::vector<LmEvalFiles>& runs, const fs::path& file) {
  const std::string date = date_in(file);
  auto run = std::ranges::find_if(runs, [&](const LmEvalFiles& one) {
    return !date.empty() && one.date == date && one.folder == file.parent_path();
  });
  if (run == runs.end()) {
    runs.push_back({.folder = file.parent_path(), .date = date});
    run = std::prev(runs.end());
  }
  if (std::ranges::find(run->samples, file) == run->samples.end())
    run->samples.push_back(file);
}

}  // namespace

fs::path LmEvalFiles::results() const {
  return folder / fmt::format("results_{}.json", date);
}

bool is_lm_eval_name(const fs::path& file) {
  return is_results(file) || is_samples(file);
}

Result<std::vector<LmEvalFiles>> lm_eval_runs(std::span<const fs::path> files) {
  std::vector<LmEvalFiles> runs;
  for (const fs::path& file : files) {
    if (!is_results(file)) {
      take(runs, file);
      continue;
    }
    const std::vector<fs::path> samples = samples_beside(file);
    if (samples.empty()) {
      return fail(Fault::data,
                  "{}: found no samples_TASK_{}.jsonl beside it, and the results alone "
                  "have no replies; log_samples of lm_eval writes them",
                  file.string(), date_in(file));
    }
    for (const fs::path& one : samples) take(runs, one);
  }
  for (LmEvalFiles& run : runs) std::ranges::sort(run.samples);
  return runs;
}

}  // namespace proctor
