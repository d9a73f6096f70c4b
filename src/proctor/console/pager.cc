#include "proctor/console/pager.h"

#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace proctor {
namespace {

bool is_on_path(const std::string& program, const Environment& environment) {
  for (const std::string& folder : split(environment.get("PATH").value_or(""), ':'))
    if (::access((folder + "/" + program).c_str(), X_OK) == 0) return true;
  return false;
}

bool has_ended(pid_t child) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(child), &info,
                  WEXITED | WNOHANG | WNOWAIT) == 0 &&
         info.si_pid == child;
}

// As much of it as is taken before the child ends; how much that is. This process holds
// the other end, too, so that no EPIPE says that nobody reads.
std::size_t write_to(int file, std::string_view text, pid_t child) {
  constexpr int glance = 100;  // ms
  std::size_t written = 0;
  ::fcntl(file, F_SETFL, O_NONBLOCK);
  while (written < text.size()) {
    const ssize_t n = ::write(file, text.data() + written, text.size() - written);
    if (n > 0) written += static_cast<std::size_t>(n);
    if (n > 0 || errno == EINTR) continue;
    pollfd room{.fd = file, .events = POLLOUT, .revents = 0};
    if (errno != EAGAIN || (::poll(&room, 1, glance) == 0 && has_ended(child))) break;
  }
  return written;
}

// Reads what is put into `input`; what this process ignores, it does not.
std::optional<pid_t> start(const std::string& pager, int input,
                           const Environment& environment) {
  std::vector<std::string> variables = environment.entries();
  if (!environment.get("LESS")) variables.emplace_back("LESS=FRX");
  if (!environment.get("LV")) variables.emplace_back("LV=-c");
  std::vector<char*> pointers;
  for (std::string& variable : variables) pointers.push_back(variable.data());
  pointers.push_back(nullptr);
  // Where the shell can say that one of several, "nonexist | cat", could not be run.
  std::string shell = "sh", option = "-c",
              command = "(set -o pipefail) 2>/dev/null && set -o pipefail\n" + pager;
  char* const words[] = {shell.data(), option.data(), command.data(), nullptr};
  sigset_t usual;
  sigemptyset(&usual);
  for (const int signal : {SIGPIPE, SIGINT, SIGQUIT}) sigaddset(&usual, signal);
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
  posix_spawnattr_init(&how);
  posix_spawnattr_setsigdefault(&how, &usual);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETSIGDEF);
  pid_t child = 0;
  const int failed =
      ::posix_spawn(&child, "/bin/sh", &files, &how, words, pointers.data());
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  return failed == 0 ? std::optional(child) : std::nullopt;
}

}  // namespace

std::string pager_of(const Environment& environment) {
  for (const char* const name : {"PROCTOR_PAGER", "PAGER"}) {
    if (const auto value = environment.get(name)) {
      const std::string_view pager = trimmed(*value);
      return pager == "cat" ? "" : std::string(pager);
    }
  }
  return is_on_path("less", environment) ? "less" : "";
}

bool show_by(const std::string& pager, std::string_view text,
             const Environment& environment) {
  constexpr int cannot_be_run = 126, no_such_command = 127;  // of a shell
  int ends[2];
  if (::pipe(ends) != 0) return false;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  // Ctrl-C is the pager's: this process waits, and leaves it the terminal.
  const auto interrupt = std::signal(SIGINT, SIG_IGN);
  const auto quit = std::signal(SIGQUIT, SIG_IGN);
  const auto child = start(pager, ends[0], environment);
  const std::size_t written = child ? write_to(ends[1], text, *child) : 0;
  ::close(ends[1]);
  int status = 0, unread = 0;
  while (child && ::waitpid(*child, &status, 0) < 0 && errno == EINTR) {
  }
  ::ioctl(ends[0], FIONREAD, &unread);
  ::close(ends[0]);
  std::signal(SIGINT, interrupt);
  std::signal(SIGQUIT, quit);
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
  return child && static_cast<std::size_t>(unread) < written && code != cannot_be_run &&
         code != no_such_command;
}

}  // namespace proctor
