#include <cerrno>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

#include "proctor/console/console.h"

namespace proctor {

Status open_file(const std::filesystem::path& file, const Environment& environment) {
#ifdef __APPLE__
  std::string program = "open";
#else
  std::string program = "xdg-open";
#endif
  std::string path = file.is_absolute() ? file.string() : "./" + file.string();
  char* const words[] = {program.data(), path.data(), nullptr};
  std::vector<std::string> variables = environment.entries();
  std::vector<char*> pointers;
  for (std::string& variable : variables) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  // What it says is not the command's result, and it may outlive the command.
  for (const int file_of_ours : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    posix_spawn_file_actions_addopen(&files, file_of_ours, "/dev/null", O_RDWR, 0);
  pid_t child = 0;
  const int failed =
      ::posix_spawnp(&child, program.c_str(), &files, nullptr, words, pointers.data());
  posix_spawn_file_actions_destroy(&files);
  if (failed == 0) return {};
  return fail(Fault::usage, "{}: {}; {} is written, and can be opened by hand", program,
              system_says(failed), file.string());
}

}  // namespace proctor
