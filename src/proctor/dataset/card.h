// What a hub repository's README.md says of its configurations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace proctor {

struct CardFiles {
  std::string split;  // empty: the files' names say
  std::vector<std::string> patterns;
};
struct CardConfig {
  std::string name;
  std::vector<CardFiles> files;
};

// `configs:` of the YAML between the first lines "---": block lists, as the hub writes
// them. Nothing where there are none.
std::vector<CardConfig> configs_of(std::string_view readme);

// Whether a pattern such as "data/test-*" or "**/test.csv" means the path.
bool pattern_means(std::string_view pattern, std::string_view path);

}  // namespace proctor
