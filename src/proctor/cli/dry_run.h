// What a command would do, told without asking a question. Not for other folders.
#pragma once

#include <vector>

#include "proctor/cli/console.h"
#include "proctor/cli/evaluation.h"

namespace proctor {

// One line a run: its name, what is planned, stored and to be asked, and about how many
// tokens of prompts that is. A server is asked who it is, and nothing else; of a .gguf
// the header and the vocabulary are read; the store is read where there is one.
Status tell_dry_run(const std::vector<ModelChoice>& choices,
                    const std::vector<Exam>& exams, const Arguments& arguments,
                    World& world);

}  // namespace proctor
