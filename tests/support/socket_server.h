// A server on a free port of the loopback that does to each connection what the test
// says, byte for byte. For what a well-behaved server cannot be made to do.
#pragma once

#include <atomic>
#include <cstring>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proctor/base/base.h"

namespace proctor {

class Connection {
 public:
  explicit Connection(int descriptor) : descriptor_(descriptor) {}

  // The next request, head and body; nothing when the client has gone.
  std::optional<std::string> read_request() {
    while (true) {
      const std::size_t end = have_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t whole = end + 4 + content_length(have_.substr(0, end));
        if (have_.size() >= whole) {
          const std::string request = have_.substr(0, whole);
          have_.erase(0, whole);
          return request;
        }
      }
      if (!read_more()) return std::nullopt;
    }
  }
  // Returns when the client has gone.
  void wait_for_end() {
    while (read_more()) {
    }
  }
  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent =
          ::send(descriptor_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }
  // Sends `bytes` again and again, with pauses, until the client has gone.
  void drip(std::string_view bytes) {
    pollfd client{.fd = descriptor_, .events = POLLIN, .revents = 0};
    while (::poll(&client, 1, 5) == 0) send(bytes);
  }
  // The end of this connection becomes a reset instead of an orderly close.
  void reset() {
    const linger now{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(descriptor_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  }

 private:
  static std::size_t content_length(const std::string& head) {
    const std::string lower = ascii_lower(head);
    const std::size_t at = lower.find("content-length:");
    return at == std::string::npos ? 0 : std::stoul(lower.substr(at + 15));
  }
  bool read_more() {
    char buffer[65536];
    const ssize_t got = ::recv(descriptor_, buffer, sizeof buffer, 0);
    if (got <= 0) return false;
    have_.append(buffer, static_cast<std::size_t>(got));
    return true;
  }

  int descriptor_;
  std::string have_;
};

class SocketServer {
 public:
  // Each connection runs `serve` on a thread of its own and is closed after it.
  explicit SocketServer(std::function<void(Connection&)> serve)
      : serve_(std::move(serve)) {
    listening_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(listening_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(listening_, 1024);
    ::getsockname(listening_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    accepting_ = std::thread([this] { accept_all(); });
  }
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;
  ~SocketServer() {
    ::shutdown(listening_, SHUT_RDWR);
    accepting_.join();
    {
      const std::lock_guard lock(mutex_);
      for (const int open : open_) ::shutdown(open, SHUT_RDWR);
    }
    for (std::thread& thread : threads_) thread.join();
    ::close(listening_);
  }

  int port() const { return port_; }
  std::string url(std::string_view path = "/") const {
    return fmt::format("http://127.0.0.1:{}{}", port_, path);
  }
  int connections() const { return connections_; }

 private:
  void accept_all() {
    while (true) {
      const int accepted = ::accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC);
      if (accepted < 0) return;
      ++connections_;
      const std::lock_guard lock(mutex_);
      open_.push_back(accepted);
      threads_.emplace_back([this, accepted] {
        Connection connection(accepted);
        serve_(connection);
        const std::lock_guard closing(mutex_);
        open_.remove(accepted);
        ::close(accepted);
      });
    }
  }

  std::function<void(Connection&)> serve_;
  int listening_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::mutex mutex_;     // guards open_ and threads_
  std::list<int> open_;  // written by the accepting thread and by each connection's
  std::vector<std::thread> threads_;
  std::thread accepting_;
};

// A whole answer with its Content-Length.
inline std::string http_answer(std::string_view status, std::string_view body,
                               std::string_view more_headers = "") {
  return fmt::format("HTTP/1.1 {}\r\n{}Content-Length: {}\r\n\r\n{}", status,
                     more_headers, body.size(), body);
}

// Answers every request with what `answer` makes of it, connections kept alive.
inline std::function<void(Connection&)> answering(
    std::function<std::string(const std::string&)> answer) {
  return [answer = std::move(answer)](Connection& connection) {
    while (const auto request = connection.read_request()) {
      connection.send(answer(*request));
    }
  };
}

}  // namespace proctor
