// How the time of a function grows with its input.
#pragma once

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>
#include <string>
#include <string_view>

namespace proctor {

inline std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

// Between 4, by which what is linear grows from n to 4 n, and 16, what is quadratic.
constexpr double clearly_more_than_linear = 8;

// How many times as long `work(4 n)` takes as `work(n)`, by this thread's own processor
// time and the least of up to `rounds` rounds, so that a busy machine does not matter;
// no further round where it is clearly linear.
template <class Work>
double growth(std::size_t n, Work work, int rounds = 6) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
  };
  std::array<double, 2> least;
  least.fill(std::numeric_limits<double>::infinity());
  for (int round = 0; round < rounds; ++round) {
    for (const std::size_t which : {0U, 1U}) {
      const double from = now();
      work(which == 0 ? n : 4 * n);
      least[which] = std::min(least[which], now() - from);
    }
    if (least[1] / least[0] < clearly_more_than_linear) break;
  }
  return least[1] / least[0];
}

}  // namespace proctor
