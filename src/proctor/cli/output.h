// -o FILE, for every command that has it. Not for other folders.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/console/console.h"

namespace proctor {

struct Output {
  struct Taken {
    std::filesystem::path path;
    std::string_view what;
  };
  std::optional<std::string> path;  // nothing or "-": stdout
  std::vector<Taken> taken;         // what the command reads

  bool to_file() const { return path && *path != "-"; }
};

// Fault::usage where it is a folder or what the command reads. To be asked before the
// work is done.
Status check_output(const Output& output);
// True: to a file.
Result<bool> write_output(const Output& output, Console& console,
                          std::string_view content);

}  // namespace proctor
