#include <functional>

#include "proctor/cli/specs.h"

namespace proctor {

Result<int> verify_command(const Arguments& arguments, World& world) {
  const auto form =
      TRY(format_of(arguments, {TableFormat::terminal, TableFormat::json}));
  const bool in_json = form == TableFormat::json;
  Console& console = world.console;
  const Language language = console.language();
  const auto print_trouble = [&](const std::string& place, const std::string& message) {
    console.print(in_json
                      ? trouble_json(place, message) + "\n"
                      : translated(language, fmt::format("{}: {}\n", place, message)));
  };
  const auto store = TRY(open_for_reading(arguments));
  const auto troubles = TRY(store->verify());
  for (const Trouble& trouble : troubles) print_trouble(trouble.place, trouble.message);
  for (const StoredRun& stored : TRY(store->runs())) {
    const auto run = score_stored_run(*store, stored, {}, false, {});
    if (!run) {
      print_trouble("run " + stored.id.substr(0, 8), with_flags(run.error().message));
      return broke;
    }
    console.print(in_json ? summary_json(*run) + "\n"
                          : recomputed_text(*run, language));
  }
  if (!troubles.empty()) {
    world.console.tell(fmt::format("{}: {} thing{} wrong",
                                   shown_store(store_path(arguments)), troubles.size(),
                                   troubles.size() == 1 ? " is" : "s are"));
    return broke;
  }
  world.console.tell(fmt::format("{}: whole", shown_store(store_path(arguments))));
  if (!arguments.has("--complete")) return complete;
  std::vector<StoredRun> shown = TRY(store->runs());
  std::erase_if(shown, std::not_fn(&StoredRun::is_shown));
  return TRY(tell_missing(*store, shown, console)) ? lacking : complete;
}

}  // namespace proctor
