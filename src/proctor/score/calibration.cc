#include "proctor/score/calibration.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace proctor {

std::optional<double> probability_of(char letter,
                                     const std::map<std::string, double>& logprobs) {
  const auto own = logprobs.find(std::string(1, letter));
  if (own == logprobs.end() || !std::isfinite(own->second)) return std::nullopt;
  // Relative to its own, so that no exponential is too small to be seen.
  double sum = 0;
  for (const auto& [other, logprob] : logprobs) {
    if (!std::isnan(logprob)) sum += std::exp(logprob - own->second);
  }
  return 1 / sum;
}

std::optional<Calibration> calibration_of(const std::vector<SureAnswer>& answers) {
  if (answers.empty()) return std::nullopt;
  constexpr std::size_t bins = 10;
  std::array<Calibration::Bin, bins> all{};  // `mean` is the sum at first
  for (const SureAnswer& answer : answers) {
    const auto at = static_cast<std::size_t>(answer.probability * bins);
    Calibration::Bin& bin = all[std::min(at, bins - 1)];
    bin.mean += answer.probability;
    bin.count += {.right = answer.is_right ? 1 : 0, .n = 1};
  }
  Calibration calibration;
  for (Calibration::Bin& bin : all) {
    if (bin.count.n == 0) continue;
    const auto n = static_cast<double>(bin.count.n);
    bin.mean /= n;
    calibration.error += n / static_cast<double>(answers.size()) *
                         std::abs(bin.count.share().value_or(0) - bin.mean);
    calibration.bins.push_back(bin);
  }
  return calibration;
}

}  // namespace proctor
