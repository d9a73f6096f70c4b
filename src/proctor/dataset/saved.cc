#include "proctor/dataset/saved.h"

#include <system_error>

#include <simdjson.h>

#include "proctor/dataset/file_place.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

Result<SavedDataset> state_in(const fs::path& file) {
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
  SavedDataset saved;
  std::string_view split;
  if (state["_split"].get(split) == simdjson::SUCCESS) saved.split = split_named(split);
  for (const simdjson::dom::element each : files) {
    std::string_view name;
    if (each["filename"].get(name) == simdjson::SUCCESS) saved.files.emplace_back(name);
  }
  return saved;
}

}  // namespace

bool is_saved_dataset(const fs::path& folder) {
  std::error_code error;
  return fs::exists(folder / "state.json", error) &&
         fs::exists(folder / "dataset_info.json", error);
}

Result<SavedDataset> saved_dataset(const fs::path& folder) {
  const fs::path state = folder / "state.json";
  return state_in(state).in(state.string());
}

}  // namespace proctor
