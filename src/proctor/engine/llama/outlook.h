// What a model's chat template and vocabulary will do, for whoever looks at the file
// before a run. Not for other folders.
#pragma once

#include <string>

#include "proctor/engine/engine.h"
#include "proctor/engine/llama/load.h"

namespace proctor {

// Of the outlook, all that vocabulary and template tell.
EngineOutlook outlook_of(Loaded& loaded);

}  // namespace proctor
