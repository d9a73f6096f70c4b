// What a look at something found, in words for a person. Part of exam.h.
#pragma once

#include <string>

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

}  // namespace proctor
