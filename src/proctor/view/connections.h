// How many clients there are, and for how long each may take. Not for other folders.
#pragma once

#include <chrono>
#include <functional>
#include <vector>

#include "proctor/base/base.h"

struct bufferevent;
struct event;
struct event_base;
struct evhttp;
struct evhttp_request;

namespace proctor {

inline constexpr std::size_t most_connections = 64;
inline constexpr std::chrono::seconds longest_request{
    10};  // all of it, also the silence

// The connections of one evhttp, which must outlive it. Of more than there may be, the
// one that has asked for nothing for the longest time is closed.
class Connections {
 public:
  Connections(event_base* base, evhttp* http, std::function<TimePoint()> now);
  ~Connections();
  Connections(const Connections&) = delete;
  Connections& operator=(const Connections&) = delete;

  // From here until that request's answer is sent its connection has all time.
  void answering(evhttp_request* request);

 private:
  struct Connection {
    bufferevent* stream;  // a count of ours holds it, so that it can be asked
    TimePoint since;
    bool is_answered = false;  // just now
    bool is_ended = false;     // by us; evhttp will see it
  };
  bufferevent* accepted();
  void make_room();
  void forget_closed();
  void end_late();
  void mark(evhttp_request* request, bool is_answered);
  static void end(Connection& one);

  event_base* base_;
  std::function<TimePoint()> now_;
  event* timer_;
  std::vector<Connection> open_;  // in the order in which they were accepted
};

}  // namespace proctor
