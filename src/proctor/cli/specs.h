// What a command line asks for, as the library's values. Not for other folders.
#pragma once

#include <string>
#include <vector>

#include "proctor/cli/console.h"
#include "proctor/cli/options.h"
#include "proctor/exam/exam.h"

namespace proctor {

// The positional models, --type's, or the seed's default.
Result<std::vector<std::string>> model_names(const Arguments& arguments);
// What is set for all models, numbers apart: enough to know what is secret.
ModelSpec model_texts(const Arguments& arguments);
// What is set for all models.
Result<ModelSpec> model_settings(const Arguments& arguments);
// The same for each of model_names().
Result<std::vector<ModelSpec>> model_specs(const Arguments& arguments);
Result<ExamSpec> exam_spec(const Arguments& arguments);
RunNotes run_notes(const Arguments& arguments);

// The command's hands as the library takes them. Under --quiet it says nothing.
ExamWorld exam_world(const Arguments& arguments, World& world);
// The same, but for questions: what is said of them is said under --quiet, too.
ExamWorld reading_world(World& world);

}  // namespace proctor
