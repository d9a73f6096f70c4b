#include "proctor/report/runs_table.h"

#include <algorithm>
#include <array>

#include "proctor/report/summary.h"

namespace proctor {
namespace {

struct RunColumn {
  std::string_view english, japanese;
  Align align;
  std::string (*cell)(const ScoredRun& run, Language language);
};

std::string n_cell(const ScoredRun& run, Language) {
  const std::string n = with_thousands(run.ended());
  return run.planned == run.ended()
             ? n
             : fmt::format("{}/{}", n, with_thousands(run.planned));
}

std::string second_tries_cell(const ScoredRun& run, Language language) {
  if (run.account.second_tries == 0) return {};
  return in_language(language, " ({} second tries)", "（再試行 {}）",
                     with_thousands(run.account.second_tries));
}

constexpr RunColumn id_column = {
    "run", "実行", Align::left,
    [](const ScoredRun& run, Language) { return run.short_id(); }};
constexpr RunColumn name_column = {
    "run", "実行", Align::left,
    [](const ScoredRun& run, Language) { return run.name_or_id(); }};
constexpr RunColumn model_column = {
    "model", "モデル", Align::left,
    [](const ScoredRun& run, Language) { return run.model_title(); }};
constexpr RunColumn method_column = {
    "method", "方法", Align::left,
    [](const ScoredRun& run, Language) { return run.info.note; }};
constexpr RunColumn dataset_column = {
    "dataset", "データ", Align::left,
    [](const ScoredRun& run, Language) { return exam_title(run); }};
constexpr RunColumn protocol_column = {
    "protocol", "プロトコル", Align::left,
    [](const ScoredRun& run, Language) { return run.info.protocol; }};
constexpr RunColumn n_column = {"n", "問題数", Align::right, n_cell};
constexpr RunColumn accuracy_column = {
    "accuracy", "精度", Align::right,
    [](const ScoredRun& run, Language) { return accuracy_cell(run); }};
constexpr RunColumn interval_column = {
    "95 % CI", "95 % CI", Align::right,
    [](const ScoredRun& run, Language) { return interval_cell(run); }};
constexpr RunColumn ledger_column = {
    "ledger", "内訳", Align::left, [](const ScoredRun& run, Language language) {
      return ledger_text(run.ledger(), language) + second_tries_cell(run, language);
    }};
constexpr RunColumn reported_column = {"as reported", "元の集計", Align::left,
                                       reported_text};

// A column, and how narrow it may get.
using Shown = std::pair<const RunColumn*, int>;

constexpr std::array<Shown, 10> all_columns = {{{&name_column, 8},
                                                {&model_column, 12},
                                                {&method_column, 6},
                                                {&dataset_column, 10},
                                                {&protocol_column, 6},
                                                {&n_column, 0},
                                                {&accuracy_column, 0},
                                                {&interval_column, 0},
                                                {&ledger_column, 16},
                                                {&reported_column, 8}}};
constexpr std::array<Shown, 6> few_columns = {{{&id_column, 8},
                                               {&model_column, 8},
                                               {&protocol_column, 12},
                                               {&accuracy_column, 0},
                                               {&interval_column, 0},
                                               {&reported_column, 6}}};

Table table_of(std::span<const ScoredRun> runs, std::span<const Shown> columns,
               Language language) {
  Table table;
  for (const auto& [column, least_width] : columns) {
    const auto title = language == Language::ja ? column->japanese : column->english;
    table.columns.push_back({std::string(title), column->align, least_width});
  }
  for (const ScoredRun& run : runs) {
    auto& row = table.rows.emplace_back();
    for (const auto& [column, least_width] : columns)
      row.push_back(column->cell(run, language));
  }
  return table;
}

}  // namespace

Table runs_table(std::span<const ScoredRun> runs, Language language) {
  return table_of(runs, all_columns, language);
}

Table short_runs_table(std::span<const ScoredRun> runs, Language language) {
  Table table = table_of(runs, few_columns, language);
  drop_empty_last_column(table);
  return table;
}

void drop_empty_last_column(Table& table) {
  const bool is_empty = std::ranges::all_of(
      table.rows, [](const auto& row) { return row.back().empty(); });
  if (!is_empty) return;
  table.columns.pop_back();
  for (auto& row : table.rows) row.pop_back();
}

Table listed_runs_table(std::span<const ListedRun> runs, Among among) {
  Table table{{{"run"},
               {"name"},
               {"model"},
               {"dataset"},
               {"subjects"},
               {"protocol"},
               {"answers", Align::right},
               {"written"}},
              {}};
  const bool all = among == Among::all;
  if (all) table.columns.push_back({"hidden"});
  for (const auto& [run, subjects] : runs) {
    const RunInfo& info = run.info;
    table.rows.push_back({run.id.substr(0, 8), info.name, model_name(info.key),
                          info.dataset, subjects, info.protocol,
                          fmt::format("{}", run.results), iso_time(run.updated)});
    if (!all) continue;
    const std::string why = info.hidden ? "forgotten" : "no reply";
    table.rows.back().push_back(run.is_shown() ? "" : why);
  }
  return table;
}

std::string listed_run_text(const ListedRun& listed) {
  const auto& [run, subjects] = listed;
  const RunInfo& info = run.info;
  return for_terminal_line(fmt::format(
      "run {} ({}{}, {}, {}, {} repl{})", run.id.substr(0, 8), model_name(info.key),
      info.name.empty() ? "" : fmt::format(" \"{}\"", info.name),
      subjects.empty() ? info.dataset : info.dataset + " " + subjects, info.protocol,
      with_thousands(run.results), run.results == 1 ? "y" : "ies"));
}

}  // namespace proctor
