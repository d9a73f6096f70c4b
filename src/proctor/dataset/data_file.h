// One file of questions, read by what it ends in.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proctor/dataset/dataset.h"

namespace proctor {

// .csv, .tsv, .jsonl, .ndjson, .parquet, .arrow, .feather. A .json is one, too, but may
// as well describe the others beside it: see is_json().
bool is_data_file(const std::filesystem::path& file);
bool is_json(const std::filesystem::path& file);

// Errors begin with the path. Fault::usage for another ending, with what makes a file
// of it that is read, and for the pointer that git leaves where git-lfs was not asked.
Result<std::vector<Question>> read_data_file(const std::filesystem::path& file,
                                             const std::optional<Columns>& columns,
                                             const std::string& subject,
                                             const std::string& split);

}  // namespace proctor
