#include "proctor/dataset/from_hub.h"

#include <algorithm>

#include "proctor/dataset/folder.h"
#include "proctor/dataset/zip_folder.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

bool is_part(std::string_view text) {
  return !text.empty() && text[0] != '.' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '.';
  });
}

// How a repository lays out its splits. {config} and {split} stand in the path.
struct HubLayout {
  std::string_view repo;
  std::string_view path;  // may end in .csv or .zip
  // The configuration where the name has none; empty: one has to be named.
  std::string_view config;
  bool config_is_subject = false;  // and without one all subjects are read
};

constexpr std::string_view by_config = "{config}/{split}-00000-of-00001.parquet";
constexpr std::string_view in_data = "data/{split}-00000-of-00001.parquet";

constexpr HubLayout layouts[] = {
    {.repo = "cais/mmlu", .path = by_config, .config = "all"},
    {.repo = "TIGER-Lab/MMLU-Pro", .path = in_data, .config = "default"},
    {.repo = "edinburgh-dair/mmlu-redux", .path = by_config, .config_is_subject = true},
    {.repo = "edinburgh-dair/mmlu-redux-2.0",
     .path = by_config,
     .config_is_subject = true},
    {.repo = "CohereLabs/Global-MMLU", .path = by_config},
    {.repo = "openai/MMMLU", .path = "{split}/mmlu_{config}.csv"},
    {.repo = "haonan-li/cmmlu", .path = "cmmlu_v1_0_1.zip"},
    {.repo = "nlp-waseda/JMMLU", .path = "JMMLU.zip"},
};

struct HubName {
  std::string repo, config;
};

HubName parsed(const std::string& name) {
  const std::size_t colon = name.find(':');
  if (colon == std::string::npos) return {name, ""};
  return {name.substr(0, colon), name.substr(colon + 1)};
}

HubLayout layout_for(const HubName& name) {
  const KnownDataset* known = find_dataset(name.repo);
  const auto found = std::ranges::find(
      layouts, known == nullptr ? name.repo : known->name, &HubLayout::repo);
  if (found != std::end(layouts)) {
    HubLayout layout = *found;
    layout.repo = name.repo;  // of an owner that has another name now
    return layout;
  }
  // What the hub's own conversion of a data set to Parquet is called.
  return {.repo = name.repo,
          .path = name.config.empty() ? in_data : by_config,
          .config = "default"};
}

std::string revision_for(const DatasetRequest& request, const std::string& repo) {
  if (!request.revision.empty()) return request.revision;
  const KnownDataset* known = find_dataset(repo);
  const bool pinned = known != nullptr && !known->revision.empty();
  return pinned ? std::string(known->revision) : "main";
}

// Reads single configurations of one split of one repository.
class HubReader {
 public:
  HubReader(const DatasetRequest& request, const HubLayout& layout,
            const std::string& split, HubWorld& world)
      : request_(request), layout_(layout), split_(split), world_(world) {}

  // Parquet where it can be read, else the same rows from the datasets-server, which
  // has main's only.
  Status add(const std::string& config) {
    std::string path = replace_all(std::string(layout_.path), "{split}", split_);
    if (path.ends_with(".zip")) return add_zip(path, config);
    const bool is_csv = path.ends_with(".csv");
    // JA_JP is the configuration, JA-JP stands in the file's name.
    path = replace_all(std::move(path), "{config}",
                       is_csv ? replace_all(config, "_", "-") : config);
    if (is_csv || parquet_is_available()) return add_file(path, config);
    const HubRows rows = TRY(hub_rows(std::string(layout_.repo), config, split_,
                                      request_.cache_dir, world_));
    found_ = true;
    read_.revision = rows.commit;
    return keep(read_json(rows.lines, request_.columns, subject(config), split_)
                    .in(fmt::format("{}: {}/{}", layout_.repo, config, split_)));
  }

  HubQuestions questions() && { return std::move(read_); }
  // Whether any rows were had, be they good or not.
  bool found() const { return found_; }

 private:
  Result<HubDownload> download(const std::string& path) const {
    const std::string repo(layout_.repo);
    return hub_file({"datasets", repo, revision_for(request_, repo), path},
                    request_.cache_dir, world_);
  }

  // Where a repository has other files than we know, the hub's own conversion of them
  // to Parquet is on a branch of its own.
  Result<HubDownload> download_conversion(const std::string& config, int part) const {
    const std::string branch = "refs/convert/parquet";
    return hub_file({"datasets", std::string(layout_.repo), branch,
                     fmt::format("{}/{}/{:04}.parquet", config, split_, part)},
                    request_.cache_dir, world_);
  }

  // All parts; how many there are, nothing says but that the hub has no next one. That
  // it is not in the cache says nothing.
  Status add_conversion(HubDownload first, const std::string& config) {
    Result<HubDownload> file = std::move(first);
    for (int part = 1; file; ++part) {
      TRY(keep(read_data_file(file->path, request_.columns, subject(config), split_)));
      file = download_conversion(config, part);
    }
    if (file.error().fault == Fault::data) return {};
    return tl::unexpected(file.error());
  }

  Status add_file(const std::string& path, const std::string& config) {
    Result<HubDownload> file = download(path);
    const bool may_be_elsewhere =
        path.ends_with(".parquet") &&
        revision_for(request_, std::string(layout_.repo)) == "main";
    if (!file && may_be_elsewhere && file.error().fault == Fault::data) {
      if (auto converted = download_conversion(config, 0)) {
        found_ = true;
        read_.revision = converted->commit;
        return add_conversion(*std::move(converted), config);
      }
    }
    TRY(file);
    found_ = true;
    read_.revision = file->commit;
    return keep(read_data_file(file->path, request_.columns, subject(config), split_));
  }

  Status add_zip(const std::string& path, const std::string& config) {
    const HubDownload file = TRY(download(path));
    found_ = true;
    read_.revision = file.commit;
    std::vector<Question> questions =
        TRY(read_zip(file.path, request_.columns, split_));
    if (!config.empty()) {
      std::erase_if(questions, [&config](const Question& question) {
        return question.subject != config;
      });
      if (questions.empty()) {
        return fail(Fault::usage, "{}: no subject {} in it", layout_.repo, config);
      }
    }
    return keep(std::move(questions));
  }

  Status keep(Result<std::vector<Question>> questions) {
    std::vector<Question> more = TRY(std::move(questions));
    std::move(more.begin(), more.end(), std::back_inserter(read_.questions));
    return {};
  }

  // Of rows that name none.
  std::string subject(const std::string& config) const {
    if (layout_.config_is_subject) return config;
    if (split_ == "auxiliary_train") return split_;  // its rows come from elsewhere
    return std::string(layout_.repo.substr(layout_.repo.find('/') + 1));
  }

  const DatasetRequest& request_;
  const HubLayout& layout_;
  const std::string& split_;
  HubWorld& world_;
  HubQuestions read_;
  bool found_ = false;
};

// The hint's subjects, if it names nothing but single ones of the data set.
std::vector<std::string> single_subjects(const DatasetRequest& request) {
  std::vector<std::string> subjects = split(request.subjects, ',');
  for (std::string& subject : subjects) {
    std::erase(subject, ' ');
    if (find_subject(subject, request.name) == nullptr) return {};
  }
  std::ranges::sort(subjects);
  subjects.erase(std::unique(subjects.begin(), subjects.end()), subjects.end());
  return subjects;
}

Result<HubQuestions> read_configs(HubReader reader,
                                  const std::vector<std::string>& configs) {
  for (const std::string& config : configs) TRY(reader.add(config));
  return std::move(reader).questions();
}

// The configurations that have the split: the folders of its Parquet files.
std::vector<std::string> configs_with(const std::vector<std::string>& files,
                                      const std::string& split) {
  std::vector<std::string> configs;
  for (const std::string& path : files) {
    const std::size_t slash = path.find('/');
    const bool is_split =
        slash != std::string::npos && path.substr(slash + 1).starts_with(split);
    const std::string config = path.substr(0, slash);
    if (!is_split || !path.ends_with(".parquet") || config == "data") continue;
    if (configs.empty() || configs.back() != config) configs.push_back(config);
  }
  return configs;
}

// What there is, where the files that were looked for are not there.
Error with_what_there_is(Error error, const HubName& name,
                         const DatasetRequest& request, const std::string& split,
                         HubWorld& world) {
  const auto files = hub_files("datasets", name.repo, revision_for(request, name.repo),
                               request.cache_dir, world, {.tries = 1});
  if (!files) return error;
  const std::vector<std::string> configs = configs_with(*files, split);
  if (!configs.empty()) {
    const bool has_all = std::ranges::find(configs, "all") != configs.end();
    return {Fault::usage,
            fmt::format("{}: no {}; there are {}; name one as {}:{}", name.repo,
                        name.config.empty() ? "configuration is named"
                                            : "configuration " + name.config,
                        listed_names(configs), name.repo,
                        has_all ? "all" : configs.front())};
  }
  error.message += fmt::format(
      "; found {}; where one of these is the split, download "
      "it and give the file",
      listed_names(*files));
  return error;
}

std::vector<std::string> all_subjects(std::string_view dataset) {
  std::vector<std::string> names;
  for (const Subject& subject : known_subjects(dataset)) {
    names.emplace_back(subject.name);
  }
  return names;
}

std::string example_config(const std::string& repo) {
  return repo == "openai/MMMLU" ? "JA_JP" : "ja";
}

}  // namespace

bool is_hub_name(std::string_view name) {
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    if (!is_part(name.substr(colon + 1))) return false;
    name = name.substr(0, colon);
  }
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view file = name.substr(slash + 1);
  for (const std::string_view ending : {".csv", ".tsv", ".json", ".jsonl", ".ndjson",
                                        ".parquet", ".arrow", ".zip", ".tar"}) {
    if (file.ends_with(ending)) return false;
  }
  return is_part(name.substr(0, slash)) && is_part(file);
}

Result<HubQuestions> read_from_hub(const DatasetRequest& request,
                                   const std::string& split, HubWorld& world) {
  const HubName name = parsed(request.name);
  const HubLayout layout = layout_for(name);
  if (split != "auxiliary_train") {
    TRY(check_subjects(request.name, request.subjects).in("`subjects`"));
  }
  const HubReader reader(request, layout, split, world);
  if (name.config.empty() && layout.config_is_subject) {
    const auto hinted = single_subjects(request);
    return read_configs(reader, hinted.empty() ? all_subjects(name.repo) : hinted);
  }
  if (layout.path.ends_with(".zip")) return read_configs(reader, {name.config});
  if (name.config.empty() && layout.config.empty()) {
    return fail(Fault::usage, "{} has a configuration a language; name one as {}:{}",
                name.repo, name.repo, example_config(name.repo));
  }
  HubReader whole = reader;
  const Status all =
      whole.add(name.config.empty() ? std::string(layout.config) : name.config);
  if (all) return std::move(whole).questions();
  const Fault fault = all.error().fault;
  const bool missing =
      !whole.found() && (fault == Fault::data || fault == Fault::usage);
  const auto subjects = single_subjects(request);
  const bool reads_all = name.config.empty() && layout.config == "all";
  if (reads_all && missing && !subjects.empty()) {
    if (auto some = read_configs(reader, subjects)) return some;
  }
  const bool is_by_config = layout.path == by_config || layout.path == in_data;
  if (!missing || !is_by_config || fault != Fault::data) {
    return tl::unexpected(all.error());
  }
  return tl::unexpected(with_what_there_is(all.error(), name, request, split, world));
}

}  // namespace proctor
