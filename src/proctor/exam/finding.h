// What a look at something found, in words for a person. Part of exam.h.
#pragma once

#include <string>
#include <string_view>

namespace proctor {

struct Finding {
  enum class State {
    fine,
    absent,    // not there, and nothing is wrong with that
    doubtful,  // it works, but perhaps not as it was meant
    wrong,
  };
  State state;
  std::string what, words;
};
// As a table has it: "ok", "-", "?", "!".
std::string_view sign_of(Finding::State state);

}  // namespace proctor
