// What is said of an explanation. Not for other folders.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "proctor/report/comparison.h"

namespace proctor {

// Both require that there is one.
std::string explanation_text(const ComparedRuns& runs, Language language, int width);
nlohmann::ordered_json explanation_json(const ComparedRuns& runs);

}  // namespace proctor
