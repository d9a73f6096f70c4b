// Which files of a folder are a split of a data set.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/dataset/file_place.h"

namespace proctor {

// "a, b, 3 more"
std::string listed_names(std::vector<std::string> names);
// "a.csv, test/, 3 more": what a folder holds, without hidden ones.
Result<std::string> list_of_entries(const std::filesystem::path& folder);

struct SplitFile {
  std::filesystem::path path;
  std::string subject;  // of rows that name none
};

// By name, of the first of these that there is:
//   what README.md's `configs:` say (a clone of a hub repository);
//   all data files of <folder>/<split>, a subject each;
//   <split>.csv, <split>-00000-of-00001.parquet or SUBJECT_<split>.csv in the folder or
//   its data/;
//   the same in the one folder that has them, a configuration.
// `config` names one of README.md's configurations, or a folder. Fault::usage, with
// those that there are, where several could be meant; Fault::data where there is no
// such split, or a part of it is missing.
Result<std::vector<SplitFile>> files_of_split(const std::filesystem::path& folder,
                                              const std::string& config,
                                              const std::string& split);

}  // namespace proctor
