// One of several parts of an exam, for machines that each ask a part. Part of exam.h.
#pragma once

#include <string_view>
#include <vector>

#include "proctor/exam/spec.h"
#include "proctor/run/run.h"

namespace proctor {

// "3/8": the third of eight. Fault::usage for anything else.
Result<Shard> parse_shard(std::string_view text);

// About how many tokens a trial takes: four bytes of its prompt are one, and of its
// reply as many as it may have, but no more than 256: most end before. Where letters
// are scored nothing is written.
double about_tokens(const Evaluation& evaluation, TrialId trial);

// The trials of the plan that are that part of it, in its order. The parts together are
// the plan, no two of them share a trial, and each is a piece of it without gaps, so
// that what a subject's prompts share is computed where its questions are. They are cut
// where their tokens are even: questions of one subject can be ten times as long as
// another's. The same plan is cut the same everywhere. A part may be empty.
std::vector<TrialId> shard_of(const Evaluation& evaluation, const Shard& shard);

}  // namespace proctor
