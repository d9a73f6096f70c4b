#include "proctor/cli/specs.h"

namespace proctor {
namespace {

Result<std::optional<Mark>> only_of(const Arguments& arguments) {
  const auto name = arguments.get("--only");
  if (!arguments.has("--wrong"))
    return name ? std::optional(TRY(find_mark(*name).in("--only"))) : std::nullopt;
  if (!name || *name == "wrong") return Mark::wrong;
  return fail(Fault::usage, "--wrong, --only: expected one of them");
}

}  // namespace

Result<int> show_command(const Arguments& arguments, World& world) {
  const TableFormat form = TRY(format_of(
      arguments, {TableFormat::terminal, TableFormat::csv, TableFormat::json}));
  const bool for_people = form == TableFormat::terminal;
  const auto format =
      form == TableFormat::csv ? ExportFormat::csv : ExportFormat::jsonl;
  const auto only = TRY(only_of(arguments));
  const auto most = TRY(arguments.number("--limit", number_ranges.limit));
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments, world.console));
  const std::string question = arguments.get("--question").value_or("");
  Console& console = world.console;
  QuestionPages pages({.language = console.language(),
                       .width = console.table_width(),
                       .full = arguments.has("--full"),
                       .ink = console.ink(),
                       .shots = shots_of(stored.info.key)});
  std::int64_t shown = 0, found = 0;
  if (!for_people) console.print(export_head(format));
  const auto show = [&](const Graded& graded) -> Status {
    if ((only && graded.mark != *only) || !is_called(graded, question)) return {};
    if (++found > most.value_or(INT32_MAX)) return {};
    ++shown;
    console.print(for_people ? pages.add(graded) : export_line(format, graded));
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), true, show));
  if (shown == 0 && !question.empty()) {
    return fail(Fault::usage, "--question: run {} has no answer to {}", run.short_id(),
                question);
  }
  for (const std::string& note : run.info.notes) console.tell(note);
  console.tell(
      fmt::format("{} of {} questions of run {}", shown, run.ended(), run.short_id()));
  return complete;
}

}  // namespace proctor
