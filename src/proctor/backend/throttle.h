// How many requests at once, and how long to wait after a failure. Not for other
// folders.
#pragma once

#include <random>

#include "proctor/backend/backend.h"

namespace proctor {

// Additive increase, multiplicative decrease (Chiu and Jain, 1989): the window is
// halved when the server says it is too much, and grows by one a window of answers.
class Throttle {
 public:
  explicit Throttle(const HttpBackendOptions& options);

  // How many may be under way now: 1 until the window is opened.
  std::size_t window() const;
  bool is_proved() const { return proved_; }
  void open() { proved_ = true; }
  void succeeded();  // opens it
  // 429 and its like, now, for a request of that start; one rush is counted once,
  // however many requests of it are turned away.
  void rushed(TimePoint started, TimePoint now);

  // Nothing is to be started before.
  TimePoint free_at() const { return free_at_; }
  void pause_until(TimePoint time) { free_at_ = std::max(free_at_, time); }
  // The pause after the n-th failed try of one question: doubled each time, up to the
  // longest, times 0.5 to 1 by chance; never less than the server asks for.
  std::chrono::milliseconds pause_after(int tries,
                                        std::optional<std::chrono::milliseconds> asked);

 private:
  std::size_t most_;
  std::chrono::milliseconds first_pause_, longest_pause_;
  std::mt19937_64 chance_;
  bool proved_ = false;
  double window_;
  TimePoint last_rush_ = TimePoint::min();
  TimePoint free_at_{};
};

}  // namespace proctor
