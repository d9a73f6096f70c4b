#include "proctor/cli/stored_runs.h"

namespace proctor {

Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments) {
  return open_sqlite_store(store_path(arguments), OpenMode::read_only).in("--store");
}

Look look_of(const Arguments& arguments) {
  return {.reader = arguments.get("--extract").value_or(""),
          .subjects = arguments.get("--subject").value_or("")};
}

Among among_of(const Arguments& arguments) {
  return arguments.has("--all") ? Among::all : Among::shown;
}

Result<StoredRun> run_named(Store& store, const Arguments& arguments) {
  if (arguments.positional.size() > 1) {
    return fail(Fault::usage, "expected one run, found {}",
                join(arguments.positional, " "));
  }
  return find_run(store,
                  arguments.positional.empty() ? "last" : arguments.positional[0],
                  among_of(arguments));
}

void tell_hidden(std::size_t hidden, Console& console) {
  if (hidden == 0) return;
  console.say(fmt::format(
      "{} forgotten or without a reply; --all shows {}",
      hidden == 1 ? "1 run is hidden:" : fmt::format("{} runs are hidden:", hidden),
      hidden == 1 ? "it" : "them"));
}

Result<std::vector<ScoredRun>> runs_meant(Store& store, const Arguments& arguments,
                                          const std::vector<std::string>& names,
                                          Console& console) {
  const Look look = look_of(arguments);
  ScoredRuns scored = TRY(score_runs(store, names, among_of(arguments), look));
  tell_hidden(scored.hidden, console);
  if (scored.elsewhere > 0) {
    console.say(fmt::format("{} run{} no answer in {}", scored.elsewhere,
                            scored.elsewhere == 1 ? " has" : "s have", look.subjects));
  }
  return std::move(scored.runs);
}

}  // namespace proctor
