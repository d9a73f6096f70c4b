#include "proctor/cli/specs.h"
#include "proctor/peer/peer.h"

namespace proctor {

Result<int> import_command(const Arguments& arguments, World& world) {
  const TableFormat form = TRY(format_of(arguments));
  // All are read before the first is stored.
  const auto& words = arguments.positional;
  const std::vector<std::filesystem::path> files(words.begin(), words.end());
  const std::vector<PeerRun> runs = TRY(read_peer_runs(files));
  const auto store =
      TRY(open_for_writing(arguments, {.talk = reading_world(world).talk}));
  Table table{{{"run"},
               {"model"},
               {"from"},
               {"reader"},
               {"n", Align::right},
               {"right", Align::right},
               {"right there", Align::right}},
              {}};
  for (const PeerRun& run : runs) {
    const ImportedRun stored =
        TRY(store_peer_run(run, arguments.get("--name").value_or(""),
                           arguments.get("--note").value_or(""), *store));
    for (const std::string& note : stored.notes)
      world.console.tell(fmt::format("{}: {}", run.files_title(), note));
    table.rows.push_back({stored.id.substr(0, 8), run.model, run.harness, stored.reader,
                          with_thousands(stored.n), with_thousands(stored.right),
                          with_thousands(stored.counted_right)});
  }
  world.console.print(
      table_text(translated(world.console.language(), std::move(table), form, {}), form,
                 world.console.table_width()));
  return complete;
}

}  // namespace proctor
