// A run's numbers, from a run under way or from the store, in one shape. Part of
// study.h.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/score/score.h"
#include "proctor/store/store.h"

namespace proctor {

// "ollama/mistral:7b", "llama".
std::string model_name(const RunKey& key);

struct ScoredRun {
  RunInfo info;
  std::string id;
  std::string extract;   // the reader of these marks
  std::string subjects;  // what is counted: subjects_title; empty where nothing is
  Account account;
  std::int64_t planned = 0;   // trials, ended or not
  std::int64_t reused = 0;    // answered from the store
  std::int64_t requests = 0;  // tries; of this process, where that has asked
  std::int64_t stored = 0;    // replies of the run in all, counted here or not
  // How long it was asked, and how many questions ended in that time: by this process;
  // from the store in all, as far as the tries that count tell their times.
  double seconds = 0;
  std::int64_t asked = 0;
  std::optional<WallTime> written;  // the last time, of a stored run
  // Second tries of this process that came to nothing: the first reply still counts.
  std::int64_t failed_again = 0;
  // Whether --reasoning off would be taken, as far as whoever scored it knows.
  bool can_stop_thinking = false;
  std::string fatal;    // why it stopped early, or empty
  std::string failure;  // what the last question without a reply came to, or empty

  const Ledger& ledger() const { return account.tally.ledger; }
  std::int64_t ended() const { return account.ended(); }
  bool is_complete() const { return ended() == planned && ledger().failed == 0; }
  bool has_reply() const { return ledger().has_reply(); }
  // Questions a second; nothing where none was asked, or in no time.
  std::optional<double> rate() const;
  // Why there is none, or empty.
  const std::string& reason() const { return fatal.empty() ? failure : fatal; }
  std::string model_name() const { return proctor::model_name(info.key); }
  // And who it is where it has no name, and how it was computed with where that was not
  // the usual way: f32, exact.
  std::string model_title() const;
  // The second half of that: how it was computed; mostly empty.
  std::vector<std::string> arithmetic() const;
  std::string short_id() const { return id.substr(0, 8); }
  std::string name_or_id() const { return info.name.empty() ? short_id() : info.name; }
  // What is counted; where nothing is, what was asked for.
  const std::string& about() const {
    return subjects.empty() ? info.subjects : subjects;
  }
};

// How a stored run is looked at.
struct Look {
  std::string reader;    // empty: the one last used
  std::string subjects;  // as --subject has it; empty: all that is stored
  // Or these questions of the data set alone; empty: all.
  std::vector<std::uint32_t> ordinals = {};
};

// How long at least one of some tries was on its way, each from when to when.
std::chrono::microseconds time_covered(
    std::vector<std::pair<WallTime, WallTime>> spans);

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

// The totals of the data set's categories, and of the subjects that are in none; empty
// where all are in none. A subject of two categories (CMMLU's that are China's own)
// counts in both.
inline constexpr std::string_view no_category = "-";
std::map<std::string, Ledger, std::less<>> by_category(const Tally& tally,
                                                       std::string_view dataset);

// Who wrote the replies: the one that was there, but for what they say otherwise.
// Whoever was there last may have written none of them.
Answerer author_of(const ScoredRun& run);
// Who answers a stored run: by its name, else as it said when it was last asked.
Answerer answerer_of(const RunInfo& info);
// Who answers, as JSON, where it is in the key; or empty.
std::string server_of(const RunKey& key);
// What an imported run was made of: another harness's files. Nothing for a run that was
// asked.
struct ImportedFrom {
  std::string harness;  // "MMLU-Pro"
  std::string sha256;   // of its files
};
std::optional<ImportedFrom> imported_from(const RunKey& key);
// The threads of a run in whose name they are: one that is repeatable to the bit.
std::optional<std::int64_t> threads_of(const RunKey& key);
// How a run's protocol takes its answers: "generate", "letters" or "choices"; empty
// where that cannot be read.
std::string scoring_of(const RunKey& key);
// How many worked examples stand before its questions; nothing where that cannot be
// read.
std::optional<std::int64_t> shots_of(const RunKey& key);
// Replies by model and by build, in words fit for a terminal; of models those that only
// repeat the name that was asked for are not in it.
std::map<std::string, std::int64_t> counted_models(const ScoredRun& run);
std::map<std::string, std::int64_t> counted_builds(const ScoredRun& run);

}  // namespace proctor
