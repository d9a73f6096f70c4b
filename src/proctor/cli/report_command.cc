#include "proctor/cli/commands.h"
#include "proctor/cli/output.h"
#include "proctor/cli/runs_table.h"
#include "proctor/cli/stored_runs.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

struct Titles {
  std::string_view run, model, method, dataset, protocol, n, accuracy, interval, ledger,
      reported;
};
constexpr Titles english = {"run", "model",    "method",  "dataset", "protocol",
                            "n",   "accuracy", "95 % CI", "ledger",  "as reported"};
constexpr Titles japanese = {"実行",   "モデル", "方法",    "データ", "プロトコル",
                             "問題数", "精度",   "95 % CI", "内訳",   "元の集計"};

std::vector<TableColumn> columns_of(const Titles& titles) {
  const auto text = [](std::string_view title, int least) {
    return TableColumn{std::string(title), Align::left, least};
  };
  const auto number = [](std::string_view title) {
    return TableColumn{std::string(title), Align::right, 0};
  };
  return {text(titles.run, 8),      text(titles.model, 12),   text(titles.method, 6),
          text(titles.dataset, 10), text(titles.protocol, 6), number(titles.n),
          number(titles.accuracy),  number(titles.interval),  text(titles.ledger, 16),
          text(titles.reported, 8)};
}

std::vector<std::string> cells_of(const ScoredRun& run, Language language) {
  const Ledger& ledger = run.ledger();
  const std::string n = run.planned == ledger.n()
                            ? with_thousands(ledger.n())
                            : fmt::format("{}/{}", with_thousands(ledger.n()),
                                          with_thousands(run.planned));
  return {run.info.name.empty() ? run.short_id() : run.info.name,
          run.model_title(),
          run.info.note,
          exam_title(run),
          run.info.protocol,
          n,
          accuracy_cell(run),
          interval_cell(run),
          ledger_text(ledger, language),
          reported_text(run, language)};
}

Result<TableFormat> format_of(const Arguments& arguments) {
  const std::string name = arguments.get("--format").value_or("terminal");
  if (const auto format = table_format_named(name)) return *format;
  return fail(Fault::usage,
              "--format: found {}, expected terminal, markdown, csv or json", name);
}

}  // namespace

Result<int> report_command(const Arguments& arguments, World& world) {
  const Language language = TRY(language_of(arguments));
  const TableFormat format = TRY(format_of(arguments));
  TRY(check_output(arguments));
  const auto store = TRY(open_for_reading(arguments));
  Table table{columns_of(language == Language::ja ? japanese : english), {}};
  std::string json;
  std::string details;
  const auto runs =
      TRY(scored_runs(*store, arguments, arguments.positional, world.console));
  for (const ScoredRun& run : runs) {
    table.rows.push_back(cells_of(run, language));
    json += summary_json(run) + "\n";
    if (arguments.positional.size() == 1) details = summary_text(run, language);
  }
  if (format == TableFormat::terminal) drop_empty_last_column(table);
  std::string text =
      arguments.has("--json")
          ? json
          : table_text(
                table, format,
                world.console.out_is_terminal() ? world.console.width() : wide_enough);
  if (format == TableFormat::terminal && !arguments.has("--json") && !details.empty()) {
    text += "\n" + details;
  }
  TRY(write_output(arguments, world, text));
  if (runs.empty() && TRY(store->runs()).empty()) {
    world.console.say("no runs yet; next: proctor run --type ollama");
  }
  return complete;
}

}  // namespace proctor
