// Models that are named on the hub. Not for other folders.
#pragma once

#include <string>

#include "proctor/cli/console.h"
#include "proctor/exam/exam.h"

namespace proctor {

// The file of "hf:owner/repo:Q4_K_M", downloaded if it is not in the cache; without
// `talk` in silence.
Result<std::string> download_model(const ModelSpec& spec, const Talk& talk,
                                   World& world);

}  // namespace proctor
