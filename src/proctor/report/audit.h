// What every reader makes of a run. Part of report.h.
#pragma once

#include <string>

#include "proctor/report/ink.h"
#include "proctor/report/language.h"
#include "proctor/report/table.h"
#include "proctor/study/study.h"

namespace proctor {

// A table of the readers, `width` columns wide at most, and the first replies in which
// they differ, each with its end on a line of at most `line_width`: `most` of them, and
// how many more there are.
std::string audit_text(const Audit& audit, Language language, int width, int line_width,
                       std::size_t most = 20);
// All of it on one line, without its end.
std::string audit_json(const Audit& audit);
// A line a reader; shares in percent.
std::string audit_csv(const Audit& audit);
// One of these, with its end; for Markdown the text as it stands.
std::string audit_in(TableFormat format, const Audit& audit, Language language,
                     int width, int line_width, std::size_t most, const Ink& ink);

}  // namespace proctor
