// What a data set says about its own mistakes: MMLU-Redux's error_type and
// correct_answer.
#pragma once

#include <string_view>

#include "proctor/dataset/dataset.h"

namespace proctor {

// Sets the question's flaw, and mends what the correction says how to mend:
//   no_correct_answer         the key's choice gets the correction's text
//   wrong_groundtruth         the key is the choice that the correction names
//   multiple_correct_answers  the keys are those that it names: "(0,2)", "0 and 2"
// A choice is named by its index from 0, its letter or its text. A correction that
// names no choice changes nothing; the other errors have none.
void correct(Question& question, std::string_view error_type,
             std::string_view correction);

}  // namespace proctor
