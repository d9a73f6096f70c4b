// Where a line that is too long for a terminal is broken. Not for other
// folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proctor {

// Adds one line as lines of at most `width` columns (0: as it is): broken between
// words, or wide characters, and within a word that is longer.
void break_line(std::string_view line, int width, std::vector<std::string>& lines);

// All lines of a text; what goes on is `hanging` blanks in.
std::string wrapped(std::string_view text, int width, int hanging = 0);

}  // namespace proctor
