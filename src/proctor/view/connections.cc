#include "proctor/view/connections.h"

#include <algorithm>
#include <tuple>

#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <sys/socket.h>

namespace proctor {
namespace {

// A stream that evhttp has let go of has nobody to call.
bool is_closed(bufferevent* stream) {
  bufferevent_event_cb told = nullptr;
  bufferevent_getcb(stream, nullptr, nullptr, &told, nullptr);
  return told == nullptr;
}

}  // namespace

Connections::Connections(event_base* base, evhttp* http, std::function<TimePoint()> now)
    : base_(base),
      now_(std::move(now)),
      timer_(event_new(
          base, -1, EV_PERSIST,
          [](evutil_socket_t, short, void* self) {
            static_cast<Connections*>(self)->end_late();
          },
          this)) {
  constexpr timeval each_second{.tv_sec = 1, .tv_usec = 0};
  event_add(timer_, &each_second);
  evhttp_set_bevcb(
      http,
      [](event_base*, void* self) {
        return static_cast<Connections*>(self)->accepted();
      },
      this);
}

Connections::~Connections() {
  event_free(timer_);
  for (const Connection& one : open_) bufferevent_decref(one.stream);
}

bufferevent* Connections::accepted() {
  forget_closed();
  make_room();
  bufferevent* const stream = bufferevent_socket_new(base_, -1, BEV_OPT_CLOSE_ON_FREE);
  if (stream == nullptr) return nullptr;
  bufferevent_incref(stream);
  open_.push_back({.stream = stream, .since = now_()});
  return stream;
}

void Connections::make_room() {
  const auto is_open = [](const Connection& one) { return !one.is_ended; };
  const auto count = static_cast<std::size_t>(std::ranges::count_if(open_, is_open));
  if (count < most_connections) return;
  end(*std::ranges::min_element(open_, {}, [](const Connection& one) {
    return std::tuple{one.is_ended, one.is_answered, one.since};
  }));
}

// evhttp frees a connection whose other end is gone, which this looks like.
void Connections::end(Connection& one) {
  one.is_ended = true;
  ::shutdown(bufferevent_getfd(one.stream), SHUT_RDWR);
}

void Connections::forget_closed() {
  std::erase_if(open_, [](const Connection& one) {
    if (!is_closed(one.stream)) return false;
    bufferevent_decref(one.stream);
    return true;
  });
}

void Connections::end_late() {
  forget_closed();
  for (Connection& one : open_) {
    if (!one.is_answered && now_() - one.since >= longest_request) end(one);
  }
}

void Connections::mark(evhttp_request* request, bool is_answered) {
  bufferevent* const stream =
      evhttp_connection_get_bufferevent(evhttp_request_get_connection(request));
  const auto found = std::ranges::find(open_, stream, &Connection::stream);
  if (found == open_.end()) return;
  found->is_answered = is_answered;
  found->since = now_();
}

void Connections::answering(evhttp_request* request) {
  mark(request, true);
  evhttp_request_set_on_complete_cb(
      request,
      [](evhttp_request* done, void* self) {
        static_cast<Connections*>(self)->mark(done, false);
      },
      this);
}

}  // namespace proctor
