// What a hub repository's README.md says of its configurations.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct CardFiles {
  std::string split;  // empty: the files' names say
  std::vector<std::string> patterns;
};
struct CardConfig {
  std::string name;
  std::vector<CardFiles> files;
};

// `configs:` of the YAML between the first lines "---": blocks of lists and of keys in
// any order. Nothing where there are none. Fault::data where what names the files is
// written in another way, or is a data_dir.
Result<std::vector<CardConfig>> configs_of(std::string_view readme);

// Whether a pattern such as "data/test-*" or "**/test.csv" means the path.
bool pattern_means(std::string_view pattern, std::string_view path);

}  // namespace proctor
