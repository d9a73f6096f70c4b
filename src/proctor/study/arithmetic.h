// What the rounding of a model's arithmetic can do to a run's score, where letters were
// scored. Part of study.h.
#pragma once

#include <optional>

#include "proctor/study/scored_run.h"

namespace proctor {

// By how many nats the distance of two letters may be off: that of 19 of 20 answers, at
// most. A table by the precision that the run's name says, measured on two models
// (docs/engine.md); nothing where no letters were scored.
std::optional<double> arithmetic_error(const RunKey& key);

// Of the answers that are counted; nothing where none was scored.
std::optional<NearTies> near_ties(const ScoredRun& run);

}  // namespace proctor
