// Time that a test makes: exact, and over at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>

#include <gtest/gtest.h>

#include "proctor/base/base.h"

namespace proctor {

// Stands still while something real is awaited, such as an answer on a socket; is moved
// on by whoever waits for nothing but time, and by the test. Copies are one clock. Any
// thread may call all of it.
class MadeUpClock {
 public:
  static constexpr TimePoint start{std::chrono::seconds(1000)};
  // Thu, 06 Mar 2025 23:59:50 GMT
  static constexpr WallTime wall_start{std::chrono::seconds(1'741'305'590)};

  Clock clock() const {
    Clock made;
    made.now = [state = state_] { return state->now(); };
    made.wall = [state = state_] { return state->wall(); };
    made.sleep_until = [state = state_](TimePoint until) { state->sleep(until); };
    made.wait = [state = state_](std::condition_variable& condition,
                                 std::unique_lock<std::mutex>& lock, TimePoint until) {
      state->wait(condition, lock, until);
    };
    return made;
  }
  TimePoint now() const { return state_->now(); }
  // Since the start.
  std::chrono::milliseconds passed() const {
    return std::chrono::floor<std::chrono::milliseconds>(now() - start);
  }

  // For both now() and wall().
  void advance(std::chrono::milliseconds by) {
    const std::lock_guard guard(state_->mutex);
    state_->passed += by;
  }
  // wall() alone, as a person or a time server does.
  void set_wall(std::chrono::milliseconds by) {
    const std::lock_guard guard(state_->mutex);
    state_->set += by;
  }
  // From now on whoever waits is told at once that it is time: for servers that will
  // never answer.
  void run_ahead() {
    const std::lock_guard guard(state_->mutex);
    state_->runs_ahead = true;
  }
  // How often somebody waited for what had passed: a loop that is busy. Each time is a
  // millisecond, so that such a loop ends.
  int futile_waits() const {
    const std::lock_guard guard(state_->mutex);
    return state_->futile;
  }

 private:
  struct State {
    TimePoint now() const {
      const std::lock_guard guard(mutex);
      return start + passed;
    }
    WallTime wall() const {
      const std::lock_guard guard(mutex);
      return wall_start + std::chrono::floor<Microseconds>(passed + set);
    }
    void sleep(TimePoint until) {
      const std::lock_guard guard(mutex);
      if (!is_futile(until)) passed = until - start;
    }
    void wait(std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
              TimePoint until) {
      {
        const std::lock_guard guard(mutex);
        if (is_futile(until)) return;
        const bool hangs =
            std::chrono::steady_clock::now() - made > std::chrono::seconds(20);
        if (hangs) ADD_FAILURE() << "what was awaited did not come";
        if ((runs_ahead || hangs) && until != TimePoint::max()) {
          passed = until - start;
          return;
        }
      }
      condition.wait_for(lock, std::chrono::milliseconds(1));
    }
    bool is_futile(TimePoint until) {
      if (start + passed < until) return false;
      ++futile;
      passed += std::chrono::milliseconds(1);
      return true;
    }

    mutable std::mutex mutex;  // guards what follows
    std::chrono::nanoseconds passed{}, set{};
    bool runs_ahead = false;
    int futile = 0;
    const std::chrono::steady_clock::time_point made = std::chrono::steady_clock::now();
  };

  // Shared with the Clocks that were made of it.
  std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace proctor
