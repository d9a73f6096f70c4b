#include "proctor/cli/output.h"

namespace proctor {
namespace fs = std::filesystem;

Status check_output(const Output& output) {
  const auto& path = output.path;
  if (!path || *path == "-") return {};
  std::error_code error;
  if (path->empty() || fs::is_directory(*path, error)) {
    return fail(Fault::usage, "-o: {}, expected a file, or - for stdout",
                path->empty() ? "found nothing" : *path + " is a folder");
  }
  for (const Output::Taken& taken : output.taken) {
    if (!is_same_file(*path, taken.path)) continue;
    return fail(Fault::usage, "-o: {} is {}; name another file", *path, taken.what);
  }
  return {};
}

Result<bool> write_output(const Output& output, Console& console,
                          std::string_view content) {
  if (!output.to_file()) {
    console.print(content);
    return false;
  }
  TRY(write_file(*output.path, content).in("-o"));
  return true;
}

}  // namespace proctor
