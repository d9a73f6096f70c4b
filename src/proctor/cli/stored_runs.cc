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

namespace {

Result<std::vector<ScoredRun>> all_scored(Store& store, const Arguments& arguments,
                                          Console& console) {
  const Look look = look_of(arguments);
  const auto stored = TRY(store.runs());
  std::vector<ScoredRun> runs;
  std::size_t hidden = 0, elsewhere = 0;
  std::optional<Error> no_subject;  // of a run whose exam is another
  for (auto run = stored.rbegin(); run != stored.rend(); ++run) {
    if (!run->is_shown() && among_of(arguments) == Among::shown) {
      ++hidden;
      continue;
    }
    auto scored = score_stored_run(store, *run, look, false, {});
    if (!scored) {
      if (scored.error().fault != Fault::usage || look.subjects.empty())
        return tl::unexpected(scored.error());
      no_subject = scored.error();
      ++elsewhere;
    } else if (!look.subjects.empty() && scored->ended() == 0) {
      ++elsewhere;
    } else {
      runs.push_back(*std::move(scored));
    }
  }
  if (runs.empty() && no_subject) return tl::unexpected(*no_subject);
  tell_hidden(hidden, console);
  if (elsewhere > 0) {
    console.say(fmt::format("{} run{} no answer in {}", elsewhere,
                            elsewhere == 1 ? " has" : "s have", look.subjects));
  }
  return runs;
}

}  // namespace

Result<std::vector<ScoredRun>> scored_runs(Store& store, const Arguments& arguments,
                                           const std::vector<std::string>& names,
                                           Console& console) {
  if (names.empty()) return all_scored(store, arguments, console);
  std::vector<ScoredRun> runs;
  for (const std::string& name : names) {
    const StoredRun run = TRY(find_run(store, name, among_of(arguments)));
    runs.push_back(TRY(score_stored_run(store, run, look_of(arguments), false, {})));
  }
  return runs;
}

}  // namespace proctor
