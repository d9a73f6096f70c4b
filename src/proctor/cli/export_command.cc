#include "proctor/cli/specs.h"

namespace proctor {

Result<int> export_command(const Arguments& arguments, World& world) {
  const auto form = TRY(format_of(arguments, {TableFormat::json, TableFormat::csv}));
  const auto format =
      form == TableFormat::csv ? ExportFormat::csv : ExportFormat::jsonl;
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments, world.console));
  std::string text = export_head(format);
  const auto add = [&](const Graded& graded) -> Status {
    text += export_line(format, graded);
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), false, add));
  world.console.print(text);
  world.console.sum_up(
      fmt::format("{} questions of run {}", run.ended(), run.short_id()));
  return complete;
}

}  // namespace proctor
