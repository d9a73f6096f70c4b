#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/cli/specs.h"

namespace proctor {
namespace {

enum class Deed { hide, show, remove };

Result<Deed> deed_of(const Arguments& arguments) {
  const bool for_good = arguments.has("--for-good");
  if (for_good && arguments.has("--undo")) {
    return fail(Fault::usage,
                "--undo, --for-good: expected one of them; what is removed for good "
                "cannot be shown again");
  }
  if (arguments.has("--yes") && !for_good) {
    return fail(Fault::usage,
                "--yes: expected --for-good beside it; nothing else asks");
  }
  if (for_good) return Deed::remove;
  return arguments.has("--undo") ? Deed::show : Deed::hide;
}

// On a terminal a person says y; elsewhere --yes must have been said.
Result<bool> may_remove(const std::string& what, const Arguments& arguments,
                        Console& console) {
  if (arguments.has("--yes")) return true;
  const auto answer = console.ask(fmt::format("remove {} for good? [y/N]", what));
  if (answer) return answer == "y" || answer == "Y" || answer == "yes";
  return fail(
      Fault::usage,
      "--for-good: there is no terminal to ask on; --yes says that it is meant: "
      "remove {}",
      what);
}

std::string deed_word(Deed deed) {
  return deed == Deed::remove ? "removed" : deed == Deed::hide ? "hidden" : "shown";
}

// What was done, and the way back.
std::string said_of(Deed deed, const std::string& what, const StoredRun& run,
                    const Arguments& arguments) {
  const std::string again = fmt::format("proctor forget {} --undo{}",
                                        run.id.substr(0, 8), store_option(arguments));
  switch (deed) {
    case Deed::remove:
      return what + ": removed";
    case Deed::show:
      return what + ": shown again";
    case Deed::hide:
      return fmt::format("{}: left out of tables, charts and last; {} shows it again",
                         what, again);
  }
  return what;
}

Status act(Store& store, Deed deed, const StoredRun& run) {
  return deed == Deed::remove ? store.remove(run.id)
                              : store.hide(run.id, deed == Deed::hide);
}

// What migrations kept are files of their own, which no removal reaches.
void tell_old_copies(const Arguments& arguments, Console& console) {
  std::error_code error;
  const auto store = std::filesystem::weakly_canonical(store_path(arguments), error);
  const std::string beginning = store.filename().string() + ".schema1";
  for (const auto& entry :
       std::filesystem::directory_iterator(store.parent_path(), error)) {
    if (!entry.path().filename().string().starts_with(beginning)) continue;
    console.tell(fmt::format(
        "{} is the store as it was before schema 2; what is removed may still be in it",
        entry.path().string()));
  }
}

}  // namespace

Result<int> forget_command(const Arguments& arguments, World& world) {
  const Deed deed = TRY(deed_of(arguments));
  if (arguments.positional.empty()) {
    return fail(Fault::usage, "expected runs, found none; proctor list runs --all");
  }
  TRY(open_for_reading(arguments));  // makes no store where there is none
  const auto store =
      TRY(open_for_writing(arguments, {.talk = reading_world(world).talk}));
  std::vector<StoredRun> runs;  // all are there before the first is touched
  for (const std::string& name : arguments.positional) {
    StoredRun run = TRY(run_called(*store, name, Among::shown, world.console));
    if (std::ranges::find(runs, run.id, &StoredRun::id) == runs.end())
      runs.push_back(std::move(run));
  }
  for (const StoredRun& run : runs) {
    const std::string what = listed_run_text(TRY(list_run(*store, run)));
    if (deed == Deed::remove && !TRY(may_remove(what, arguments, world.console))) {
      world.console.tell(what + ": kept");
      continue;
    }
    TRY(act(*store, deed, run));
    world.console.tell(said_of(deed, what, run, arguments));
    if (arguments.has("--json")) {
      const nlohmann::ordered_json json = {{"run", run.id}, {"done", deed_word(deed)}};
      world.console.print(json.dump() + "\n");
    }
  }
  if (deed == Deed::remove) tell_old_copies(arguments, world.console);
  return complete;
}

}  // namespace proctor
