#include <algorithm>

#include "proctor/report/chart.h"
#include "proctor/report/summary.h"

namespace proctor {
namespace {

Bar bar_of(const ScoredRun& run) {
  const Count count = run.ledger().count();
  return {.label = run.info.name.empty() ? run.model_title() : run.info.name,
          .method = run.info.note,
          .percent = 100 * count.share().value_or(0),
          .interval = wilson(count),
          .right = count.right,
          .n = count.n};
}

}  // namespace

std::vector<Bar> bars_of(std::span<const ScoredRun> runs) {
  const bool differ = std::ranges::any_of(runs, [&](const ScoredRun& run) {
    return exam_title(run) != exam_title(runs.front());
  });
  std::vector<Bar> bars;
  for (const ScoredRun& run : runs) {
    Bar& bar = bars.emplace_back(bar_of(run));
    if (differ) bar.method += (bar.method.empty() ? "" : ", ") + exam_title(run);
  }
  return bars;
}

}  // namespace proctor
