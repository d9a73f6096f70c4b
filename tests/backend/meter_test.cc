#include "proctor/backend/meter.h"

#include <deque>

#include <gtest/gtest.h>

#include "backend/models.h"
#include "backend/rates_folder.h"
#include "support/made_up_clock.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr WallTime start = MadeUpClock::wall_start;

Model model() {
  return model_of("openai", "m", "https://host");
}

Prompt prompt_of(std::size_t bytes, std::optional<int> max_tokens = std::nullopt) {
  Prompt prompt{.text = std::string(bytes, 'x')};
  prompt.sampling.max_tokens = max_tokens;
  return prompt;
}

// What was sent when, by somebody who always has a next request.
struct Sent {
  WallTime at;
  Cost cost;
};

std::deque<Sent> send(Meter& meter, const Cost& cost, WallTime from, WallTime until) {
  std::deque<Sent> sent;
  WallTime now = from;
  while (now < until) {
    if (const auto wait = meter.take(cost, now)) {
      now += wait->time;
    } else {
      sent.push_back({now, cost});
    }
  }
  return sent;
}

std::int64_t most_in_a_minute(const std::deque<Sent>& sent, Counted what) {
  std::deque<Sent> window;
  std::int64_t sum = 0, most = 0;
  for (const Sent& each : sent) {
    window.push_back(each);
    sum += each.cost.of(what);
    while (each.at - window.front().at >= minutes(1)) {
      sum -= window.front().cost.of(what);
      window.pop_front();
    }
    most = std::max(most, sum);
  }
  return most;
}

HttpResponse telling(std::string limit, std::string remaining,
                     std::string reset = "1s") {
  return {.status = 200,
          .headers = {{"x-ratelimit-limit-requests", std::move(limit)},
                      {"x-ratelimit-remaining-requests", std::move(remaining)},
                      {"x-ratelimit-reset-requests", std::move(reset)}}};
}

constexpr Cost one_request{.requests = 1, .prompt_tokens = 50, .reply_tokens = 5};

TEST(Meter, without_a_limit_nothing_waits) {
  Meter meter({}, model());

  for (int i = 0; i < 100'000; ++i) ASSERT_FALSE(meter.take(one_request, start));
}

TEST(Meter, a_limit_of_requests_is_never_exceeded_and_nearly_used) {
  for (const std::int64_t limit : {1, 3, 60, 600, 30'000}) {
    Meter meter({.rates = {.requests_a_minute = limit}}, model());

    const auto sent = send(meter, one_request, start, start + minutes(10));

    EXPECT_LE(most_in_a_minute(sent, Counted::requests), limit);
    EXPECT_GE(sent.size(), 0.95 * 10 * static_cast<double>(limit)) << limit;
  }
}

TEST(Meter, a_limit_of_tokens_is_never_exceeded_and_nearly_used) {
  for (const std::int64_t tokens : {10, 83, 400, 1900}) {
    Meter meter({.rates = {.tokens_a_minute = 50'000}}, model());
    const Cost cost{.requests = 1, .prompt_tokens = tokens - 5, .reply_tokens = 5};

    const auto sent = send(meter, cost, start, start + minutes(20));

    EXPECT_LE(most_in_a_minute(sent, Counted::tokens), 50'000);
    EXPECT_GE(sent.size() * static_cast<std::size_t>(tokens), 0.95 * 20 * 50'000)
        << tokens;
  }
}

TEST(Meter, the_narrower_of_two_limits_holds) {
  Meter meter({.rates = {.requests_a_minute = 600, .tokens_a_minute = 5500}}, model());

  const auto sent = send(meter, one_request, start, start + minutes(10));

  EXPECT_LE(most_in_a_minute(sent, Counted::tokens), 5500);
  EXPECT_GE(sent.size(), 950U);
}

TEST(Meter, a_request_of_more_than_a_minute_has_goes_and_is_waited_for) {
  Meter meter({.rates = {.tokens_a_minute = 1000}}, model());
  const Cost cost{.requests = 1, .prompt_tokens = 3000};

  ASSERT_FALSE(meter.take(cost, start));
  const auto wait = meter.take(cost, start);

  ASSERT_TRUE(wait);
  EXPECT_GE(wait->time, minutes(3));
  EXPECT_FALSE(meter.take(cost, start + wait->time));
}

TEST(Meter, a_servers_lower_limit_wins_over_the_users) {
  Meter meter({.rates = {.requests_a_minute = 600}}, model());
  meter.heed(telling("60", "59"), one_request, {}, start);

  const auto sent = send(meter, one_request, start, start + minutes(5));

  EXPECT_LE(most_in_a_minute(sent, Counted::requests), 60);
  EXPECT_GE(sent.size(), 285U);
}

TEST(Meter, a_servers_higher_limit_changes_nothing) {
  Meter meter({.rates = {.requests_a_minute = 60}}, model());
  meter.heed(telling("600", "599", "100ms"), one_request, {}, start);

  const auto sent = send(meter, one_request, start, start + minutes(5));

  EXPECT_LE(most_in_a_minute(sent, Counted::requests), 60);
}

TEST(Meter, a_servers_limit_alone_is_kept) {
  Meter meter({}, model());
  meter.heed(telling("600", "599", "100ms"), one_request, {}, start);

  const auto sent = send(meter, one_request, start, start + minutes(5));

  EXPECT_LE(most_in_a_minute(sent, Counted::requests), 600);
  EXPECT_GE(sent.size(), 2850U);
}

TEST(Meter, what_others_have_left_of_a_limit_is_waited_for) {
  Meter meter({}, model());

  meter.heed(telling("60", "0", "60s"), one_request, {}, start);

  const auto wait = meter.take(one_request, start);
  ASSERT_TRUE(wait);
  EXPECT_GE(wait->time, seconds(1));
  EXPECT_LE(wait->time, seconds(2));
}

TEST(Meter, what_was_sent_meanwhile_is_left_room_for) {
  Meter meter({}, model());

  meter.heed(telling("60", "3", "57s"), one_request, {.requests = 5}, start);

  EXPECT_GE(meter.take(one_request, start)->time, seconds(3));
}

TEST(Meter, anthropics_replies_are_counted_apart) {
  Meter meter({}, model());
  meter.heed({.status = 200,
              .headers = {{"anthropic-ratelimit-output-tokens-limit", "1000"},
                          {"anthropic-ratelimit-input-tokens-limit", "1000000"}}},
             one_request, {}, start);

  const auto sent = send(meter, one_request, start, start + minutes(5));

  EXPECT_LE(most_in_a_minute(sent, Counted::reply_tokens), 1000);
  EXPECT_GE(sent.size(), 950U);
}

TEST(Meter, tokens_are_estimated_by_bytes_and_the_limit_of_a_reply_at_first) {
  const Meter meter({}, model());

  const Cost cost = meter.estimate(prompt_of(400, 30));

  EXPECT_EQ(cost.prompt_tokens, 101);
  EXPECT_EQ(cost.reply_tokens, 30);
  EXPECT_EQ(meter.estimate(prompt_of(400)).reply_tokens, 256);
}

TEST(Meter, tokens_are_estimated_by_what_the_server_has_counted_then) {
  Meter meter({}, model());
  const Prompt prompt = prompt_of(400, 2000);

  meter.correct(prompt, meter.estimate(prompt), 1, {.prompt = 200, .reply = 7});

  const Cost cost = meter.estimate(prompt_of(800, 2000));
  EXPECT_EQ(cost.prompt_tokens, 400);
  EXPECT_EQ(cost.reply_tokens, 7);
}

TEST(Meter, what_a_reply_did_not_take_is_given_back) {
  Meter meter({.rates = {.tokens_a_minute = 10'000}}, model());
  const Prompt prompt = prompt_of(400, 4000);
  const Cost cost = meter.estimate(prompt);
  ASSERT_FALSE(meter.take(cost, start));
  ASSERT_TRUE(meter.take(cost, start));

  meter.correct(prompt, cost, 1, {.prompt = 100, .reply = 5});

  EXPECT_FALSE(meter.take(cost, start + seconds(1)));
}

TEST(Meter, what_a_reply_took_beyond_the_estimate_is_waited_for) {
  Meter meter({.rates = {.tokens_a_minute = 10'000}}, model());
  const Prompt prompt = prompt_of(400, 5);
  const Cost cost = meter.estimate(prompt);
  ASSERT_FALSE(meter.take(cost, start));

  meter.correct(prompt, cost, 1, {.prompt = 100, .reply = 5000});

  EXPECT_GE(meter.take(cost, start)->time, seconds(29));
}

TEST(Meter, a_request_that_was_never_sent_takes_nothing) {
  Meter meter({.rates = {.requests_a_minute = 1}}, model());
  ASSERT_FALSE(meter.take(one_request, start));

  meter.correct(prompt_of(4), one_request, 0, {});

  EXPECT_FALSE(meter.take(one_request, start));
}

TEST(Meter, a_request_that_failed_or_was_sent_twice_counts) {
  Meter meter({.rates = {.requests_a_minute = 2}}, model());
  ASSERT_FALSE(meter.take(one_request, start));

  meter.correct(prompt_of(4), one_request, 2, {});

  EXPECT_GE(meter.take(one_request, start)->time, seconds(59));
}

TEST(Meter, a_day_is_the_24_hours_from_its_first_request) {
  Meter meter({.rates = {.requests_a_day = 2}}, model());
  ASSERT_FALSE(meter.take(one_request, start));
  ASSERT_FALSE(meter.take(one_request, start + std::chrono::hours(1)));

  const auto wait = meter.take(one_request, start + std::chrono::hours(2));

  ASSERT_TRUE(wait);
  EXPECT_EQ(wait->time, std::chrono::hours(22));
  EXPECT_EQ(wait->of_day, "the limit of 2 requests a day is used up");
  EXPECT_FALSE(meter.take(one_request, start + std::chrono::hours(24)));
}

TEST(Meter, a_servers_day_is_over_when_nothing_remains) {
  Meter meter({}, model());
  meter.heed(telling("1000", "1", "23h58m"), one_request, {}, start);
  ASSERT_FALSE(meter.take(one_request, start)) << "a day's limit has no pace";

  meter.heed(telling("1000", "0", "24h0m"), one_request, {}, start);

  EXPECT_EQ(meter.take(one_request, start)->of_day,
            "the limit of 1000 requests a day is used up");
}

TEST(Meter, two_with_one_key_share_a_limit) {
  const RatesFolder folder;
  const HttpBackendOptions options{.rates = {.requests_a_minute = 600},
                                   .rates_folder = folder.path()};
  Meter one(options, model()), other(options, model());
  std::deque<Sent> sent;
  WallTime now = start;
  while (now < start + minutes(5)) {
    const bool is_ones = !one.take(one_request, now);
    const auto wait = other.take(one_request, now);
    sent.insert(sent.end(), (is_ones ? 1U : 0U) + (wait ? 0U : 1U), {now, one_request});
    if (wait) now += wait->time;
  }

  EXPECT_LE(most_in_a_minute(sent, Counted::requests), 600);
  EXPECT_GE(sent.size(), 2850U);
}

TEST(Meter, a_pause_that_one_is_told_is_kept_by_the_other) {
  const RatesFolder folder;
  const HttpBackendOptions options{.rates = {.requests_a_minute = 600},
                                   .rates_folder = folder.path()};
  Meter one(options, model()), other(options, model());

  one.pause_until(start + seconds(20));

  EXPECT_EQ(other.take(one_request, start)->time, seconds(20));
  EXPECT_FALSE(other.take(one_request, start + seconds(20)));
}

TEST(Meter, another_keys_limit_is_its_own) {
  const RatesFolder folder;
  const HttpBackendOptions options{.rates = {.requests_a_minute = 1},
                                   .rates_folder = folder.path()};
  Model others = model();
  others.key = "another";
  Meter one(options, model()), other(options, others);

  ASSERT_FALSE(one.take(one_request, start));
  EXPECT_FALSE(other.take(one_request, start));
}

TEST(Meter, a_clock_that_was_set_back_holds_nothing_up) {
  Meter meter({.rates = {.requests_a_minute = 600, .requests_a_day = 1000}}, model());
  ASSERT_FALSE(meter.take(one_request, start));

  const WallTime before = start - std::chrono::hours(24 * 400);

  EXPECT_FALSE(meter.take(one_request, before));
}

}  // namespace
}  // namespace proctor
