#include "proctor/dataset/card.h"

#include <optional>

#include <fnmatch.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

std::string unquoted(std::string_view text) {
  text = trimmed(text);
  if (text.size() >= 2 && (text[0] == '"' || text[0] == '\'') &&
      text.back() == text[0]) {
    text = text.substr(1, text.size() - 2);
  }
  return std::string(text);
}

// "  - split: test" is the key split with the value test, "    - a.csv" a value alone.
struct Entry {
  std::string key, value;
};

Entry entry_of(std::string_view line) {
  line = trimmed(line);
  while (line.starts_with("- ")) line = trimmed(line.substr(2));
  const std::size_t colon = line.find(':');
  const bool has_key = colon != std::string_view::npos &&
                       (colon + 1 == line.size() || line[colon + 1] == ' ') &&
                       line.find_first_of("\"'") > colon;
  if (!has_key) return {"", unquoted(line)};
  return {unquoted(line.substr(0, colon)), unquoted(line.substr(colon + 1))};
}

void add(std::vector<CardConfig>& configs, const Entry& entry) {
  if (entry.key == "config_name") configs.push_back({entry.value, {}});
  if (configs.empty()) return;
  std::vector<CardFiles>& files = configs.back().files;
  if (entry.key == "split") files.push_back({entry.value, {}});
  if (entry.key == "data_files" && !entry.value.empty()) files.push_back({});
  const bool is_pattern =
      entry.key == "path" || entry.key == "data_files" || entry.key.empty();
  if (!is_pattern || entry.value.empty()) return;
  if (files.empty()) files.push_back({});
  files.back().patterns.push_back(entry.value);
}

}  // namespace

std::vector<CardConfig> configs_of(std::string_view readme) {
  std::vector<CardConfig> configs;
  const std::vector<std::string> lines = split(readme, '\n');
  if (lines.empty() || trimmed(lines[0]) != "---") return configs;
  bool is_inside = false;
  for (std::size_t i = 1; i < lines.size() && trimmed(lines[i]) != "---"; ++i) {
    const std::string_view line = lines[i];
    if (trimmed(line).empty() || trimmed(line)[0] == '#') continue;
    if (line[0] != ' ' && line[0] != '-') {
      is_inside = trimmed(line) == "configs:";
    } else if (is_inside) {
      add(configs, entry_of(line));
    }
  }
  return configs;
}

bool pattern_means(std::string_view pattern, std::string_view path) {
  // "**/" is any folders, also none; a "*" alone stays within a folder.
  const std::size_t any = pattern.find("**/");
  if (any != std::string_view::npos) {
    const std::string before(pattern.substr(0, any));
    const std::string_view after = pattern.substr(any + 3);
    if (!path.starts_with(before)) return false;
    path.remove_prefix(before.size());
    while (true) {
      if (pattern_means(after, path)) return true;
      const std::size_t slash = path.find('/');
      if (slash == std::string_view::npos) return false;
      path.remove_prefix(slash + 1);
    }
  }
  return ::fnmatch(std::string(pattern).c_str(), std::string(path).c_str(),
                   FNM_PATHNAME) == 0;
}

}  // namespace proctor
