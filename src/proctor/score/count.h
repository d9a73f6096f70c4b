// Right answers of n, their share, and its interval. Part of score.h.
#pragma once

#include <cstdint>
#include <optional>

namespace proctor {

// The normal quantile of 95 %.
inline constexpr double z_95 = 1.959963984540054;

struct Count {
  std::int64_t right = 0, n = 0;
  std::optional<double> share() const;
  Count& operator+=(const Count& other) {
    right += other.right;
    n += other.n;
    return *this;
  }
  bool operator==(const Count&) const = default;
};

struct Interval {
  double low = 0, high = 1;
};
// Wilson (1927), the score interval: stays inside [0, 1] and does not collapse at 0 %
// and 100 %. n = 0 gives [0, 1]. z is the normal quantile.
Interval wilson(const Count& count, double z = z_95);

}  // namespace proctor
