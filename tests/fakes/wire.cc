#include "wire.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <event2/buffer.h>

namespace proctor::fakes {

namespace {

constexpr std::size_t largest_head = 256 * 1024;
constexpr std::size_t largest_body = 256 * 1024 * 1024;

bool same_word(std::string_view a, std::string_view b) {
  return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

timeval timeval_of(std::chrono::milliseconds delay) {
  timeval out{};
  out.tv_sec = delay.count() / 1000;
  out.tv_usec = (delay.count() % 1000) * 1000;
  return out;
}

template <class Each>
void each_header(std::string_view head, Each each) {
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(std::min(head.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    each(line.substr(0, colon), trimmed(line.substr(colon + 1)));
  }
}

}  // namespace

std::optional<std::string_view> HttpRequest::header(std::string_view name) const {
  std::optional<std::string_view> out;
  each_header(head, [&](std::string_view key, std::string_view value) {
    if (!out && same_word(key, name)) out = value;
  });
  return out;
}

void for_each_header(
    std::string_view head,
    const std::function<void(std::string_view, std::string_view)>& each) {
  each_header(head, each);
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 302:
      return "Found";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 529:
      return "Overloaded";
    default:
      return "Status";
  }
}

std::string response_of(int status, std::string_view type, std::string_view body,
                        std::string_view headers) {
  std::string out;
  out.reserve(body.size() + headers.size() + 128);
  out += "HTTP/1.1 ";
  out += std::to_string(status);
  out += ' ';
  out += reason_of(status);
  out += "\r\nContent-Type: ";
  out += type;
  out += "\r\nContent-Length: ";
  out += std::to_string(body.size());
  out += "\r\n";
  out += headers;
  out += "\r\n";
  out += body;
  return out;
}

// ---- Connection -------------------------------------------------------------------

Connection::Connection(Wire& wire, bufferevent* buffer) : wire_(wire), buffer_(buffer) {
  timer_ = evtimer_new(
      wire.base_,
      [](evutil_socket_t, short, void* self) {
        const auto then = std::move(static_cast<Connection*>(self)->then_);
        if (then) then();
      },
      this);
  bufferevent_setcb(
      buffer, [](bufferevent*, void* self) { static_cast<Connection*>(self)->read(); },
      [](bufferevent*, void* self) { static_cast<Connection*>(self)->drained(); },
      [](bufferevent*, short, void* self) { static_cast<Connection*>(self)->drop(); },
      this);
  bufferevent_enable(buffer, EV_READ | EV_WRITE);
}

Connection::~Connection() {
  if (buffer_ != nullptr) bufferevent_free(buffer_);
  event_free(timer_);
}

void Connection::send(std::string_view bytes) {
  if (buffer_ == nullptr) return;
  // Straight to the kernel where nothing waits: half the system calls of a bufferevent.
  if (evbuffer_get_length(bufferevent_get_output(buffer_)) == 0) {
    const ssize_t sent = ::send(bufferevent_getfd(buffer_), bytes.data(), bytes.size(),
                                MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  if (!bytes.empty()) bufferevent_write(buffer_, bytes.data(), bytes.size());
}

void Connection::queue(std::string_view bytes) {
  if (buffer_ != nullptr) bufferevent_write(buffer_, bytes.data(), bytes.size());
}

void Connection::after(std::chrono::milliseconds delay, std::function<void()> then) {
  if (delay.count() <= 0) {
    then();
    return;
  }
  then_ = std::move(then);
  const timeval wait = timeval_of(delay);
  evtimer_add(timer_, &wait);
}

void Connection::whenever_drained(std::function<void()> then) {
  when_drained_ = std::move(then);
  when_drained_();
}

void Connection::drained() {
  if (closing_) {
    drop();
  } else if (when_drained_) {
    when_drained_();
  }
}

void Connection::end_exchange() {
  busy_ = false;
  when_drained_ = nullptr;
  if (at_end_) std::exchange(at_end_, nullptr)();
}

void Connection::finish() {
  if (buffer_ == nullptr) return;
  end_exchange();
  if (!keep_) {
    close();
  } else if (!serving_) {
    read();
  }
}

void Connection::close() {
  if (buffer_ == nullptr) return;
  closing_ = true;
  if (evbuffer_get_length(bufferevent_get_output(buffer_)) == 0) drop();
}

void Connection::reset() {
  if (buffer_ == nullptr) return;
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  setsockopt(bufferevent_getfd(buffer_), SOL_SOCKET, SO_LINGER, &at_once,
             sizeof at_once);
  drop();
}

void Connection::drop() {
  if (buffer_ == nullptr) return;
  bufferevent_free(std::exchange(buffer_, nullptr));
  evtimer_del(timer_);
  end_exchange();
  wire_.forget(*this);
}

void Connection::refuse(int status, std::string_view message) {
  busy_ = true;
  send(response_of(status, "text/plain", message, "Connection: close\r\n"));
  close();
}

void Connection::read() {
  if (buffer_ == nullptr || closing_) return;
  evbuffer* input = bufferevent_get_input(buffer_);
  if (const std::size_t size = evbuffer_get_length(input); size > 0) {
    const std::size_t before = in_.size();
    in_.resize(before + size);
    evbuffer_remove(input, in_.data() + before, size);
  }
  while (buffer_ != nullptr && !busy_ && !closing_ && read_head() &&
         in_.size() >= head_->size + head_->body)
    serve();
}

// True once the head is whole and its body's length is known.
bool Connection::read_head() {
  if (head_) return true;
  const std::size_t end = in_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (in_.size() > largest_head) refuse(431, "the head is too large\n");
    return false;
  }
  Head head{.size = end + 4};
  keep_ = std::string_view(in_).substr(0, in_.find("\r\n")).ends_with("HTTP/1.1");
  bool chunked = false;
  bool waits = false;
  bool bad = false;
  each_header(std::string_view(in_).substr(0, end + 2), [&](std::string_view key,
                                                            std::string_view value) {
    if (same_word(key, "content-length")) {
      const auto [stop, error] = std::from_chars(value.begin(), value.end(), head.body);
      bad = bad || error != std::errc() || stop != value.end();
    } else if (same_word(key, "connection")) {
      keep_ = same_word(value, "keep-alive") || (keep_ && !same_word(value, "close"));
    } else if (same_word(key, "transfer-encoding")) {
      chunked = true;
    } else if (same_word(key, "expect")) {
      waits = true;
    }
  });
  if (bad) {
    refuse(400, "Content-Length is not a number\n");
  } else if (chunked) {
    refuse(411, "a request needs Content-Length here\n");
  } else if (head.body > largest_body) {
    refuse(413, "the body is too large\n");
  } else {
    if (waits && in_.size() < head.size + head.body)
      send("HTTP/1.1 100 Continue\r\n\r\n");
    head_ = head;
  }
  return head_.has_value();
}

void Connection::serve() {
  const std::string_view all = in_;
  const std::size_t line_end = all.find("\r\n");
  const std::string_view line = all.substr(0, line_end);
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || last == first) {
    refuse(400, "the request line has no path\n");
    return;
  }
  const std::string_view target = line.substr(first + 1, last - first - 1);
  const std::size_t mark = target.find('?');
  HttpRequest request{
      .method = line.substr(0, first),
      .path = target.substr(0, mark),
      .query = mark == std::string_view::npos ? "" : target.substr(mark + 1),
      .head = all.substr(line_end + 2, head_->size - line_end - 4),
      .body = all.substr(head_->size, head_->body)};
  busy_ = true;
  serving_ = true;
  wire_.handler_(*this, request);
  serving_ = false;
  in_.erase(0, head_->size + head_->body);
  head_.reset();
}

// ---- Wire -------------------------------------------------------------------------

Wire::Wire(Handler handler) : handler_(std::move(handler)), base_(event_base_new()) {
  std::signal(SIGPIPE, SIG_IGN);
  const auto stop = [](evutil_socket_t, short, void* self) {
    static_cast<Wire*>(self)->stop();
  };
  terminate_ = evsignal_new(base_, SIGTERM, stop, this);
  interrupt_ = evsignal_new(base_, SIGINT, stop, this);
  evsignal_add(terminate_, nullptr);
  evsignal_add(interrupt_, nullptr);
  // A connection often ends inside one of its own calls: it is freed after them.
  sweep_ = evtimer_new(
      base_,
      [](evutil_socket_t, short, void* self) {
        static_cast<Wire*>(self)->ended_.clear();
      },
      this);
}

Wire::~Wire() {
  connections_.clear();
  ended_.clear();
  if (listener_ != nullptr) evconnlistener_free(listener_);
  event_free(terminate_);
  event_free(interrupt_);
  event_free(sweep_);
  event_base_free(base_);
}

Result<int> Wire::listen(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  listener_ = evconnlistener_new_bind(
      base_,
      [](evconnlistener*, evutil_socket_t socket, sockaddr*, int, void* self) {
        static_cast<Wire*>(self)->accept(socket);
      },
      this, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_REUSEABLE, 4096,
      reinterpret_cast<const sockaddr*>(&address), sizeof address);
  if (listener_ == nullptr)
    return fail(Fault::io, "--port {}: {}; take another port, or 0 for a free one",
                port, std::strerror(errno));
  socklen_t size = sizeof address;
  getsockname(evconnlistener_get_fd(listener_), reinterpret_cast<sockaddr*>(&address),
              &size);
  return static_cast<int>(ntohs(address.sin_port));
}

void Wire::serve() {
  event_base_dispatch(base_);
}

void Wire::stop() {
  event_base_loopexit(base_, nullptr);
}

void Wire::accept(evutil_socket_t socket) {
  const int on = 1;
  setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  bufferevent* buffer = bufferevent_socket_new(base_, socket, BEV_OPT_CLOSE_ON_FREE);
  auto connection = std::make_unique<Connection>(*this, buffer);
  Connection* key = connection.get();
  connections_.emplace(key, std::move(connection));
}

void Wire::forget(Connection& connection) {
  const auto found = connections_.find(&connection);
  if (found == connections_.end()) return;
  ended_.push_back(std::move(found->second));
  connections_.erase(found);
  const timeval now{};
  evtimer_add(sweep_, &now);
}

}  // namespace proctor::fakes
