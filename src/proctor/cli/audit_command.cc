#include "proctor/cli/specs.h"

namespace proctor {

Result<int> audit_command(const Arguments& arguments, World& world) {
  const Language language = world.console.language();
  const int most = TRY(arguments.number("--limit", number_ranges.limit)).value_or(20);
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun run = TRY(run_named(*store, arguments));
  const Audit audited = TRY(audit(*store, run, look_of(arguments)));
  Console& console = world.console;
  console.print(arguments.has("--json")
                    ? audit_json(audited) + "\n"
                    : console.ink().heads(
                          audit_text(audited, language, console.table_width(),
                                     console.width(), static_cast<std::size_t>(most))));
  return complete;
}

}  // namespace proctor
