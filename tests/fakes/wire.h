// HTTP/1.1 on loopback, one thread, with the means to break every rule of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "proctor/base/base.h"

namespace proctor::fakes {

// Views into the connection's buffer: good until the handler returns.
struct HttpRequest {
  std::string_view method;
  std::string_view path;   // without the query
  std::string_view query;  // without the question mark
  std::string_view head;   // the header lines, each with its CR LF
  std::string_view body;

  // The value of the first header of that name, in any case.
  std::optional<std::string_view> header(std::string_view name) const;
};

// Calls `each(name, value)` for every header line.
void for_each_header(
    std::string_view head,
    const std::function<void(std::string_view, std::string_view)>& each);

// The whole response, ready to be sent. `headers` are more lines, each with CR LF.
std::string response_of(int status, std::string_view type, std::string_view body,
                        std::string_view headers = {});
std::string_view reason_of(int status);

class Wire;

// One client's connection. The handler sends what it likes now or later, then says
// `finish`, `close` or `reset`; until then no further request is read.
class Connection {
 public:
  Connection(Wire& wire, bufferevent* buffer);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void send(std::string_view bytes);
  // The same, but never at once: others get their turn first.
  void queue(std::string_view bytes);
  // Runs `then` once, after the delay, unless the connection is gone by then.
  void after(std::chrono::milliseconds delay, std::function<void()> then);
  // Runs `then`, which must queue something, whenever all that was queued has left,
  // until the client goes away.
  void whenever_drained(std::function<void()> then);
  // Runs once, when the exchange ends, however it ends.
  void at_end(std::function<void()> then) { at_end_ = std::move(then); }

  // The response is complete; the next request may come.
  void finish();
  // Closes when what was sent has left.
  void close();
  // Closes with a TCP reset.
  void reset();

 private:
  friend class Wire;
  struct Head {
    std::size_t size = 0;  // with the empty line
    std::size_t body = 0;
  };
  void read();
  bool read_head();
  void serve();
  void refuse(int status, std::string_view message);
  void drained();
  void end_exchange();
  void drop();

  Wire& wire_;
  bufferevent* buffer_;
  event* timer_;
  std::string in_;
  std::optional<Head> head_;
  bool busy_ = false;
  bool serving_ = false;
  bool keep_ = true;
  bool closing_ = false;
  std::function<void()> then_;
  std::function<void()> when_drained_;
  std::function<void()> at_end_;
};

class Wire {
 public:
  using Handler = std::function<void(Connection&, const HttpRequest&)>;
  explicit Wire(Handler handler);
  ~Wire();
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  // Listens on 127.0.0.1; port 0 takes a free one. Returns the port.
  Result<int> listen(int port);
  // Serves until `stop` or SIGTERM or SIGINT.
  void serve();
  void stop();

 private:
  friend class Connection;
  void accept(evutil_socket_t socket);
  void forget(Connection& connection);

  Handler handler_;
  event_base* base_;
  evconnlistener* listener_ = nullptr;
  event* terminate_;
  event* interrupt_;
  event* sweep_;
  std::unordered_map<Connection*, std::unique_ptr<Connection>> connections_;
  std::vector<std::unique_ptr<Connection>> ended_;
};

}  // namespace proctor::fakes
