// What the rounding of a model's arithmetic can do to a run's score, where letters were
// scored. Not for other folders.
#pragma once

#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

#include "proctor/cli/scored_run.h"

namespace proctor {

// By how many nats the distance of two letters may be off: that of 19 of 20 answers, at
// most. A table by the precision that the run's name says, measured on two models
// (docs/engine.md); nothing where no letters were scored.
std::optional<double> arithmetic_error(const RunKey& key);

// Of the answers that are counted; nothing where none was scored.
std::optional<NearTies> near_ties(const ScoredRun& run);

// "arithmetic: 14 of 200 answers are nearly ties; 24.0-28.5 % whichever way they fall",
// a line; empty where none was scored.
std::string arithmetic_text(const ScoredRun& run, Language language);
// --json's "arithmetic"; null where none was scored.
nlohmann::ordered_json arithmetic_json(const ScoredRun& run);

}  // namespace proctor
