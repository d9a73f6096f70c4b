// -o FILE: where what a command prints goes. Part of console.h.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

class Console;

struct Output {
  struct Taken {
    std::filesystem::path path;
    std::string what;
  };
  std::optional<std::string> path;  // nothing or "-": stdout
  std::vector<Taken> taken;         // what the command reads
  bool marks_order = false;         // --bom

  bool to_file() const { return path && *path != "-"; }
};
// Fault::usage where it is a folder or what the command reads. To be asked before the
// work is done.
Status check_output(const Output& output);

// What the command prints goes to -o's file, whole or not at all, and --bom's mark
// before it.
Result<int> with_output(const Output& output, Console& console,
                        const std::function<Result<int>()>& command);

}  // namespace proctor
