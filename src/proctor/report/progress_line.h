// The lines that tell how a run stands, and a download. Part of report.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "proctor/report/language.h"
#include "proctor/score/score.h"

namespace proctor {

// At most `width` columns: done/total and accuracy stay, the rest goes from the end
// when it gets narrow. `elapsed` is this process's; what was reused took no time.
std::string progress_line(const Progress& progress, std::chrono::milliseconds elapsed,
                          int width, Language language);

// "model.gguf: 1.2 of 4.4 GB, 35.0 MB/s, 92 s left". `done` counts what was there
// before too, `came` only what came in these seconds; `total` is 0 where nobody says.
std::string download_line(std::string_view name, std::uint64_t done, std::uint64_t came,
                          std::uint64_t total, double seconds);

}  // namespace proctor
