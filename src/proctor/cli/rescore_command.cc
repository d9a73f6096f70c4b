#include "proctor/cli/scored_run.h"
#include "proctor/cli/stored_runs.h"

namespace proctor {

Result<int> rescore_command(const Arguments& arguments, World& world) {
  const auto reader = arguments.get("--extract");
  if (!reader)
    return fail(Fault::usage, "--extract is missing: the reader to read with");
  const auto store = TRY(open_for_reading(arguments));
  const auto language = TRY(language_of(arguments));
  for (const StoredRun& stored : TRY(runs_named(*store, arguments.positional))) {
    const ScoredRun run = TRY(score_stored_run(*store, stored, *reader, false, {}));
    world.console.print(arguments.has("--json") ? summary_json(run) + "\n"
                                                : summary_text(run, language));
  }
  return complete;
}

}  // namespace proctor
