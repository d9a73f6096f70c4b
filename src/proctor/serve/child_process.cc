#include "proctor/serve/child_process.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <climits>
#include <csignal>
#include <cstdio>
#include <thread>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/syscall.h>
#endif

namespace proctor {
namespace {

constexpr auto grace = std::chrono::seconds(5);
constexpr auto a_moment = std::chrono::milliseconds(10);
constexpr off_t kept_log = 64 << 10;
constexpr int look_at_log_ms = 200;

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

// In a fork of a process with threads: nothing but system calls, here and in what
// follows.
void close_all_but(int one, int other) {
  const int least = std::min(one, other);
  const int most = std::max(one, other);
#ifdef SYS_close_range
  const auto close_from = [](int first, int last) {
    return first > last || ::syscall(SYS_close_range, first, last, 0) == 0;
  };
  if (close_from(0, least - 1) && close_from(least + 1, most - 1) &&
      close_from(most + 1, INT_MAX)) {
    return;
  }
#endif
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const int end = static_cast<int>(std::min<rlim_t>(limit.rlim_cur, 1 << 20));
  for (int descriptor = 0; descriptor < end; ++descriptor) {
    if (descriptor != one && descriptor != other) ::close(descriptor);
  }
}

// Gives back the disk under all but the last part of the log, which keeps its length:
// the program goes on behind its end.
void shorten(int log, off_t& given_back) {
  struct stat facts {};
  if (::fstat(log, &facts) != 0) return;
  if (facts.st_size < given_back) given_back = 0;
  if (facts.st_size - given_back < 2 * kept_log) return;
#ifdef FALLOC_FL_PUNCH_HOLE
  constexpr off_t block = 4096;
  const off_t end = (facts.st_size - kept_log) / block * block;
  if (::fallocate(log, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, given_back,
                  end - given_back) == 0) {
    given_back = end;
    return;
  }
#endif
  if (::ftruncate(log, 0) == 0) given_back = 0;  // a file system without holes
}

// Ends the group where this process is gone; meanwhile keeps the log short.
[[noreturn]] void guard_group(pid_t group, int pipe, int log) {
  ::setpgid(0, 0);  // Ctrl-C in the terminal is not for it
  close_all_but(pipe, log);
  off_t given_back = 0;
  pollfd from_above{.fd = pipe, .events = POLLIN, .revents = 0};
  while (::poll(&from_above, 1, look_at_log_ms) <= 0) shorten(log, given_back);
  char byte = 0;
  ssize_t got = 0;
  do {
    got = ::read(pipe, &byte, 1);
  } while (got < 0 && errno == EINTR);
  if (got == 0) ::kill(-group, SIGKILL);  // nobody said that all is well
  ::_exit(0);
}

}  // namespace

Result<ChildProcess> ChildProcess::start(const std::vector<std::string>& words,
                                         const Environment& environment) {
  ChildProcess child;
  child.log_ = TRY(nameless_file());
  const auto pointers = [](const std::vector<std::string>& texts) {
    std::vector<char*> all;
    for (const std::string& text : texts) {
      all.push_back(const_cast<char*>(text.c_str()));  // posix_spawn() keeps them
    }
    all.push_back(nullptr);
    return all;
  };
  const std::vector<std::string> entries = environment.entries();
  const std::vector<char*> arguments = pointers(words);
  const SpawnSettings settings(child.log_);
  const int failed =
      ::posix_spawnp(&child.program_, arguments[0], &settings.files,
                     &settings.attributes, arguments.data(), pointers(entries).data());
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
  if (guard_ == 0) guard_group(program_, ends[0], log_);
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
      by_signal_(other.by_signal_),
      how_(other.how_) {}

ChildProcess::~ChildProcess() {
  if (program_ > 0) end_group();
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

void ChildProcess::end_group() {
  const TimePoint until = std::chrono::steady_clock::now() + grace;
  const auto may_wait = [&] { return std::chrono::steady_clock::now() < until; };
  ::kill(-program_, SIGTERM);
  while (!look() && may_wait()) std::this_thread::sleep_for(a_moment);
  if (!has_ended_) {
    ::kill(-program_, SIGKILL);
    while (!look()) std::this_thread::sleep_for(a_moment);
  }
  // From here on only those who are left in the group keep its number from others: it
  // is signalled only behind a look that found one.
  const auto take_the_dead = [&] {
    while (::waitpid(-program_, nullptr, WNOHANG) > 0) continue;
  };
  take_the_dead();
  while (::kill(-program_, 0) == 0) {
    if (!may_wait()) {
      ::kill(-program_, SIGKILL);
      break;
    }
    std::this_thread::sleep_for(a_moment);
    take_the_dead();
  }
  take_the_dead();
}

bool ChildProcess::look() {
  if (has_ended_) return true;
  siginfo_t facts{};
  const int failed =
      ::waitid(P_PID, static_cast<id_t>(program_), &facts, WEXITED | WNOHANG | WNOWAIT);
  if (failed != 0 && errno == EINTR) return false;
  if (failed == 0 && facts.si_pid == 0) return false;
  has_ended_ = true;  // or somebody else took it: it is gone all the same
  by_signal_ = failed == 0 && facts.si_code != CLD_EXITED;
  how_ = failed == 0 ? facts.si_status : 0;
  return true;
}

std::optional<std::string> ChildProcess::how_it_ended() {
  if (!look()) return std::nullopt;
  return by_signal_ ? fmt::format("was ended by signal {}", how_)
                    : fmt::format("ended with exit code {}", how_);
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
