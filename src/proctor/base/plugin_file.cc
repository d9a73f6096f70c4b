#include <cstdlib>
#include <cstring>
#include <fstream>
#include <system_error>

#include <dlfcn.h>
#ifdef __linux__
#include <link.h>
#endif

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

Status check_plugin_file([[maybe_unused]] const fs::path& plugin) {
#ifdef __linux__
  // The linker maps what the header promises and touches it (ELF has its table of
  // sections at the end).
  ElfW(Ehdr) header{};
  std::ifstream file(plugin, std::ios::binary);
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  const bool is_elf = std::memcmp(header.e_ident, ELFMAG, SELFMAG) == 0;
  std::error_code error;
  const auto size = fs::file_size(plugin, error);
  const std::uint64_t needed =
      is_elf ? header.e_shoff + std::uint64_t{header.e_shentsize} * header.e_shnum : 0;
  if (!error && size < needed) {
    return fail(Fault::data, "{} is cut: {} bytes of {}; build Proctor again",
                plugin.string(), with_thousands(static_cast<std::int64_t>(size)),
                with_thousands(static_cast<std::int64_t>(needed)));
  }
#endif
  return {};
}

}  // namespace proctor
