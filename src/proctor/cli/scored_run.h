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
  std::string extract;   // the reader of these marks
  std::string subjects;  // what is counted: subjects_title; empty where nothing is
  Progress progress;
  std::int64_t stored = 0;  // replies of the run in all, counted here or not
  double seconds = 0;       // of this process; 0 from the store
  std::string fatal;        // why it stopped early, or empty
  std::string failure;      // what the last question without a reply came to, or empty
  bool is_complete() const;
  // Without a reply there is no accuracy: what is asked again says nothing of a model.
  bool has_reply() const {
    return progress.tally.ledger.n() > progress.tally.ledger.failed;
  }
  // Why there is none, or empty.
  const std::string& reason() const { return fatal.empty() ? failure : fatal; }
  std::string model_name() const;  // "ollama/mistral:7b", "llama"
  // And who it is where it has no name, and how it was computed with where that was not
  // the usual way: f32, exact.
  std::string model_title() const;
  std::string short_id() const { return id.substr(0, 8); }
};

// How a stored run is looked at.
struct Look {
  std::string reader;    // empty: the one last used
  std::string subjects;  // as --subject has it; empty: all that is stored
};

// Every trial of a stored run, of those subjects. `see` may be empty; it gets the
// bodies where asked for. The pointers in Graded live during the call. Fault::usage
// where the run's data set has no such subject.
Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run, const Look& look,
                                   bool with_bodies,
                                   const std::function<Status(const Graded&)>& see);

// The same of a run whose questions were read already.
Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run,
                                   const Dataset& dataset, const Look& look,
                                   bool with_bodies,
                                   const std::function<Status(const Graded&)>& see);

// Fault::usage where there is no accuracy, and why.
Status check_has_reply(const ScoredRun& run);

// The lines that end a run: subject, accuracy with interval, ledger, bounds,
// categories.
std::string summary_text(const ScoredRun& run, Language language);
// Lines that name each where the replies are of several models or builds; or empty.
std::string mixture_text(const ScoredRun& run, Language language);
// The keys of docs/statistics.md, one line without its end.
std::string summary_json(const ScoredRun& run);
// Numbers as all commands' JSON has them.
nlohmann::ordered_json number_or_null(std::optional<double> value);
nlohmann::ordered_json ledger_json(const Ledger& ledger);
// "cais/mmlu college_computer_science": what is counted.
std::string exam_title(const ScoredRun& run);
// "40.00% (40/100)" and "30.9-49.8", or "-" without a reply.
std::string accuracy_cell(const ScoredRun& run);
std::string interval_cell(const ScoredRun& run);
// The letters of all choices that count as right, ascending: mostly one. Whoever shows
// a key shows these.
std::vector<std::string> right_letters(const Question& question);
// "40.0-45.0", in percent: an interval, or bounds.
std::string range_text(const Interval& range);
// "right 40, wrong 55, unread 5": the marks that are not 0; right and wrong always.
std::string ledger_text(const Ledger& ledger, Language language);

// The totals of the data set's categories; empty where it has none. A subject of two
// categories (CMMLU's that are China's own) counts in both.
std::map<std::string, Ledger, std::less<>> by_category(const Tally& tally,
                                                       std::string_view dataset);

}  // namespace proctor
