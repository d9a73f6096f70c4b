// Models that are named on the hub, and the line that shows how they come. Not for
// other folders.
#pragma once

#include <string>
#include <string_view>

#include "proctor/cli/console.h"
#include "proctor/exam/exam.h"

namespace proctor {

// "model.gguf: 1.2 of 4.4 GB, 35.0 MB/s, 92 s left". `done` counts what was there
// before too, `came` only what came in these seconds; `total` is 0 where nobody says.
std::string download_line(std::string_view name, std::uint64_t done, std::uint64_t came,
                          std::uint64_t total, double seconds);

// The file of "hf:owner/repo:Q4_K_M", downloaded if it is not in the cache; without
// `talk` in silence.
Result<std::string> download_model(const ModelSpec& spec, const Talk& talk,
                                   World& world);

}  // namespace proctor
