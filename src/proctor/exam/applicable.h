// Whether what is set is of use to what it is set for: whoever writes `exact` believes
// in it. Part of exam.h.
#pragma once

#include <span>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/prepare.h"
#include "proctor/exam/spec.h"

namespace proctor {

// Fault::usage for what is set in the specs and none of the models can be given, naming
// both. Of several models one is enough; the others are asked without it. `model`: what
// is set for all of them.
Status check_applies(const ModelSpec& model, const ExamSpec& exam,
                     std::span<const ModelChoice> choices);
// The same for what is set for the model and none of the exams makes use of.
Status check_applies(const ModelSpec& model, std::span<const Exam> exams);
// What a model cannot be asked is said before it is asked anything.
Status check_can_be_sent(const Exam& exam, const ModelChoice& choice);

}  // namespace proctor
