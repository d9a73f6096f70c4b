// Zips: what is in one, read without unpacking it, and one made of files in memory.
// Knows nothing of what they hold.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// A file in a zip. Its name is as it stands there, with its folders: other tools' names
// may be in any encoding and do not say which.
struct ZipMember {
  std::string name;
  std::uint64_t number = 0;
};

// A zip that is open for reading; one thread at a time.
class ZipReader {
 public:
  // Fault::data for what is no zip or was cut off.
  static Result<ZipReader> open(const std::filesystem::path& path);
  ~ZipReader();
  ZipReader(ZipReader&&) noexcept;
  ZipReader& operator=(ZipReader&&) noexcept;

  // By name.
  const std::vector<ZipMember>& members() const { return members_; }
  // Whole and with its sum checked, else Fault::data: damaged, encrypted, packed in a
  // way that is not known here, or larger than 256 MiB.
  Result<std::string> content(const ZipMember& member) const;

 private:
  struct State;
  explicit ZipReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
  std::vector<ZipMember> members_;
};

struct FileContent {
  std::string name, content;
};
// The bytes of a zip of these, in this order; the same files give the same bytes.
Result<std::string> zip_of(std::span<const FileContent> files);

}  // namespace proctor
