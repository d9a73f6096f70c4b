#include <algorithm>
#include <array>
#include <cassert>
#include <charconv>
#include <numeric>

#include <nlohmann/json.hpp>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using Widths = std::vector<int>;
using Row = std::vector<std::string>;

constexpr std::string_view gap = "  ";

Row titles_of(const Table& table) {
  Row titles;
  for (const TableColumn& column : table.columns) titles.push_back(column.title);
  return titles;
}

// The titles, then the rows, each cell as `make_inert` leaves it.
std::vector<Row> inert_rows(const Table& table,
                            std::string (*make_inert)(std::string_view)) {
  std::vector<Row> rows = {titles_of(table)};
  rows.insert(rows.end(), table.rows.begin(), table.rows.end());
  for (Row& row : rows) {
    for (std::string& cell : row) cell = make_inert(cell);
  }
  return rows;
}

Widths widths_of(const std::vector<Row>& rows, std::size_t columns) {
  Widths widths(columns, 0);
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < columns; ++i) {
      widths[i] = std::max(widths[i], display_width(row[i]));
    }
  }
  return widths;
}

int least_width_of(const TableColumn& column, int natural) {
  if (column.align == Align::right) return natural;
  return std::min(natural, std::max(column.least_width, 1));
}

int gaps_of(const Widths& widths) {
  return static_cast<int>(gap.size() * (widths.size() - 1));
}

// Takes from the widest columns, one terminal column at a time, so that what is left is
// shared fairly; the first of equals keeps most.
void shrink(Widths& widths, const std::vector<TableColumn>& columns, int width) {
  int excess = std::accumulate(widths.begin(), widths.end(), gaps_of(widths)) - width;
  const Widths natural = widths;
  for (; excess > 0; --excess) {
    std::optional<std::size_t> widest;
    for (std::size_t i = 0; i < widths.size(); ++i) {
      if (widths[i] <= least_width_of(columns[i], natural[i])) continue;
      if (!widest || widths[i] >= widths[*widest]) widest = i;
    }
    if (!widest) return;
    --widths[*widest];
  }
}

// Cut in the middle: "SmolLM2-1…uct Q4_1".
std::string fit_in_the_middle(std::string_view text, int columns) {
  if (display_width(text) <= columns) return std::string(text);
  std::vector<std::string_view> characters;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    next_code_point(text, at);
    characters.push_back(text.substr(start, at - start));
  }
  const int of_end = columns / 2;
  int width = 0;
  std::size_t end = characters.size();
  while (end > 0 && (width += display_width(characters[end - 1])) <= of_end) --end;
  std::string tail;
  for (std::size_t i = end; i < characters.size(); ++i) tail += characters[i];
  return fit(text, columns - display_width(tail)) + tail;
}

std::string aligned(std::string_view cell, const TableColumn& column, int width) {
  const std::string fitted =
      column.keeps_end ? fit_in_the_middle(cell, width) : fit(cell, width);
  if (column.align == Align::left) return pad(fitted, width);
  const int missing = std::max(0, width - display_width(fitted));
  return std::string(static_cast<std::size_t>(missing), ' ') + fitted;
}

Row aligned_row(const Row& row, const Table& table, const Widths& widths) {
  Row cells;
  for (std::size_t i = 0; i < row.size(); ++i) {
    cells.push_back(aligned(row[i], table.columns[i], widths[i]));
  }
  return cells;
}

std::string line_of(const Row& cells) {
  std::string line = join(cells, gap);
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

// Words on lines of at most `width` (0: on one), and an empty line behind them.
std::string above_text(const Table& table, int width) {
  std::string text, line;
  for (std::size_t i = 0; i < table.above.size(); ++i) {
    const bool is_last = i + 1 == table.above.size();
    const std::string word = for_terminal_line(table.above[i]) + (is_last ? "" : ",");
    if (width > 0 && !line.empty() &&
        display_width(line) + 1 + display_width(word) > width) {
      text += line + '\n';
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
  }
  return line.empty() ? "" : text + line + "\n\n";
}

std::string terminal_text(const Table& table, int width) {
  const std::vector<Row> rows = inert_rows(table, for_terminal_line);
  Widths widths = widths_of(rows, table.columns.size());
  if (width > 0) shrink(widths, table.columns, width);
  std::string text =
      above_text(table, width) + line_of(aligned_row(rows[0], table, widths));
  Row rule;
  for (const int w : widths) {
    rule.emplace_back();
    for (int i = 0; i < w; ++i) rule.back() += "─";
  }
  text += line_of(rule);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    text += line_of(aligned_row(rows[i], table, widths));
  }
  return text;
}

bool is_word(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         static_cast<unsigned char>(c) >= 0x80;
}

// GitHub's Markdown: what would end a cell or start markup gets a backslash. An
// underscore inside a word, as in college_computer_science, starts nothing there.
std::string for_markdown_cell(std::string_view text) {
  const std::string inert = for_terminal_line(text);
  std::string out;
  for (std::size_t i = 0; i < inert.size(); ++i) {
    const char c = inert[i];
    const bool inside_word =
        i > 0 && i + 1 < inert.size() && is_word(inert[i - 1]) && is_word(inert[i + 1]);
    if (std::string_view("\\|`*[]<&~").find(c) != std::string_view::npos ||
        (c == '_' && !inside_word)) {
      out += '\\';
    }
    out += c;
  }
  return out;
}

std::string markdown_text(const Table& table) {
  const std::vector<Row> rows = inert_rows(table, for_markdown_cell);
  Widths widths = widths_of(rows, table.columns.size());
  for (int& width : widths) width = std::max(width, 3);
  const auto line = [](const Row& cells) { return "| " + join(cells, " | ") + " |\n"; };
  std::string text;
  for (const std::string& word : table.above)
    text += (text.empty() ? "" : ", ") + for_markdown_cell(word);
  text += (text.empty() ? "" : "\n\n") + line(aligned_row(rows[0], table, widths));
  Row rule;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    const bool right = table.columns[i].align == Align::right;
    rule.push_back(std::string(static_cast<std::size_t>(widths[i] - right), '-') +
                   (right ? ":" : ""));
  }
  text += line(rule);
  for (std::size_t i = 1; i < rows.size(); ++i) {
    text += line(aligned_row(rows[i], table, widths));
  }
  return text;
}

// What a program calls a column.
std::string key_of(const TableColumn& column) {
  if (!column.key.empty()) return column.key;
  return replace_all(to_valid_utf8(column.title), " ", "_");
}

// "14,042" is 14042, where it is a number's column.
std::optional<std::int64_t> number_in(const std::string& cell,
                                      const TableColumn& column) {
  if (column.align != Align::right) return std::nullopt;
  const std::string digits = replace_all(cell, ",", "");
  std::int64_t value = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  return error == std::errc{} && stop == end ? std::optional(value) : std::nullopt;
}

std::string csv_text(const Table& table) {
  Row keys;
  for (const TableColumn& column : table.columns)
    keys.push_back(for_csv(key_of(column)));
  std::string text = join(keys, ",") + '\n';
  for (const Row& row : table.rows) {
    Row cells;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const auto number = number_in(row[i], table.columns[i]);
      cells.push_back(number ? fmt::format("{}", *number) : for_csv(row[i]));
    }
    text += join(cells, ",") + '\n';
  }
  return text;
}

// JSON must keep every character; those that steer a terminal are kept as escapes.
std::string with_escapes(std::string_view json) {
  std::string out;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t start = at;
    const char32_t c = next_code_point(json, at);
    const bool steers = (c >= 0x7F && c <= 0x9F) || (c >= 0x202A && c <= 0x202E) ||
                        (c >= 0x2066 && c <= 0x2069);
    if (steers) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += json.substr(start, at - start);
    }
  }
  return out;
}

std::string json_text(const Table& table) {
  std::string text;
  for (const Row& row : table.rows) {
    nlohmann::ordered_json object = nlohmann::ordered_json::object();
    for (std::size_t i = 0; i < row.size(); ++i) {
      auto& value = object[key_of(table.columns[i])];
      if (const auto number = number_in(row[i], table.columns[i]))
        value = *number;
      else
        value = to_valid_utf8(row[i]);
    }
    text += with_escapes(object.dump()) + '\n';
  }
  return text;
}

}  // namespace

std::optional<TableFormat> table_format_named(std::string_view name) {
  if (name == "terminal" || name == "txt") return TableFormat::terminal;
  if (name == "markdown" || name == "md") return TableFormat::markdown;
  if (name == "csv") return TableFormat::csv;
  if (name == "json" || name == "jsonl") return TableFormat::json;
  return std::nullopt;
}

std::string_view name_of(TableFormat format) {
  constexpr std::array names = {"terminal", "markdown", "csv", "json"};
  return names[static_cast<std::size_t>(format)];
}

int natural_width_of(const Table& table) {
  const Widths widths =
      widths_of(inert_rows(table, for_terminal_line), table.columns.size());
  return std::accumulate(widths.begin(), widths.end(), gaps_of(widths));
}

int least_width_of(const Table& table) {
  const Widths widths =
      widths_of(inert_rows(table, for_terminal_line), table.columns.size());
  int sum = gaps_of(widths);
  for (std::size_t i = 0; i < widths.size(); ++i)
    sum += least_width_of(table.columns[i], widths[i]);
  return sum;
}

std::string table_text(const Table& table, TableFormat format, int width) {
  assert(!table.columns.empty());
  assert(std::ranges::all_of(
      table.rows, [&](const Row& row) { return row.size() == table.columns.size(); }));
  switch (format) {
    case TableFormat::terminal:
      return terminal_text(table, width);
    case TableFormat::markdown:
      return markdown_text(table);
    case TableFormat::csv:
      return csv_text(table);
    case TableFormat::json:
      break;
  }
  return json_text(table);
}

std::string fenced(std::string_view text) {
  std::string fence = "```";
  while (text.find(fence) != std::string_view::npos) fence += '`';
  return fmt::format("{0}text\n{1}{0}\n", fence, text);
}

}  // namespace proctor
