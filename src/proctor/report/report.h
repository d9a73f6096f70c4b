// Tables and charts for people, from numbers that others computed.
#pragma once

#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/score/score.h"

namespace proctor {

enum class Language { en, ja };

// ---- Tables ----

enum class Align { left, right };
struct TableColumn {
  std::string title;
  Align align = Align::left;
  int least_width = 0;  // a terminal that is too narrow cuts no further
};
// Cells are plain text; each writer makes them inert for where they go.
struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // one cell a column
};
enum class TableFormat { terminal, markdown, csv, json };
std::optional<TableFormat> table_format_named(std::string_view name);
// `width`: the terminal's columns; text that is too wide is cut with "…", Japanese
// counted at two columns. json: one object a line, the titles as keys.
std::string table_text(const Table& table, TableFormat format, int width);

// ---- Charts ----

struct Bar {
  std::string label;
  std::string method;  // how it was got: a line under the label, may be empty
  double percent = 0;  // 0 to 100
  std::optional<Interval> interval;  // of the share, 0 to 1: drawn as whiskers
  std::int64_t right = 0, n = 0;     // 0: not known, no "n = 100"
};
struct Chart {
  std::vector<Bar> bars;
  Language language = Language::en;
  std::string title;  // empty: the language's own
};
// The ending picks .jpg .jpeg .png .svg .pdf. Warnings (a missing CJK font) go to talk.
Status write_chart(const Chart& chart, const std::filesystem::path& path,
                   const Talk& talk);
// model,method,subject,accuracy,correct,n  (the last two may be empty)
Result<std::vector<Bar>> read_bars_csv(std::string_view content);

}  // namespace proctor
