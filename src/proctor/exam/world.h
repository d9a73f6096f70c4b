// A caller's hands on the outside world. Part of exam.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

// What is made with it holds on to all of it, and to what its functions hold on to. All
// but `environment` may be empty.
struct ExamWorld {
  const Environment& environment;
  Talk talk = {};  // a line for a person, inert
  // Asked while a model is loaded and while a server is awaited.
  IsStopped is_stopped = {};
  // While a model file is loaded (EngineOptions::prepares).
  std::function<void(std::string_view what, double share)> prepares = {};
  // While a server that was started is awaited: where it will be, and how long so far.
  std::function<void(const std::string& base_url, std::chrono::seconds so_far)> waits =
      {};
  // While a model of the hub comes: bytes so far and in all (HubWorld::progress).
  std::function<void(std::uint64_t done, std::uint64_t total)> downloads = {};
};

}  // namespace proctor
