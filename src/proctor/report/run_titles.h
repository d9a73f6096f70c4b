// What runs are called in pictures, and what tells them apart. Part of report.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "proctor/report/language.h"
#include "proctor/study/study.h"

namespace proctor {

struct RunTitle {
  std::string label;   // the run's own name, else its model's
  std::string method;  // what differs from run to run; may be empty
  // Of a weight, as the name of its quantisation has them: 4 of Q4_K_M.
  std::optional<int> bits = {};
};
struct RunTitles {
  std::vector<RunTitle> runs;  // one each; no two of them are alike
  std::string in_common;       // what is so of all: exam, protocol, note
};
// What differs is of exam, protocol, reader and note; the run's id where nothing else
// does.
RunTitles run_titles(std::span<const ScoredRun> runs, Language language);

}  // namespace proctor
