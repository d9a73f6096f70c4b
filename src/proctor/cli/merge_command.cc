#include <set>

#include "proctor/cli/specs.h"

namespace proctor {
Result<int> merge_command(const Arguments& arguments, World& world) {
  const auto path = arguments.get("--into");
  if (!path || path->empty())
    return fail(Fault::usage, "--into is missing: the store that takes the runs");
  if (arguments.positional.empty())
    return fail(Fault::usage, "expected stores to copy from, found none");
  const TableFormat form = TRY(format_of(arguments));
  // All are looked at before the first is copied.
  std::vector<std::unique_ptr<Store>> sources;
  for (const std::string& source : arguments.positional) {
    if (source == *path || is_same_file(source, *path))
      return fail(Fault::usage, "--into: {} is one of those to copy from",
                  shown_store(*path));
    sources.push_back(TRY(open_store(source, OpenMode::read_only)));
  }
  const auto into =
      TRY(open_store(*path, OpenMode::read_write, {.talk = reading_world(world).talk})
              .in("--into"));
  Table table{{{"store"}, {"runs", Align::right}, {"tries", Align::right}}, {}};
  for (std::size_t i = 0; i < sources.size(); ++i) {
    const std::string name = shown_store(arguments.positional[i]);
    const Merged merged = TRY(merge(*sources[i], *into).in(name));
    table.rows.push_back(
        {name, with_thousands(merged.runs), with_thousands(merged.attempts)});
  }
  world.console.print(
      table_text(translated(world.console.language(), std::move(table), form, {}), form,
                 world.console.table_width()));
  if (!arguments.has("--complete")) return complete;
  std::set<std::string> ids;
  for (const auto& source : sources)
    for (const StoredRun& run : TRY(source->runs())) ids.insert(run.id);
  std::vector<StoredRun> copied;
  for (const StoredRun& run : TRY(into->runs()))
    if (ids.contains(run.id)) copied.push_back(run);
  return TRY(tell_missing(*into, copied, world.console)) ? lacking : complete;
}

}  // namespace proctor
