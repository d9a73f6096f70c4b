#include "proctor/dataset/file_place.h"

#include <algorithm>
#include <array>
#include <system_error>

#include "proctor/base/base.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

struct SplitName {
  std::string_view name, split;
};
constexpr std::array split_names = {
    SplitName{"test", "test"},        SplitName{"dev", "dev"},
    SplitName{"val", "validation"},   SplitName{"validation", "validation"},
    SplitName{"valid", "validation"}, SplitName{"train", "train"},
};

}  // namespace

std::string folder_name(const fs::path& folder) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(folder, error);
  return (error ? folder : whole).filename().string();
}

FilePlace place_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  const std::size_t at = stem.rfind('_');
  if (at != std::string::npos && at > 0) {
    const auto found = std::ranges::find(
        split_names, std::string_view(stem).substr(at + 1), &SplitName::name);
    if (found != split_names.end()) {
      return {stem.substr(0, at), std::string(found->split)};
    }
  }
  return {stem, ""};
}

std::string split_named(std::string_view name) {
  const auto found = std::ranges::find(split_names, name, &SplitName::name);
  return std::string(found != split_names.end() ? found->split : name);
}

bool is_split_name(std::string_view name) {
  return std::ranges::find(split_names, name, &SplitName::name) != split_names.end();
}

std::optional<fs::path> sibling_of(const fs::path& file, const FilePlace& place,
                                   const std::string& split) {
  const fs::path folder = file.parent_path();
  for (const SplitName& other : split_names) {
    if (other.split != split) continue;
    const std::string name =
        fmt::format("{}_{}{}", place.subject, other.name, file.extension().string());
    for (const fs::path& path : {folder / ".." / other.name / name, folder / name}) {
      std::error_code error;
      if (fs::is_regular_file(path, error)) return path.lexically_normal();
    }
  }
  return std::nullopt;
}

PartName part_of(const std::string& stem) {
  const auto is_number = [&](std::size_t at) {
    return std::all_of(stem.begin() + static_cast<std::ptrdiff_t>(at),
                       stem.begin() + static_cast<std::ptrdiff_t>(at + 5),
                       [](char c) { return c >= '0' && c <= '9'; });
  };
  const std::size_t of = stem.find("-of-");
  const bool is_part = of != std::string::npos && of >= 6 && of + 9 <= stem.size() &&
                       stem[of - 6] == '-' && is_number(of - 5) && is_number(of + 4) &&
                       (of + 9 == stem.size() || stem[of + 9] == '-');
  if (!is_part) return {stem};
  return {stem.substr(0, of - 6),
          static_cast<std::size_t>(std::stoul(stem.substr(of - 5, 5))),
          static_cast<std::size_t>(std::stoul(stem.substr(of + 4, 5)))};
}

}  // namespace proctor
