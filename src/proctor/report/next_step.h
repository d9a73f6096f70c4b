// What is told before a run, and what may be done after it. Part of report.h.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proctor/report/language.h"
#include "proctor/study/study.h"

namespace proctor {

// A line of --dry-run, and its --json (without its end).
std::string forecast_text(const RunForecast& run, Language language);
std::string forecast_json(const RunForecast& run);

// While it runs: what a first Ctrl-C does; and where the server cuts prompts, in
// English (translated()).
std::string stopping_text(Language language);
std::string cut_prompts_warning(std::string_view model, const PromptSizes& sizes);

// "next: proctor report 7f3a1c20": the command that goes on from there. `options` stand
// at its end.
std::string next_step(const ScoredRun& run, Language language, std::string_view options,
                      bool is_again = false);
// The same after several runs of one command, of which `of` were to be made.
std::string next_step(std::span<const ScoredRun> runs, std::size_t of,
                      Language language, std::string_view options);

}  // namespace proctor
