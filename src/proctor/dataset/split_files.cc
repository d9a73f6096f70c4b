#include "proctor/dataset/split_files.h"

#include <algorithm>
#include <map>
#include <system_error>

#include "proctor/dataset/card.h"
#include "proctor/dataset/data_file.h"
#include "proctor/dataset/saved.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

using Files = std::vector<SplitFile>;

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

// Rows that are missing, or come twice, would go unnoticed.
Status check_parts(const fs::path& folder, const Files& files) {
  struct Parts {
    std::size_t of = 0;
    std::vector<std::size_t> numbers;
  };
  std::map<fs::path, Parts> found;
  for (const SplitFile& file : files) {
    const PartName part = part_of(file.path.stem().string());
    const fs::path stem = file.path.parent_path() / part.stem;
    Parts& parts = found[stem.string() + file.path.extension().string()];
    if (parts.of != 0 && parts.of != part.parts) {
      return fail(Fault::data,
                  "{}: found parts of {} and of {} of {}; remove those that are old",
                  folder.string(), parts.of, part.parts, part.stem);
    }
    parts.of = part.parts;
    if (part.number >= part.parts) {
      return fail(Fault::data, "{}: found part {} of {} of {}, but they count from 0",
                  folder.string(), part.number, part.parts, part.stem);
    }
    if (std::ranges::find(parts.numbers, part.number) != parts.numbers.end()) {
      return fail(Fault::data, "{}: part {} of {} is there twice; remove one",
                  folder.string(), part.number, part.stem);
    }
    parts.numbers.push_back(part.number);
  }
  for (const auto& [stem, parts] : found) {
    if (parts.of == parts.numbers.size()) continue;
    return fail(Fault::data, "{}: found {} of the {} parts of {}", folder.string(),
                parts.numbers.size(), parts.of, stem.stem().string());
  }
  return {};
}

// Two files of the same rows in two formats, or under two names of a split: of what
// `rows_of` says, one file or the parts of one.
template <class RowsOf>
Status check_one_each(const Files& files, RowsOf rows_of) {
  std::map<std::string, std::pair<std::string, std::string>> found;
  for (const SplitFile& file : files) {
    const std::string whole = part_of(file.path.stem().string()).stem;
    const std::string name = whole + file.path.extension().string();
    const auto [other, is_new] =
        found.try_emplace(rows_of(file, whole), name, file.path.filename().string());
    if (!is_new && other->second.first != name) {
      return fail(Fault::data, "{}: {} has the rows of {}, too; keep one of the two",
                  file.path.string(), other->second.second, file.subject);
    }
  }
  return {};
}

// A .json is data only where nothing else is: beside other files it describes them.
// What datasets keeps for itself is none.
Result<std::vector<std::string>> data_files_in(const fs::path& folder) {
  std::vector<std::string> files, documents;
  for (const Entry& entry : TRY(entries_of(folder))) {
    const bool is_kept =
        entry.name.starts_with("cache-") || entry.name.starts_with("indices");
    if (entry.is_folder || (is_kept && entry.name.ends_with(".arrow"))) continue;
    if (is_data_file(entry.name)) files.push_back(entry.name);
    const bool describes = entry.name == "dataset_info.json" ||
                           entry.name == "dataset_dict.json" ||
                           entry.name == "state.json";
    if (is_json(entry.name) && !describes) documents.push_back(entry.name);
  }
  return files.empty() ? documents : files;
}

// <folder>/<split>/…
Result<Files> in_split_folder(const fs::path& folder, const std::string& split) {
  for (const Entry& entry : TRY(entries_of(folder))) {
    if (!entry.is_folder || split_named(entry.name) != split) continue;
    const fs::path place = folder / entry.name;
    Files files;
    if (is_saved_dataset(place)) {
      for (const std::string& name : TRY(saved_dataset(place)).files) {
        files.push_back({place / name, folder_name(folder)});
      }
      return files;
    }
    for (const std::string& name : TRY(data_files_in(place))) {
      const bool is_saved = name.ends_with(".arrow");
      files.push_back(
          {place / name, is_saved ? folder_name(folder) : place_of(name).subject});
    }
    if (files.empty()) {
      return fail(Fault::data,
                  "{}: no .csv, .jsonl, .parquet or other data file in it; found {}",
                  place.string(), TRY(list_of_entries(place)));
    }
    TRY(check_one_each(files, [](const SplitFile&, const std::string& whole) {
      return place_of(whole).subject;
    }));
    return files;
  }
  return Files{};
}

Result<Files> named_for_split(const fs::path& folder, const std::string& subject,
                              const std::string& split) {
  Files files;
  std::error_code error;
  if (!fs::is_directory(folder, error)) return files;
  for (const std::string& name : TRY(data_files_in(folder))) {
    const fs::path path = folder / name;
    const FilePlace place = place_of(path);
    if (split_named(part_of(path.stem().string()).stem) == split) {
      files.push_back({path, subject});
    } else if (place.split == split) {
      files.push_back({path, place.subject});
    }
  }
  TRY(check_one_each(
      files, [](const SplitFile& file, const std::string&) { return file.subject; }));
  return files;
}

Result<Files> without_configs(const fs::path& folder, const std::string& split) {
  Files files = TRY(in_split_folder(folder, split));
  for (const fs::path& place : {folder, folder / "data"}) {
    if (files.empty()) files = TRY(named_for_split(place, folder_name(folder), split));
  }
  return files;
}

tl::unexpected<Error> several(const fs::path& folder,
                              const std::vector<std::string>& names) {
  const bool has_all = std::ranges::find(names, "all") != names.end();
  return fail(Fault::usage, "{0}: found {1} configurations, {2}; name one as {0}:{3}",
              folder.string(), names.size(), listed_names(names),
              has_all ? "all" : names.front());
}

Result<Files> in_config_folders(const fs::path& folder, const std::string& split) {
  std::vector<std::string> names;
  Files files;
  for (const Entry& entry : TRY(entries_of(folder))) {
    if (!entry.is_folder) continue;
    Files found = TRY(without_configs(folder / entry.name, split));
    if (found.empty()) continue;
    names.push_back(entry.name);
    files = std::move(found);
  }
  if (names.size() > 1) return several(folder, names);
  return files;
}

std::vector<std::string> all_files(const fs::path& folder) {
  std::vector<std::string> files;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code), end; !code && entry != end;
       entry.increment(code)) {
    const bool is_hidden = entry->path().filename().string().starts_with(".");
    if (is_hidden) entry.disable_recursion_pending();
    if (is_hidden || !entry->is_regular_file(code)) continue;
    files.push_back(entry->path().lexically_relative(folder).generic_string());
  }
  std::ranges::sort(files);
  return files;
}

// Files of one name each are a subject each, as without a card; parts, and a file that
// is called as the split is, are the configuration's.
std::string subject_of(const fs::path& folder, const CardConfig& config,
                       const fs::path& file, const std::string& split) {
  const std::string stem = part_of(file.stem().string()).stem;
  const bool is_in_split_folder =
      split_named(file.parent_path().filename().string()) == split;
  if (!is_in_split_folder &&
      (stem != file.stem().string() || split_named(stem) == split)) {
    return config.name == "default" ? folder_name(folder) : config.name;
  }
  return place_of(file).subject;
}

// Where not one file is there of those that README.md names, they are told.
Status check_any_is_there(const fs::path& folder, const CardConfig& config) {
  std::vector<std::string> named;
  for (const CardFiles& card : config.files)
    named.insert(named.end(), card.patterns.begin(), card.patterns.end());
  const std::vector<std::string> all = all_files(folder);
  const bool any = std::ranges::any_of(named, [&](const std::string& pattern) {
    return std::ranges::any_of(
        all, [&](const std::string& path) { return pattern_means(pattern, path); });
  });
  if (any || named.empty()) return {};
  return fail(Fault::data, "{}: README.md names {} for {}, and no such file is there",
              folder.string(), listed_names(named), config.name);
}

Result<Files> of_config(const fs::path& folder, const CardConfig& config,
                        const std::string& split) {
  Files files;
  std::vector<std::string> splits;
  const std::vector<std::string> all = all_files(folder);
  for (const CardFiles& card : config.files) {
    if (!card.split.empty()) splits.push_back(card.split);
    for (const std::string& path : all) {
      const auto means = [&](const std::string& pattern) {
        return pattern_means(pattern, path);
      };
      if (!std::ranges::any_of(card.patterns, means)) continue;
      const FilePlace place = place_of(path);
      const std::string named = !card.split.empty() ? card.split
                                : !place.split.empty()
                                    ? place.split
                                    : part_of(fs::path(path).stem().string()).stem;
      if (split_named(named) != split) continue;
      files.push_back({folder / path, subject_of(folder, config, path, split)});
    }
  }
  if (files.empty() && !splits.empty()) {
    TRY(check_any_is_there(folder, config));
    return fail(Fault::data, "{}: no file of the split {} in {}; README.md names {}",
                folder.string(), split, config.name, listed_names(splits));
  }
  TRY(check_one_each(files, [](const SplitFile& file, const std::string& whole) {
    return (file.path.parent_path() / whole).string();
  }));
  return files;
}

Result<Files> by_card(const fs::path& folder, const std::string& config,
                      const std::string& split) {
  const auto readme = read_file(folder / "README.md");
  if (!readme) return Files{};
  const std::vector<CardConfig> configs =
      TRY(configs_of(*readme).in((folder / "README.md").string()));
  std::vector<std::string> names;
  for (const CardConfig& each : configs) {
    if (each.name == config || (config.empty() && configs.size() == 1)) {
      return of_config(folder, each, split);
    }
    names.push_back(each.name);
  }
  if (config.empty() && !names.empty()) return several(folder, names);
  return Files{};
}

// Where nothing is found, not even beside what it names.
Status check_card(const fs::path& folder, const std::string& config) {
  const auto readme = read_file(folder / "README.md");
  if (!readme) return {};
  for (const CardConfig& each : TRY(configs_of(*readme)))
    if (each.name == config || config.empty()) TRY(check_any_is_there(folder, each));
  return {};
}

Result<Files> found_in(const fs::path& folder, const std::string& config,
                       const std::string& split) {
  Files files = TRY(by_card(folder, config, split));
  std::error_code error;
  if (files.empty() && !config.empty() && fs::is_directory(folder / config, error)) {
    files = TRY(without_configs(folder / config, split));
  }
  if (!config.empty()) return files;
  if (files.empty()) files = TRY(without_configs(folder, split));
  if (files.empty()) files = TRY(in_config_folders(folder, split));
  return files;
}

}  // namespace

std::string listed_names(std::vector<std::string> names) {
  constexpr std::size_t most = 12;
  const std::size_t count = names.size();
  if (count > most) names.resize(most);
  for (std::string& name : names) name = for_terminal_line(to_valid_utf8(name));
  if (count > most) names.push_back(fmt::format("{} more", count - most));
  return join(names, ", ");
}

Result<std::string> list_of_entries(const fs::path& folder) {
  std::vector<std::string> names;
  for (const Entry& entry : TRY(entries_of(folder))) {
    names.push_back(entry.name + (entry.is_folder ? "/" : ""));
  }
  return names.empty() ? "an empty folder" : listed_names(std::move(names));
}

Result<Files> files_of_split(const fs::path& folder, const std::string& config,
                             const std::string& split) {
  const Files files = TRY(found_in(folder, config, split));
  if (files.empty()) {
    TRY(check_card(folder, config));
    return fail(Fault::data,
                "{}: no folder {} in it, expected {}/SUBJECT_{}.csv; found {}",
                (config.empty() ? folder : folder / config).string(), split, split,
                split, TRY(list_of_entries(folder)));
  }
  TRY(check_parts(folder, files));
  return files;
}

}  // namespace proctor
