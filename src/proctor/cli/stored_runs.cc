#include "proctor/cli/stored_runs.h"

#include <algorithm>

namespace proctor {

Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments) {
  return open_sqlite_store(store_path(arguments), OpenMode::read_only).in("--store");
}

Result<std::vector<StoredRun>> runs_named(Store& store,
                                          const std::vector<std::string>& names) {
  std::vector<StoredRun> runs;
  for (const std::string& name : names) runs.push_back(TRY(find_run(store, name)));
  if (names.empty()) {
    runs = TRY(store.runs());
    std::ranges::reverse(runs);
  }
  return runs;
}

Result<StoredRun> run_named(Store& store, const Arguments& arguments) {
  if (arguments.positional.size() > 1) {
    return fail(Fault::usage, "expected one run, found {}",
                join(arguments.positional, " "));
  }
  return find_run(store,
                  arguments.positional.empty() ? "last" : arguments.positional[0]);
}

}  // namespace proctor
