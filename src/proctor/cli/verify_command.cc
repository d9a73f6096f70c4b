#include "proctor/cli/specs.h"

namespace proctor {

Result<int> verify_command(const Arguments& arguments, World& world) {
  const Language language = world.console.language();
  const auto store = TRY(open_for_reading(arguments));
  const auto troubles = TRY(store->verify());
  for (const Trouble& trouble : troubles) {
    world.console.print(
        translated(language, fmt::format("{}: {}\n", trouble.place, trouble.message)));
  }
  for (const StoredRun& stored : TRY(store->runs())) {
    const auto run = score_stored_run(*store, stored, {}, false, {});
    if (!run) {
      world.console.print(
          translated(language, fmt::format("run {}: {}\n", stored.id.substr(0, 8),
                                           with_flags(run.error().message))));
      return broke;
    }
    world.console.print(recomputed_text(*run, language));
  }
  if (!troubles.empty()) {
    world.console.tell(fmt::format("{}: {} thing{} wrong",
                                   store_path(arguments).string(), troubles.size(),
                                   troubles.size() == 1 ? " is" : "s are"));
    return broke;
  }
  world.console.tell(fmt::format("{}: whole", store_path(arguments).string()));
  return complete;
}

}  // namespace proctor
