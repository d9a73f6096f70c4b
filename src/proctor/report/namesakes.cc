#include "proctor/report/namesakes.h"

#include <algorithm>

namespace proctor {

std::string name_among(std::span<const ScoredRun> runs, const ScoredRun& run) {
  const bool is_shared = std::ranges::any_of(runs, [&](const ScoredRun& other) {
    return other.info.name == run.info.name && other.id != run.id;
  });
  const bool needs_id = is_shared && !run.info.name.empty();
  return run.name_or_id() + (needs_id ? " " + run.short_id() : "");
}

Result<std::string> namesakes_text(Store& store, const std::string& word,
                                   const StoredRun& run, Among among) {
  constexpr std::size_t most_named = 8;
  if (run.info.name != word) return std::string();
  std::vector<std::string> ids;
  for (const StoredRun& other : TRY(store.runs())) {
    const bool is_meant = other.is_shown() || !run.is_shown() || among == Among::all;
    if (is_meant && other.info.name == word && other.id != run.id)
      ids.push_back(other.id.substr(0, 8));
  }
  if (ids.empty()) return std::string();
  const std::size_t others = ids.size();
  ids.resize(std::min(others, most_named));
  std::string listed = join(ids, ", ");
  if (others > ids.size())
    listed = fmt::format("{} and {} more", listed, others - ids.size());
  return fmt::format("{} runs are called {}; the newest is taken, {}; the others: {}",
                     others + 1, word, run.id.substr(0, 8), listed);
}

}  // namespace proctor
