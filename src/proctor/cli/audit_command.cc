#include "proctor/cli/specs.h"

namespace proctor {

Result<int> audit_command(const Arguments& arguments, World& world) {
  const TableFormat format = TRY(format_of(arguments));
  const int most = TRY(arguments.number("--limit", number_ranges.limit)).value_or(20);
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun run = TRY(run_named(*store, arguments, world.console));
  const Audit audited = TRY(audit(*store, run, look_of(arguments)));
  Console& console = world.console;
  console.print(audit_in(format, audited, console.language(), console.table_width(),
                         console.width(), static_cast<std::size_t>(most),
                         console.ink()));
  return complete;
}

}  // namespace proctor
