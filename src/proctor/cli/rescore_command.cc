#include "proctor/cli/specs.h"

namespace proctor {

Result<int> rescore_command(const Arguments& arguments, World& world) {
  if (!arguments.has("--extract"))
    return fail(Fault::usage, "--extract is missing: the reader to read with");
  const auto store = TRY(open_for_reading(arguments));
  const auto language = TRY(language_of(arguments));
  const auto runs =
      TRY(runs_meant(*store, arguments, arguments.positional, world.console));
  for (const ScoredRun& run : runs) {
    world.console.print(arguments.has("--json") ? summary_json(run) + "\n"
                                                : summary_text(run, language));
  }
  return complete;
}

}  // namespace proctor
