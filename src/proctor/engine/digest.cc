#include <algorithm>
#include <fstream>

#include <sys/stat.h>

#include "proctor/engine/engine.h"
#include "proctor/engine/gguf.h"

namespace proctor {
namespace {

constexpr std::int64_t worth_saying = std::int64_t{1} << 30U;  // seconds to read

// What a file is, without reading it.
struct Stamp {
  std::int64_t size = 0;
  std::string text;
};

Result<Stamp> stamp_of(const std::filesystem::path& path) {
  struct stat seen {};
  if (::stat(path.c_str(), &seen) != 0) {
    return fail(Fault::usage, "{}: no such file", path.string());
  }
  if (!S_ISREG(seen.st_mode)) {
    return fail(Fault::usage, "{}: not a file", path.string());
  }
#ifdef __APPLE__
  const auto changed = seen.st_mtimespec;
#else
  const auto changed = seen.st_mtim;
#endif
  return Stamp{seen.st_size,
               fmt::format("{}:{}:{}:{}.{:09d}", seen.st_dev, seen.st_ino, seen.st_size,
                           changed.tv_sec, changed.tv_nsec)};
}

Result<std::string> digest_of_file(const std::filesystem::path& path,
                                   const IsStopped& is_stopped) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Fault::io, "{}: cannot be read", path.string());
  Sha256 sum;
  std::string piece(std::size_t{1} << 20U, '\0');
  while (file) {
    if (is_stopped && is_stopped()) {
      return fail(Fault::cancelled, "the SHA-256 of {} was not read to its end",
                  path.string());
    }
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    sum.add(std::string_view(piece).substr(0, static_cast<std::size_t>(file.gcount())));
  }
  if (file.bad()) return fail(Fault::io, "{}: cannot be read", path.string());
  return sum.hex();
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

// One small file a model file, so that two processes never write into the same one.
Result<std::string> kept_digest(const std::filesystem::path& path,
                                const std::filesystem::path& cache, const Talk& talk,
                                const IsStopped& is_stopped) {
  const auto [size, stamp] = TRY(stamp_of(path));
  const std::filesystem::path place =
      cache / "gguf-sha256" / sha256_hex(stamp).substr(0, 24);
  if (!cache.empty()) {
    std::ifstream kept(place);
    std::string its_stamp;
    std::string its_digest;
    if (kept >> its_digest >> its_stamp && its_stamp == stamp &&
        is_digest(its_digest)) {
      return its_digest;
    }
  }
  if (talk && size > worth_saying) {
    talk(fmt::format("{}: reading its SHA-256, once", path.filename().string()));
  }
  std::string digest = TRY(digest_of_file(path, is_stopped));
  if (!cache.empty() && TRY(stamp_of(path)).text == stamp) {
    std::error_code problem;  // a cache that cannot be written costs time, no more
    std::filesystem::create_directories(place.parent_path(), problem);
    if (!problem) {
      (void)write_file(place, fmt::format("{} {} {}\n", digest, stamp, path.string()));
    }
  }
  return digest;
}

}  // namespace

Result<std::string> model_digest(const std::filesystem::path& model,
                                 const std::filesystem::path& cache, const Talk& talk,
                                 const IsStopped& is_stopped) {
  const auto parts = parts_of(model);
  if (parts.size() == 1) return kept_digest(model, cache, talk, is_stopped);
  Sha256 whole;
  for (const auto& part : parts) {
    whole.add_field(TRY(kept_digest(part, cache, talk, is_stopped)));
  }
  return whole.hex();
}

}  // namespace proctor
