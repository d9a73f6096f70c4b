#include "proctor/console/output.h"

#include "proctor/console/console.h"

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

Result<int> with_output(const Output& output, Console& console,
                        const std::function<Result<int>()>& command) {
  TRY(check_output(output));
  if (output.to_file()) console.keep();
  if (output.marks_order) console.print("\xEF\xBB\xBF");
  const int code = TRY(command());
  if (!output.to_file()) return code;
  TRY(write_file(*output.path, console.kept()).in("-o"));
  console.tell(fmt::format("{}: {}", *output.path, console.kept_in_words()));
  return code;
}

}  // namespace proctor
