#include <algorithm>

#include "proctor/base/base.h"
#include "proctor/report/table.h"

namespace proctor {
namespace {

// Words on lines of at most `width`, two blanks before each.
std::string indented(std::string_view words, int width) {
  std::string text, line;
  for (const std::string& word : split(words, ' ')) {
    if (!line.empty() && 3 + display_width(line) + display_width(word) > width) {
      text += "  " + line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? text : text + "  " + line + "\n";
}

// What is said of a row's first cell; the title of words that stand last says nothing
// more.
std::string words_of(const Table& table, const std::vector<std::string>& row) {
  std::string words;
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (row[i].empty()) continue;
    const bool is_last = i + 1 == row.size() && table.columns[i].align == Align::left;
    words += fmt::format("{}{}{}", words.empty() ? "" : "; ",
                         is_last ? "" : table.columns[i].title + " ",
                         for_terminal_line(row[i]));
  }
  return words;
}

}  // namespace

std::string list_text(const Table& table, int width) {
  if (width == 0 || natural_width_of(table) <= width)
    return table_text(table, TableFormat::terminal, width);
  std::string text;
  if (!table.above.empty()) text = indented(join(table.above, ", "), width) + "\n";
  for (const auto& row : table.rows)
    text += for_terminal_line(row[0]) + "\n" + indented(words_of(table, row), width);
  return text;
}

std::string list_text(const Table& table, TableFormat format, int width) {
  return format == TableFormat::terminal ? list_text(table, width)
                                         : table_text(table, format, width);
}

}  // namespace proctor
