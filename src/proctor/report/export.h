// A run's questions with what was replied to each, for other programs. Part of
// report.h.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "proctor/score/score.h"
#include "proctor/study/study.h"

namespace proctor {

enum class ExportFormat { jsonl, csv, parquet };
// --format's word, "jsonl", or where there is none what the file's name ends in.
// Fault::usage names what else there is, the forms of other harnesses among it.
Result<ExportFormat> export_format_of(std::string_view name, std::string_view file);
// The columns of the table that the lines of `parquet` are, in JSON: a name, and a type
// as Arrow says it.
std::span<const std::pair<std::string_view, std::string_view>> export_columns();
// What stands before the questions: CSV's titles, or nothing.
std::string export_head(ExportFormat format);
// One question, with the end of its line.
std::string export_line(ExportFormat format, const Graded& graded);

// What a reader found in a reply that was kept elsewhere, likewise.
std::string answer_head(ExportFormat format);
std::string answer_line(ExportFormat format, const ReplyLine& line,
                        const Answer& answer);

}  // namespace proctor
