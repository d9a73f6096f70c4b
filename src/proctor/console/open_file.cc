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

#ifdef __APPLE__
constexpr const char* opener = "open";
#else
constexpr const char* opener = "xdg-open";
#endif

// Why that cannot be opened, or empty.
std::string opened(std::string what, const Environment& environment) {
  std::string program = opener;
  char* const words[] = {program.data(), what.data(), nullptr};
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
  if (failed == ENOENT) return "no such program here (package xdg-utils)";
  if (failed != 0) return system_says(failed);
  if (ends_at_once(child).value_or(0) != 0) return "found no viewer for it";
  return "";
}

}  // namespace

Status open_file(const std::filesystem::path& file, const Environment& environment) {
  const std::string why =
      opened(file.is_absolute() ? file.string() : "./" + file.string(), environment);
  if (why.empty()) return {};
  return fail(Fault::usage, "{}: {}; {} is written, and can be opened by hand", opener,
              why, file.string());
}

Status open_address(std::string address, const Environment& environment) {
  const std::string why = opened(std::move(address), environment);
  if (why.empty()) return {};
  return fail(Fault::usage, "{}: {}; open the address by hand", opener, why);
}

}  // namespace proctor
