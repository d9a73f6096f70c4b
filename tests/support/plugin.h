// Where the tests find the plug-ins: the build puts them above the test programs.
#pragma once

#include <cstdlib>
#include <filesystem>

namespace proctor {

inline void find_plugin() {
  const auto program = std::filesystem::read_symlink("/proc/self/exe");
  ::setenv("PROCTOR_PLUGINS", program.parent_path().parent_path().c_str(), 0);
}

}  // namespace proctor
