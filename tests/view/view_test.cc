#include "proctor/view/view.h"

#include <array>
#include <atomic>
#include <csignal>
#include <thread>

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "view/kept_store.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

// A client that sends what it is told to, byte for byte.
class Client {
 public:
  explicit Client(int port) : descriptor_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(
        ::connect(descriptor_, reinterpret_cast<sockaddr*>(&address), sizeof address),
        0);
  }
  Client(Client&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  void send(std::string_view bytes) const {
    EXPECT_EQ(::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // Whether the other end closes before half a minute of silence would end it.
  bool is_ended() const {
    const timeval patience{.tv_sec = 15, .tv_usec = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    char byte = 0;
    const ssize_t n = ::recv(descriptor_, &byte, 1, 0);
    return n == 0 || (n < 0 && errno == ECONNRESET);
  }
  // All that comes until the other end closes.
  std::string rest() const {
    std::string all;
    std::array<char, 4096> some{};
    for (;;) {
      const ssize_t n = ::recv(descriptor_, some.data(), some.size(), 0);
      if (n <= 0) return all;
      all.append(some.data(), static_cast<std::size_t>(n));
    }
  }

 private:
  int descriptor_;
};

class ServedView : public testing::Test {
 protected:
  ServedView() {
    std::signal(SIGPIPE, SIG_IGN);
    kept_.reply("AB");
    ViewSetting setting = kept_.setting();
    setting.clock.now = [this, now = setting.clock.now] {
      return now() + later_.load();
    };
    view_ = View::open(std::move(setting)).value();
    const std::string address = view_->address();
    const std::size_t token = address.find("/?token=");
    token_ = address.substr(token + 8);
    port_ = std::stoi(address.substr(17, token - 17));
    server_ = std::thread([this] { ended_by_ = view_->serve(std::array{SIGUSR1}); });
  }
  ~ServedView() override { stop(); }
  void stop() {
    if (!server_.joinable()) return;
    // It may come before serve() waits for it.
    get("/");
    ::kill(::getpid(), SIGUSR1);
    server_.join();
  }
  std::string ask(std::string_view method, std::string_view target,
                  std::string_view more = {}) const {
    const Client client(port_);
    client.send(
        fmt::format("{} {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nConnection: "
                    "close\r\n{}\r\n",
                    method, target, port_, more));
    return client.rest();
  }
  std::string with_token() const {
    return fmt::format("X-Proctor-Token: {}\r\n", token_);
  }
  std::string get(std::string_view target) const {
    return ask("GET", target, with_token());
  }

  KeptStore kept_;
  std::atomic<std::chrono::seconds> later_{};
  std::unique_ptr<View> view_;
  std::string token_;
  int port_ = 0;
  int ended_by_ = 0;
  std::thread server_;
};

TEST_F(ServedView, the_page_comes_with_its_policy_and_is_kept_nowhere) {
  const std::string page = ask("GET", "/?token=" + token_);

  EXPECT_THAT(page, StartsWith("HTTP/1.1 200 "));
  for (const char* const header :
       {"Cache-Control: no-store", "X-Content-Type-Options: nosniff",
        "Referrer-Policy: no-referrer", "X-Frame-Options: DENY", "connect-src 'self'",
        "frame-ancestors 'none'"})
    EXPECT_THAT(page, HasSubstr(header));
  EXPECT_THAT(page, Not(HasSubstr("Access-Control-")));
  EXPECT_THAT(page, Not(HasSubstr("Set-Cookie")));
  EXPECT_THAT(page, Not(HasSubstr(token_)));
}

TEST_F(ServedView, a_token_has_256_bits_and_is_another_each_time) {
  const auto other = View::open(kept_.setting()).value();

  EXPECT_EQ(token_.size(), 64);
  EXPECT_THAT(other->address(), Not(HasSubstr(token_)));
}

TEST_F(ServedView, who_may_not_ask_is_told_so_in_one_line) {
  const std::string page = ask("GET", "/?token=0");

  EXPECT_THAT(page, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(page, HasSubstr("\r\n\r\n403: the token is missing"));
  EXPECT_THAT(ask("GET", "/head"), StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(ask("GET", "/head", with_token() + "Origin: http://evil.example\r\n"),
              StartsWith("HTTP/1.1 403 "));
}

TEST_F(ServedView, only_get_is_answered) {
  for (const char* const method : {"POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"})
    EXPECT_THAT(ask(method, "/head", with_token()), StartsWith("HTTP/1.1 405 "))
        << method;
}

TEST_F(ServedView, a_path_that_is_none_of_the_page_is_not_found) {
  for (const char* const path : {"/x", "/../etc/passwd", "/head/", "/%2e%2e/x",
                                 "/part?sha256=../../x", "//head", "/HEAD"})
    EXPECT_THAT(get(path), StartsWith("HTTP/1.1 404 ")) << path;
}

TEST_F(ServedView, a_page_that_is_up_to_date_gets_nothing) {
  const std::string head = get("/head");
  const std::size_t at = head.find("\"made\":\"") + 8;

  EXPECT_THAT(head, HasSubstr("\"count\":[1,2]"));
  EXPECT_THAT(get("/head?at=" + head.substr(at, head.find('"', at) - at)),
              StartsWith("HTTP/1.1 204 "));
}

TEST_F(ServedView, what_is_no_request_or_too_long_is_refused) {
  const Client client(port_);
  client.send("\x16\x03\x01 hello\r\n\r\n");
  EXPECT_THAT(client.rest(), Not(HasSubstr("200")));
  EXPECT_THAT(ask("GET", "/head", "X: " + std::string(100'000, 'x') + "\r\n"),
              Not(HasSubstr("200 OK")));
}

TEST_F(ServedView, clients_that_are_slow_or_say_nothing_hold_up_nobody) {
  std::vector<Client> slow;
  for (int i = 0; i < 200; ++i) slow.emplace_back(port_);
  for (const Client& one : slow) one.send("GET /head HTTP/1.1\r\nHost: 127");

  EXPECT_THAT(get("/head"), StartsWith("HTTP/1.1 200 "));

  stop();
  EXPECT_EQ(ended_by_, SIGUSR1);
}

TEST_F(ServedView, of_more_connections_than_64_those_that_wait_longest_are_closed) {
  std::vector<Client> silent;
  for (int i = 0; i < 100; ++i) silent.emplace_back(port_);

  EXPECT_THAT(get("/head"), StartsWith("HTTP/1.1 200 "));
  EXPECT_TRUE(silent.front().is_ended());
}

TEST_F(ServedView, a_request_that_is_not_whole_in_time_is_not_waited_for) {
  const Client slow(port_);
  slow.send("GET /head HTTP/1.1\r\nHost: 127");
  get("/head");  // so that it was accepted

  later_ = std::chrono::seconds(10);

  EXPECT_TRUE(slow.is_ended());
}

TEST_F(ServedView, a_port_that_is_taken_is_said_so) {
  ViewSetting setting = kept_.setting();
  setting.port = port_;

  const auto second = View::open(setting);

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::usage);
  EXPECT_THAT(second.error().message,
              HasSubstr(fmt::format("`port`: {} cannot be taken", port_)));
}

TEST(View, a_store_that_is_not_there_is_not_served) {
  const KeptStore kept;

  const auto view = View::open(kept.setting());

  ASSERT_FALSE(view);
  EXPECT_THAT(view.error().message, HasSubstr("no such store"));
}

}  // namespace
}  // namespace proctor
