// The weights of a model file in float32, which no kernel rounds on its way in. Not for
// other folders.
#pragma once

#include <cstdint>
#include <filesystem>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"

namespace proctor {

// A file without a name, where the system has such (Linux): it ends with the process,
// however that ends. Elsewhere it is removed when this is; what has it mapped may keep
// it.
class PassingFile {
 public:
  // A new one in `folder`. Fault::io.
  static Result<PassingFile> in(const std::filesystem::path& folder);
  PassingFile(PassingFile&& other) noexcept;
  PassingFile& operator=(PassingFile&&) = delete;
  ~PassingFile();

  // Opens it, in this process only.
  const std::filesystem::path& path() const { return path_; }

 private:
  PassingFile(int file, std::filesystem::path path, bool has_name)
      : file_(file), path_(std::move(path)), has_name_(has_name) {}

  int file_;  // -1: none
  std::filesystem::path path_;
  bool has_name_;
};

// The same model with every weight dequantised, which takes `bytes`, beside the
// digests, or among the system's temporary files where there is no such place.
// Fault::usage where there is no room, Fault::data where llama.cpp cannot do it; not to
// be stopped on the way.
Result<PassingFile> in_float32(const EngineOptions& options, std::int64_t bytes);

}  // namespace proctor
