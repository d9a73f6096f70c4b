#include "proctor/dataset/folder.h"

#include <algorithm>

#include <simdjson.h>

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

struct Saved {
  std::string split;  // empty: it was saved without one
  std::vector<std::string> files;
};

Result<Saved> saved_state(const fs::path& file) {
  const std::string content = TRY(read_file(file));
  simdjson::dom::parser parser;
  simdjson::dom::element state;
  simdjson::dom::array files, indices;
  if (parser.parse(content).get(state) != simdjson::SUCCESS ||
      state["_data_files"].get(files) != simdjson::SUCCESS) {
    return fail(Fault::data, "expected what save_to_disk() writes, with _data_files");
  }
  if (state["_indices_data_files"].get(indices) == simdjson::SUCCESS &&
      indices.size() > 0) {
    return fail(Fault::data,
                "the rows are chosen by a file of indices; write them by "
                "flatten_indices() or to_parquet()");
  }
  Saved saved;
  std::string_view split;
  if (state["_split"].get(split) == simdjson::SUCCESS) saved.split = split_named(split);
  for (const simdjson::dom::element each : files) {
    std::string_view name;
    if (each["filename"].get(name) == simdjson::SUCCESS) saved.files.emplace_back(name);
  }
  return saved;
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
  const bool as_it_is = split.empty() || split == "test" || split == place.split;
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

bool is_saved_dataset(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "state.json", error) &&
         fs::exists(folder / "dataset_info.json", error);
}

Result<OneFile> read_saved_dataset(const fs::path& folder,
                                   const std::optional<Columns>& columns,
                                   const std::string& split) {
  const Saved saved =
      TRY(saved_state(folder / "state.json").in((folder / "state.json").string()));
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
