// Several runs beside each other, one a line. Not for other folders.
#pragma once

#include <span>
#include <string>

#include "proctor/cli/console.h"
#include "proctor/study/study.h"

namespace proctor {

// Model, protocol, n, accuracy and its interval; narrow enough for 80 columns.
std::string runs_table(std::span<const ScoredRun> runs, Language language,
                       const Console& console);

// Takes the last column away where no row has anything in it.
void drop_empty_last_column(Table& table);

// What a terminal is as wide as; a pipe cuts nothing.
int table_width(const Console& console);

}  // namespace proctor
