#include "proctor/cli/specs.h"

namespace proctor {
namespace {

Result<Breakdown> breakdown_of(const Arguments& arguments, TableFormat format) {
  Breakdown breakdown{
      TRY(find_by(arguments.get("--by").value_or("model")).in("--by")),
      TRY(find_sort(arguments.get("--sort").value_or("name")).in("--sort"))};
  if (arguments.has("--sort") && breakdown.by == By::model &&
      (arguments.positional.size() != 1 || format != TableFormat::terminal))
    return fail(Fault::usage,
                "--sort: only with --by subject or category, or of one run");
  const auto columns = arguments.get("--columns");
  if (!columns) return breakdown;
  const bool is_for_people =
      format == TableFormat::terminal || format == TableFormat::markdown;
  if (breakdown.by != By::model || !is_for_people)
    return fail(Fault::usage, "--columns: only of a table for people, by model");
  breakdown.traits = TRY(find_traits(*columns).in("--columns"));
  return breakdown;
}

}  // namespace

Result<int> report_command(const Arguments& arguments, World& world) {
  const Language language = world.console.language();
  const TableFormat format = TRY(format_of(arguments));
  const Breakdown breakdown = TRY(breakdown_of(arguments, format));
  const auto store = TRY(open_for_reading(arguments));
  const auto runs =
      TRY(runs_meant(*store, arguments, arguments.positional, world.console));
  std::string text;
  if (format == TableFormat::json) {
    text = breakdown.by == By::model
               ? summaries_json(runs)
               : breakdown_text(runs, breakdown, TableFormat::json, language, 0);
  } else {
    const bool for_people = format == TableFormat::terminal;
    const int width = world.console.table_width();
    text = breakdown_text(runs, breakdown, format, language, width);
    // A run that is named has more to say than a line.
    if (for_people && breakdown.by == By::model && arguments.positional.size() == 1) {
      text += "\n" + summary_text(runs.front(), language, Subjects::left_out);
      if (runs.front().account.tally.by_subject.size() > 1)
        text += "\n" + breakdown_text(runs, {By::subject, breakdown.sort}, format,
                                      language, width);
    } else if (for_people) {
      text += failures_text(runs, language, width);
    }
  }
  if (format == TableFormat::terminal)
    text = world.console.ink().heads(std::move(text));
  world.console.print(text);
  world.console.sum_up(
      fmt::format("{} run{}", runs.size(), runs.size() == 1 ? "" : "s"));
  if (runs.empty() && TRY(store->runs()).empty()) {
    world.console.tell("no runs yet; next: proctor run --type ollama");
  }
  return complete;
}

}  // namespace proctor
