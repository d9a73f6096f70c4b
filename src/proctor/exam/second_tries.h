// Asking again what a stored run has no letter of: a new generation of the same run.
// Its first replies stay in the store; what the second ones come to counts. Part of
// exam.h.
#pragma once

#include <span>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/run_name.h"
#include "proctor/exam/spec.h"
#include "proctor/run/run.h"

namespace proctor {

// Fault::usage for an answer that was read, right or wrong: who asks until the answer
// suits measures nothing.
Status check_second_tries(const RunNotes& notes);

// The name of the run that is asked again, and the run: the one that name_in_store()
// finds, where it has a reply or its failures are meant, else the one that differs in
// the limit of a reply's tokens alone; of several that with the most replies, and a
// line says so. Fault::usage where the store has neither.
Result<RunName> name_of_second_tries(Store& store, const RunKey& today,
                                     const Answerer& there,
                                     std::span<const Mark> marks);

// Leaves of the plan what its run, as it is stored, has with one of these marks, by the
// evaluation's reader, and no letter of by its own, as the generation after the newest;
// what the run was to ask, and how it is called, stays. Fault::usage where the model
// would write the same reply again, or the limit is smaller than one that cut.
Status plan_second_tries(Evaluation& evaluation, const ModelChoice& choice,
                         std::span<const Mark> marks, const StoredRun& run,
                         Store& store);

}  // namespace proctor
