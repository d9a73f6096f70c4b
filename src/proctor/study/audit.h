// What every reader makes of one run's replies, and where they differ. Part of study.h.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/study/scored_run.h"

namespace proctor {

// One reader's marks of a run.
struct AuditedReader {
  std::string_view name;
  Ledger ledger;
  std::int64_t agreed = 0;  // the same letter as the run's own reader, or both none
};

// A reply in which readers find different letters; where one finds none, it differs
// from nobody.
struct Disagreement {
  std::string id;                            // the question's
  std::vector<std::string> right;            // all letters that count as right
  std::vector<std::optional<char>> letters;  // by reader, in the order of `readers`
  std::string reply_end;                     // 160 bytes at most: answers stand there
  bool is_cut = false;                       // more stands before
};

struct Audit {
  ScoredRun run;                       // by its own reader
  std::vector<AuditedReader> readers;  // all there are
  std::vector<Disagreement> disagreements;
  std::int64_t replies = 0, failed = 0;  // questions with and without one
};

// Fault::usage where the run's protocol scores letters, so that nothing was written,
// and where nothing was answered.
Result<Audit> audit(Store& store, const StoredRun& run, const Look& look);

}  // namespace proctor
