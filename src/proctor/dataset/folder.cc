#include "proctor/dataset/folder.h"

#include <algorithm>

#include "proctor/dataset/json_table.h"
#include "proctor/dataset/saved.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

Result<std::vector<Question>> read_files(const std::vector<SplitFile>& files,
                                         const std::optional<Columns>& columns,
                                         const std::string& split) {
  std::vector<Question> all;
  for (const SplitFile& file : files) {
    auto questions = TRY(read_data_file(file.path, columns, file.subject, split));
    std::move(questions.begin(), questions.end(), std::back_inserter(all));
  }
  return all;
}

// Whether it is a JSON document of several splits, with that one among them.
bool is_of_splits(const fs::path& file, const std::string& split) {
  if (!is_json(file)) return false;
  const auto content = read_file(file);
  return content && json_holds_split(*content, split);
}

}  // namespace

Result<std::vector<Question>> read_folder(const fs::path& folder,
                                          const std::string& config,
                                          const std::optional<Columns>& columns,
                                          const std::string& split) {
  return read_files(TRY(files_of_split(folder, config, split)), columns, split);
}

Result<OneFile> read_one_file(const fs::path& file,
                              const std::optional<Columns>& columns,
                              const std::string& split) {
  const FilePlace place = place_of(file);
  const bool as_it_is = split.empty() || split == "test" || split == place.split ||
                        (place.split.empty() && is_of_splits(file, split));
  if (!as_it_is) {
    const auto other = sibling_of(file, place, split);
    if (place.split.empty() || !other) {
      return fail(Fault::usage,
                  "{}: a file is one split, and this one is not {}; give "
                  "a folder with test/ and {}/",
                  file.string(), split, split);
    }
    auto content = TRY(read_data_file(*other, columns, place.subject, split));
    return OneFile{split, std::move(content)};
  }
  const std::string own = !place.split.empty() ? place.split
                          : split.empty()      ? "test"
                                               : split;
  auto content = TRY(read_data_file(file, columns, place.subject, own));
  return OneFile{own, std::move(content)};
}

Result<OneFile> read_saved_dataset(const fs::path& folder,
                                   const std::optional<Columns>& columns,
                                   const std::string& split) {
  const SavedDataset saved = TRY(saved_dataset(folder));
  if (!split.empty() && split != "test" && split != saved.split) {
    return fail(Fault::usage,
                "{}: a saved Dataset is one split, and this one is not {}; save a "
                "DatasetDict of all",
                folder.string(), split);
  }
  const std::string own = saved.split.empty() ? "test" : saved.split;
  std::vector<SplitFile> files;
  for (const std::string& name : saved.files) {
    files.push_back({folder / name, folder_name(folder)});
  }
  return OneFile{own, TRY(read_files(files, columns, own))};
}

}  // namespace proctor
