// A data set's folder in a zip, read without unpacking it.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "proctor/dataset/dataset.h"

namespace proctor {

// All CSV and JSONL files of a folder named as the split, wherever it is in the zip, by
// name, a subject each. Names are UTF-8. One error, that begins with the path, for what
// is no zip, cut off, encrypted or damaged, and for a zip that holds no such folder.
Result<std::vector<Question>> read_zip(const std::filesystem::path& zip,
                                       const std::optional<Columns>& columns,
                                       const std::string& split);

}  // namespace proctor
