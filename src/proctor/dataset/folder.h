// Data sets on the disk: one file, or a folder in Hendrycks' layout.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/dataset/dataset.h"

namespace proctor {

// What a file's name says: "test/anatomy_test.csv" is anatomy's test split. The split
// is empty where the name ends in none.
struct FilePlace {
  std::string subject, split;
};
FilePlace place_of(const std::filesystem::path& file);

// validation for val and valid; every other name stands for itself.
std::string split_named(std::string_view name);

// The reader by the file's ending: .csv, .jsonl or .ndjson, .parquet. Another ending is
// Fault::usage. Errors begin with the path.
Result<std::vector<Question>> read_data_file(const std::filesystem::path& file,
                                             const std::optional<Columns>& columns,
                                             const std::string& subject,
                                             const std::string& split);

// All files of <folder>/<split>, by name, a subject each.
Result<std::vector<Question>> read_folder(const std::filesystem::path& folder,
                                          const std::optional<Columns>& columns,
                                          const std::string& split);

// A file and its split. A file is one split: what its name says (anatomy_dev.csv), else
// the one asked for. Asked for another one than the name says, its sibling is read
// (../dev/anatomy_dev.csv); a dev or validation split of a file whose name says nothing
// is Fault::usage, so that no question becomes its own example. An empty or "test"
// split takes the file as it is.
struct OneFile {
  std::string split;
  std::vector<Question> questions;
};
Result<OneFile> read_one_file(const std::filesystem::path& file,
                              const std::optional<Columns>& columns,
                              const std::string& split);

}  // namespace proctor
