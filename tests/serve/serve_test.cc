#include "proctor/serve/serve.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/made_up_clock.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

// A program that runs and never listens.
ServeOptions deaf(const MadeUpClock& clock, milliseconds wait) {
  return {.command = "exec sleep 1000 # {port}", .wait = wait, .clock = clock.clock()};
}

TEST(Server, that_is_not_ready_in_time_is_given_up) {
  const MadeUpClock clock;

  const auto server = Server::start(deaf(clock, milliseconds(3000)), {}, {});

  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().fault, Fault::network);
  EXPECT_THAT(server.error().message, HasSubstr("was not ready after 3 s"));
  EXPECT_EQ(clock.passed(), milliseconds(3000));
}

TEST(Server, is_asked_ten_times_a_second_until_it_is_ready) {
  const MadeUpClock clock;
  ServeOptions options = deaf(clock, milliseconds(1000));
  std::vector<milliseconds> asked;
  options.waits = [&](const std::string&, std::chrono::seconds) {
    asked.push_back(clock.passed());
  };

  ASSERT_FALSE(Server::start(options, {}, {}));

  ASSERT_EQ(asked.size(), 11U);
  for (std::size_t i = 0; i < asked.size(); ++i) {
    EXPECT_EQ(asked[i], i * milliseconds(100));
  }
}

TEST(Server, that_is_waited_for_is_told_of_with_the_time_that_it_took) {
  const MadeUpClock clock;
  ServeOptions options = deaf(clock, milliseconds(2500));
  std::chrono::seconds last{};
  options.waits = [&](const std::string&, std::chrono::seconds so_far) {
    last = so_far;
  };

  ASSERT_FALSE(Server::start(options, {}, {}));

  EXPECT_EQ(last, std::chrono::seconds(2));
}

}  // namespace
}  // namespace proctor
