// Whether what an evaluation stands on is there: folders, plug-ins, keys, a server.
// Part of exam.h.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/finding.h"

namespace proctor {

// The hub's cache, Parquet, the engine.
std::vector<Finding> findings_of_machine(const std::string& cache_dir,
                                         const Environment& environment);
// Which keys of providers are set; never their values.
std::vector<Finding> findings_of_keys(const Environment& environment);
// Asks one small question, within that time: so that "it answers" is not guessed.
Finding finding_of_server(const ModelChoice& choice, std::chrono::milliseconds most,
                          const Environment& environment);

}  // namespace proctor
