// Whether the servers at several addresses have one model. Not for other folders.
#pragma once

#include <vector>

#include "proctor/backend/backend.h"
#include "proctor/exam/choose_model.h"
#include "proctor/exam/world.h"
#include "proctor/prompt/prompt.h"

namespace proctor {

struct ModelPlace {
  Model model;
  Answerer there;
};

// Those of the choice's addresses where somebody answers; whoever does not is told to
// the world, and left out. Fault::usage where two of them are not the same model: by
// what they say of themselves, by their build, or by what they reply to three fixed
// questions, put in that form with the likeliest token each time.
Result<std::vector<ModelPlace>> places_of_one_model(const ModelChoice& choice,
                                                    Form form, const ExamWorld& world);

}  // namespace proctor
