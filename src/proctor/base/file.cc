#include <cerrno>
#include <charconv>
#include <cstring>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

// A descriptor that closes itself.
class File {
 public:
  File(const fs::path& path, int flags, mode_t rights = 0)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, rights)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(); }

  bool is_open() const { return descriptor_ >= 0; }
  int get() const { return descriptor_; }
  int close() {
    const int result = descriptor_ >= 0 ? ::close(descriptor_) : 0;
    descriptor_ = -1;
    return result;
  }

 private:
  int descriptor_;
};

tl::unexpected<Error> system_error(const std::filesystem::path& path, int number) {
  return fail(Fault::io, "{}: {}", path.string(), system_says(number));
}

Status write_all(int descriptor, std::string_view content,
                 const std::filesystem::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return system_error(path, errno);
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

// Where a path leads: a file, or what this process has open under a number.
struct Place {
  fs::path path;
  std::optional<int> descriptor;
};

// The number of /dev/fd/3 and /proc/self/fd/3. Opened by that name a regular file would
// be written from its start, over what is there.
std::optional<int> descriptor_of(const fs::path& path) {
  std::error_code error;
  const fs::path folder = fs::canonical(path.parent_path(), error);
  if (error || folder.empty()) return std::nullopt;
  bool is_ours = false;
  for (const char* const open_files : {"/proc/self/fd", "/dev/fd"}) {
    const fs::path known = fs::canonical(open_files, error);
    is_ours = is_ours || (!error && folder == known);
  }
  const std::string name = path.filename().string();
  int number = -1;
  const auto [end, problem] =
      std::from_chars(name.data(), name.data() + name.size(), number);
  if (!is_ours || problem != std::errc{} || end != name.data() + name.size()) {
    return std::nullopt;
  }
  return number;
}

// Link by link, as the last one may be one of /proc, whose text is no path.
Result<Place> place_of(const fs::path& path) {
  constexpr int most_links = 40;  // as many as Linux follows
  fs::path at = path;
  for (int links = 0; links < most_links; ++links) {
    if (const auto descriptor = descriptor_of(at)) return Place{at, descriptor};
    std::error_code error;
    const fs::path target = fs::read_symlink(at, error);
    if (error) return Place{at, std::nullopt};
    at = target.is_absolute() ? target : at.parent_path() / target;
  }
  return system_error(path, ELOOP);
}

Status write_into(const fs::path& path, const struct stat& there,
                  std::string_view content) {
  if (S_ISDIR(there.st_mode)) {
    return fail(Fault::io, "{}: is a folder, expected a file", path.string());
  }
  File file(path, O_WRONLY | O_NOCTTY);
  if (!file.is_open()) return system_error(path, errno);
  TRY(write_all(file.get(), content, path));
  if (file.close() != 0) return system_error(path, errno);
  return {};
}

// Root may write what it likes, so the rights themselves are looked at too.
Status check_may_be_written(const fs::path& path, const struct stat& old) {
  if ((old.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) == 0) {
    return fail(Fault::io, "{}: is read-only; name another file or make it writable",
                path.string());
  }
  if (::access(path.c_str(), W_OK) != 0) return system_error(path, errno);
  return {};
}

// `old` is the file that is there, or null.
Status replace(const fs::path& named, const fs::path& path, const struct stat* old,
               std::string_view content) {
  if (old != nullptr) TRY(check_may_be_written(named, *old));
  const fs::path part = path.string() + fmt::format(".{}.part", ::getpid());
  ::unlink(part.c_str());  // of a process that had our number
  File file(part, O_WRONLY | O_CREAT | O_EXCL, old == nullptr ? 0666 : 0600);
  if (!file.is_open()) return system_error(named, errno);
  Status status = write_all(file.get(), content, named);
  if (status && old != nullptr) {
    struct stat ours {};
    ::fstat(file.get(), &ours);
    if (ours.st_uid != old->st_uid || ours.st_gid != old->st_gid) {
      [[maybe_unused]] const int given =
          ::fchown(file.get(), old->st_uid, old->st_gid);  // root alone may
    }
    if (::fchmod(file.get(), old->st_mode & 07777) != 0) {
      status = system_error(named, errno);
    }
  }
  if (status && ::fsync(file.get()) != 0) status = system_error(named, errno);
  if (file.close() != 0 && status) status = system_error(named, errno);
  if (status && ::rename(part.c_str(), path.c_str()) != 0) {
    status = system_error(named, errno);
  }
  if (!status) ::unlink(part.c_str());
  return status;
}

}  // namespace

std::string system_says(int number) {
  return ascii_lower(std::strerror(number));
}

bool is_same_file(const fs::path& one, const fs::path& other) {
  std::error_code error;
  if (fs::equivalent(one, other, error)) return true;
  const fs::path first = fs::weakly_canonical(fs::absolute(one, error), error);
  if (error) return false;
  const fs::path second = fs::weakly_canonical(fs::absolute(other, error), error);
  return !error && first == second;
}

Result<std::string> read_file(const std::filesystem::path& path) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) return system_error(path, errno);
  struct stat status {};
  if (::fstat(file.get(), &status) != 0) return system_error(path, errno);
  if (S_ISDIR(status.st_mode)) return fail(Fault::io, "{}: is a folder", path.string());
  std::string content(static_cast<std::size_t>(status.st_size), '\0');
  std::size_t have = 0;
  while (true) {
    if (have == content.size()) content.resize(content.size() + 65536);
    const ssize_t got =
        ::read(file.get(), content.data() + have, content.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_error(path, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  content.resize(have);
  return content;
}

Status write_file(const fs::path& path, std::string_view content) {
  const Place place = TRY(place_of(path));
  if (place.descriptor) return write_all(*place.descriptor, content, path);
  struct stat old {};
  const bool is_there = ::stat(place.path.c_str(), &old) == 0;
  if (!is_there && errno != ENOENT) return system_error(path, errno);
  if (is_there && !S_ISREG(old.st_mode)) return write_into(path, old, content);
  return replace(path, place.path, is_there ? &old : nullptr, content);
}

}  // namespace proctor
