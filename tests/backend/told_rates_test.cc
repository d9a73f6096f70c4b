#include "proctor/backend/told_rates.h"

#include <gtest/gtest.h>

#include "proctor/backend/told_times.h"
#include "support/made_up_clock.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using Headers = std::vector<std::pair<std::string, std::string>>;

constexpr WallTime now = MadeUpClock::wall_start;  // 2025-03-06T23:59:50Z

std::vector<ToldRate> told(Headers headers) {
  return rates_told({.status = 200, .headers = std::move(headers)}, now);
}

Headers requests(std::string limit, std::string remaining, std::string reset) {
  return {{"x-ratelimit-limit-requests", std::move(limit)},
          {"x-ratelimit-remaining-requests", std::move(remaining)},
          {"x-ratelimit-reset-requests", std::move(reset)}};
}

TEST(ToldRates, openais_headers_say_requests_and_tokens_of_a_minute) {
  Headers headers = requests("60", "59", "1s");
  headers.insert(headers.end(), {{"x-ratelimit-limit-tokens", "150000"},
                                 {"x-ratelimit-remaining-tokens", "149984"},
                                 {"x-ratelimit-reset-tokens", "6m0s"}});

  const auto rates = told(headers);

  ASSERT_EQ(rates.size(), 2U);
  EXPECT_EQ(rates[0].what, Counted::requests);
  EXPECT_EQ(rates[0].limit, 60);
  EXPECT_EQ(rates[0].remaining, 59);
  EXPECT_EQ(rates[0].reset, milliseconds(1000));
  EXPECT_FALSE(rates[0].of_day);
  EXPECT_EQ(rates[1].what, Counted::tokens);
  EXPECT_EQ(rates[1].reset, milliseconds(360'000));
}

// The numbers of console.groq.com/docs/rate-limits.
TEST(ToldRates, groqs_requests_are_of_a_day_by_the_time_they_take) {
  const auto rates = told(requests("14400", "14370", "2m59.56s"));

  ASSERT_EQ(rates.size(), 1U);
  EXPECT_TRUE(rates[0].of_day);
}

TEST(ToldRates, what_has_used_nothing_is_of_a_minute) {
  EXPECT_FALSE(told(requests("14400", "14400", "0s")).at(0).of_day);
}

TEST(ToldRates, anthropics_headers_count_prompts_and_replies_apart) {
  const auto rates =
      told({{"anthropic-ratelimit-requests-limit", "50"},
            {"anthropic-ratelimit-requests-remaining", "49"},
            {"anthropic-ratelimit-requests-reset", "2025-03-06T23:59:51Z"},
            {"anthropic-ratelimit-input-tokens-limit", "30000"},
            {"anthropic-ratelimit-input-tokens-remaining", "0"},
            {"anthropic-ratelimit-input-tokens-reset", "2025-03-07T00:00:50Z"},
            {"anthropic-ratelimit-output-tokens-limit", "8000"},
            {"anthropic-ratelimit-tokens-limit", "38000"}});

  ASSERT_EQ(rates.size(), 3U);
  EXPECT_EQ(rates[0].reset, milliseconds(1000));
  EXPECT_EQ(rates[1].what, Counted::prompt_tokens);
  EXPECT_EQ(rates[1].remaining, 0);
  EXPECT_EQ(rates[1].reset, milliseconds(60'000));
  EXPECT_EQ(rates[2].what, Counted::reply_tokens);
  EXPECT_EQ(rates[2].remaining, 8000) << "what is not said is not used up";
}

TEST(ToldRates, a_name_that_says_day_is_of_a_day) {
  const auto rates = told({{"x-ratelimit-limit-requests-day", "1000"},
                           {"x-ratelimit-remaining-requests-day", "998"},
                           {"x-ratelimit-reset-requests-day", "33011.382867"}});

  ASSERT_EQ(rates.size(), 1U);
  EXPECT_TRUE(rates[0].of_day);
  EXPECT_EQ(rates[0].reset, milliseconds(33'011'383));
}

TEST(ToldRates, what_is_no_limit_says_nothing) {
  for (const std::string limit : {"0", "-1", "many", "", "1e300", "nan"})
    EXPECT_TRUE(told(requests(limit, "1", "1s")).empty()) << limit;
}

TEST(ToldRates, openais_durations_are_read) {
  EXPECT_EQ(duration_in("1s"), milliseconds(1000));
  EXPECT_EQ(duration_in("6m0s"), milliseconds(360'000));
  EXPECT_EQ(duration_in("1h2m3.5s"), milliseconds(3'723'500));
  EXPECT_EQ(duration_in("200ms"), milliseconds(200));
  EXPECT_FALSE(duration_in("soon"));
}

TEST(ToldRates, a_time_of_rfc_3339_is_read_and_nothing_like_it) {
  EXPECT_EQ(until_time("2025-03-07T00:00:00Z", now), milliseconds(10'000));
  EXPECT_EQ(until_time("2025-03-07T00:00:00.250Z", now), milliseconds(10'250));
  EXPECT_EQ(until_time("2025-03-06T00:00:00Z", now), milliseconds(0));
  for (const std::string_view text :
       {"2025-03-07T00:00:00", "2025-13-07T00:00:00Z", "2025-03-07 00:00:00Z", "",
        "2025-03-07T00:00:00.Z", "2025-03-07T25:00:00Z", "Z"})
    EXPECT_FALSE(until_time(text, now)) << text;
}

}  // namespace
}  // namespace proctor
