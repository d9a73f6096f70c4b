#include <algorithm>
#include <atomic>
#include <map>

#include "backend/models.h"
#include "proctor/backend/throttle.h"
#include "support/made_up_clock.h"
#include "support/socket_server.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr TimePoint far_off{std::chrono::hours(24 * 36500)};

constexpr std::string_view right_body =
    R"({"choices":[{"message":{"content":"B"},"finish_reason":"stop"}]})";

const std::string right_answer = http_answer("200 OK", right_body);

std::string turned_away(std::string_view header = "X-No: when") {
  return http_answer("429 Too Many Requests", "", fmt::format("{}\r\n", header));
}

// These answers in this order, whichever connection asks; the last one stays.
std::function<void(Connection&)> in_turn(std::vector<std::string> answers) {
  // Shared by the copies that a std::function makes of its content.
  const auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return answering([answers = std::move(answers), next](const std::string&) {
    return answers[std::min((*next)++, answers.size() - 1)];
  });
}

// The same, and when each request came, in milliseconds of the made-up clock.
class Timed {
 public:
  Timed(MadeUpClock clock, std::vector<std::string> answers)
      : server_(answering([this, clock, answers = std::move(answers)](const auto&) {
          const std::lock_guard lock(mutex_);
          at_.push_back(clock.passed().count());
          return answers[std::min(at_.size(), answers.size()) - 1];
        })) {}

  std::string url() const { return server_.url(""); }
  std::vector<std::int64_t> at() {
    const std::lock_guard lock(mutex_);
    return at_;
  }

 private:
  std::mutex mutex_;  // guards at_, which the server's threads write
  std::vector<std::int64_t> at_;
  SocketServer server_;
};

struct Asked {
  std::string url;
  HttpBackendOptions options = {};
  std::string provider = "openai";
  std::string key = std::string(test_key);
  MadeUpClock clock = {};
};

constexpr std::uint64_t id_seed = 7;

std::unique_ptr<Backend> backend_of(Asked asked) {
  asked.options.id_seed = id_seed;
  asked.options.clock = asked.clock.clock();
  Model model = model_of(asked.provider, "m", asked.url);
  model.key = asked.key;
  return make_http_backend(provider_named(asked.provider), std::move(model),
                           std::move(asked.options), {});
}

using Done = std::map<std::uint32_t, Completion>;

// Waits until `n` trials have ended, each of them once.
void await(Backend& backend, std::size_t n, Done& done) {
  while (done.size() < n) {
    std::vector<Completion> ended = backend.wait(far_off);
    if (ended.empty()) break;
    for (Completion& completion : ended) {
      const std::uint32_t ordinal = completion.trial.ordinal;
      EXPECT_TRUE(done.emplace(ordinal, std::move(completion)).second);
    }
  }
  EXPECT_GE(done.size(), n);
}

// Asks `n` questions as the loop does: as many as there is room for, until the end.
Done ask(Backend& backend, std::uint32_t n) {
  Done done;
  std::uint32_t started = 0;
  while (true) {
    while (started < n && !backend.fatal() && backend.room() > 0) {
      backend.start({started++}, chat("?"));
    }
    if (done.size() == started) return done;
    await(backend, done.size() + 1, done);
  }
}

Error error_of(const Completion& completion) {
  const auto& outcome = completion.attempts.back().outcome;
  return outcome ? Error{Fault::usage, "no error"} : outcome.error();
}

TEST(HttpBackend, a_reply_comes_back_with_what_was_sent_and_what_came) {
  SocketServer server(in_turn({right_answer}));
  const auto backend = backend_of({server.url("")});

  const Done done = ask(*backend, 1);

  ASSERT_EQ(done.at(0).attempts.size(), 1U);
  const Attempt& attempt = done.at(0).attempts[0];
  ASSERT_TRUE(attempt.outcome);
  EXPECT_EQ(attempt.outcome->text, "B");
  EXPECT_EQ(attempt.status, 200);
  EXPECT_EQ(attempt.request,
            R"({"messages":[{"content":"?","role":"user"}],"model":"m"})");
  EXPECT_EQ(attempt.response, right_body);
  EXPECT_EQ(attempt.id.size(), 32U);
  EXPECT_GT(attempt.started, WallTime{});
  EXPECT_GE(attempt.latency.count(), 0);
}

TEST(HttpBackend, a_retry_that_succeeds_keeps_the_tries_before_it) {
  SocketServer server(in_turn({http_answer("500 Internal Server Error", "one"),
                               http_answer("429 Too Many Requests", "two"),
                               http_answer("200 OK", "<html>"), right_answer}));
  const auto backend = backend_of({server.url("")});

  const Done done = ask(*backend, 1);

  const auto& attempts = done.at(0).attempts;
  ASSERT_EQ(attempts.size(), 4U);
  EXPECT_EQ(attempts[0].status, 500);
  EXPECT_EQ(attempts[0].response, "one");
  EXPECT_EQ(attempts[0].outcome.error().fault, Fault::network);
  EXPECT_EQ(attempts[1].status, 429);
  EXPECT_EQ(attempts[2].status, 200);
  EXPECT_FALSE(attempts[2].outcome);
  EXPECT_TRUE(attempts[3].outcome);
  EXPECT_LT(attempts[0].id, attempts[1].id);
  EXPECT_LT(attempts[1].id, attempts[2].id);
  EXPECT_LT(attempts[2].id, attempts[3].id);
}

TEST(HttpBackend, a_request_that_a_closing_connection_swallowed_is_a_try) {
  SocketServer server([](Connection& connection) {
    if (connection.read_request()) connection.send(right_answer);
    connection.read_request();  // and the connection ends without an answer
  });
  const auto backend = backend_of({server.url(""), {.concurrency = 1}});

  const Done done = ask(*backend, 2);

  EXPECT_EQ(done.at(0).attempts.size(), 1U);
  const auto& attempts = done.at(1).attempts;
  ASSERT_EQ(attempts.size(), 2U);
  EXPECT_EQ(attempts[0].outcome.error().fault, Fault::network);
  EXPECT_TRUE(attempts[1].outcome);
  EXPECT_EQ(attempts[0].request, attempts[1].request);
  EXPECT_LT(attempts[0].id, attempts[1].id);
}

TEST(HttpBackend, the_wait_that_a_last_try_is_told_is_kept_by_the_others) {
  const MadeUpClock clock;
  Timed server(clock, {right_answer, turned_away("Retry-After: 20"), right_answer});
  const auto backend = backend_of({.url = server.url(),
                                   .options = {.concurrency = 1, .retries = 0},
                                   .clock = clock});

  const Done done = ask(*backend, 3);

  EXPECT_FALSE(done.at(1).attempts.back().outcome);
  EXPECT_TRUE(done.at(2).attempts.back().outcome);
  EXPECT_THAT(server.at(), ElementsAre(0, 0, 20'000));
}

TEST(HttpBackend, retries_are_counted_and_end) {
  SocketServer server(in_turn({http_answer("500 Internal Server Error", "no")}));
  const auto backend = backend_of({server.url(""), {.retries = 3}});

  const Done done = ask(*backend, 1);

  EXPECT_EQ(done.at(0).attempts.size(), 4U);
  EXPECT_EQ(error_of(done.at(0)).message, "HTTP 500: no");
  EXPECT_FALSE(backend->fatal());
}

TEST(HttpBackend, a_server_that_only_fails_does_not_end_the_run) {
  SocketServer server(in_turn({http_answer("500 Internal Server Error", "no")}));
  const auto backend = backend_of({server.url(""), {.concurrency = 4, .retries = 1}});

  const Done done = ask(*backend, 20);

  EXPECT_EQ(done.size(), 20U);
  EXPECT_FALSE(backend->fatal());
}

TEST(HttpBackend, a_retry_is_told) {
  SocketServer server(
      in_turn({http_answer("500 Internal Server Error", "no"), right_answer}));
  std::vector<std::string> told;
  const auto backend =
      backend_of({server.url(""),
                  {.talk = [&](std::string_view line) { told.emplace_back(line); }}});

  ask(*backend, 1);

  ASSERT_FALSE(told.empty());
  EXPECT_THAT(told[0], HasSubstr("HTTP 500: no"));
}

TEST(HttpBackend, the_same_trouble_is_told_once_in_ten_seconds_and_counted) {
  const MadeUpClock clock;
  Timed server(clock, {http_answer("500 Internal Server Error", "no")});
  std::vector<std::string> told;
  const auto backend = backend_of(
      {.url = server.url(),
       .options = {.retries = 6,
                   .talk = [&](std::string_view line) { told.emplace_back(line); }},
       .clock = clock});

  ask(*backend, 1);

  std::vector<std::int64_t> at = server.at();
  at.pop_back();  // is not followed by another
  const auto second =
      std::ranges::find_if(at, [](auto time) { return time >= 10'000; });
  ASSERT_NE(second, at.end());
  ASSERT_GE(told.size(), 2U);
  EXPECT_THAT(told[0], Not(HasSubstr("more")));
  EXPECT_THAT(told[1], HasSubstr(fmt::format("({} more since the last line)",
                                             second - at.begin() - 1)));
}

TEST(HttpBackend, one_request_goes_ahead_of_the_others) {
  SocketServer server(in_turn({right_answer}));
  const auto backend = backend_of({server.url(""), {.concurrency = 8}});

  EXPECT_EQ(backend->room(), 1U);
  backend->start({0}, chat("?"));
  EXPECT_EQ(backend->room(), 0U);
  Done done;
  await(*backend, 1, done);
  EXPECT_EQ(backend->room(), 8U);
}

TEST(HttpBackend, there_is_room_whenever_nothing_is_under_way) {
  SocketServer server(in_turn({http_answer("429 Too Many Requests", "")}));
  const auto backend = backend_of({server.url(""), {.concurrency = 4, .retries = 0}});

  for (std::uint32_t i = 0; i < 30; ++i) {
    ASSERT_GT(backend->room(), 0U);
    backend->start({i}, chat("?"));
    ASSERT_FALSE(backend->wait(far_off).empty());
  }
}

TEST(HttpBackend, as_many_are_under_way_as_there_is_room_for) {
  std::atomic<int> now = 0, most = 0;
  SocketServer server(answering([&](const std::string&) {
    const int busy = ++now;
    int seen = most;
    while (busy > seen && !most.compare_exchange_weak(seen, busy)) {
    }
    --now;
    return right_answer;
  }));
  const auto backend = backend_of({server.url(""), {.concurrency = 3}});

  EXPECT_EQ(ask(*backend, 60).size(), 60U);
  EXPECT_LE(most, 3);
  EXPECT_LE(server.connections(), 3);
}

TEST(HttpBackend, a_wrong_key_ends_the_run_after_one_request) {
  std::atomic<int> asked = 0;
  SocketServer server(answering([&](const std::string&) {
    ++asked;
    return http_answer("401 Unauthorized", R"({"error":{"message":"wrong key"}})");
  }));
  const auto backend = backend_of({server.url(""), {.concurrency = 8}});

  const Done done = ask(*backend, 100);

  EXPECT_EQ(asked, 1);
  EXPECT_EQ(done.size(), 1U);
  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::denied);
  EXPECT_EQ(backend->fatal()->message, "HTTP 401: wrong key");
  EXPECT_EQ(backend->room(), 0U);
}

TEST(HttpBackend, a_quota_in_the_middle_keeps_what_is_on_its_way) {
  std::atomic<int> asked = 0;
  SocketServer server(answering([&](const std::string&) {
    return ++asked == 20 ? http_answer("429 Too Many Requests",
                                       R"({"error":"insufficient_quota"})")
                         : right_answer;
  }));
  const auto backend = backend_of({server.url(""), {.concurrency = 4}});

  const Done done = ask(*backend, 1000);

  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(static_cast<int>(done.size()), asked);
  const auto answered = std::ranges::count_if(done, [](const auto& each) {
    return each.second.attempts.back().outcome.has_value();
  });
  EXPECT_EQ(answered, asked - 1);
}

TEST(HttpBackend, a_refused_connection_before_any_answer_tells_what_to_look_at) {
  std::string url;
  {
    SocketServer gone([](Connection&) {});
    url = gone.url("");
  }
  const auto backend = backend_of({url, {.retries = 2}, "ollama"});

  const Done done = ask(*backend, 50);

  EXPECT_EQ(done.size(), 1U);
  EXPECT_EQ(done.at(0).attempts.size(), 3U);
  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::network);
  EXPECT_THAT(backend->fatal()->message, HasSubstr(url));
  EXPECT_THAT(backend->fatal()->message, HasSubstr("is ollama running?"));
}

TEST(HttpBackend, a_connection_lost_after_an_answer_does_not_end_the_run) {
  std::atomic<int> asked = 0;
  SocketServer server([&](Connection& connection) {
    while (connection.read_request()) {
      if (++asked > 1) {
        connection.reset();
        return;
      }
      connection.send(right_answer);
    }
  });
  const auto backend = backend_of({server.url(""), {.concurrency = 2, .retries = 1}});

  const Done done = ask(*backend, 5);

  EXPECT_EQ(done.size(), 5U);
  EXPECT_FALSE(backend->fatal());
  EXPECT_EQ(error_of(done.at(4)).fault, Fault::network);
}

TEST(HttpBackend, a_wait_that_is_too_long_ends_the_run) {
  SocketServer server(in_turn(
      {http_answer("429 Too Many Requests", "later", "Retry-After: 86400\r\n")}));
  const auto backend = backend_of({server.url("")});

  ask(*backend, 10);

  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::denied);
  EXPECT_THAT(backend->fatal()->message, HasSubstr("HTTP 429: later"));
  EXPECT_THAT(backend->fatal()->message, HasSubstr("86400 s"));
}

TEST(HttpBackend, a_wait_that_is_asked_for_is_kept_and_a_little_more) {
  const MadeUpClock clock;
  Timed server(clock, {right_answer, turned_away("Retry-After: 20"), right_answer});
  const auto backend =
      backend_of({.url = server.url(), .options = {.concurrency = 1}, .clock = clock});

  ask(*backend, 3);

  const auto pause =
      Throttle({.id_seed = id_seed}).pause_after(1, milliseconds(20'000));
  EXPECT_GT(pause, milliseconds(20'000));
  EXPECT_THAT(server.at(), ElementsAre(0, 0, pause.count(), pause.count()));
}

TEST(HttpBackend, a_pause_is_as_long_as_the_throttle_says) {
  const MadeUpClock clock;
  Timed server(clock, {http_answer("500 Internal Server Error", "no")});
  const auto backend =
      backend_of({.url = server.url(), .options = {.retries = 10}, .clock = clock});

  ask(*backend, 1);

  Throttle twin({.id_seed = id_seed});
  std::vector<std::int64_t> expected = {0};
  for (int tries = 1; tries <= 10; ++tries) {
    expected.push_back(expected.back() + twin.pause_after(tries, std::nullopt).count());
  }
  EXPECT_EQ(server.at(), expected);
}

TEST(HttpBackend, however_a_server_says_when_it_is_asked_no_sooner_and_no_later) {
  for (const std::string_view header :
       {"Retry-After: 20", "Retry-After: Fri, 07 Mar 2025 00:00:10 GMT",
        "retry-after-ms: 20000", "X-RateLimit-Reset: 1741305610",
        "X-RateLimit-Reset: 20",
        "x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 20s"}) {
    const MadeUpClock clock;
    Timed server(clock, {right_answer, turned_away(header), right_answer});
    const auto backend = backend_of({.url = server.url(),
                                     .options = {.concurrency = 1, .retries = 0},
                                     .clock = clock});

    ask(*backend, 3);

    EXPECT_THAT(server.at(), ElementsAre(0, 0, 20'000)) << header;
  }
}

TEST(HttpBackend, requests_are_sent_no_faster_than_the_user_allows) {
  const MadeUpClock clock;
  Timed server(clock, {right_answer});
  const auto backend =
      backend_of({.url = server.url(),
                  .options = {.concurrency = 1, .rates = {.requests_a_minute = 1}},
                  .clock = clock});

  ask(*backend, 3);

  EXPECT_THAT(server.at(), ElementsAre(0, 60'000, 120'500));
}

TEST(HttpBackend, requests_are_sent_no_faster_than_the_server_says) {
  const MadeUpClock clock;
  Timed server(clock, {http_answer("200 OK", right_body,
                                   "x-ratelimit-limit-requests: 60\r\n"
                                   "x-ratelimit-remaining-requests: 0\r\n"
                                   "x-ratelimit-reset-requests: 1m0s\r\n")});
  const auto backend =
      backend_of({.url = server.url(), .options = {.concurrency = 4}, .clock = clock});

  ask(*backend, 4);

  const auto at = server.at();
  ASSERT_EQ(at.size(), 4U);
  for (std::size_t i = 1; i < at.size(); ++i) EXPECT_GE(at[i] - at[i - 1], 1000);
}

TEST(HttpBackend, a_retry_counts_in_the_rate) {
  const MadeUpClock clock;
  Timed server(clock, {http_answer("500 Internal Server Error", "no"), right_answer});
  const auto backend =
      backend_of({.url = server.url(),
                  .options = {.concurrency = 1, .rates = {.requests_a_minute = 1}},
                  .clock = clock});

  ask(*backend, 1);

  EXPECT_THAT(server.at(), ElementsAre(0, 60'000));
}

TEST(HttpBackend, a_days_limit_ends_the_run_and_says_when_it_is_renewed) {
  const MadeUpClock clock;
  Timed server(clock, {right_answer});
  const auto backend =
      backend_of({.url = server.url(),
                  .options = {.concurrency = 4, .rates = {.requests_a_day = 2}},
                  .clock = clock});

  const Done done = ask(*backend, 10);

  EXPECT_THAT(server.at(), ElementsAre(0, 0));
  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::cancelled);
  EXPECT_EQ(backend->fatal()->message,
            "the limit of 2 requests a day is used up; it is renewed in 1440 min, at "
            "23:59 UTC: run the same command again then");
  EXPECT_TRUE(done.at(1).attempts.back().outcome);
}

TEST(HttpBackend, a_days_limit_that_is_soon_renewed_is_said_and_awaited) {
  const MadeUpClock clock;
  Timed server(clock, {http_answer("200 OK", right_body,
                                   "x-ratelimit-limit-requests-day: 2\r\n"
                                   "x-ratelimit-remaining-requests-day: 0\r\n"
                                   "x-ratelimit-reset-requests-day: 300\r\n"),
                       right_answer});
  std::vector<std::string> said;
  const auto backend = backend_of(
      {.url = server.url(),
       .options = {.talk = [&](std::string_view line) { said.emplace_back(line); }},
       .clock = clock});

  ask(*backend, 3);

  EXPECT_THAT(server.at(), ElementsAre(0, 300'000, 300'000));
  EXPECT_THAT(
      said, ElementsAre("the limit of 2 requests a day is used up: going on in 5 min, "
                        "at 00:04 UTC"));
}

TEST(HttpBackend, a_wait_of_a_quarter_of_an_hour_is_kept) {
  const MadeUpClock clock;
  Timed server(clock, {right_answer, turned_away("Retry-After: 900"), right_answer});
  const auto backend = backend_of({.url = server.url(),
                                   .options = {.concurrency = 1, .retries = 0},
                                   .clock = clock});

  ask(*backend, 3);

  EXPECT_FALSE(backend->fatal());
  EXPECT_THAT(server.at(), ElementsAre(0, 0, 900'000));
}

TEST(HttpBackend, a_longer_wait_than_a_quarter_of_an_hour_ends_the_run) {
  const MadeUpClock clock;
  Timed server(clock, {right_answer, turned_away("Retry-After: 901"), right_answer});
  const auto backend =
      backend_of({.url = server.url(), .options = {.concurrency = 1}, .clock = clock});

  ask(*backend, 3);

  EXPECT_TRUE(backend->fatal());
  EXPECT_THAT(server.at(), ElementsAre(0, 0));
}

TEST(HttpBackend, a_wall_clock_that_is_set_changes_no_pause_that_has_begun) {
  for (const auto by : {std::chrono::hours(-5), std::chrono::hours(5)}) {
    MadeUpClock clock;
    Timed server(clock, {turned_away("Retry-After: 20"), right_answer});
    const auto backend =
        backend_of({.url = server.url(),
                    .options = {.talk = [&](std::string_view) { clock.set_wall(by); }},
                    .clock = clock});

    ask(*backend, 1);

    const auto pause =
        Throttle({.id_seed = id_seed}).pause_after(1, milliseconds(20'000));
    EXPECT_THAT(server.at(), ElementsAre(0, pause.count())) << by.count();
  }
}

TEST(HttpBackend, a_date_is_compared_with_the_wall_clock_of_its_moment) {
  MadeUpClock clock;
  Timed server(clock,
               {right_answer, turned_away("Retry-After: Fri, 07 Mar 2025 02:00:10 GMT"),
                right_answer});
  const auto backend = backend_of({.url = server.url(),
                                   .options = {.concurrency = 1, .retries = 0},
                                   .clock = clock});
  Done done;
  backend->start({0}, chat("?"));
  await(*backend, 1, done);

  clock.set_wall(std::chrono::hours(2));
  for (std::uint32_t i = 1; i <= 2; ++i) {
    backend->start({i}, chat("?"));
    await(*backend, i + 1, done);
  }

  EXPECT_THAT(server.at(), ElementsAre(0, 0, 20'000));
}

TEST(HttpBackend, tries_are_in_order_though_the_wall_clock_is_set_back) {
  MadeUpClock clock;
  Timed server(clock, {http_answer("500 Internal Server Error", "no"), right_answer});
  const auto backend =
      backend_of({.url = server.url(),
                  .options = {.talk =
                                  [&](std::string_view) {
                                    clock.set_wall(-std::chrono::hours(1));
                                  }},
                  .clock = clock});

  const Done done = ask(*backend, 1);

  const auto& attempts = done.at(0).attempts;
  ASSERT_EQ(attempts.size(), 2U);
  const auto pause = Throttle({.id_seed = id_seed}).pause_after(1, std::nullopt);
  EXPECT_EQ(attempts[0].started, MadeUpClock::wall_start);
  EXPECT_EQ(attempts[1].started,
            MadeUpClock::wall_start + pause - std::chrono::hours(1));
  EXPECT_LT(attempts[0].id, attempts[1].id);
}

TEST(HttpBackend, how_long_a_lost_try_took_has_nothing_to_do_with_the_wall_clock) {
  MadeUpClock clock;
  SocketServer server([&](Connection& connection) {
    connection.read_request();
    clock.advance(milliseconds(3000));
    clock.set_wall(-std::chrono::hours(1));
    connection.reset();
  });
  const auto backend =
      backend_of({.url = server.url(""), .options = {.retries = 0}, .clock = clock});

  const Done done = ask(*backend, 1);

  EXPECT_EQ(done.at(0).attempts.at(0).latency, milliseconds(3000));
}

TEST(HttpBackend, ten_rejections_without_an_answer_give_up) {
  std::atomic<int> asked = 0;
  SocketServer server(answering([&](const std::string&) {
    ++asked;
    return http_answer("400 Bad Request", R"({"error":"unknown field"})");
  }));
  const auto backend = backend_of({server.url(""), {.concurrency = 1}});

  const Done done = ask(*backend, 100);

  EXPECT_EQ(asked, 10);
  EXPECT_EQ(done.size(), 10U);
  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->message,
            "the first 10 requests were all refused: HTTP 400: unknown field");
  for (const auto& [ordinal, completion] : done) {
    EXPECT_EQ(completion.attempts.size(), 1U);
    EXPECT_EQ(error_of(completion).fault, Fault::rejected);
  }
}

TEST(HttpBackend, rejections_after_an_answer_are_of_one_question) {
  SocketServer server(in_turn({right_answer, http_answer("400 Bad Request", "long")}));
  const auto backend = backend_of({server.url("")});

  EXPECT_EQ(ask(*backend, 50).size(), 50U);
  EXPECT_FALSE(backend->fatal());
}

TEST(HttpBackend, what_cannot_be_sent_ends_the_run_and_says_why) {
  SocketServer server(in_turn({right_answer}));
  const auto backend = backend_of({server.url("")});
  Prompt scored = chat("?");
  scored.continuations = {" one", " two"};
  Done done;

  backend->start({0}, scored);
  await(*backend, 1, done);

  EXPECT_EQ(error_of(done.at(0)).fault, Fault::usage);
  EXPECT_EQ(server.connections(), 0);
  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::usage);
  EXPECT_THAT(backend->fatal()->message, HasSubstr("whole texts"));
}

const std::string loading = http_answer(
    "503 Service Unavailable", R"({"error":{"code":503,"message":"Loading model"}})");

TEST(HttpBackend, a_server_that_is_loading_is_no_failed_try) {
  SocketServer server(in_turn({loading, right_answer}));
  const auto backend = backend_of({server.url(""), {.retries = 0}, "llama"});

  const Done done = ask(*backend, 1);

  ASSERT_EQ(done.at(0).attempts.size(), 1U);
  EXPECT_TRUE(done.at(0).attempts[0].outcome);
}

TEST(HttpBackend, a_server_that_is_loading_is_asked_once_a_second) {
  const MadeUpClock clock;
  Timed server(clock, {loading, loading, loading, right_answer});
  const auto backend =
      backend_of({.url = server.url(), .provider = "llama", .clock = clock});

  ask(*backend, 1);

  EXPECT_THAT(server.at(), ElementsAre(0, 1000, 2000, 3000));
}

TEST(HttpBackend, a_server_that_loads_for_as_long_as_a_reply_may_take_has_failed) {
  const MadeUpClock clock;
  Timed server(clock, {loading});
  const auto backend =
      backend_of({.url = server.url(),
                  .options = {.retries = 0, .deadlines = {.total = milliseconds(5000)}},
                  .provider = "llama",
                  .clock = clock});

  const Done done = ask(*backend, 1);

  EXPECT_FALSE(done.at(0).attempts.back().outcome);
  EXPECT_THAT(server.at(), ElementsAre(0, 1000, 2000, 3000, 4000, 5000));
}

TEST(HttpBackend, the_key_is_sent_and_never_kept) {
  std::atomic<int> sent = 0;
  SocketServer server(answering([&](const std::string& request) {
    if (request.find(test_key) != std::string::npos) ++sent;
    const std::string echo =
        fmt::format(R"({{"error":{{"message":"wrong key {0}"}},"choices":[{{"message":)"
                    R"({{"content":"{0}","reasoning":"{0}"}}}}]}})",
                    test_key);
    const std::string headers =
        fmt::format("Location: http://h/?key={0}\r\n", test_key);
    switch (sent.load()) {
      case 1:
        return http_answer("500 Internal Server Error", echo, headers);
      case 2:
        return http_answer("200 OK", fmt::format("<p>{}</p>", test_key));
      case 3:
        return http_answer("200 OK", echo);
      default:
        return http_answer("302 Found", echo, headers);
    }
  }));
  std::string told;
  const auto backend = backend_of(
      {server.url(""),
       {.concurrency = 1, .talk = [&](std::string_view line) { told += line; }}});

  const Done done = ask(*backend, 2);

  EXPECT_EQ(sent, 4);
  const auto free_of_it = Not(HasSubstr(std::string(test_key.substr(0, 12))));
  for (const auto& [ordinal, completion] : done) {
    for (const Attempt& attempt : completion.attempts) {
      EXPECT_THAT(attempt.request, free_of_it);
      EXPECT_THAT(attempt.response, free_of_it);
      if (attempt.outcome) {
        EXPECT_EQ(attempt.outcome->text, "***");
        EXPECT_EQ(attempt.outcome->reasoning, "***");
      } else {
        EXPECT_THAT(attempt.outcome.error().message, free_of_it);
      }
    }
  }
  ASSERT_TRUE(backend->fatal());
  EXPECT_THAT(backend->fatal()->message, free_of_it);
  EXPECT_THAT(told, free_of_it);
}

TEST(HttpBackend, a_key_that_a_long_address_would_cut_in_two_is_not_kept_either) {
  const std::string headers =
      fmt::format("Location: http://h/{}?key={}\r\n", std::string(75, 'p'), test_key);
  SocketServer server(in_turn({http_answer("302 Found", "", headers)}));
  const auto backend = backend_of({server.url("")});

  const Done done = ask(*backend, 1);

  EXPECT_THAT(error_of(done.at(0)).message,
              Not(HasSubstr(std::string(test_key.substr(0, 8)))));
}

TEST(HttpBackend, a_key_that_json_escapes_is_not_kept_either) {
  const std::string key = "abc/def\"ghi+jkl";
  SocketServer server(in_turn(
      {http_answer("200 OK",
                   R"({"choices":[{"message":{"content":"abc\/def\"ghi+jkl"}}]})"),
       http_answer("200 OK",
                   R"({"choices":[{"message":{"content":"abc/def\"ghi+jkl"}}]})")}));
  const auto backend =
      backend_of({.url = server.url(""), .options = {.concurrency = 1}, .key = key});

  const Done done = ask(*backend, 2);

  for (const auto& [ordinal, completion] : done) {
    const Attempt& attempt = completion.attempts.back();
    EXPECT_EQ(attempt.outcome->text, "***");
    EXPECT_THAT(attempt.response, Not(HasSubstr("ghi")));
  }
}

TEST(HttpBackend, what_waits_is_called_off_and_what_is_on_its_way_is_awaited) {
  std::atomic<int> asked = 0;
  SocketServer server([&](Connection& connection) {
    while (const auto request = connection.read_request()) {
      ++asked;
      connection.send(right_answer);
    }
  });
  const auto backend = backend_of({server.url(""), {.concurrency = 4}});
  Done done = ask(*backend, 1);
  for (std::uint32_t i = 1; i <= 4; ++i) backend->start({i}, chat("?"));

  backend->cancel(Cancel::waiting);
  await(*backend, 5, done);

  EXPECT_EQ(backend->room(), 0U);
  for (std::uint32_t i = 0; i <= 4; ++i) {
    EXPECT_TRUE(done.at(i).attempts.back().outcome) << i;
  }
}

TEST(HttpBackend, a_try_that_fails_after_the_stop_is_the_last) {
  std::atomic<bool> may_answer = false;
  SocketServer server(answering([&](const std::string&) {
    may_answer.wait(false);
    return http_answer("500 Internal Server Error", "no");
  }));
  const auto backend = backend_of({server.url("")});
  backend->start({0}, chat("?"));

  backend->cancel(Cancel::waiting);
  may_answer = true;
  may_answer.notify_all();
  Done done;
  await(*backend, 1, done);

  EXPECT_EQ(done.at(0).attempts.size(), 1U);
}

TEST(HttpBackend, what_is_between_two_tries_ends_as_cancelled) {
  SocketServer server(in_turn({right_answer, http_answer("503 Service Unavailable", "",
                                                         "Retry-After: 60\r\n")}));
  const MadeUpClock clock;
  const auto backend = backend_of(
      {.url = server.url(""), .options = {.concurrency = 4}, .clock = clock});
  Done done = ask(*backend, 1);
  backend->start({1}, chat("?"));  // is told to wait
  EXPECT_THAT(backend->wait(clock.now() + milliseconds(59'999)), IsEmpty());
  backend->start({2}, chat("?"));  // waits with it

  backend->cancel(Cancel::waiting);
  await(*backend, 3, done);

  EXPECT_EQ(error_of(done.at(1)).fault, Fault::cancelled);
  EXPECT_EQ(done.at(1).attempts.at(0).status, 503);
  EXPECT_EQ(error_of(done.at(2)).fault, Fault::cancelled);
  EXPECT_FALSE(done.at(2).attempts.back().id.empty());
}

TEST(HttpBackend, everything_can_be_called_off_and_comes_back_once) {
  std::atomic<int> asked = 0;
  SocketServer server([&](Connection& connection) {
    while (connection.read_request()) {
      if (++asked > 1) return connection.wait_for_end();
      connection.send(right_answer);
    }
  });
  const MadeUpClock clock;
  const auto backend = backend_of(
      {.url = server.url(""), .options = {.concurrency = 8}, .clock = clock});
  Done done = ask(*backend, 1);
  for (std::uint32_t i = 1; i <= 8; ++i) backend->start({i}, chat("?"));

  backend->cancel(Cancel::waiting);
  backend->cancel(Cancel::all);
  await(*backend, 9, done);

  for (std::uint32_t i = 1; i <= 8; ++i) {
    EXPECT_EQ(error_of(done.at(i)).fault, Fault::cancelled) << i;
  }
  EXPECT_THAT(backend->wait(clock.now()), IsEmpty());
}

TEST(HttpBackend, waiting_ends_at_its_time_with_nothing) {
  SocketServer server([](Connection& connection) { connection.wait_for_end(); });
  MadeUpClock clock;
  const auto backend = backend_of({.url = server.url(""), .clock = clock});
  backend->start({0}, chat("?"));
  clock.run_ahead();

  EXPECT_THAT(backend->wait(clock.now() + milliseconds(100)), IsEmpty());

  EXPECT_EQ(clock.passed(), milliseconds(100));
}

TEST(HttpBackend, waiting_for_nothing_ends_at_once) {
  const MadeUpClock clock;
  const auto backend = backend_of({.url = "http://127.0.0.1:1", .clock = clock});

  EXPECT_THAT(backend->wait(far_off), IsEmpty());

  EXPECT_EQ(clock.passed(), milliseconds(0));
}

TEST(HttpBackend, a_server_that_is_too_slow_is_tried_again) {
  std::atomic<int> asked = 0;
  SocketServer server([&](Connection& connection) {
    while (connection.read_request()) {
      if (++asked == 1) return connection.wait_for_end();
      connection.send(right_answer);
    }
  });
  const auto backend =
      backend_of({server.url(""), {.deadlines = {.total = milliseconds(100)}}});

  const Done done = ask(*backend, 1);

  ASSERT_GE(done.at(0).attempts.size(), 2U);
  EXPECT_EQ(done.at(0).attempts.front().outcome.error().fault, Fault::network);
  EXPECT_TRUE(done.at(0).attempts.back().outcome);
}

// 16 under way, all turned away; then half of them may be, and are slow.
TEST(HttpBackend, what_is_due_beyond_the_window_is_not_waited_for_in_the_past) {
  std::atomic<int> asked = 0;
  MadeUpClock clock;
  SocketServer server([&](Connection& connection) {
    while (connection.read_request()) {
      const int n = ++asked;
      if (n == 1) {
        connection.send(right_answer);
      } else if (n <= 17) {
        connection.send(turned_away());
      } else {
        clock.run_ahead();
        return connection.wait_for_end();  // a reply that takes its time
      }
    }
  });
  const auto backend = backend_of(
      {.url = server.url(""), .options = {.concurrency = 16}, .clock = clock});
  ask(*backend, 1);
  for (std::uint32_t i = 1; i <= 16; ++i) backend->start({i}, chat("?"));
  while (asked < 17 + 8) backend->wait(clock.now() + milliseconds(100));

  backend->wait(clock.now() + milliseconds(1000));

  EXPECT_EQ(asked, 17 + 8);
  EXPECT_EQ(clock.futile_waits(), 0);
}

TEST(HttpBackend, ten_answers_that_hold_no_reply_end_the_run) {
  std::atomic<int> asked = 0;
  SocketServer server(answering([&](const std::string&) {
    ++asked;
    return http_answer("200 OK", "<html>hello");
  }));
  const auto backend = backend_of({server.url("")});

  ask(*backend, 100);

  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::denied);
  EXPECT_THAT(backend->fatal()->message, HasSubstr("<html>hello"));
  EXPECT_THAT(backend->fatal()->message, HasSubstr(server.url("/v1/chat/completions")));
  EXPECT_EQ(asked, 10);
}

TEST(HttpBackend, errors_in_a_200_do_not_end_the_run) {
  SocketServer server(
      in_turn({http_answer("200 OK", R"({"error":{"code":502,"message":"gone"}})")}));
  const auto backend = backend_of({server.url(""), {.retries = 1}});

  EXPECT_EQ(ask(*backend, 20).size(), 20U);
  EXPECT_FALSE(backend->fatal());
}

TEST(HttpBackend, a_filter_s_400_is_a_reply) {
  SocketServer server(in_turn(
      {http_answer("400 Bad Request", R"({"error":{"code":"content_filter"}})")}));
  const auto backend = backend_of({server.url("")});

  const Done done = ask(*backend, 12);

  EXPECT_FALSE(backend->fatal());
  const Attempt& attempt = done.at(11).attempts.back();
  ASSERT_TRUE(attempt.outcome);
  EXPECT_EQ(attempt.outcome->finish_reason, "content_filter");
  EXPECT_EQ(attempt.status, 400);
}

constexpr std::string_view scored_body =
    R"({"choices":[{"message":{"content":"B"},"logprobs":{"content":[{"token":"B",
        "top_logprobs":[{"token":"B","logprob":-0.5},{"token":"A","logprob":-1}]}]}}]})";

TEST(HttpBackend, letters_come_back_scored) {
  SocketServer server(in_turn({http_answer("200 OK", scored_body)}));
  const auto backend = backend_of({server.url("")});
  Done done;

  backend->start({0}, letters_in_a_chat("?"));
  await(*backend, 1, done);

  const Attempt& attempt = done.at(0).attempts.back();
  ASSERT_TRUE(attempt.outcome);
  EXPECT_EQ(attempt.outcome->text, "B");
  EXPECT_EQ(attempt.outcome->logprobs.at("A"), -1);
  EXPECT_EQ(attempt.response, scored_body);
}

TEST(HttpBackend, a_server_that_lists_no_likelihoods_ends_the_run_at_once) {
  SocketServer server(in_turn({right_answer}));
  const auto backend = backend_of({server.url(""), {.concurrency = 4}});
  Done done;

  backend->start({0}, letters_in_a_chat("?"));
  await(*backend, 1, done);

  ASSERT_TRUE(backend->fatal());
  EXPECT_EQ(backend->fatal()->fault, Fault::usage);
  EXPECT_EQ(backend->room(), 0U);
  EXPECT_EQ(done.at(0).attempts.size(), 1U);
}

TEST(HttpBackend, one_answer_without_likelihoods_among_others_ends_nothing) {
  SocketServer server(in_turn({http_answer("200 OK", scored_body), right_answer}));
  const auto backend = backend_of({server.url(""), {.concurrency = 1}});
  Done done;

  for (std::uint32_t i = 0; i < 3; ++i) {
    backend->start({i}, letters_in_a_chat("?"));
    await(*backend, i + 1, done);
  }

  EXPECT_FALSE(backend->fatal());
  EXPECT_TRUE(done.at(0).attempts.back().outcome);
  EXPECT_FALSE(done.at(2).attempts.back().outcome);
}

}  // namespace
}  // namespace proctor
