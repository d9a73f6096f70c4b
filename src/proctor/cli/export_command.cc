#include "proctor/cli/specs.h"

namespace proctor {

Result<int> export_command(const Arguments& arguments, World& world) {
  const std::string name = format_word(arguments, {"jsonl", "csv"});
  const auto format = export_format_named(name);
  if (!format)
    return fail(Fault::usage, "--format: found {}, expected jsonl or csv", name);
  const Output output = output_of(arguments);
  TRY(check_output(output));
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments));
  std::string text = export_head(*format);
  const auto add = [&](const Graded& graded) -> Status {
    text += export_line(*format, graded);
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), false, add));
  if (TRY(write_output(output, world.console, text))) {
    world.console.tell(fmt::format("{}: {} questions of run {}",
                                   *arguments.get("--output"), run.ended(),
                                   run.short_id()));
  }
  return complete;
}

}  // namespace proctor
