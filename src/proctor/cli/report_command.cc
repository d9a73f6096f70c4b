#include "proctor/cli/specs.h"

namespace proctor {
namespace {

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
  const Output output = output_of(arguments);
  TRY(check_output(output));
  const auto store = TRY(open_for_reading(arguments));
  const auto runs =
      TRY(runs_meant(*store, arguments, arguments.positional, world.console));
  std::string text;
  if (arguments.has("--json")) {
    text = summaries_json(runs);
  } else {
    const bool for_people = format == TableFormat::terminal;
    Table table = runs_table(runs, language);
    if (for_people) drop_empty_last_column(table);
    text = table_text(table, format, world.console.table_width());
    // A run that is named has more to say than a line.
    if (for_people && arguments.positional.size() == 1)
      text += "\n" + summary_text(runs.front(), language);
  }
  TRY(write_output(output, world.console, text));
  if (runs.empty() && TRY(store->runs()).empty()) {
    world.console.say("no runs yet; next: proctor run --type ollama");
  }
  return complete;
}

}  // namespace proctor
