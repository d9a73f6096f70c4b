// Two runs side by side, and where their difference comes from. Part of report.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proctor/report/ink.h"
#include "proctor/report/language.h"
#include "proctor/report/table.h"
#include "proctor/study/study.h"

namespace proctor {

struct ComparedRuns {
  MarkedRun a, b;
  Comparison comparison;
  std::optional<Explanation> explanation;  // --explain
  // The command of the run that would part prompt and shots, where one is needed.
  std::optional<std::string> next;
  std::optional<std::vector<PartedQuestion>> parted;  // --show
  std::size_t most_shown = 20;                        // of them, to people
};

// What the difference came to and whether it may be chance, both runs, their subjects;
// then the explanation and the questions that part them, where they are asked for.
// Tables are `width` columns wide at most.
std::string comparison_text(const ComparedRuns& runs, Language language, int width,
                            const Ink& ink = {});
// All of it on one line, without its end.
std::string comparison_json(const ComparedRuns& runs);
// A line for all questions and one a subject; shares in percent.
std::string comparison_csv(const ComparedRuns& runs);
// One of these, with its end; for Markdown the text as it stands.
std::string comparison_in(TableFormat format, const ComparedRuns& runs,
                          Language language, int width, const Ink& ink);

}  // namespace proctor
