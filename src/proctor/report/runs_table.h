// Several runs beside each other, one a line. Part of report.h.
#pragma once

#include <span>
#include <string>

#include "proctor/report/language.h"
#include "proctor/report/run_traits.h"
#include "proctor/report/table.h"
#include "proctor/study/study.h"

namespace proctor {

// A line a run. What all of them have alike stands above.
Table runs_table(std::span<const ScoredRun> runs, const ChosenTraits& chosen,
                 Language language);
// The scores, and what tells the runs apart, in a terminal of `width` columns; 0: as
// wide as it is.
Table runs_table(std::span<const ScoredRun> runs, Language language, int width = 0);

// Runs as a store lists them; where all of them are meant, why any are hidden.
Table listed_runs_table(std::span<const ListedRun> runs, Among among);
// "run 7f3a1c20 (ollama/mistral:7b, cais/mmlu anatomy, seed, 135 replies)"
std::string listed_run_text(const ListedRun& listed);

}  // namespace proctor
