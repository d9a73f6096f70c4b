// The line that tells how a run stands. Part of report.h.
#pragma once

#include <chrono>
#include <string>

#include "proctor/report/language.h"
#include "proctor/score/score.h"

namespace proctor {

// At most `width` columns: done/total and accuracy stay, the rest goes from the end
// when it gets narrow. `elapsed` is this process's; what was reused took no time.
std::string progress_line(const Progress& progress, std::chrono::milliseconds elapsed,
                          int width, Language language);

}  // namespace proctor
