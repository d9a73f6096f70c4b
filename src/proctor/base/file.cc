#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

// A descriptor that closes itself.
class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
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

}  // namespace

std::string system_says(int number) {
  return ascii_lower(std::strerror(number));
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

Status write_file(const std::filesystem::path& path, std::string_view content) {
  const std::filesystem::path part =
      path.string() + fmt::format(".{}.part", ::getpid());
  File file(part, O_WRONLY | O_CREAT | O_TRUNC);
  if (!file.is_open()) return system_error(path, errno);
  Status status = write_all(file.get(), content, path);
  if (status && ::fsync(file.get()) != 0) status = system_error(path, errno);
  if (file.close() != 0 && status) status = system_error(path, errno);
  if (status && ::rename(part.c_str(), path.c_str()) != 0) {
    status = system_error(path, errno);
  }
  if (!status) ::unlink(part.c_str());
  return status;
}

}  // namespace proctor
