// The material that may lie beside the repository: golden prompts, MMLU's rows. Tests
// that need it skip, aloud, where it is not there.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

namespace proctor {

// PROCTOR_SHARED, else ../shared beside the repository; nothing where there is no such
// folder.
inline std::optional<std::filesystem::path> shared_folder() {
  const char* const set = std::getenv("PROCTOR_SHARED");
  const std::filesystem::path folder =
      set != nullptr && *set != '\0'
          ? std::filesystem::path(set)
          : std::filesystem::path(PROCTOR_SOURCE_DIR).parent_path() / "shared";
  if (!std::filesystem::is_directory(folder)) return std::nullopt;
  return folder;
}

}  // namespace proctor
