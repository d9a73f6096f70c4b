// A run's questions with what was replied to each, for other programs. Part of
// report.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "proctor/score/score.h"
#include "proctor/study/study.h"

namespace proctor {

enum class ExportFormat { jsonl, csv };
// What stands before the questions: CSV's titles, or nothing.
std::string export_head(ExportFormat format);
// One question, with the end of its line.
std::string export_line(ExportFormat format, const Graded& graded);

// What a reader found in a reply that was kept elsewhere, likewise.
std::string answer_head(ExportFormat format);
std::string answer_line(ExportFormat format, const ReplyLine& line,
                        const Answer& answer);

}  // namespace proctor
