// Several runs beside each other, one a line. Part of report.h.
#pragma once

#include <span>
#include <string>

#include "proctor/report/language.h"
#include "proctor/report/table.h"
#include "proctor/study/study.h"

namespace proctor {

// All that a report says of each run.
Table runs_table(std::span<const ScoredRun> runs, Language language);
// Model, protocol, accuracy and its interval; narrow enough for 80 columns.
Table short_runs_table(std::span<const ScoredRun> runs, Language language);
// Takes the last column away where no row has anything in it.
void drop_empty_last_column(Table& table);

// Runs as a store lists them; where all of them are meant, why any are hidden.
Table listed_runs_table(std::span<const ListedRun> runs, Among among);
// "run 7f3a1c20 (ollama/mistral:7b, cais/mmlu anatomy, seed, 135 replies)"
std::string listed_run_text(const ListedRun& listed);

}  // namespace proctor
