// The hub's cache folder, in the layout that its own tools share:
//   datasets--owner--name/blobs/<etag>, refs/<revision>,
//   snapshots/<commit>/<path> -> ../../blobs/<etag>, .no_exist/<commit>/<path>
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "proctor/base/base.h"
#include "proctor/hub/hub.h"

namespace proctor {

// 40 hexadecimal digits: what it names never changes.
bool is_commit(std::string_view revision);
// Fault::usage for names that would lead out of their folder.
Status check_names(const HubFile& file);

// Whether the content has the hash that is its name on the hub: SHA-256 for 64
// hexadecimal digits, git's for 40. Anything else cannot be checked: true.
Result<bool> has_hash(const std::filesystem::path& path, std::string_view etag);

// One lock file, held as long as this lives; the process that holds it is named in it.
class CacheLock {
 public:
  // Waits for another process's as long as `part`, what it downloads, grows, and
  // `patience` longer: Fault::network then, that says who holds it.
  static Result<CacheLock> take(const std::filesystem::path& path,
                                const std::filesystem::path& part,
                                std::chrono::milliseconds patience, HubWorld& world);
  CacheLock(CacheLock&& other) noexcept;
  CacheLock& operator=(CacheLock&&) = delete;
  ~CacheLock();

 private:
  explicit CacheLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

class HubCache {
 public:
  HubCache(std::filesystem::path cache, const HubFile& file);

  // The commit of a revision: itself, or what refs/ has.
  std::optional<std::string> commit_of(const std::string& revision) const;
  // The file of that commit, if it is there and whole; a damaged one is deleted.
  std::optional<std::filesystem::path> find(const std::string& commit,
                                            Talk& talk) const;
  bool is_known_missing(const std::string& commit) const;

  Status remember_revision(const std::string& revision,
                           const std::string& commit) const;
  Status remember_missing(const std::string& commit) const;
  // Makes snapshots/<commit>/<path> lead to the blob, and returns it.
  Result<std::filesystem::path> link(const std::string& commit,
                                     const std::string& etag) const;

  // The folder that a commit's files are seen in.
  std::filesystem::path snapshot(const std::string& commit) const;
  std::filesystem::path blob(const std::string& etag) const;
  std::filesystem::path lock_file(const std::string& etag) const;
  // The folders that a download needs.
  Status prepare() const;

 private:
  std::filesystem::path pointer(const std::string& commit) const;

  std::filesystem::path cache_;
  std::string folder_;  // "datasets--cais--mmlu"
  std::string path_;
};

// Creates a folder and those above it.
Status make_folders(const std::filesystem::path& path);

}  // namespace proctor
