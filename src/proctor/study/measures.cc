#include "proctor/study/measures.h"

#include <algorithm>
#include <cmath>

namespace proctor {

void Measures::add(const Graded& graded) {
  ended.push_back({graded.attempt->started + graded.attempt->latency,
                   graded.trial.ordinal, graded.mark});
  const auto& reply = graded.attempt->outcome;
  if (!reply) return;
  if (const auto letter = graded.answer.letter) {
    if (const auto probability = probability_of(*letter, reply->logprobs))
      sure.push_back({*probability, graded.mark == Mark::right});
  }
  const std::chrono::duration<double> latency = graded.attempt->latency;
  if (latency.count() > 0) seconds.push_back(latency.count());
  if (reply->tokens.reply)
    reply_tokens.push_back(static_cast<double>(*reply->tokens.reply));
}

Result<Measures> read_measures(Store& store, const ScoredRun& run, const Look& look) {
  Measures measures;
  const StoredRun stored = TRY(find_run(store, run.id, Among::all));
  TRY(score_stored_run(store, stored, look, false, [&](const Graded& graded) -> Status {
    measures.add(graded);
    return {};
  }));
  return measures;
}

std::optional<double> quantile(std::vector<double> values, double share) {
  if (values.empty()) return std::nullopt;
  std::ranges::sort(values);
  const auto n = static_cast<double>(values.size());
  const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(share * n)));
  return values[rank - 1];
}

std::optional<double> mean_of(const std::vector<double>& values) {
  if (values.empty()) return std::nullopt;
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

}  // namespace proctor
