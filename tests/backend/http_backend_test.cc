#include <algorithm>
#include <atomic>
#include <map>

#include "backend/models.h"
#include "support/socket_server.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr auto long_enough = std::chrono::seconds(20);  // never waited for in full

constexpr std::string_view right_body =
    R"({"choices":[{"message":{"content":"B"},"finish_reason":"stop"}]})";

const std::string right_answer = http_answer("200 OK", right_body);

// These answers in this order, whichever connection asks; the last one stays.
std::function<void(Connection&)> in_turn(std::vector<std::string> answers) {
  // Shared by the copies that a std::function makes of its content.
  const auto next = std::make_shared<std::atomic<std::size_t>>(0);
  return answering([answers = std::move(answers), next](const std::string&) {
    return answers[std::min((*next)++, answers.size() - 1)];
  });
}

struct Asked {
  std::string url;
  HttpBackendOptions options = {};
  std::string provider = "openai";
  std::string key = std::string(test_key);
};

std::unique_ptr<Backend> backend_of(Asked asked) {
  asked.options.first_pause = milliseconds(1);
  asked.options.longest_pause = milliseconds(1);
  asked.options.id_seed = 7;
  Model model = model_of(asked.provider, "m", asked.url);
  model.key = asked.key;
  return make_http_backend(provider_named(asked.provider), std::move(model),
                           std::move(asked.options), {});
}

using Done = std::map<std::uint32_t, Completion>;

// Waits until `n` trials have ended, each of them once.
void await(Backend& backend, std::size_t n, Done& done) {
  const TimePoint until = std::chrono::steady_clock::now() + long_enough;
  while (done.size() < n && std::chrono::steady_clock::now() < until) {
    for (Completion& completion : backend.wait(until)) {
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
  const auto began = std::chrono::steady_clock::now();
  SocketServer server(in_turn(
      {right_answer, http_answer("429 Too Many Requests", "", "Retry-After: 0.2\r\n"),
       right_answer}));
  const auto backend = backend_of({server.url(""), {.concurrency = 1, .retries = 0}});

  const Done done = ask(*backend, 3);

  EXPECT_FALSE(done.at(1).attempts.back().outcome);
  EXPECT_TRUE(done.at(2).attempts.back().outcome);
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(200));
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
    std::vector<Completion> done;
    while (done.empty()) {
      done = backend->wait(std::chrono::steady_clock::now() + long_enough);
    }
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

TEST(HttpBackend, a_wait_that_is_asked_for_is_kept_by_all) {
  const auto began = std::chrono::steady_clock::now();
  SocketServer server(in_turn(
      {right_answer, http_answer("429 Too Many Requests", "", "Retry-After: 0.2\r\n"),
       right_answer}));
  const auto backend = backend_of({server.url(""), {.concurrency = 1}});

  const Done done = ask(*backend, 3);

  EXPECT_EQ(done.size(), 3U);
  EXPECT_GE(std::chrono::steady_clock::now() - began, milliseconds(200));
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

TEST(HttpBackend, a_server_that_is_loading_is_no_failed_try) {
  SocketServer server(
      in_turn({http_answer("503 Service Unavailable",
                           R"({"error":{"code":503,"message":"Loading model"}})"),
               right_answer}));
  const auto backend = backend_of({server.url(""), {.retries = 0}, "llama"});

  const Done done = ask(*backend, 1);

  ASSERT_EQ(done.at(0).attempts.size(), 1U);
  EXPECT_TRUE(done.at(0).attempts[0].outcome);
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
  bool waits = false;
  const auto backend =
      backend_of({server.url(""),
                  {.concurrency = 4, .talk = [&](std::string_view) { waits = true; }}});
  Done done = ask(*backend, 1);
  backend->start({1}, chat("?"));  // is told to wait
  while (!waits) {
    EXPECT_THAT(backend->wait(std::chrono::steady_clock::now() + milliseconds(5)),
                IsEmpty());
  }
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
  const auto backend = backend_of({server.url(""), {.concurrency = 8}});
  Done done = ask(*backend, 1);
  for (std::uint32_t i = 1; i <= 8; ++i) backend->start({i}, chat("?"));

  backend->cancel(Cancel::waiting);
  backend->cancel(Cancel::all);
  await(*backend, 9, done);

  for (std::uint32_t i = 1; i <= 8; ++i) {
    EXPECT_EQ(error_of(done.at(i)).fault, Fault::cancelled) << i;
  }
  EXPECT_THAT(backend->wait(std::chrono::steady_clock::now()), IsEmpty());
}

TEST(HttpBackend, waiting_ends_at_its_time_with_nothing) {
  SocketServer server([](Connection& connection) { connection.wait_for_end(); });
  const auto backend = backend_of({server.url("")});
  backend->start({0}, chat("?"));

  EXPECT_THAT(backend->wait(std::chrono::steady_clock::now() + milliseconds(20)),
              IsEmpty());
}

TEST(HttpBackend, waiting_for_nothing_ends_at_once) {
  const auto backend = backend_of({"http://127.0.0.1:1"});

  EXPECT_THAT(backend->wait(std::chrono::steady_clock::now() + long_enough), IsEmpty());
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
      backend_of({server.url(""), {.deadlines = {.total = milliseconds(200)}}});

  const Done done = ask(*backend, 1);

  ASSERT_GE(done.at(0).attempts.size(), 2U);
  EXPECT_EQ(done.at(0).attempts.front().outcome.error().fault, Fault::network);
  EXPECT_TRUE(done.at(0).attempts.back().outcome);
}

// 16 under way, all turned away but for the first; then half of them may be, or fewer
// where they came apart, and are slow.
TEST(HttpBackend, what_is_due_beyond_the_window_is_not_waited_for_in_the_past) {
  std::atomic<int> asked = 0, reads = 0;
  SocketServer server([&](Connection& connection) {
    while (connection.read_request()) {
      const int n = ++asked;
      if (n == 1) {
        connection.send(right_answer);
      } else if (n <= 17) {
        connection.send(http_answer("429 Too Many Requests", ""));
      } else {
        return connection.wait_for_end();  // a reply that takes its time
      }
    }
  });
  const auto backend =
      backend_of({server.url(""), {.concurrency = 16, .clock = [&reads] {
                                     ++reads;
                                     return std::chrono::steady_clock::now();
                                   }}});
  Done done = ask(*backend, 1);
  for (std::uint32_t i = 1; i <= 16; ++i) backend->start({i}, chat("?"));
  while (asked < 17 + 1) {
    backend->wait(std::chrono::steady_clock::now() + milliseconds(5));
  }
  backend->wait(std::chrono::steady_clock::now() + milliseconds(50));
  reads = 0;

  backend->wait(std::chrono::steady_clock::now() + milliseconds(100));

  EXPECT_LT(reads, 20);
  backend->cancel(Cancel::all);
  await(*backend, 17, done);
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
