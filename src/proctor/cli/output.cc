#include "proctor/cli/output.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

// By what they are, where both are there, else by where they lead.
bool is_same(const fs::path& one, const fs::path& other) {
  std::error_code error;
  if (fs::equivalent(one, other, error)) return true;
  const fs::path first = fs::weakly_canonical(fs::absolute(one, error), error);
  if (error) return false;
  const fs::path second = fs::weakly_canonical(fs::absolute(other, error), error);
  return !error && first == second;
}

}  // namespace

Status check_output(const Output& output) {
  const auto& path = output.path;
  if (!path || *path == "-") return {};
  std::error_code error;
  if (path->empty() || fs::is_directory(*path, error)) {
    return fail(Fault::usage, "-o: {}, expected a file, or - for stdout",
                path->empty() ? "found nothing" : *path + " is a folder");
  }
  for (const Output::Taken& taken : output.taken) {
    if (!is_same(*path, taken.path)) continue;
    return fail(Fault::usage, "-o: {} is {}; name another file", *path, taken.what);
  }
  return {};
}

Result<bool> write_output(const Output& output, Console& console,
                          std::string_view content) {
  if (!output.path || *output.path == "-") {
    console.print(content);
    return false;
  }
  TRY(write_file(*output.path, content).in("-o"));
  return true;
}

}  // namespace proctor
