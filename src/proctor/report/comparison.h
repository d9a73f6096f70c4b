// Two runs side by side, and where their difference comes from. Part of report.h.
#pragma once

#include <optional>
#include <string>

#include "proctor/report/language.h"
#include "proctor/study/study.h"

namespace proctor {

struct ComparedRuns {
  MarkedRun a, b;
  Comparison comparison;
  std::optional<Explanation> explanation;  // --explain
  // The command of the run that would part prompt and shots, where one is needed.
  std::optional<std::string> next;
};

// What the difference came to and whether it may be chance, both runs, their subjects;
// then the explanation, where there is one. Tables are `width` columns wide at most.
std::string comparison_text(const ComparedRuns& runs, Language language, int width);
// All of it on one line, without its end.
std::string comparison_json(const ComparedRuns& runs);

}  // namespace proctor
