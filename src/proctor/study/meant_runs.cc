#include "proctor/study/meant_runs.h"

#include <algorithm>
#include <optional>
#include <ranges>

#include "proctor/study/subjects_title.h"

namespace proctor {
namespace {

Result<ScoredRuns> score_all(Store& store, Among among, const Look& look) {
  const MeantRuns meant = TRY(meant_runs(store, among));
  ScoredRuns out{.hidden = meant.hidden};
  std::optional<Error> no_subject;  // of a run whose exam is another
  for (const StoredRun& run : meant.runs) {
    auto scored = score_stored_run(store, run, look, false, {});
    if (!scored) {
      if (scored.error().fault != Fault::usage || look.subjects.empty())
        return tl::unexpected(scored.error());
      no_subject = scored.error();
      ++out.elsewhere;
    } else if (!look.subjects.empty() && scored->ended() == 0) {
      ++out.elsewhere;
    } else {
      out.runs.push_back(*std::move(scored));
    }
  }
  if (out.runs.empty() && no_subject) return tl::unexpected(*no_subject);
  return out;
}

}  // namespace

Result<ListedRun> list_run(Store& store, StoredRun run) {
  std::string subjects = subjects_title(TRY(store.subjects(run.id)), run.info.dataset);
  return ListedRun{std::move(run), std::move(subjects)};
}

Result<MeantRuns> meant_runs(Store& store, Among among) {
  MeantRuns meant;
  for (StoredRun& run : TRY(store.runs())) {
    if (run.is_shown() || among == Among::all) {
      meant.runs.push_back(std::move(run));
    } else {
      ++meant.hidden;
    }
  }
  std::ranges::reverse(meant.runs);  // the store has the newest first
  return meant;
}

Result<ListedRuns> list_runs(Store& store, Among among) {
  MeantRuns meant = TRY(meant_runs(store, among));
  ListedRuns out{.hidden = meant.hidden};
  for (StoredRun& run : std::views::reverse(meant.runs))
    out.runs.push_back(TRY(list_run(store, std::move(run))));
  return out;
}

Result<ScoredRuns> score_runs(Store& store, const std::vector<std::string>& names,
                              Among among, const Look& look) {
  if (names.empty()) return score_all(store, among, look);
  ScoredRuns out;
  for (const std::string& name : names) {
    const StoredRun run = TRY(find_run(store, name, among));
    out.runs.push_back(TRY(score_stored_run(store, run, look, false, {})));
  }
  return out;
}

}  // namespace proctor
