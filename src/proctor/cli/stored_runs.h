// The store as the reading commands see it. Not for other folders.
#pragma once

#include <memory>

#include "proctor/cli/commands.h"
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

// A pipe has no width: nothing is cut there.
inline constexpr int wide_enough = 100'000;

// --store, which must be there.
Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments);
// --extract and --subject.
Look look_of(const Arguments& arguments);
// Whether "last" and a command without a name mean all runs: --all. Else those that are
// forgotten or never had a reply are left out.
Among among_of(const Arguments& arguments);
// The one run a command is about; "last" where none is named.
Result<StoredRun> run_named(Store& store, const Arguments& arguments);

// The runs of those names or ids, in that order, as --extract and --subject read them.
// Where none is named: all that are meant, oldest first, without those that have no
// question of --subject's; it is said on stderr how many were left out. Fault::usage
// where no run has such a subject.
Result<std::vector<ScoredRun>> scored_runs(Store& store, const Arguments& arguments,
                                           const std::vector<std::string>& names,
                                           Console& console);
// "2 runs are hidden …" on stderr, where there are any.
void tell_hidden(std::size_t hidden, Console& console);

}  // namespace proctor
