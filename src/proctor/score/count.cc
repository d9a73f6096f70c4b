#include "proctor/score/count.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace proctor {

std::optional<double> Count::share() const {
  if (n == 0) return std::nullopt;
  return static_cast<double>(right) / static_cast<double>(n);
}

Interval wilson(const Count& count, double z) {
  assert(count.right >= 0 && count.right <= count.n);
  if (count.n == 0) return {0, 1};
  const auto n = static_cast<double>(count.n);
  const double p = static_cast<double>(count.right) / n;
  const double spread = z * z / n;
  const double middle = (p + spread / 2) / (1 + spread);
  const double half = z / (1 + spread) * std::sqrt(p * (1 - p) / n + spread / (4 * n));
  // At 0 % and 100 % the ends are exact; rounding must not leave [0, 1].
  return {count.right == 0 ? 0 : std::max(0.0, middle - half),
          count.right == count.n ? 1 : std::min(1.0, middle + half)};
}

}  // namespace proctor
