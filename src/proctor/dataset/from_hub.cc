#include "proctor/dataset/from_hub.h"

#include <algorithm>

#include "proctor/dataset/folder.h"
#include "proctor/dataset/hub.h"

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
  std::string_view path;  // empty: a zip, which is not read from the hub
  // The configuration where the name has none; empty: one has to be named.
  std::string_view config;
  bool config_is_subject = false;  // and without one all of MMLU's subjects are read
};

constexpr std::string_view by_config = "{config}/{split}-00000-of-00001.parquet";
constexpr std::string_view in_data = "data/{split}-00000-of-00001.parquet";

constexpr HubLayout layouts[] = {
    {.repo = "cais/mmlu", .path = by_config, .config = "all"},
    {.repo = "TIGER-Lab/MMLU-Pro", .path = in_data, .config = "default"},
    {.repo = "edinburgh-dair/mmlu-redux-2.0",
     .path = by_config,
     .config_is_subject = true},
    {.repo = "CohereLabs/Global-MMLU", .path = by_config},
    {.repo = "openai/MMMLU", .path = "{split}/mmlu_{config}.csv"},
    {.repo = "haonan-li/cmmlu"},
    {.repo = "nlp-waseda/JMMLU"},
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
  const auto found = std::ranges::find(layouts, name.repo, &HubLayout::repo);
  if (found != std::end(layouts)) return *found;
  // What the hub's own conversion of a data set to Parquet is called.
  return {.repo = name.repo,
          .path = name.config.empty() ? in_data : by_config,
          .config = "default"};
}

std::string revision_for(const DatasetRequest& request, const std::string& repo) {
  if (!request.revision.empty()) return request.revision;
  const auto known = std::ranges::find(known_datasets(), repo, &KnownDataset::name);
  const bool pinned = known != known_datasets().end() && !known->revision.empty();
  return pinned ? std::string(known->revision) : "main";
}

// Reads single configurations of one split of one repository.
class HubReader {
 public:
  HubReader(const DatasetRequest& request, const HubLayout& layout,
            const std::string& split, DatasetWorld& world)
      : request_(request), layout_(layout), split_(split), world_(world) {}

  // Parquet where it can be read, else the same rows from the datasets-server, which
  // has main's only.
  Status add(const std::string& config) {
    std::string path = replace_all(std::string(layout_.path), "{split}", split_);
    const bool is_csv = path.ends_with(".csv");
    // JA_JP is the configuration, JA-JP stands in the file's name.
    path = replace_all(std::move(path), "{config}",
                       is_csv ? replace_all(config, "_", "-") : config);
    if (is_csv || parquet_is_available()) return add_file(path, config);
    const std::string rows = TRY(hub_rows(std::string(layout_.repo), config, split_,
                                          request_.cache_dir, world_));
    found_ = true;
    return keep(read_jsonl(rows, request_.columns, subject(config), split_)
                    .in(fmt::format("{}: {}/{}", layout_.repo, config, split_)));
  }

  HubQuestions questions() && { return std::move(read_); }
  // Whether any rows were had, be they good or not.
  bool found() const { return found_; }

 private:
  Status add_file(const std::string& path, const std::string& config) {
    const std::string repo(layout_.repo);
    const HubDownload file =
        TRY(hub_file({"datasets", repo, revision_for(request_, repo), path},
                     request_.cache_dir, world_));
    found_ = true;
    read_.revision = file.commit;
    return keep(read_data_file(file.path, request_.columns, subject(config), split_));
  }

  Status keep(Result<std::vector<Question>> questions) {
    std::vector<Question> more = TRY(std::move(questions));
    std::move(more.begin(), more.end(), std::back_inserter(read_.questions));
    return {};
  }

  // Of rows that name none.
  std::string subject(const std::string& config) const {
    if (layout_.config_is_subject) return config;
    return std::string(layout_.repo.substr(layout_.repo.find('/') + 1));
  }

  const DatasetRequest& request_;
  const HubLayout& layout_;
  const std::string& split_;
  DatasetWorld& world_;
  HubQuestions read_;
  bool found_ = false;
};

// The hint's subjects, if it names nothing but single ones of MMLU.
std::vector<std::string> single_subjects(const std::string& hint) {
  std::vector<std::string> subjects = split(hint, ',');
  for (std::string& subject : subjects) {
    std::erase(subject, ' ');
    if (find_subject(subject) == nullptr) return {};
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

std::vector<std::string> all_subjects() {
  std::vector<std::string> names;
  for (const Subject& subject : mmlu_subjects()) names.emplace_back(subject.name);
  return names;
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
  for (const std::string_view ending : {".csv", ".jsonl", ".ndjson", ".parquet"}) {
    if (file.ends_with(ending)) return false;
  }
  return is_part(name.substr(0, slash)) && is_part(file);
}

Result<HubQuestions> read_from_hub(const DatasetRequest& request,
                                   const std::string& split, DatasetWorld& world) {
  const HubName name = parsed(request.name);
  const HubLayout layout = layout_for(name);
  if (layout.path.empty()) {
    return fail(Fault::usage,
                "{} is a zip of CSV files; download and unpack it, and give its folder "
                "as the data set",
                name.repo);
  }
  const HubReader reader(request, layout, split, world);
  if (!name.config.empty()) return read_configs(reader, {name.config});
  if (layout.config_is_subject) {
    const auto hinted = single_subjects(request.subjects);
    return read_configs(reader, hinted.empty() ? all_subjects() : hinted);
  }
  if (layout.config.empty()) {
    return fail(Fault::usage, "{} has a configuration a language; name one as {}:{}",
                name.repo, name.repo, name.repo == "openai/MMMLU" ? "JA_JP" : "ja");
  }
  HubReader whole = reader;
  const Status all = whole.add(std::string(layout.config));
  if (all) return std::move(whole).questions();
  const Fault fault = all.error().fault;
  const bool missing =
      !whole.found() && (fault == Fault::data || fault == Fault::usage);
  const auto subjects = single_subjects(request.subjects);
  if (layout.config == "all" && missing && !subjects.empty()) {
    if (auto some = read_configs(reader, subjects)) return some;
  }
  return tl::unexpected(all.error());
}

}  // namespace proctor
