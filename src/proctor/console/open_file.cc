#include <cerrno>
#include <chrono>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proctor/console/console.h"

namespace proctor {
namespace {

// Its exit status, if it has one within a glance: what opens no file says so at once,
// and what does may stay for as long as it is looked at.
std::optional<int> ends_at_once(pid_t child) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + std::chrono::seconds(1);
  int status = 0;
  while (::waitpid(child, &status, WNOHANG) == 0) {
    if (steady_clock::now() > end) return std::nullopt;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return WIFEXITED(status) ? std::optional(WEXITSTATUS(status)) : std::nullopt;
}

}  // namespace

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
  std::string why;
  if (failed == ENOENT)
    why = "no such program here (package xdg-utils)";
  else if (failed != 0)
    why = system_says(failed);
  else if (ends_at_once(child).value_or(0) != 0)
    why = "found no viewer for it";
  if (why.empty()) return {};
  return fail(Fault::usage, "{}: {}; {} is written, and can be opened by hand", program,
              why, file.string());
}

}  // namespace proctor
