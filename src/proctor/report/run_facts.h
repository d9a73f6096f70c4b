// The lines of a summary that say how a run was made, and what went wrong. Not for
// other folders; these include summary.h.
#pragma once

#include <string>

#include "proctor/report/language.h"
#include "proctor/study/study.h"

namespace proctor {

// "12.5 s", "78 s", "12 min 5 s", "3 h 25 min".
std::string duration_text(double seconds, Language language);

// "protocol hendrycks_5shot, 5 shots, reader first-letter", and for a model that was
// asked how many, in what time, how often, and its tokens: a line each.
std::string made_lines(const ScoredRun& run, Language language);

// "right 95, failed 5 (HTTP 500: no); 95.0-100.0 % with all unknown wrong or right"; on
// lines of their own where reasons are long or many.
std::string ledger_lines(const ScoredRun& run, Language language);

// Where replies are empty: what became of them, and what may help. Or empty.
std::string empty_text(const ScoredRun& run, Language language);

}  // namespace proctor
