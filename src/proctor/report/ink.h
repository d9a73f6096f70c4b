// Colour, where a terminal has it. Part of report.h.
#pragma once

#include <string>
#include <string_view>

namespace proctor {

enum class Tone { good, bad, doubtful, dim, bold };

// Puts text into a tone, or leaves it as it is. Nothing of it is ever in a file.
class Ink {
 public:
  Ink() = default;
  explicit Ink(bool is_there) : is_there_(is_there) {}

  bool is_there() const { return is_there_; }
  // Line ends stay outside: a pager shows one line without the one before it.
  std::string in(Tone tone, std::string_view text) const;
  // A text with tables in it: their titles bold, the rules below them dim.
  std::string heads(std::string text) const;

 private:
  bool is_there_ = false;
};

}  // namespace proctor
