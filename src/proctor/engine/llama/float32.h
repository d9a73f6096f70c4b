// The weights of a model file in float32, which no kernel rounds on its way in. Not for
// other folders.
#pragma once

#include <filesystem>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"

namespace proctor {

// A file that is there as long as this is; what has it mapped may keep it.
class PassingFile {
 public:
  // A new one in `folder`. Fault::io.
  static Result<PassingFile> in(const std::filesystem::path& folder);
  PassingFile(PassingFile&& other) noexcept;
  PassingFile& operator=(PassingFile&&) = delete;
  ~PassingFile();

  const std::filesystem::path& path() const { return path_; }

 private:
  explicit PassingFile(std::filesystem::path path) : path_(std::move(path)) {}
  std::filesystem::path path_;
};

// The same model with every weight dequantised, beside the digests, or among the
// system's temporary files where there is no such place. Fault::data where llama.cpp
// cannot do it, or there is no room; not to be stopped on the way.
Result<PassingFile> in_float32(const EngineOptions& options);

}  // namespace proctor
