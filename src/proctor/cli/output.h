// -o FILE, for every command that has it. Not for other folders.
#pragma once

#include <string_view>

#include "proctor/cli/console.h"
#include "proctor/cli/options.h"

namespace proctor {

// Fault::usage where -o names a folder or what the command reads: its store with what
// belongs to it, --config's file, a .csv. To be asked before the work is done.
Status check_output(const Arguments& arguments);
// To -o's file; to stdout where there is none or it is "-". True: to a file.
Result<bool> write_output(const Arguments& arguments, World& world,
                          std::string_view content);

}  // namespace proctor
