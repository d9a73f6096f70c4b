#include "proctor/cli/arithmetic.h"

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

// bench/precision.py: of every way and model 95 % of the distances of the two likeliest
// letters were off by less, rounded up.
constexpr double error_of_quantised = 0.2;
constexpr double error_of_float32 = 0.01;

}  // namespace

std::optional<double> arithmetic_error(const RunKey& key) {
  // The likelihoods of options' texts are sums of many tokens, and err otherwise.
  const auto protocol = nlohmann::json::parse(key.protocol, nullptr, false);
  if (!protocol.is_object() || protocol.value("scoring", "") != "letters")
    return std::nullopt;
  const auto engine = nlohmann::json::parse(key.engine, nullptr, false);
  // Measured on processors: a GPU may round float32 to fewer bits.
  const bool is_float32 = engine.is_object() &&
                          engine.value("precision", "") == "f32" &&
                          engine.value("gpu_layers", 0) == 0;
  return is_float32 ? error_of_float32 : error_of_quantised;
}

std::optional<NearTies> near_ties(const ScoredRun& run) {
  const auto error = arithmetic_error(run.info.key);
  if (!error || run.progress.leads.empty()) return std::nullopt;
  return near_ties(run.progress.leads, *error);
}

std::string arithmetic_text(const ScoredRun& run, Language language) {
  const auto ties = near_ties(run);
  if (!ties) return {};
  const std::string scored = with_thousands(ties->scored);
  if (ties->n == 0) {
    return in_language(language, "arithmetic: none of {} answers is nearly a tie\n",
                       "計算誤差: {} 問に、ほぼ同点の回答はありません\n", scored);
  }
  const std::string bounds =
      range_text(ties->bounds(run.progress.tally.ledger.count()));
  if (ties->n == 1) {
    return in_language(
        language,
        "arithmetic: 1 of {} answers is nearly a tie; {} % whichever way it falls\n",
        "計算誤差: {} 問中 1 問の回答がほぼ同点です。どちらに転んでも {} %\n", scored,
        bounds);
  }
  return in_language(
      language,
      "arithmetic: {} of {} answers are nearly ties; {} % whichever way they fall\n",
      "計算誤差: {1} 問中 {0} 問の回答がほぼ同点です。どちらに転んでも {2} %\n",
      with_thousands(ties->n), scored, bounds);
}

nlohmann::ordered_json arithmetic_json(const ScoredRun& run) {
  const auto ties = near_ties(run);
  if (!ties) return nullptr;
  const Interval bounds = ties->bounds(run.progress.tally.ledger.count());
  return {{"scored", ties->scored},
          {"near_ties", ties->n},
          {"error", *arithmetic_error(run.info.key)},
          {"bounds", {bounds.low, bounds.high}}};
}

}  // namespace proctor
