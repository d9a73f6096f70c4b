// The store as the reading commands see it. Not for other folders.
#pragma once

#include <memory>
#include <vector>

#include "proctor/cli/commands.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

// --store, which must be there.
Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments);
// --extract and --subject.
Look look_of(const Arguments& arguments);
// Whether "last" and a command without a name mean all runs: --all. Else those that are
// forgotten or never had a reply are left out.
Among among_of(const Arguments& arguments);
// The one run a command is about; "last" where none is named.
Result<StoredRun> run_named(Store& store, const Arguments& arguments);

// Those that `names` names, as --extract and --subject read them; none named: all that
// are meant (score_runs). It is said on stderr how many were left out.
Result<std::vector<ScoredRun>> runs_meant(Store& store, const Arguments& arguments,
                                          const std::vector<std::string>& names,
                                          Console& console);
// "2 runs are hidden …" on stderr, where there are any.
void tell_hidden(std::size_t hidden, Console& console);

}  // namespace proctor
