#include "proctor/cli/specs.h"

namespace proctor {

Result<int> rescore_command(const Arguments& arguments, World& world) {
  if (!arguments.has("--extract"))
    return fail(Fault::usage, "--extract is missing: the reader to read with");
  const auto store = TRY(open_for_reading(arguments));
  const auto language = world.console.language();
  const auto runs =
      TRY(runs_meant(*store, arguments, arguments.positional, world.console));
  std::string text = arguments.has("--json") ? summaries_json(runs) : "";
  if (text.empty()) {
    for (const ScoredRun& run : runs) text += summary_text(run, language);
  }
  world.console.print(text);
  return complete;
}

}  // namespace proctor
