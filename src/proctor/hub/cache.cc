#include "proctor/hub/cache.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace proctor {
namespace {

namespace fs = std::filesystem;

// Hashing this much takes a fifth of a second; models of many gigabytes are not hashed
// at every start.
constexpr std::uintmax_t most_bytes_checked = 64U << 20U;

bool is_hex(std::string_view text) {
  return std::ranges::all_of(text, [](char byte) {
    return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
  });
}

bool stays_inside(const std::string& name) {
  if (name.empty() || name.front() == '/' ||
      name.find_first_of(std::string_view("\\\0", 2)) != std::string::npos) {
    return false;
  }
  const auto parts = split(name, '/');
  return std::ranges::none_of(parts, [](const std::string& part) {
    return part.empty() || part == "." || part == "..";
  });
}

tl::unexpected<Error> system_error(const fs::path& path, const std::error_code& code) {
  return fail(Fault::io, "{}: {}", path.string(), ascii_lower(code.message()));
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

Result<std::string> sha256_of(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return system_error(path, last_error());
  Sha256 hash;
  std::string buffer(1U << 20U, '\0');
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    hash.add({buffer.data(), static_cast<std::size_t>(file.gcount())});
  }
  if (file.bad()) return system_error(path, last_error());
  return hash.hex();
}

std::uintmax_t size_of(const fs::path& path) {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(path, code);
  return code ? 0 : size;
}

// "process 4711 on host", as the process that holds a lock has written into its file.
std::string holder_of(int descriptor) {
  char text[120];
  const ssize_t got = ::pread(descriptor, text, sizeof text, 0);
  const std::string_view name = python_strip(
      std::string_view(text, static_cast<std::size_t>(std::max<ssize_t>(0, got))));
  if (!name.starts_with("process ")) return "another process";
  return for_terminal_line(name.substr(0, name.find('\n')));
}

// Of use to a person only, so that it may fail.
void write_holder(int descriptor) {
  char host[65] = "";
  ::gethostname(host, sizeof host - 1);
  const std::string name = fmt::format("process {} on {}\n", ::getpid(), host);
  const bool is_written = ::ftruncate(descriptor, 0) == 0 &&
                          ::pwrite(descriptor, name.data(), name.size(), 0) >= 0;
  static_cast<void>(is_written);
}

}  // namespace

bool is_commit(std::string_view revision) {
  return revision.size() == 40 && is_hex(revision);
}

Status check_names(const HubFile& file) {
  for (const std::string& name : {file.repo, file.revision, file.path}) {
    if (!stays_inside(name)) {
      return fail(Fault::usage, "{}: no name that the hub could have",
                  for_terminal_line(name));
    }
  }
  return {};
}

Result<bool> has_hash(const fs::path& path, std::string_view etag) {
  if (!is_hex(etag)) return true;
  if (etag.size() == 64) return TRY(sha256_of(path)) == etag;
  if (etag.size() == 40) return git_blob_hex(TRY(read_file(path))) == etag;
  return true;
}

Status make_folders(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return system_error(path, code);
  return {};
}

Result<CacheLock> CacheLock::take(const fs::path& path, const fs::path& part,
                                  std::chrono::milliseconds patience, HubWorld& world) {
  TRY(make_folders(path.parent_path()));
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return system_error(path, last_error());
  CacheLock lock(descriptor);
  bool told = false;
  std::uintmax_t size = size_of(part);
  TimePoint until = std::chrono::steady_clock::now() + patience;
  while (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    if (errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP) break;  // some NFS
    if (errno != EWOULDBLOCK && errno != EINTR) return system_error(path, last_error());
    if (!std::exchange(told, true) && world.talk) {
      world.talk(fmt::format("{} is downloading the same file; waiting for it",
                             holder_of(descriptor)));
    }
    const auto now = std::chrono::steady_clock::now();
    const std::uintmax_t grown = size_of(part);
    if (grown != size) until = now + patience;
    size = grown;
    if (now >= until) {
      return fail(Fault::network,
                  "{}: {} holds it and nothing more has come for {} s; end that "
                  "process, or try again later",
                  path.string(), holder_of(descriptor), patience.count() / 1000);
    }
    world.http.wait(now + std::chrono::milliseconds(50));
  }
  write_holder(descriptor);
  return lock;
}

CacheLock::CacheLock(CacheLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

CacheLock::~CacheLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

HubCache::HubCache(fs::path cache, const HubFile& file)
    : cache_(std::move(cache)),
      folder_(file.repo_kind + "--" + replace_all(file.repo, "/", "--")),
      path_(file.path) {}

std::optional<std::string> HubCache::commit_of(const std::string& revision) const {
  if (is_commit(revision)) return revision;
  const auto commit = read_file(cache_ / folder_ / "refs" / revision);
  if (!commit) return std::nullopt;
  const std::string text(python_strip(*commit));
  if (!stays_inside(text) || text.find('/') != std::string::npos) return std::nullopt;
  return text;
}

std::optional<fs::path> HubCache::find(const std::string& commit, Talk& talk) const {
  const fs::path path = pointer(commit);
  std::error_code code;
  const fs::path target = fs::canonical(path, code);
  if (code || !fs::is_regular_file(target, code)) return std::nullopt;
  const std::uintmax_t size = fs::file_size(target, code);
  if (code || size > most_bytes_checked) return path;
  const auto whole = has_hash(target, target.filename().string());
  if (whole && *whole) return path;
  if (talk) talk(fmt::format("{}: the copy in the cache is damaged", path_));
  fs::remove(target, code);
  fs::remove(path, code);
  return std::nullopt;
}

bool HubCache::is_known_missing(const std::string& commit) const {
  std::error_code code;
  return fs::exists(cache_ / folder_ / ".no_exist" / commit / path_, code);
}

Status HubCache::remember_revision(const std::string& revision,
                                   const std::string& commit) const {
  if (revision == commit || commit_of(revision) == commit) return {};
  const fs::path ref = cache_ / folder_ / "refs" / revision;
  TRY(make_folders(ref.parent_path()));
  return write_file(ref, commit);
}

Status HubCache::remember_missing(const std::string& commit) const {
  const fs::path mark = cache_ / folder_ / ".no_exist" / commit / path_;
  TRY(make_folders(mark.parent_path()));
  return write_file(mark, "");
}

Result<fs::path> HubCache::link(const std::string& commit,
                                const std::string& etag) const {
  const fs::path path = pointer(commit);
  TRY(make_folders(path.parent_path()));
  const fs::path target = blob(etag).lexically_relative(path.parent_path());
  // Made beside it and renamed: another process may make the same one.
  const fs::path fresh = path.string() + fmt::format(".{}.link", ::getpid());
  std::error_code code;
  fs::remove(fresh, code);
  fs::create_symlink(target, fresh, code);
  if (code) fs::copy_file(blob(etag), fresh, code);  // a file system without links
  if (!code) fs::rename(fresh, path, code);
  if (code) return system_error(path, code);
  return path;
}

fs::path HubCache::blob(const std::string& etag) const {
  return cache_ / folder_ / "blobs" / etag;
}

fs::path HubCache::lock_file(const std::string& etag) const {
  return cache_ / ".locks" / folder_ / (etag + ".lock");
}

Status HubCache::prepare() const {
  TRY(make_folders(cache_ / folder_ / "blobs"));
  const fs::path tag = cache_ / "CACHEDIR.TAG";  // https://bford.info/cachedir/
  std::error_code code;
  if (fs::exists(tag, code)) return {};
  return write_file(
      tag,
      "Signature: 8a477f597d28d172789f06886806bc55\n"
      "# This file marks a folder whose content can be downloaded again.\n");
}

fs::path HubCache::snapshot(const std::string& commit) const {
  return cache_ / folder_ / "snapshots" / commit;
}

fs::path HubCache::pointer(const std::string& commit) const {
  return snapshot(commit) / path_;
}

}  // namespace proctor
