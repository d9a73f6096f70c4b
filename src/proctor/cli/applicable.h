// Which option is for which kind of model. Not for other folders.
#pragma once

#include <span>

#include "proctor/cli/evaluation.h"
#include "proctor/cli/options.h"

namespace proctor {

// Fault::usage for an option that none of the models can be given, naming both: whoever
// writes --exact believes in it. Of several models one is enough; the others are asked
// without it. An option of --config's file counts like one of the command line.
Status check_options_apply(std::span<const ModelChoice> choices,
                           const Arguments& arguments);

}  // namespace proctor
