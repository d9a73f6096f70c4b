// The command line of a run that lies between two others. Not for other folders.
#pragma once

#include <string>

#include "proctor/cli/scored_run.h"

namespace proctor {

// The `proctor run …` with B's prompt and A's shots; with A's prompt and B's shots
// where B's protocol has no place for any. The store is not in it.
Result<std::string> command_between(Store& store, const ScoredRun& a,
                                    const ScoredRun& b);

}  // namespace proctor
