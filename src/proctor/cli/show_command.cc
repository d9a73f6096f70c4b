#include "proctor/cli/specs.h"

namespace proctor {
Result<int> show_command(const Arguments& arguments, World& world) {
  std::optional<Mark> only;
  if (const auto name = arguments.get("--only"))
    only = TRY(find_mark(*name).in("--only"));
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments));
  const std::string question = arguments.get("--question").value_or("");
  std::int64_t shown = 0;
  const auto show = [&](const Graded& graded) -> Status {
    if ((only && graded.mark != *only) || !is_called(graded, question)) return {};
    ++shown;
    world.console.print(trial_title(graded) + trial_text(graded));
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), true, show));
  if (shown == 0 && !question.empty()) {
    return fail(Fault::usage, "--question: run {} has no answer to {}", run.short_id(),
                question);
  }
  world.console.say(
      fmt::format("{} of {} questions of run {}", shown, run.ended(), run.short_id()));
  return complete;
}

}  // namespace proctor
