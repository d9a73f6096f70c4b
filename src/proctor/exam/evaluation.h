// What is sent, to whom, about which questions: an exam and a model become an
// Evaluation, whose key names its run (ADR 3). Part of exam.h.
#pragma once

#include <string>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/run/run.h"

namespace proctor {

// The one place where a RunKey is put together. `engine`: of engine_in_name(), or
// empty. The evaluation points into the exam.
Evaluation evaluation_of(const Exam& exam, const ModelChoice& choice,
                         const RunNotes& notes = {}, const std::string& engine = {});

// What of the exam's protocol the model is not sent, for a person: see sampling_for().
std::string left_out_of(const Exam& exam, const ModelChoice& choice);

}  // namespace proctor
