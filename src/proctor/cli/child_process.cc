#include "proctor/cli/child_process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

extern char** environ;

namespace proctor {
namespace {

constexpr auto grace = std::chrono::seconds(5);
constexpr auto a_moment = std::chrono::milliseconds(10);

tl::unexpected<Error> system_error(std::string_view what, int number) {
  return fail(Fault::io, "{}: {}", what, system_says(number));
}

// A file for what the program writes, that goes when it is closed.
Result<int> nameless_file() {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) return system_error("a temporary file", errno);
  const int descriptor = ::fcntl(::fileno(file), F_DUPFD_CLOEXEC, 0);
  const int number = errno;
  std::fclose(file);
  if (descriptor < 0) return system_error("a temporary file", number);
  ::fcntl(descriptor, F_SETFL, O_APPEND);
  return descriptor;
}

class SpawnSettings {
 public:
  explicit SpawnSettings(int log) {
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, log, 1);
    ::posix_spawn_file_actions_adddup2(&files, log, 2);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes, &signals);
    for (const int number : {SIGINT, SIGTERM, SIGPIPE, SIGHUP}) {
      sigaddset(&signals, number);
    }
    ::posix_spawnattr_setsigdefault(&attributes, &signals);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP |
                                                POSIX_SPAWN_SETSIGMASK |
                                                POSIX_SPAWN_SETSIGDEF);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
  ~SpawnSettings() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }

  posix_spawn_file_actions_t files;
  posix_spawnattr_t attributes;
};

// In a fork of a process with threads: nothing but system calls.
[[noreturn]] void guard_group(pid_t group, int pipe) {
  ::setpgid(0, 0);  // Ctrl-C in the terminal is not for it
  for (int descriptor = 0; descriptor < 1024; ++descriptor) {
    if (descriptor != pipe) ::close(descriptor);
  }
  char byte = 0;
  ssize_t got = 0;
  do {
    got = ::read(pipe, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 0) ::kill(-group, SIGKILL);  // nobody said that all is well
  ::_exit(0);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& words) {
#ifdef __linux__
  // What the program's own children leave behind comes to us, who wait for it.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
  ChildProcess child;
  child.log_ = TRY(nameless_file());
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));  // posix_spawn() keeps them
  }
  arguments.push_back(nullptr);
  const SpawnSettings settings(child.log_);
  const int failed = ::posix_spawnp(&child.program_, arguments[0], &settings.files,
                                    &settings.attributes, arguments.data(), environ);
  if (failed != 0) {
    child.program_ = -1;
    return fail(Fault::usage, "{}: {}", words[0], system_says(failed));
  }
  TRY(child.guard());
  return child;
}

Status ChildProcess::guard() {
  int ends[2] = {-1, -1};
  if (::pipe(ends) != 0) return system_error("a pipe", errno);
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  guard_pipe_ = ends[1];
  guard_ = ::fork();
  if (guard_ == 0) guard_group(program_, ends[0]);
  const int number = errno;
  ::close(ends[0]);
  if (guard_ < 0) return system_error("another process", number);
  return {};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : program_(std::exchange(other.program_, -1)),
      guard_(std::exchange(other.guard_, -1)),
      guard_pipe_(std::exchange(other.guard_pipe_, -1)),
      log_(std::exchange(other.log_, -1)),
      has_ended_(other.has_ended_),
      how_(other.how_) {}

ChildProcess::~ChildProcess() {
  if (program_ > 0) {
    const TimePoint until = std::chrono::steady_clock::now() + grace;
    ::kill(-program_, SIGTERM);
    reap();
    while (::kill(-program_, 0) == 0 && std::chrono::steady_clock::now() < until) {
      std::this_thread::sleep_for(a_moment);
      reap();
    }
    ::kill(-program_, SIGKILL);
    while (!has_ended_) {
      std::this_thread::sleep_for(a_moment);
      reap();
    }
    reap();
  }
  if (guard_ > 0) {
    const char all_is_well = '.';
    while (::write(guard_pipe_, &all_is_well, 1) < 0 && errno == EINTR) {
    }
    while (::waitpid(guard_, nullptr, 0) < 0 && errno == EINTR) {
    }
  }
  if (guard_pipe_ >= 0) ::close(guard_pipe_);
  if (log_ >= 0) ::close(log_);
}

void ChildProcess::reap() {
  int how = 0;
  pid_t who = 0;
  while ((who = ::waitpid(-program_, &how, WNOHANG)) > 0) {
    if (who != program_) continue;  // a child of its own, that came to us
    has_ended_ = true;
    how_ = how;
  }
  // Somebody else took it: it is gone all the same.
  if (who < 0 && errno == ECHILD) has_ended_ = true;
}

std::optional<std::string> ChildProcess::how_it_ended() {
  if (!has_ended_) reap();
  if (!has_ended_) return std::nullopt;
  if (WIFSIGNALED(how_)) return fmt::format("was ended by signal {}", WTERMSIG(how_));
  return fmt::format("ended with exit code {}", WEXITSTATUS(how_));
}

std::vector<std::string> ChildProcess::last_lines(std::size_t most) const {
  constexpr off_t enough = 16 << 10;
  struct stat facts {};
  if (::fstat(log_, &facts) != 0) return {};
  const off_t from = std::max<off_t>(0, facts.st_size - enough);
  std::string text(static_cast<std::size_t>(facts.st_size - from), '\0');
  const ssize_t got = ::pread(log_, text.data(), text.size(), from);
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
  std::vector<std::string> lines;
  for (const std::string& line : split(text, '\n')) {
    const std::string_view bare = python_strip(line);
    if (!bare.empty()) lines.push_back(fit(for_terminal_line(bare), 200));
  }
  if (lines.size() > most)
    lines.erase(lines.begin(), lines.end() - static_cast<std::ptrdiff_t>(most));
  return lines;
}

}  // namespace proctor
