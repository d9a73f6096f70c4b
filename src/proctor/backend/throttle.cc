#include "proctor/backend/throttle.h"

#include <algorithm>
#include <cmath>

namespace proctor {

Throttle::Throttle(const HttpBackendOptions& options)
    : most_(std::max<std::size_t>(1, options.concurrency)),
      first_pause_(options.first_pause),
      longest_pause_(options.longest_pause),
      chance_(options.id_seed),
      window_(static_cast<double>(most_)) {}

std::size_t Throttle::window() const {
  return proved_ ? static_cast<std::size_t>(window_) : 1;
}

void Throttle::succeeded() {
  proved_ = true;
  window_ = std::min(static_cast<double>(most_), window_ + 1 / window_);
}

void Throttle::rushed(TimePoint started, TimePoint now) {
  if (started <= last_rush_) return;
  last_rush_ = now;
  window_ = std::max(1.0, window_ / 2);
}

std::chrono::milliseconds Throttle::pause_after(
    int tries, std::optional<std::chrono::milliseconds> asked) {
  const double doubled =
      static_cast<double>(first_pause_.count()) * std::exp2(std::min(tries - 1, 30));
  const double pause = std::min(doubled, static_cast<double>(longest_pause_.count()));
  const double share = std::uniform_real_distribution(0.5, 1.0)(chance_);
  const std::chrono::milliseconds own(static_cast<std::int64_t>(pause * share));
  if (!asked) return own;
  // A little more than asked, so that all do not come back in the same instant.
  const std::chrono::milliseconds spread(static_cast<std::int64_t>(
      static_cast<double>(first_pause_.count()) * (share - 0.5)));
  return std::max(own, *asked + spread);
}

}  // namespace proctor
