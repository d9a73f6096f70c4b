// A caller's hands on the outside world. Part of exam.h.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "proctor/base/base.h"

namespace proctor {

// `environment` must outlive what is made with it. The rest may be empty.
struct ExamWorld {
  const Environment& environment;
  Talk talk = {};  // a line for a person, inert
  // Asked while a model is loaded and while a server is awaited.
  IsStopped is_stopped = {};
  // While a server that was started is awaited: where it will be, and how long so far.
  std::function<void(const std::string& base_url, std::chrono::seconds so_far)> waits =
      {};
};

}  // namespace proctor
