#include "proctor/dataset/folder.h"

#include <algorithm>
#include <array>
#include <system_error>

namespace proctor {
namespace {

namespace fs = std::filesystem;

struct SplitName {
  std::string_view name, split;
};
constexpr std::array split_names = {
    SplitName{"test", "test"},        SplitName{"dev", "dev"},
    SplitName{"val", "validation"},   SplitName{"validation", "validation"},
    SplitName{"valid", "validation"}, SplitName{"train", "train"},
};

constexpr std::array endings = {".csv", ".jsonl", ".ndjson", ".parquet"};

std::string ending_of(const fs::path& file) {
  return ascii_lower(file.extension().string());
}

bool is_data_file(const fs::path& file) {
  return std::ranges::find(endings, ending_of(file)) != endings.end();
}

struct Entry {
  std::string name;
  bool is_folder;
};

// By name, without hidden ones.
Result<std::vector<Entry>> entries_of(const fs::path& folder) {
  std::vector<Entry> entries;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error)) {
    const std::string name = at->path().filename().string();
    std::error_code unreadable;
    if (name[0] != '.') entries.push_back({name, at->is_directory(unreadable)});
  }
  if (error) {
    return fail(Fault::io, "{}: {}", folder.string(), ascii_lower(error.message()));
  }
  std::ranges::sort(entries, {}, &Entry::name);
  return entries;
}

std::string list_of(const std::vector<Entry>& entries) {
  constexpr std::size_t most = 12;
  if (entries.empty()) return "an empty folder";
  std::vector<std::string> names;
  for (const Entry& entry : entries) {
    if (names.size() == most) break;
    names.push_back(for_terminal_line(to_valid_utf8(entry.name)) +
                    (entry.is_folder ? "/" : ""));
  }
  if (entries.size() > most)
    names.push_back(fmt::format("{} more", entries.size() - most));
  return join(names, ", ");
}

Result<fs::path> split_folder(const fs::path& folder, const std::string& split) {
  const std::vector<Entry> entries = TRY(entries_of(folder));
  for (const Entry& entry : entries) {
    if (entry.is_folder && split_named(entry.name) == split) return folder / entry.name;
  }
  return fail(Fault::data,
              "{}: no folder {} in it, expected {}/SUBJECT_{}.csv; found {}",
              folder.string(), split, split, split, list_of(entries));
}

// Where the same subject's other split would be.
std::optional<fs::path> sibling(const fs::path& file, const FilePlace& place,
                                const std::string& split) {
  const fs::path folder = file.parent_path();
  for (const SplitName& other : split_names) {
    if (other.split != split) continue;
    const std::string name =
        fmt::format("{}_{}{}", place.subject, other.name, file.extension().string());
    for (const fs::path& path : {folder / ".." / other.name / name, folder / name}) {
      std::error_code error;
      if (fs::is_regular_file(path, error)) return path.lexically_normal();
    }
  }
  return std::nullopt;
}

}  // namespace

FilePlace place_of(const fs::path& file) {
  const std::string stem = file.stem().string();
  const std::size_t at = stem.rfind('_');
  if (at != std::string::npos && at > 0) {
    const auto found = std::ranges::find(
        split_names, std::string_view(stem).substr(at + 1), &SplitName::name);
    if (found != split_names.end()) {
      return {stem.substr(0, at), std::string(found->split)};
    }
  }
  return {stem, ""};
}

std::string split_named(std::string_view name) {
  const auto found = std::ranges::find(split_names, name, &SplitName::name);
  return std::string(found != split_names.end() ? found->split : name);
}

Result<std::vector<Question>> read_data_file(const fs::path& file,
                                             const std::optional<Columns>& columns,
                                             const std::string& subject,
                                             const std::string& split) {
  const std::string ending = ending_of(file);
  if (ending == ".parquet") return read_parquet(file, columns, subject, split);
  if (!is_data_file(file)) {
    return fail(Fault::usage,
                "{}: found a file that ends in \"{}\", expected .csv, "
                ".jsonl, .parquet or .zip",
                file.string(), ending);
  }
  const std::string content = TRY(read_file(file));
  const auto read = ending == ".csv" ? read_csv : read_jsonl;
  return read(content, columns, subject, split).in(file.string());
}

Result<std::vector<Question>> read_folder(const fs::path& folder,
                                          const std::optional<Columns>& columns,
                                          const std::string& split) {
  const fs::path place = TRY(split_folder(folder, split));
  const std::vector<Entry> entries = TRY(entries_of(place));
  std::vector<Question> all;
  for (const Entry& entry : entries) {
    const fs::path file = place / entry.name;
    if (entry.is_folder || !is_data_file(file)) continue;
    auto questions = TRY(read_data_file(file, columns, place_of(file).subject, split));
    std::move(questions.begin(), questions.end(), std::back_inserter(all));
  }
  if (all.empty()) {
    return fail(Fault::data, "{}: no .csv, .jsonl or .parquet file in it; found {}",
                place.string(), list_of(entries));
  }
  return all;
}

Result<OneFile> read_one_file(const fs::path& file,
                              const std::optional<Columns>& columns,
                              const std::string& split) {
  const FilePlace place = place_of(file);
  const bool as_it_is = split.empty() || split == "test" || split == place.split;
  if (!as_it_is) {
    const auto other = sibling(file, place, split);
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

}  // namespace proctor
