#include "proctor/study/arithmetic.h"

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
  if (scoring_of(key) != "letters") return std::nullopt;
  const auto engine = nlohmann::json::parse(key.engine, nullptr, false);
  // Measured on processors: a GPU may round float32 to fewer bits.
  const bool is_float32 = engine.is_object() &&
                          engine.value("precision", "") == "f32" &&
                          engine.value("gpu_layers", 0) == 0;
  return is_float32 ? error_of_float32 : error_of_quantised;
}

std::optional<NearTies> near_ties(const ScoredRun& run) {
  const auto error = arithmetic_error(run.info.key);
  if (!error || run.account.leads.empty()) return std::nullopt;
  return near_ties(run.account.leads, *error);
}

}  // namespace proctor
