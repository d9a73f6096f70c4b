// Data sets on the disk: one file, or a folder.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/dataset/data_file.h"
#include "proctor/dataset/split_files.h"

namespace proctor {

// The split's files (files_of_split() says which they are), one after another.
Result<std::vector<Question>> read_folder(const std::filesystem::path& folder,
                                          const std::string& config,
                                          const std::optional<Columns>& columns,
                                          const std::string& split);

// A file and its split. A file is one split: what its name says (anatomy_dev.csv), else
// the one asked for, which a JSON document of several splits has to hold. Asked for
// another one than the name says, its sibling is read
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

// What datasets' save_to_disk() writes of a Dataset: a folder with state.json and
// data-*.arrow. It is one split, as a file is. (A DatasetDict has a folder a split.)
bool is_saved_dataset(const std::filesystem::path& folder);
Result<OneFile> read_saved_dataset(const std::filesystem::path& folder,
                                   const std::optional<Columns>& columns,
                                   const std::string& split);

}  // namespace proctor
