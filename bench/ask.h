// What the benchmarks of the engine have in common: texts from a file, and requests
// that are all asked.
#pragma once

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "proctor/engine/engine.h"

// Each is ended by a NUL byte.
inline std::vector<std::string> parts_of(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\0', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// The answers in the order of the requests, whose tags are set.
inline std::vector<proctor::EngineAnswer> ask(
    proctor::Engine& engine, std::vector<proctor::EngineRequest> requests) {
  std::vector<proctor::EngineAnswer> answers(requests.size());
  for (std::size_t i = 0; i < requests.size(); ++i) {
    requests[i].tag = i;
    engine.start(std::move(requests[i]));
  }
  for (std::size_t ended = 0; ended < answers.size();) {
    for (proctor::EngineAnswer& answer :
         engine.wait(std::chrono::steady_clock::now() + std::chrono::seconds(1))) {
      ++ended;
      answers[answer.tag] = std::move(answer);
    }
  }
  return answers;
}
