// The files of data/sample, as the build found them.
#pragma once

#include <span>
#include <string_view>

namespace proctor {

struct SampleFile {
  std::string_view name;  // "test/world_geography_test.csv"
  std::string_view content;
};
// By name.
std::span<const SampleFile> sample_files();

}  // namespace proctor
