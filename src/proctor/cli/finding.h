// A line of `proctor doctor`. Not for other folders.
#pragma once

#include <string>

namespace proctor {

enum class State {
  fine,
  absent,    // not there, and nothing is wrong with that
  doubtful,  // it works, but perhaps not as it was meant
  wrong,
};

struct Finding {
  State state;
  std::string what, words;
};

}  // namespace proctor
