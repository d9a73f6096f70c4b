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
std::filesystem::path place_of(const Stamp& stamp, const std::filesystem::path& cache) {
  return cache / "gguf-sha256" / sha256_hex(stamp.text).substr(0, 24);
}

std::optional<std::string> read_kept(const Stamp& stamp,
                                     const std::filesystem::path& cache) {
  if (cache.empty()) return std::nullopt;
  std::ifstream kept(place_of(stamp, cache));
  std::string its_stamp;
  std::string its_digest;
  const bool is_its = kept >> its_digest >> its_stamp && its_stamp == stamp.text &&
                      is_digest(its_digest);
  return is_its ? std::optional(its_digest) : std::nullopt;
}

Result<std::string> digest_of_part(const std::filesystem::path& path,
                                   const std::filesystem::path& cache, const Talk& talk,
                                   const IsStopped& is_stopped) {
  const Stamp stamp = TRY(stamp_of(path));
  if (const auto kept = read_kept(stamp, cache)) return *kept;
  if (talk && stamp.size > worth_saying) {
    talk(fmt::format("{}: reading its SHA-256, once", path.filename().string()));
  }
  std::string digest = TRY(digest_of_file(path, is_stopped));
  if (!cache.empty() && TRY(stamp_of(path)).text == stamp.text) {
    const std::filesystem::path place = place_of(stamp, cache);
    std::error_code problem;  // a cache that cannot be written costs time, no more
    std::filesystem::create_directories(place.parent_path(), problem);
    if (!problem) {
      (void)write_file(place,
                       fmt::format("{} {} {}\n", digest, stamp.text, path.string()));
    }
  }
  return digest;
}

// The parts' own, or of several one of them all.
Result<std::string> digest_of_parts(
    const std::filesystem::path& model,
    const std::function<Result<std::string>(const std::filesystem::path&)>& digest_of) {
  const auto parts = parts_of(model);
  if (parts.size() == 1) return digest_of(model);
  Sha256 whole;
  for (const auto& part : parts) whole.add_field(TRY(digest_of(part)));
  return whole.hex();
}

}  // namespace

Result<std::string> model_digest(const std::filesystem::path& model,
                                 const std::filesystem::path& cache, const Talk& talk,
                                 const IsStopped& is_stopped) {
  return digest_of_parts(model, [&](const std::filesystem::path& part) {
    return digest_of_part(part, cache, talk, is_stopped);
  });
}

std::optional<std::string> known_digest(const std::filesystem::path& model,
                                        const std::filesystem::path& cache) {
  const auto digest = digest_of_parts(
      model, [&](const std::filesystem::path& part) -> Result<std::string> {
        if (auto kept = read_kept(TRY(stamp_of(part)), cache)) return *kept;
        return fail(Fault::usage, "not read yet");
      });
  return digest ? std::optional(*digest) : std::nullopt;
}

}  // namespace proctor
