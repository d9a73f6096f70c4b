#include "proctor/score/paired.h"

#include <algorithm>
#include <cmath>

namespace proctor {
namespace {

// Tango's statistic: how many standard errors the difference observed lies from
// `delta`, where the chance of "only B" is the likeliest under that difference.
double tango_statistic(const Pairs& pairs, double delta) {
  const auto n = static_cast<double>(pairs.n());
  const auto b = static_cast<double>(pairs.only_b);
  const auto c = static_cast<double>(pairs.only_a);
  const double q2 = 2 * n;
  const double q1 = -b - c + (2 * n - b + c) * delta;
  const double q0 = -c * delta * (1 - delta);
  const double root = std::sqrt(std::max(0.0, q1 * q1 - 4 * q2 * q0));
  const double only_a = (root - q1) / (2 * q2);
  const double variance = n * (2 * only_a + delta * (1 - delta));
  const double distance = b - c - n * delta;
  if (variance <= 0) return distance == 0 ? 0 : std::copysign(INFINITY, distance);
  return distance / std::sqrt(variance);
}

// Where the statistic, which falls, passes `z` between the two.
double crossing(const Pairs& pairs, double low, double high, double z) {
  for (int step = 0; step < 100; ++step) {
    const double middle = (low + high) / 2;
    (tango_statistic(pairs, middle) > z ? low : high) = middle;
  }
  return (low + high) / 2;
}

}  // namespace

void Pairs::add(bool a, bool b) {
  ++(a ? (b ? both : only_a) : (b ? only_b : neither));
}

Pairs& Pairs::operator+=(const Pairs& other) {
  both += other.both;
  only_a += other.only_a;
  only_b += other.only_b;
  neither += other.neither;
  return *this;
}

double Pairs::difference() const {
  if (n() == 0) return 0;
  return static_cast<double>(only_b - only_a) / static_cast<double>(n());
}

Interval tango(const Pairs& pairs, double z) {
  if (pairs.n() == 0) return {-1, 1};
  const double d = pairs.difference();
  return {d <= -1 ? -1 : crossing(pairs, -1, d, z),
          d >= 1 ? 1 : crossing(pairs, d, 1, -z)};
}

double mcnemar_p(const Pairs& pairs) {
  const std::int64_t n = pairs.only_a + pairs.only_b;
  const std::int64_t least = std::min(pairs.only_a, pairs.only_b);
  if (2 * least >= n - 1) return 1;
  // The largest chance, n over least by 2^n, in logarithms: 2^-n is nothing for n >
  // 1074. Factor by factor, as std::lgamma writes into a global of the C library.
  const auto all = static_cast<double>(n);
  double log_chance = -all * std::log(2.0);
  for (std::int64_t k = 1; k <= least; ++k) {
    log_chance += std::log(static_cast<double>(n - least + k) / static_cast<double>(k));
  }
  double chance = std::exp(log_chance), sum = 0;
  for (std::int64_t k = least; k >= 0; --k) {
    sum += chance;
    chance *= static_cast<double>(k) / static_cast<double>(n - k + 1);
  }
  return std::min(1.0, 2 * sum);
}

bool is_beyond_chance(const Pairs& pairs) {
  const Interval interval = tango(pairs);
  return mcnemar_p(pairs) < 0.05 && (interval.low > 0 || interval.high < 0);
}

}  // namespace proctor
