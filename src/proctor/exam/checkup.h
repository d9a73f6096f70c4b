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
// What a .env gives, and what it may not: names, never values. None where it gives
// nothing.
std::vector<Finding> findings_of_dotenv(const std::filesystem::path& file,
                                        const ModelSpec& model,
                                        const Environment& environment);
// Fault::usage for a name of the hub: that is no file before a run has fetched it.
Status check_is_on_disk(const ModelChoice& choice);
// Asks one small question, within that time: so that "it answers" is not guessed.
Finding finding_of_server(const ModelChoice& choice, std::chrono::milliseconds most,
                          const Environment& environment);

}  // namespace proctor
