#include "proctor/cli/specs.h"

namespace proctor {

Result<int> rescore_command(const Arguments& arguments, World& world) {
  if (!arguments.has("--extract"))
    return fail(Fault::usage, "--extract is missing: the reader to read with");
  const TableFormat format = TRY(format_of(arguments));
  const auto store = TRY(open_for_reading(arguments));
  const auto language = world.console.language();
  const auto runs =
      TRY(runs_meant(*store, arguments, arguments.positional, world.console));
  if (format == TableFormat::terminal) {
    for (const ScoredRun& run : runs) world.console.print(summary_text(run, language));
  } else {
    world.console.print(format == TableFormat::json
                            ? summaries_json(runs)
                            : breakdown_text(runs, {By::model}, format, language, 0));
  }
  return complete;
}

}  // namespace proctor
