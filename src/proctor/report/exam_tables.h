// Data sets and their subjects, as `proctor list` shows them. Part of report.h.
#pragma once

#include <string_view>

#include "proctor/question/question.h"
#include "proctor/report/table.h"

namespace proctor {

// Those that are known by name.
Table datasets_table();
// A known data set's subjects with their groups; no question is read for it.
Table known_subjects_table(std::string_view dataset);
// Any data set's subjects with how many questions each has.
Table subjects_table(const Dataset& dataset);

}  // namespace proctor
