// Models by name: which of a repository's files is meant, and all of its parts.
#include <algorithm>
#include <map>

#include <simdjson.h>

#include "proctor/hub/cache.h"
#include "proctor/hub/hub.h"
#include "proctor/hub/request.h"
#include "proctor/hub/settings.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view scheme = "hf:";
constexpr std::string_view ending = ".gguf";

struct HubModelName {
  std::string repo, revision, wanted;
};

Result<HubModelName> parsed(std::string_view name) {
  HubModelName parts{.revision = "main"};
  std::string_view rest = name.substr(scheme.size());
  if (const std::size_t colon = rest.find(':'); colon != std::string_view::npos) {
    parts.wanted = rest.substr(colon + 1);
    rest = rest.substr(0, colon);
  }
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    parts.revision = rest.substr(at + 1);
    rest = rest.substr(0, at);
  }
  parts.repo = rest;
  const std::size_t slash = rest.find('/');
  if (slash == std::string_view::npos || slash == 0 || slash + 1 == rest.size() ||
      rest.find('/', slash + 1) != std::string_view::npos || parts.revision.empty()) {
    return fail(Fault::usage, "{}: expected hf:OWNER/REPO or hf:OWNER/REPO:Q4_K_M",
                for_terminal_line(name));
  }
  return parts;
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

bool is_digits(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// What a part's name is without "-00001-of-00003.gguf", and how many there are; the
// name without its ending and 1 for a file that is whole.
struct PartName {
  std::string stem;
  std::size_t parts = 1;
};

PartName part_name(std::string_view path) {
  const std::string_view stem = path.substr(0, path.size() - ending.size());
  constexpr std::string_view form = "-00001-of-00003";
  if (stem.size() > form.size()) {
    const std::string_view tail = stem.substr(stem.size() - form.size());
    const bool is_part = tail[0] == '-' && is_digits(tail.substr(1, 5)) &&
                         tail.substr(6, 4) == "-of-" && is_digits(tail.substr(10));
    if (is_part) {
      return {std::string(stem.substr(0, stem.size() - form.size())),
              static_cast<std::size_t>(std::stoi(std::string(tail.substr(10))))};
    }
  }
  return {std::string(stem), 1};
}

// Whether the word stands by itself in the name: Q4_K in "a-Q4_K.gguf", not in
// "a-Q4_K_M.gguf" and not in "a-IQ4_K.gguf".
bool has_word(std::string_view name, std::string_view word) {
  const auto is_inside = [](char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  };
  const std::string text = ascii_lower(name);
  const std::string low = ascii_lower(word);
  for (std::size_t at = text.find(low); at != std::string::npos;
       at = text.find(low, at + 1)) {
    const std::size_t end = at + low.size();
    const bool begins = at == 0 || !is_inside(text[at - 1]);
    const bool ends = end == text.size() || !is_inside(text[end]);
    if (begins && ends) return true;
  }
  return false;
}

// By stem, so that parts stand together and in their order.
using Models = std::map<std::string, std::vector<std::string>>;

bool is_wanted(const Models::value_type& model, std::string_view wanted) {
  if (wanted.empty()) return true;
  if (!ascii_lower(wanted).ends_with(ending)) {
    return has_word(file_name(model.first), wanted);
  }
  return std::ranges::any_of(model.second, [&](const std::string& path) {
    return path == wanted || file_name(path) == wanted;
  });
}

tl::unexpected<Error> no_choice(const Models& all, std::size_t found,
                                std::string_view wanted) {
  constexpr std::size_t most_listed = 40;
  std::vector<std::string> names;
  for (const auto& [stem, parts] : all) {
    if (names.size() == most_listed) break;
    names.push_back(for_terminal_line(parts.front()) +
                    (parts.size() > 1 ? fmt::format(" ({} parts)", parts.size()) : ""));
  }
  if (all.size() > most_listed) {
    names.push_back(fmt::format("and {} more", all.size() - most_listed));
  }
  if (names.empty()) return fail(Fault::usage, "the repository has no GGUF file");
  const std::string problem =
      wanted.empty() ? "which one? name it, or its quantisation, behind a colon"
      : found == 0   ? fmt::format("none is {}", for_terminal_line(wanted))
                     : fmt::format("{} are {}", found, for_terminal_line(wanted));
  return fail(Fault::usage, "{}; there are {}", problem, join(names, ", "));
}

std::vector<std::string> cached_files(const HubModelName& name,
                                      const HubSettings& settings) {
  const HubCache cache(settings.cache, {.repo_kind = "models", .repo = name.repo});
  const auto commit = cache.commit_of(name.revision);
  if (!commit) return {};
  const fs::path folder = cache.snapshot(*commit);
  std::vector<std::string> files;
  std::error_code code;
  for (fs::recursive_directory_iterator entry(folder, code), end; entry != end;
       entry.increment(code)) {
    if (code) break;
    if (entry->is_regular_file(code)) {
      files.push_back(entry->path().lexically_relative(folder).string());
    }
  }
  return files;
}

}  // namespace

bool is_hub_model(std::string_view name) {
  return name.starts_with(scheme);
}

Result<std::vector<std::string>> model_files_of(const std::vector<std::string>& files,
                                                std::string_view wanted) {
  Models all;
  for (const std::string& path : files) {
    const bool is_model =
        path.ends_with(ending) && !ascii_lower(file_name(path)).starts_with("mmproj");
    if (is_model) all[part_name(path).stem].push_back(path);
  }
  for (auto& [stem, parts] : all) std::ranges::sort(parts);
  std::vector<const Models::value_type*> found;
  for (const auto& model : all) {
    if (is_wanted(model, wanted)) found.push_back(&model);
  }
  if (found.size() != 1) return no_choice(all, found.size(), wanted);
  const auto& parts = found.front()->second;
  const std::size_t expected = part_name(parts.front()).parts;
  if (parts.size() != expected) {
    return fail(Fault::usage, "{}: expected {} parts, found {}",
                for_terminal_line(parts.front()), expected, parts.size());
  }
  return parts;
}

Result<HubDownload> hub_model(std::string_view text, const fs::path& cache_dir,
                              HubWorld& world, HubPatience patience) {
  const HubModelName name = TRY(parsed(text));
  const std::string place = for_terminal_line(text);
  TRY(check_names({.repo = name.repo, .revision = name.revision, .path = "x"}));
  const HubSettings settings = TRY(hub_settings(world.environment, cache_dir));
  auto files =
      settings.offline.empty()
          ? hub_files("models", name.repo, name.revision, cache_dir, world, patience)
          : Result<std::vector<std::string>>(cached_files(name, settings));
  if (!files && files.error().fault == Fault::network) {  // as good an answer
    if (auto cached = cached_files(name, settings); !cached.empty()) {
      files = std::move(cached);
    }
  }
  if (!settings.offline.empty() && files && files->empty()) {
    return fail(Fault::usage,
                "{}: not in the cache ({}), and {} says to stay offline; run once "
                "without it",
                place, settings.cache.string(), settings.offline);
  }
  const auto all = TRY(std::move(files).in(place));
  const auto parts = TRY(model_files_of(all, name.wanted).in(place));
  std::optional<HubDownload> first;
  std::string revision = name.revision;
  for (const std::string& path : parts) {
    HubDownload part = TRY(
        hub_file({"models", name.repo, revision, path}, cache_dir, world, patience));
    revision = part.commit;  // all of one version
    if (!first) first = std::move(part);
  }
  return *first;
}

}  // namespace proctor
