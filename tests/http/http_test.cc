#include "proctor/http/http.h"

#include <atomic>
#include <filesystem>
#include <latch>
#include <map>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netdb.h>

#include "proctor/http/transfer.h"
#include "support/made_up_clock.h"
#include "support/socket_server.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr auto long_enough = std::chrono::seconds(20);  // never waited for in full

HttpClient client_of(std::size_t connections = 4, const Clock& clock = {}) {
  return HttpClient(
      {.connections = connections, .user_agent = "proctor-test", .clock = clock});
}

HttpRequest get(std::string url) {
  return {.url = std::move(url)};
}

HttpRequest post(std::string url, std::string body) {
  return {
      .method = "POST",
      .url = std::move(url),
      .headers = {{"Content-Type", "application/json"}, {"Authorization", "Bearer k"}},
      .body = std::move(body)};
}

// The completions of `n` requests by their tags.
std::map<std::uint64_t, Result<HttpResponse>> wait_for(HttpClient& client,
                                                       std::size_t n) {
  std::map<std::uint64_t, Result<HttpResponse>> all;
  const TimePoint until = std::chrono::steady_clock::now() + long_enough;
  while (all.size() < n && std::chrono::steady_clock::now() < until) {
    for (HttpCompletion& done : client.wait(until)) {
      EXPECT_TRUE(all.emplace(done.tag, std::move(done.response)).second);
    }
  }
  return all;
}

Error error_of(SocketServer& server, HttpRequest request = {}) {
  HttpClient client = client_of();
  request.url = server.url("/v1/chat?key=secret");
  const auto response = fetch(client, std::move(request));
  return response ? Error{Fault::data, "an answer"} : response.error();
}

class Folder {
 public:
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "proctorXXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

TEST(Http, an_answer_has_its_status_headers_in_lower_case_and_body) {
  SocketServer server(answering([](const std::string&) {
    return http_answer("404 Not Found", "no\n",
                       "Retry-After:  7 \r\nX-A: 1\r\nx-a: 2\r\n");
  }));
  HttpClient client = client_of();

  const auto response = fetch(client, get(server.url()));

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 404);
  EXPECT_EQ(response->header("retry-after"), "7");
  EXPECT_EQ(response->header("x-a"), "1");
  EXPECT_EQ(response->header("x-b"), std::nullopt);
  EXPECT_EQ(response->body, "no\n");
  EXPECT_GT(response->latency.count(), 0);
}

TEST(Http, a_post_carries_its_body_and_only_the_headers_it_was_given) {
  std::string seen;
  SocketServer server(answering([&](const std::string& request) {
    seen = request;
    return http_answer("200 OK", "{}");
  }));
  HttpClient client = client_of();
  HttpRequest request = post(server.url("/v1/chat"), std::string(3000, 'x'));
  request.headers.emplace_back("X-Empty", "");

  ASSERT_TRUE(fetch(client, std::move(request)));

  EXPECT_EQ(seen,
            fmt::format("POST /v1/chat HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n"
                        "User-Agent: proctor-test\r\nAccept: */*\r\n"
                        "Content-Type: application/json\r\n"
                        "Authorization: Bearer k\r\nX-Empty:\r\n"
                        "Accept-Encoding: identity\r\nContent-Length: 3000\r\n\r\n",
                        server.port()) +
                std::string(3000, 'x'));
}

TEST(Http, a_caller_may_set_accept_encoding) {
  std::string seen;
  SocketServer server(answering([&](const std::string& request) {
    seen = request;
    return http_answer("200 OK", "");
  }));
  HttpClient client = client_of();
  HttpRequest request = get(server.url());
  request.headers = {{"accept-encoding", "gzip"}};

  ASSERT_TRUE(fetch(client, std::move(request)));

  EXPECT_THAT(seen, HasSubstr("accept-encoding: gzip"));
  EXPECT_THAT(seen, Not(HasSubstr("identity")));
}

TEST(Http, a_connection_is_kept_for_the_next_request) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", "{}"); }));
  HttpClient client = client_of();

  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(fetch(client, post(server.url(), std::to_string(i))));
  }

  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, a_reused_handle_does_not_remember_the_last_request) {
  std::string seen;
  SocketServer server(answering([&](const std::string& request) {
    seen = request;
    return http_answer("200 OK", "");
  }));
  HttpClient client = client_of(1);

  ASSERT_TRUE(fetch(client, post(server.url(), "body")));
  ASSERT_TRUE(fetch(client, get(server.url("/next"))));

  EXPECT_THAT(seen, testing::StartsWith("GET /next HTTP/1.1\r\n"));
  EXPECT_THAT(seen, Not(HasSubstr("Authorization")));
}

TEST(Http, a_kept_connection_that_the_server_closed_is_replaced) {
  SocketServer server([](Connection& connection) {
    if (connection.read_request()) connection.send(http_answer("200 OK", "{}"));
  });
  HttpClient client = client_of(1);

  for (int i = 0; i < 5; ++i) {
    const auto response = fetch(client, post(server.url(), "{}"));
    EXPECT_TRUE(response) << response.error().message;
  }
}

TEST(Http, a_request_that_is_sent_again_on_another_connection_is_counted) {
  SocketServer server([](Connection& connection) {
    if (connection.read_request()) connection.send(http_answer("200 OK", "{}"));
    connection.read_request();  // and the connection ends without an answer
  });
  HttpClient client = client_of(1);

  std::vector<int> sent;
  for (int i = 0; i < 3; ++i) {
    client.start(0, post(server.url(), "{}"));
    const HttpCompletion completion =
        client.wait(std::chrono::steady_clock::now() + long_enough).at(0);
    EXPECT_TRUE(completion.response);
    sent.push_back(completion.sent);
  }

  EXPECT_THAT(sent, testing::ElementsAre(1, 2, 2));
}

TEST(Http, a_request_that_finds_no_connection_is_not_sent) {
  HttpClient client = client_of(1);

  client.start(0, post("http://127.0.0.1:1/", "{}"));

  EXPECT_EQ(client.wait(std::chrono::steady_clock::now() + long_enough).at(0).sent, 0);
}

TEST(Http, a_hundred_and_twenty_eight_requests_are_under_way_at_once) {
  std::latch all_there(128);
  SocketServer server(answering([&](const std::string& request) {
    all_there.arrive_and_wait();
    return http_answer("200 OK", request.substr(request.find("\r\n\r\n") + 4));
  }));
  HttpClient client = client_of(128);

  for (std::uint64_t tag = 0; tag < 128; ++tag) {
    client.start(tag, post(server.url(), std::to_string(tag)));
  }
  const auto all = wait_for(client, 128);

  ASSERT_EQ(all.size(), 128U);
  for (const auto& [tag, response] : all) {
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, std::to_string(tag));
  }
}

TEST(Http, what_is_more_than_the_connections_waits_in_order) {
  std::vector<std::string> order;
  SocketServer server(answering([&](const std::string& request) {
    order.push_back(request.substr(request.find("\r\n\r\n") + 4));
    return http_answer("200 OK", "");
  }));
  HttpClient client = client_of(1);

  for (std::uint64_t tag = 0; tag < 20; ++tag) {
    client.start(tag, post(server.url(), std::to_string(tag)));
  }
  ASSERT_EQ(wait_for(client, 20).size(), 20U);

  std::vector<std::string> expected;
  for (int i = 0; i < 20; ++i) expected.push_back(std::to_string(i));
  EXPECT_EQ(order, expected);
  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, a_refused_connection_is_a_network_fault_that_names_host_and_port) {
  int port = 0;
  {
    port = SocketServer([](Connection&) {}).port();
  }
  HttpClient client = client_of();

  const auto response =
      fetch(client, get(fmt::format("http://127.0.0.1:{}/v1?key=secret", port)));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::network);
  EXPECT_EQ(response.error().message,
            fmt::format("http://127.0.0.1:{}: connection refused", port));
}

TEST(Http, an_answer_shorter_than_its_content_length_is_a_network_fault) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\n" +
                    std::string(120, 'x'));
  });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_EQ(error.message,
            fmt::format("http://127.0.0.1:{}: the answer ended after 120 "
                        "of 512 bytes",
                        server.port()));
}

TEST(Http, a_chunked_answer_without_its_last_chunk_is_a_network_fault) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
  });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("ended after 5 bytes, before its last chunk"));
}

TEST(Http, an_answer_that_ends_among_its_headers_is_a_network_fault) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Cut: sho");
  });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("the answer ended before its body"));
}

TEST(Http, an_early_hint_alone_is_no_answer) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n");
  });

  EXPECT_EQ(error_of(server).fault, Fault::network);
}

TEST(Http, the_headers_of_an_early_hint_are_not_the_answer_s) {
  SocketServer server(answering([](const std::string&) {
    return "HTTP/1.1 103 Early Hints\r\nX-Hint: 1\r\n\r\n" + http_answer("200 OK", "a");
  }));
  HttpClient client = client_of();

  const auto response = fetch(client, get(server.url()));

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 200);
  EXPECT_FALSE(response->header("x-hint"));
}

TEST(Http, a_connection_closed_without_a_byte_is_a_network_fault) {
  SocketServer server([](Connection& connection) { connection.read_request(); });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("closed without an answer"));
}

TEST(Http, a_reset_is_a_network_fault) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.reset();
  });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("connection reset"));
}

TEST(Http, what_is_no_http_is_a_network_fault) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("SSH-2.0-OpenSSH_9.2\r\n");
  });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("what came is no HTTP answer"));
}

// Request 1 is told `first` and then nothing more; others are answered. What is started
// makes the client look at its clock.
class Silence {
 public:
  explicit Silence(std::string first, HttpDeadlines deadlines)
      : first_(std::move(first)) {
    client_.start(1, {.url = server_.url("/1"),
                      .deadlines = deadlines,
                      .progress = [this](auto, auto) { began_.count_down(); }});
    began_.wait();
  }

  // What has ended of request 1 when the clock has gone on by so much.
  std::optional<Error> after(std::chrono::milliseconds by) {
    clock_.advance(by);
    client_.start(2, get(server_.url("/2")));
    std::optional<Error> ended;
    for (bool answered = false; !answered;) {
      for (const HttpCompletion& done : client_.wait(TimePoint::max())) {
        if (done.tag == 2) answered = true;
        if (done.tag == 1) ended = done.response.error();
      }
    }
    return ended;
  }

 private:
  std::string first_;
  MadeUpClock clock_;
  std::latch began_{1};
  SocketServer server_{[this](Connection& connection) {
    while (const auto request = connection.read_request()) {
      if (!request->starts_with("GET /1 ")) {
        connection.send(http_answer("200 OK", ""));
        continue;
      }
      if (first_.empty()) began_.count_down();
      connection.send(first_);
      return connection.wait_for_end();
    }
  }};
  HttpClient client_ = client_of(4, clock_.clock());
};

TEST(Http, silence_after_the_first_byte_ends_at_its_deadline) {
  Silence silence("HTTP/1.1 200 OK\r\nContent-Length: 512\r\n\r\nhello",
                  {.silence = milliseconds(120'000)});

  EXPECT_FALSE(silence.after(milliseconds(118'000)));
  EXPECT_FALSE(silence.after(milliseconds(1'999)));
  const auto error = silence.after(milliseconds(1'000));

  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault, Fault::network);
  EXPECT_THAT(error->message,
              HasSubstr("the answer stopped after 5 bytes, none came for 120 s"));
}

TEST(Http, silence_before_the_first_byte_is_not_counted) {
  Silence silence("", {.silence = milliseconds(120'000)});

  EXPECT_FALSE(silence.after(std::chrono::hours(23)));
}

TEST(Http, the_first_byte_has_a_deadline_of_its_own) {
  Silence silence("", {.first_byte = milliseconds(60'000)});

  EXPECT_FALSE(silence.after(milliseconds(59'999)));
  const auto error = silence.after(milliseconds(1'000));

  ASSERT_TRUE(error);
  EXPECT_EQ(error->fault, Fault::network);
  EXPECT_THAT(error->message, HasSubstr("no answer within 60 s"));
}

TEST(Http, a_server_that_says_nothing_ends_at_the_total_deadline) {
  SocketServer server([](Connection& connection) { connection.wait_for_end(); });

  const Error error = error_of(server, {.deadlines = {.total = milliseconds(30)}});

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("no answer within 0.03 s"));
}

TEST(Http, while_nothing_comes_the_client_sleeps) {
  SocketServer server([](Connection& connection) { connection.wait_for_end(); });
  std::atomic<int> looks = 0;
  Clock clock;
  clock.now = [&looks] {
    ++looks;
    return std::chrono::steady_clock::now();
  };
  HttpClient client = client_of(1, clock);
  HttpRequest request = get(server.url());
  request.deadlines.total = milliseconds(50);

  const auto response = fetch(client, std::move(request));

  EXPECT_FALSE(response);
  EXPECT_LT(looks, 25);
}

TEST(Http, bytes_do_not_put_off_the_total_deadline) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\n");
    connection.drip("\n");
  });

  const Error error = error_of(
      server, {.deadlines = {.silence = milliseconds(90), .total = milliseconds(50)}});

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("the answer was not whole within 0.05 s"));
}

TEST(Http, a_connection_that_does_not_come_about_ends_at_its_deadline) {
  // A listener whose queue is full answers no further handshake.
  const int full = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(full, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(full, 0), 0);
  ::getsockname(full, reinterpret_cast<sockaddr*>(&address), &size);
  std::vector<int> fillers;
  for (int i = 0; i < 4; ++i) {
    fillers.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    ::connect(fillers.back(), reinterpret_cast<sockaddr*>(&address), size);
  }
  HttpClient client = client_of();
  HttpRequest request =
      get(fmt::format("http://127.0.0.1:{}/", ntohs(address.sin_port)));
  request.deadlines.connect = milliseconds(60);

  const auto response = fetch(client, std::move(request));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::network);
  EXPECT_THAT(response.error().message, HasSubstr("no connection within 0.06 s"));
  for (const int filler : fillers) ::close(filler);
  ::close(full);
}

TEST(Http, a_redirect_is_an_answer_and_is_not_followed) {
  SocketServer server(answering([](const std::string&) {
    return http_answer("302 Found", "", "Location: /elsewhere\r\n");
  }));
  HttpClient client = client_of();

  const auto response = fetch(client, get(server.url()));

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("location"), "/elsewhere");
  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, a_longer_answer_than_allowed_is_rejected) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n\r\n" + std::string(100'000, 'x'));
  });

  const Error error = error_of(server, {.most_bytes = 1000});

  EXPECT_EQ(error.fault, Fault::rejected);
  EXPECT_THAT(error.message, HasSubstr("the answer is longer than 1000 bytes"));
}

TEST(Http, a_content_length_longer_than_allowed_is_rejected_at_the_first_byte) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\nx");
    connection.wait_for_end();
  });

  EXPECT_EQ(error_of(server).fault, Fault::rejected);
}

TEST(Http, headers_without_end_are_rejected) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\n");
    const std::string line = "X-Long: " + std::string(1000, 'x') + "\r\n";
    for (int i = 0; i < 2000; ++i) connection.send(line);
  });

  const Error error = error_of(server);

  EXPECT_EQ(error.fault, Fault::rejected);
}

TEST(Http, more_than_there_is_memory_for_comes_by_and_by) {
  const std::string long_body(10U << 20U, 'x');
  SocketServer server(
      answering([&](const std::string&) { return http_answer("200 OK", long_body); }));
  HttpClient client = client_of(8);
  for (std::uint64_t tag = 0; tag < 8; ++tag) client.start(tag, get(server.url()));

  for (const auto& [tag, response] : wait_for(client, 8)) {
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->body, long_body);
  }
}

TEST(Http, head_gives_the_headers_of_a_body_that_does_not_come) {
  SocketServer server(answering([](const std::string& request) {
    return request.starts_with("HEAD ")
               ? "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"
               : http_answer("200 OK", "body");
  }));
  HttpClient client = client_of();

  const auto head = fetch(client, {.method = "HEAD", .url = server.url()});
  const auto next = fetch(client, get(server.url()));

  ASSERT_TRUE(head) << head.error().message;
  EXPECT_EQ(head->header("content-length"), "99999999999");
  EXPECT_EQ(head->body, "");
  ASSERT_TRUE(next);
  EXPECT_EQ(next->body, "body");
}

TEST(Http, cancel_brings_back_everything_under_way_and_queued) {
  std::latch two_there(2);
  SocketServer server([&](Connection& connection) {
    connection.read_request();
    two_there.count_down();
    connection.wait_for_end();
  });
  HttpClient client = client_of(2);
  for (std::uint64_t tag = 0; tag < 10; ++tag) client.start(tag, get(server.url()));
  two_there.wait();

  std::thread([&] { client.cancel(); }).join();
  const auto all = wait_for(client, 10);

  ASSERT_EQ(all.size(), 10U);
  for (const auto& [tag, response] : all) {
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().fault, Fault::cancelled);
    EXPECT_THAT(response.error().message, HasSubstr(server.url("")));
  }
}

TEST(Http, what_is_started_after_cancel_is_asked) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", "{}"); }));
  HttpClient client = client_of();

  client.cancel();
  const auto response = fetch(client, get(server.url()));

  EXPECT_TRUE(response);
}

TEST(Http, the_client_can_end_with_requests_under_way) {
  std::latch there(1);
  SocketServer server([&](Connection& connection) {
    connection.read_request();
    there.count_down();
    connection.wait_for_end();
  });

  {
    HttpClient client = client_of(1);
    for (std::uint64_t tag = 0; tag < 5; ++tag) client.start(tag, get(server.url()));
    there.wait();
  }

  EXPECT_EQ(server.connections(), 1);
}

TEST(Http, a_client_can_be_moved_with_requests_under_way) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", "{}"); }));
  HttpClient first = client_of();
  first.start(7, get(server.url()));

  HttpClient second = std::move(first);

  EXPECT_EQ(wait_for(second, 1).count(7), 1U);
}

TEST(Http, a_wait_for_nothing_ends_at_its_time) {
  const MadeUpClock clock;
  HttpClient client = client_of(4, clock.clock());

  EXPECT_TRUE(client.wait(clock.now() + std::chrono::hours(1)).empty());

  EXPECT_EQ(clock.passed(), std::chrono::hours(1));
}

TEST(Http, a_wait_for_an_answer_ends_at_its_time) {
  SocketServer server([](Connection& connection) { connection.wait_for_end(); });
  MadeUpClock clock;
  HttpClient client = client_of(4, clock.clock());
  client.start(1, get(server.url()));
  clock.run_ahead();

  EXPECT_TRUE(client.wait(clock.now() + std::chrono::hours(1)).empty());

  EXPECT_EQ(clock.passed(), std::chrono::hours(1));
}

TEST(HttpSink, a_200_starts_the_file_anew) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", "new"); }));
  HttpClient client = client_of();
  const Folder folder;
  ASSERT_TRUE(write_file(folder / "file", "old content"));

  const auto response = fetch(client, {.url = server.url(), .sink = folder / "file"});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->body, "");
  EXPECT_EQ(*read_file(folder / "file"), "new");
}

TEST(HttpSink, a_206_is_appended_and_progress_counts_what_was_there) {
  SocketServer server(answering([](const std::string&) {
    return http_answer("206 Partial Content", "world",
                       "Content-Range: bytes 6-10/11\r\n");
  }));
  HttpClient client = client_of();
  const Folder folder;
  ASSERT_TRUE(write_file(folder / "file", "hello "));
  std::atomic<std::uint64_t> done_bytes = 0;
  std::atomic<std::uint64_t> total_bytes = 0;

  const auto response = fetch(client, {.url = server.url(),
                                       .sink = folder / "file",
                                       .progress = [&](auto done, auto total) {
                                         done_bytes = done;
                                         total_bytes = total;
                                       }});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(*read_file(folder / "file"), "hello world");
  EXPECT_EQ(done_bytes, 11U);
  EXPECT_EQ(total_bytes, 11U);
}

TEST(HttpSink, progress_is_told_twice_of_what_takes_no_time) {
  const std::string body(4U << 20U, 'x');
  SocketServer server(
      answering([&](const std::string&) { return http_answer("200 OK", body); }));
  const MadeUpClock clock;
  HttpClient client = client_of(1, clock.clock());
  std::atomic<int> told = 0;

  ASSERT_TRUE(
      fetch(client, {.url = server.url(), .progress = [&](auto, auto) { ++told; }}));

  EXPECT_EQ(told, 2);
}

TEST(HttpSink, a_206_of_another_part_is_rejected_and_not_written) {
  SocketServer server(answering([](const std::string&) {
    return http_answer("206 Partial Content", "hello world",
                       "Content-Range: bytes 0-10/11\r\n");
  }));
  HttpClient client = client_of();
  const Folder folder;
  ASSERT_TRUE(write_file(folder / "file", "hello "));

  const auto response = fetch(client, {.url = server.url(), .sink = folder / "file"});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::rejected);
  EXPECT_EQ(*read_file(folder / "file"), "hello ");
}

TEST(HttpSink, an_answer_that_is_no_2xx_leaves_the_file_alone) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("503 Busy", "later"); }));
  HttpClient client = client_of();
  const Folder folder;

  const auto response = fetch(client, {.url = server.url(), .sink = folder / "file"});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "later");
  EXPECT_FALSE(std::filesystem::exists(folder / "file"));
}

TEST(HttpSink, what_came_of_a_broken_answer_stays) {
  SocketServer server([](Connection& connection) {
    connection.read_request();
    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nhello");
  });
  HttpClient client = client_of();
  const Folder folder;

  const auto response = fetch(client, {.url = server.url(), .sink = folder / "file"});

  ASSERT_FALSE(response);
  EXPECT_EQ(*read_file(folder / "file"), "hello");
}

TEST(HttpSink, an_empty_answer_makes_an_empty_file) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", ""); }));
  HttpClient client = client_of();
  const Folder folder;

  ASSERT_TRUE(fetch(client, {.url = server.url(), .sink = folder / "file"}));

  EXPECT_EQ(*read_file(folder / "file"), "");
}

TEST(HttpSink, a_file_that_cannot_be_written_is_an_io_fault) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", "x"); }));
  HttpClient client = client_of();

  const auto response =
      fetch(client, {.url = server.url(), .sink = "/nonexistent/folder/file"});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::io);
  EXPECT_EQ(response.error().message,
            "/nonexistent/folder/file: no such file or directory");
}

TEST(Http, other_schemes_are_denied) {
  HttpClient client = client_of();

  const auto response = fetch(client, get("file:///etc/passwd"));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::denied);
}

TEST(Http, a_header_with_a_line_end_is_denied_without_naming_its_value) {
  HttpClient client = client_of();
  HttpRequest request = get("http://127.0.0.1:1/");
  request.headers = {{"Authorization", "Bearer secret\r\nX: y"}};

  const auto response = fetch(client, std::move(request));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::denied);
  EXPECT_THAT(response.error().message, HasSubstr("Authorization holds a line end"));
  EXPECT_THAT(response.error().message, Not(HasSubstr("secret")));
}

TEST(Http, a_host_name_that_cannot_exist_is_denied) {
  HttpClient client = client_of();
  const std::string too_long_a_label(80, 'a');  // RFC 1035: 63 at most

  const auto response = fetch(client, get("http://" + too_long_a_label + "/"));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::denied) << response.error().message;
  EXPECT_THAT(response.error().message, HasSubstr("no host is named"));
}

TEST(Http, a_name_service_that_is_away_for_the_moment_is_a_network_fault) {
  EXPECT_EQ(name_error("http://a", "a", EAI_AGAIN).fault, Fault::network);
  EXPECT_EQ(name_error("http://a", "a", EAI_NONAME).fault, Fault::denied);
}

TEST(Http, tls_towards_a_plain_server_is_denied_with_a_hint) {
  SocketServer server([](Connection& connection) {
    connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.wait_for_end();
  });
  HttpClient client = client_of();

  const auto response =
      fetch(client, get(fmt::format("https://127.0.0.1:{}/", server.port())));

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().fault, Fault::denied) << response.error().message;
  EXPECT_THAT(response.error().message, HasSubstr("does not speak TLS"));
}

}  // namespace
}  // namespace proctor
