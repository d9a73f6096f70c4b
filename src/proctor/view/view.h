// A store's runs as a page on this machine, which follows them while they go on.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "proctor/base/base.h"
#include "proctor/page/page.h"
#include "proctor/store/store.h"

namespace proctor {

// What the calling thread has had of a processor.
std::chrono::nanoseconds spent_by_this_thread();

struct ViewSetting {
  // For reading; called for each look, and closed after it.
  std::function<Result<std::unique_ptr<Store>>()> open;
  Among among = Among::shown;  // of the runs to choose from
  PageSetting page;            // `made` is each page's own
  Clock clock = {};
  std::function<std::chrono::nanoseconds()> spent = spent_by_this_thread;
  int port = 0;  // 0: any that is free
  // What a person is to read, of a sentence in English.
  std::function<std::string(std::string_view)> say = {};
};

// Serves that page on 127.0.0.1 and nowhere else. Whoever asks must know the token,
// which is in address() alone, and must ask from the page itself. The store is only
// read. No thread but the caller's: a client that is slow, or says nothing, holds up
// nobody. Requires that the process ignores SIGPIPE.
class View {
 public:
  // Takes the port and opens the store. Fault::usage where the port is taken; else what
  // opening the store comes to.
  static Result<std::unique_ptr<View>> open(ViewSetting setting);
  ~View();
  View(const View&) = delete;
  View& operator=(const View&) = delete;

  // "http://127.0.0.1:PORT/?token=…": what opens the page, and what must be kept from
  // others.
  std::string address() const;
  // Answers until one of those signals comes, and says which. To be called once.
  int serve(std::span<const int> until);

 private:
  struct State;
  explicit View(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace proctor
