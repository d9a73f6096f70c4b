// Tables, for a terminal and for other programs. Part of report.h.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace proctor {

enum class Align { left, right };
struct TableColumn {
  std::string title;
  // right is for numbers: a column aligned right is never cut, a number cut would lie.
  Align align = Align::left;
  int least_width = 0;     // a terminal that is too narrow cuts no further
  bool keeps_end = false;  // cut in the middle: what tells names apart stands at an end
  std::string key = {};    // in csv and json; empty: the title, with _ for its blanks
};
// Cells are plain text; each writer makes them inert for where they go.
struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<std::string>> rows;  // one cell a column
  // Said once above it, to people: what holds for all rows.
  std::vector<std::string> above = {};
};
enum class TableFormat { terminal, markdown, csv, json };
std::optional<TableFormat> table_format_named(std::string_view name);  // also jsonl
std::string_view name_of(TableFormat format);
// `width`: the terminal's columns, 0 for a pipe, where nothing is cut. Text that is too
// wide is cut with "…", the widest columns first; Japanese counts two columns. No line
// ends in a blank. csv and json have keys for titles, and a number that is aligned
// right as a number ("14,042" is 14042); json is one object a line.
std::string table_text(const Table& table, TableFormat format, int width);
// How wide it is on a terminal: whole, and cut as far as it goes.
int natural_width_of(const Table& table);
int least_width_of(const Table& table);
// The same for a terminal; where that is too narrow an entry a row: the first cell, and
// the others with their titles below it. `width` 0: for a pipe.
std::string list_text(const Table& table, int width);
// list_text() for a terminal, table_text() for all else.
std::string list_text(const Table& table, TableFormat format, int width);
// Text as it stands, in a page of Markdown.
std::string fenced(std::string_view text);

}  // namespace proctor
