// What real models said, said again: recorded replies, found by the question asked.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer_key.h"

namespace proctor::fakes {

class Replay {
 public:
  // A JSON object a line: question, choices, reply, and subject where it tells
  // questions apart.
  Status add(const std::filesystem::path& path);
  // Call once, after the last `add`.
  void close();

  // What was said to the question that the prompt asks. Questions that are alike take
  // turns, in the order of their lines, and begin again after the last.
  std::optional<std::string> next(std::string_view prompt);
  void reset();
  bool is_empty() const { return key_.questions().empty(); }

 private:
  struct Queue {
    std::vector<std::string> replies;
    std::size_t used = 0;
  };
  AnswerKey key_;
  std::vector<std::string> replies_;  // by line
  std::map<const AnswerKey::Question*, Queue> queues_;
};

}  // namespace proctor::fakes
