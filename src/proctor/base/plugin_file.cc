#include <cstdlib>
#include <system_error>

#include <dlfcn.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

fs::path program_folder() {
  std::error_code error;
  fs::path program = fs::read_symlink("/proc/self/exe", error);
  Dl_info info{};
  if (error && ::dladdr(reinterpret_cast<const void*>(&program_folder), &info) != 0) {
    program = fs::absolute(info.dli_fname, error);
  }
  return program.parent_path();
}

}  // namespace

std::optional<fs::path> find_plugin_file(const std::string& name) {
  std::vector<fs::path> folders;
  if (const char* set = std::getenv("PROCTOR_PLUGINS"); set != nullptr && *set != 0) {
    folders.emplace_back(set);
  }
  const fs::path here = program_folder();
  folders.insert(folders.end(),
                 {here, here / "../lib/proctor", here / "../lib64/proctor"});
  for (const fs::path& folder : folders) {
    std::error_code error;
    if (fs::exists(folder / name, error)) return (folder / name).lexically_normal();
  }
  return std::nullopt;
}

}  // namespace proctor
