// The store as the reading commands see it. Not for other folders.
#pragma once

#include <memory>

#include "proctor/cli/commands.h"
#include "proctor/store/store.h"

namespace proctor {

// A pipe has no width: nothing is cut there.
inline constexpr int wide_enough = 100'000;

// --store, which must be there.
Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments);
// The runs of those names or ids, in that order; all, oldest first, where none is
// named.
Result<std::vector<StoredRun>> runs_named(Store& store,
                                          const std::vector<std::string>& names);
// The one run a command is about; "last" where none is named.
Result<StoredRun> run_named(Store& store, const Arguments& arguments);

}  // namespace proctor
