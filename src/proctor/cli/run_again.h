// The command lines of runs that were made, and of one that lies between two others.
// Not for other folders.
#pragma once

#include <string>

#include "proctor/cli/options.h"
#include "proctor/exam/exam.h"
#include "proctor/study/study.h"

namespace proctor {

// The words that follow `proctor run` to ask the same again: the model, and options
// that say what is sent. Files are named by their whole path. Not in them: which
// questions, what the run's key has (address, added fields, a server's command),
// --header lines, and what changes no answer.
std::vector<std::string> command_of(const Exam& exam, const ModelChoice& choice,
                                    const Arguments& arguments);

// The `proctor run …` with B's prompt and A's shots; with A's prompt and B's shots
// where B's protocol has no place for any. The store is not in it.
Result<std::string> command_between(Store& store, const ScoredRun& a,
                                    const ScoredRun& b);

}  // namespace proctor
