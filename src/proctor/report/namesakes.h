// Runs of one name, and what tells them apart. Part of report.h.
#pragma once

#include <span>
#include <string>

#include "proctor/study/study.h"

namespace proctor {

// What a run is called beside those others: "night", "night 7f3a1c20" where another of
// them has that name, "7f3a1c20" where it has none.
std::string name_among(std::span<const ScoredRun> runs, const ScoredRun& run);

// A line for whoever meant `run` by that word, where others are meant by it, too: which
// one is taken. Empty where there is no other.
Result<std::string> namesakes_text(Store& store, const std::string& word,
                                   const StoredRun& run, Among among);

}  // namespace proctor
