#include "proctor/study/missing.h"

#include <set>

namespace proctor {

Result<Missing> missing_of(Store& store, const StoredRun& run) {
  std::set<std::uint32_t> open(run.info.selection.begin(), run.info.selection.end());
  Missing missing{.planned = static_cast<std::int64_t>(open.size())};
  TRY(store.results(run.id, false, [&](const StoredResult& result) -> Status {
    if (result.attempt.outcome) open.erase(result.trial.ordinal);
    return {};
  }));
  missing.replies = static_cast<std::int64_t>(open.size());
  if (open.empty()) return missing;
  const Dataset asked = TRY(store.questions(run.id));
  for (const std::uint32_t ordinal : open)
    ++missing.subjects[asked.questions[ordinal].subject];
  return missing;
}

}  // namespace proctor
