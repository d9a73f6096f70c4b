// The command of a run that lies between two others. Part of exam.h.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

// Whether a word of RunInfo::command is an option that a value follows.
using TakesValue = std::function<bool(std::string_view word)>;

// The `proctor run …` with B's prompt and A's shots; with A's prompt and B's shots
// where B's protocol has no place for any. Made of the words that were kept with the
// runs, else of what their names hold. The store is not in it.
Result<std::string> command_between(Store& store, const ScoredRun& a,
                                    const ScoredRun& b, const TakesValue& takes_value);

// The `proctor run …` that asks a stored run again, as far as its words and its name
// say it; empty for an imported run, which Proctor did not ask.
std::string command_again(const Dataset& dataset, const RunInfo& info);

}  // namespace proctor
