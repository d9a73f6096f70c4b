#include "proctor/cli/output.h"

#include <filesystem>

#include "proctor/cli/commands.h"

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

struct Taken {
  fs::path path;
  std::string_view what;
};

std::vector<Taken> read_by(const Arguments& arguments) {
  std::vector<Taken> taken;
  const fs::path store = store_path(arguments);
  for (const char* const ending : {"", "-wal", "-shm", "-journal", ".lock"}) {
    taken.push_back({store.string() + ending, "the store (--store)"});
  }
  if (const auto config = arguments.get("--config")) {
    taken.push_back({*config, "the file of --config"});
  }
  for (const std::string& word : arguments.positional) {
    if (word.ends_with(".csv")) taken.push_back({word, "what is read"});
  }
  return taken;
}

}  // namespace

Status check_output(const Arguments& arguments) {
  const auto path = arguments.get("--output");
  if (!path || *path == "-") return {};
  std::error_code error;
  if (path->empty() || fs::is_directory(*path, error)) {
    return fail(Fault::usage, "-o: {}, expected a file, or - for stdout",
                path->empty() ? "found nothing" : *path + " is a folder");
  }
  for (const Taken& taken : read_by(arguments)) {
    if (!is_same(*path, taken.path)) continue;
    return fail(Fault::usage, "-o: {} is {}; name another file", *path, taken.what);
  }
  return {};
}

Result<bool> write_output(const Arguments& arguments, World& world,
                          std::string_view content) {
  const auto path = arguments.get("--output");
  if (!path || *path == "-") {
    world.console.print(content);
    return false;
  }
  TRY(write_file(*path, content).in("-o"));
  return true;
}

}  // namespace proctor
