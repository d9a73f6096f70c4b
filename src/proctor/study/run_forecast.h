// What a run would do. Part of study.h.
#pragma once

#include <cstdint>
#include <string>

#include "proctor/store/store.h"

namespace proctor {

struct RunForecast {
  std::string model;  // its title
  RunInfo info;
  std::string id;  // empty: not known before the server answers, or the file is there
  std::int64_t planned = 0, stored = 0, to_ask = 0;  // questions
  std::int64_t prompt_tokens = 0;                    // of what is to be asked
  bool is_exact = false;                             // the tokens
};

}  // namespace proctor
