#include "proctor/store/run_lock.h"

#include <array>
#include <cassert>
#include <cerrno>
#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proctor/store/form.h"

namespace proctor {
namespace {

// Locks of an open file description (Linux, POSIX 2024) also keep two Stores of one
// process apart. Elsewhere the process-wide kind keeps processes apart.
#ifdef F_OFD_SETLK
constexpr int set_lock = F_OFD_SETLK;
constexpr int set_lock_and_wait = F_OFD_SETLKW;
constexpr int get_lock = F_OFD_GETLK;
#else
constexpr int set_lock = F_SETLK;
constexpr int set_lock_and_wait = F_SETLKW;
constexpr int get_lock = F_GETLK;
#endif

// Of the run's byte only 60 bits are used; this one is held while the text is changed.
constexpr off_t text_byte = off_t{1} << 61U;

off_t byte_of(std::string_view run_id) {
  off_t offset = 0;
  for (const char digit : run_id.substr(0, 15)) {
    offset = offset * 16 + (digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  return offset;
}

struct Bytes {
  off_t start = 0, length = 1;
};
constexpr Bytes all_bytes{.start = 0, .length = 0};  // 0: to the end of all files

Bytes bytes_of(std::string_view run_id) {
  return run_id.empty() ? all_bytes : Bytes{.start = byte_of(run_id)};
}

struct flock range_of(short type, Bytes bytes) {
  struct flock range {};
  range.l_type = type;
  range.l_whence = SEEK_SET;
  range.l_start = bytes.start;
  range.l_len = bytes.length;
  return range;
}

int lock(int descriptor, int command, short type, Bytes bytes) {
  struct flock range = range_of(type, bytes);
  while (true) {
    if (::fcntl(descriptor, command, &range) == 0) return 0;
    if (errno != EINTR) return errno;
  }
}

bool is_still(int descriptor, const std::filesystem::path& path) {
  struct stat ours {};
  struct stat there {};
  return ::fstat(descriptor, &ours) == 0 && ::stat(path.c_str(), &there) == 0 &&
         ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

std::vector<std::string> lines_of(int descriptor) {
  std::string text(65536, '\0');
  const ssize_t got = ::pread(descriptor, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  std::vector<std::string> lines = split(text, '\n');
  std::erase(lines, "");
  return lines;
}

// Of all runs: their bytes begin at 0.
constexpr std::string_view mark_of_all = "0000000000000000";

std::string_view mark_of(std::string_view run_id) {
  return run_id.empty() ? mark_of_all : run_id.substr(0, mark_of_all.size());
}

// Replaces the run's line. The text is for people: what cannot be written is left out.
void write_holder(int descriptor, std::string_view run_id, const std::string& line) {
  lock(descriptor, set_lock_and_wait, F_WRLCK, {.start = text_byte});
  std::vector<std::string> lines = lines_of(descriptor);
  std::erase_if(
      lines, [&](const std::string& old) { return old.starts_with(mark_of(run_id)); });
  if (!line.empty()) lines.push_back(line);
  std::string text = join(lines, "\n");
  if (!text.empty()) text += '\n';
  if (::ftruncate(descriptor, 0) == 0) {
    [[maybe_unused]] const ssize_t written =
        ::pwrite(descriptor, text.data(), text.size(), 0);
  }
  lock(descriptor, set_lock, F_UNLCK, {.start = text_byte});
}

struct Holder {
  std::string run, process = "another process";
};

// Who holds the first of these bytes that is held. Lines of runs that nobody asks any
// more may stand beside it.
Holder holder_of(int descriptor, Bytes bytes) {
  struct flock range = range_of(F_WRLCK, bytes);
  if (::fcntl(descriptor, get_lock, &range) != 0 || range.l_type == F_UNLCK) return {};
  for (const std::string& line : lines_of(descriptor)) {
    const std::string_view mark = std::string_view(line).substr(0, mark_of_all.size());
    const bool is_run = mark.find_first_not_of("0123456789abcdef") == mark.npos;
    if (line.size() > mark.size() + 1 && is_run && byte_of(mark) == range.l_start) {
      return {.run = mark == mark_of_all ? "" : std::string(short_id(mark)),
              .process = for_terminal_line(line.substr(mark.size() + 1))};
    }
  }
  return {};
}

}  // namespace

std::string this_process() {
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return fmt::format("process {} on {}", ::getpid(),
                     host[0] == '\0' ? "this machine" : host.data());
}

Result<RunLock> RunLock::take(const std::filesystem::path& store,
                              const std::string& run_id) {
  assert(!run_id.empty());
  return take_any(store, run_id);
}

Result<RunLock> RunLock::take_all(const std::filesystem::path& store) {
  return take_any(store, "");
}

Result<RunLock> RunLock::take_any(const std::filesystem::path& store,
                                  const std::string& run_id) {
  // Whoever leaves holds the whole file for a moment, and may remove it: look again.
  constexpr int most_looks = 10;
  const std::filesystem::path path = store.string() + ".lock";
  const Bytes bytes = bytes_of(run_id);
  Holder holder;
  for (int look = 0; look < most_looks; ++look) {
    if (look > 0) std::this_thread::sleep_for(std::chrono::milliseconds(10));
    const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (descriptor < 0) {
      return fail(Fault::io, "{}: {}; a run needs this file to keep others away",
                  path.string(), system_says(errno));
    }
    RunLock taken(path, run_id, descriptor);
    const int error = lock(descriptor, set_lock, F_WRLCK, bytes);
    if (error == 0 && is_still(descriptor, path)) {
      write_holder(descriptor, run_id,
                   fmt::format("{} {}", mark_of(run_id), this_process()));
      return taken;
    }
    if (error == EAGAIN || error == EACCES) holder = holder_of(descriptor, bytes);
    ::close(std::exchange(taken.descriptor_, -1));
    if (error != 0 && error != EAGAIN && error != EACCES) {
      return fail(Fault::io,
                  "{}: {}; this file system has no locks: keep the store on a local "
                  "disk",
                  path.string(), system_says(error));
    }
  }
  if (!run_id.empty()) holder.run = short_id(run_id);
  return fail(Fault::store, "{} by {}; wait for it or stop it",
              holder.run.empty() ? "it is in use"
                                 : fmt::format("run {} is being asked", holder.run),
              holder.process);
}

RunLock::RunLock(std::filesystem::path path, std::string run_id, int descriptor)
    : path_(std::move(path)), run_id_(std::move(run_id)), descriptor_(descriptor) {}

RunLock::RunLock(RunLock&& other) noexcept
    : path_(std::move(other.path_)),
      run_id_(std::move(other.run_id_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

RunLock& RunLock::operator=(RunLock&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(run_id_, other.run_id_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

RunLock::~RunLock() {
  if (descriptor_ < 0) return;
  // Only who holds every byte may remove the file; who opened it meanwhile notices,
  // having locked a file that is no longer there.
  if (lock(descriptor_, set_lock, F_WRLCK, all_bytes) == 0) {
    if (is_still(descriptor_, path_)) ::unlink(path_.c_str());
  } else {
    write_holder(descriptor_, run_id_, "");
  }
  ::close(descriptor_);
}

}  // namespace proctor
