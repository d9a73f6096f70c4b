#include <nlohmann/json.hpp>

#include "proctor/report/report.h"

namespace proctor {

std::string arithmetic_text(const ScoredRun& run, Language language) {
  const auto ties = near_ties(run);
  if (!ties) return {};
  const std::string scored = with_thousands(ties->scored);
  if (ties->n == 0) {
    return in_language(language, "arithmetic: none of {} answers is nearly a tie\n",
                       "計算誤差: {} 問に、ほぼ同点の答えはありません\n", scored);
  }
  const std::string bounds = range_text(ties->bounds(run.ledger().count()));
  if (ties->n == 1) {
    return in_language(
        language,
        "arithmetic: 1 of {} answers is nearly a tie; {} % whichever way it falls\n",
        "計算誤差: {} 問中 1 問の答えがほぼ同点です。どちらに転んでも {} %\n", scored,
        bounds);
  }
  return in_language(
      language,
      "arithmetic: {} of {} answers are nearly ties; {} % whichever way they fall\n",
      "計算誤差: {1} 問中 {0} 問の答えがほぼ同点です。どちらに転んでも {2} %\n",
      with_thousands(ties->n), scored, bounds);
}

nlohmann::ordered_json arithmetic_json(const ScoredRun& run) {
  const auto ties = near_ties(run);
  if (!ties) return nullptr;
  const Interval bounds = ties->bounds(run.ledger().count());
  return {{"scored", ties->scored},
          {"near_ties", ties->n},
          {"error", *arithmetic_error(run.info.key)},
          {"bounds", {bounds.low, bounds.high}}};
}

}  // namespace proctor
