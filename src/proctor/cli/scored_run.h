// A run's numbers, from a run under way or from the store, in one shape for summary,
// report and JSON. Not for other folders.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "proctor/cli/console.h"
#include "proctor/run/run.h"

namespace proctor {

struct ScoredRun {
  RunInfo info;
  std::string id;
  std::string extract;  // the reader of these marks
  Progress progress;
  double seconds = 0;  // of this process; 0 from the store
  std::string fatal;   // why it stopped early, or empty
  bool is_complete() const;
  std::string model_title() const;
  std::string short_id() const { return id.substr(0, 8); }
};

// Every trial of a stored run, read by `reader` (empty: the one last used). `see` may
// be empty; it gets the bodies where asked for. The pointers in Graded live during the
// call.
Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run,
                                   const std::string& reader, bool with_bodies,
                                   const std::function<Status(const Graded&)>& see);

// The same of a run whose questions were read already.
Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run,
                                   const Dataset& dataset, const std::string& reader,
                                   bool with_bodies,
                                   const std::function<Status(const Graded&)>& see);

// The lines that end a run: subject, accuracy with interval, ledger, bounds,
// categories.
std::string summary_text(const ScoredRun& run, Language language);
// CLI.md's fixed keys, one line without its end.
std::string summary_json(const ScoredRun& run);
// Numbers as all commands' JSON has them.
nlohmann::ordered_json number_or_null(std::optional<double> value);
nlohmann::ordered_json ledger_json(const Ledger& ledger);
// "cais/mmlu college_computer_science": what the run was asked.
std::string exam_title(const ScoredRun& run);
// "40.0-45.0", in percent: an interval, or bounds.
std::string range_text(const Interval& range);
// "right 40, wrong 55, unread 5": the marks that are not 0; right and wrong always.
std::string ledger_text(const Ledger& ledger, Language language);

// The totals of the data set's categories; empty where it has none. A subject of two
// categories (CMMLU's that are China's own) counts in both.
std::map<std::string, Ledger, std::less<>> by_category(const Tally& tally,
                                                       std::string_view dataset);

}  // namespace proctor
