// What the names of files and folders say.
#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace proctor {

// What a file's name says: "test/anatomy_test.csv" is anatomy's test split. The split
// is empty where the name ends in none.
struct FilePlace {
  std::string subject, split;
};
FilePlace place_of(const std::filesystem::path& file);

// validation for val and valid; every other name stands for itself.
std::string split_named(std::string_view name);

// Whether it names a split, as "test" or "val" does.
bool is_split_name(std::string_view name);

// The last part of its path, also of ".".
std::string folder_name(const std::filesystem::path& folder);

// Where the same subject's other split would be, if it is there.
std::optional<std::filesystem::path> sibling_of(const std::filesystem::path& file,
                                                const FilePlace& place,
                                                const std::string& split);

// "test-00000-of-00003", and with the hash that older tools put behind it: test, 0 of
// 3. Another name is one part, and all of it the stem.
struct PartName {
  std::string stem;
  std::size_t number = 0;
  std::size_t parts = 1;
};
PartName part_of(const std::string& stem);

}  // namespace proctor
