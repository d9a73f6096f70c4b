// Long text on a terminal goes through a pager, as git's does. Not for other folders.
#pragma once

#include <string>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

// The first that is set and not empty of $PROCTOR_PAGER and $PAGER, else less where
// there is one. Empty where that is blank or cat, or there is no less: no pager.
std::string pager_of(const Environment& environment);
// Returns when the pager has ended; whoever leaves it early has seen enough. False
// where it has read nothing, or the shell has no such command or cannot run it: nothing
// was shown.
bool show_by(const std::string& pager, std::string_view text,
             const Environment& environment);

}  // namespace proctor
