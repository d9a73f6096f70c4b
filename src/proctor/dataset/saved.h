// What `datasets` says of a data set that save_to_disk() wrote.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct SavedDataset {
  std::string split;               // empty: it was saved without one
  std::vector<std::string> files;  // the folder may have other, older ones
};

// A Dataset, not a DatasetDict: that has a folder a split.
bool is_saved_dataset(const std::filesystem::path& folder);

// What its state.json says. Fault::data where that is none, or the rows are chosen by
// indices.
Result<SavedDataset> saved_dataset(const std::filesystem::path& folder);

}  // namespace proctor
