#include "proctor/cli/runs_table.h"

#include <algorithm>

#include "proctor/cli/stored_runs.h"
#include "proctor/study/study.h"

namespace proctor {

void drop_empty_last_column(Table& table) {
  const bool is_empty = std::ranges::all_of(
      table.rows, [](const auto& row) { return row.back().empty(); });
  if (!is_empty) return;
  table.columns.pop_back();
  for (auto& row : table.rows) row.pop_back();
}

int table_width(const Console& console) {
  return console.out_is_terminal() ? console.width() : wide_enough;
}

std::string runs_table(std::span<const ScoredRun> runs, Language language,
                       const Console& console) {
  const bool ja = language == Language::ja;
  Table table{{{ja ? "実行" : "run", Align::left, 8},
               {ja ? "モデル" : "model", Align::left, 8},
               {ja ? "プロトコル" : "protocol", Align::left, 12},
               {ja ? "精度" : "accuracy", Align::right},
               {"95 % CI", Align::right},
               {ja ? "元の集計" : "as reported", Align::left, 6}},
              {}};
  for (const ScoredRun& run : runs) {
    table.rows.push_back({run.short_id(), run.model_title(), run.info.protocol,
                          accuracy_cell(run), interval_cell(run),
                          reported_text(run, language)});
  }
  drop_empty_last_column(table);
  return table_text(table, TableFormat::terminal, table_width(console));
}

}  // namespace proctor
