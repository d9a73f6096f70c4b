#include "proctor/backend/throttle.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "proctor/backend/attempt_id.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr TimePoint start{std::chrono::seconds(1000)};

// Each of them later than every rush so far.
void rush(Throttle& throttle, int times) {
  for (int i = 1; i <= times; ++i) {
    const TimePoint now = start + std::chrono::hours(i);
    throttle.rushed(now, now);
  }
}

Throttle opened(std::size_t most) {
  Throttle throttle({.concurrency = most});
  throttle.open();
  return throttle;
}

TEST(Throttle, one_goes_ahead_until_it_is_answered) {
  Throttle throttle({.concurrency = 32});

  EXPECT_EQ(throttle.window(), 1U);
  throttle.succeeded();
  EXPECT_EQ(throttle.window(), 32U);
}

TEST(Throttle, a_server_that_answers_with_errors_is_there) {
  EXPECT_EQ(opened(32).window(), 32U);
}

TEST(Throttle, one_at_least_may_be_under_way) {
  EXPECT_EQ(opened(0).window(), 1U);
}

TEST(Throttle, a_rush_halves_the_window) {
  Throttle throttle = opened(32);

  rush(throttle, 1);

  EXPECT_EQ(throttle.window(), 16U);
}

TEST(Throttle, a_rush_counts_once_however_many_are_turned_away) {
  Throttle throttle = opened(32);

  for (int i = 0; i < 16; ++i) throttle.rushed(start, start + milliseconds(i));

  EXPECT_EQ(throttle.window(), 16U);
}

TEST(Throttle, rushes_never_close_the_window) {
  Throttle throttle = opened(32);

  rush(throttle, 100);

  EXPECT_EQ(throttle.window(), 1U);
}

TEST(Throttle, the_window_grows_by_one_a_window_of_answers) {
  Throttle throttle = opened(32);
  rush(throttle, 1);

  for (int i = 0; i < 17; ++i) throttle.succeeded();

  EXPECT_EQ(throttle.window(), 17U);
}

TEST(Throttle, the_window_grows_back_and_no_further) {
  Throttle throttle = opened(8);
  rush(throttle, 1);

  for (int i = 0; i < 1000; ++i) throttle.succeeded();

  EXPECT_EQ(throttle.window(), 8U);
}

TEST(Throttle, pauses_double_up_to_the_longest_with_some_chance) {
  Throttle throttle(
      {.first_pause = milliseconds(100), .longest_pause = milliseconds(1000)});
  for (int round = 0; round < 200; ++round) {
    for (int tries = 1; tries <= 100; ++tries) {
      const milliseconds pause = throttle.pause_after(tries, std::nullopt);

      const int full = tries > 4 ? 1000 : std::min(1000, 100 << (tries - 1));
      ASSERT_GE(pause.count(), full / 2);
      ASSERT_LE(pause.count(), full);
    }
  }
}

TEST(Throttle, pauses_differ) {
  Throttle throttle({.first_pause = milliseconds(100'000)});
  std::set<std::int64_t> seen;

  for (int i = 0; i < 20; ++i)
    seen.insert(throttle.pause_after(1, std::nullopt).count());

  EXPECT_GT(seen.size(), 10U);
}

TEST(Throttle, a_pause_is_never_shorter_than_what_was_asked) {
  Throttle throttle({.first_pause = milliseconds(100)});
  for (int i = 0; i < 200; ++i) {
    const milliseconds pause = throttle.pause_after(1, milliseconds(20'000));

    ASSERT_GE(pause, milliseconds(20'000));
    ASSERT_LE(pause, milliseconds(20'100));
  }
}

TEST(Throttle, a_pause_for_all_is_never_shortened) {
  Throttle throttle(HttpBackendOptions{});
  const TimePoint time{std::chrono::seconds(1000)};

  throttle.pause_until(time);
  throttle.pause_until(time - std::chrono::seconds(1));

  EXPECT_EQ(throttle.free_at(), time);
}

TEST(AttemptIds, those_of_one_moment_are_distinct_and_in_order) {
  AttemptIds ids(7);
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  std::vector<std::string> made;

  for (int i = 0; i < 10'000; ++i) made.push_back(ids.next(now));

  EXPECT_TRUE(std::ranges::is_sorted(made));
  EXPECT_EQ(std::set(made.begin(), made.end()).size(), made.size());
}

TEST(AttemptIds, later_ones_sort_behind) {
  AttemptIds first(7), second(8);
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  for (int i = 0; i < 1000; ++i) first.next(now);

  EXPECT_LT(first.next(now), second.next(now + milliseconds(1)));
}

TEST(AttemptIds, a_clock_that_is_set_back_changes_no_order) {
  AttemptIds ids(7);
  const WallTime now{std::chrono::seconds(1'700'000'000)};
  const std::string first = ids.next(now);

  EXPECT_LT(first, ids.next(now - std::chrono::hours(1)));
}

TEST(AttemptIds, processes_of_one_moment_differ) {
  AttemptIds first(7), second(8);
  const WallTime now{std::chrono::seconds(1'700'000'000)};

  EXPECT_NE(first.next(now), second.next(now));
}

TEST(AttemptIds, each_has_thirty_two_hexadecimal_digits) {
  AttemptIds ids(7);
  const std::string id = ids.next(WallTime{std::chrono::seconds(1'700'000'000)});

  EXPECT_EQ(id.size(), 32U);
  EXPECT_EQ(id.find_first_not_of("0123456789abcdef"), std::string::npos);
  EXPECT_EQ(id.substr(0, 12), "018bcfe56800");
}

}  // namespace
}  // namespace proctor
