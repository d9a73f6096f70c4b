// What a model file says of itself. Part of exam.h.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/exam/finding.h"

namespace proctor {

struct FileFindings {
  std::vector<Finding> findings;
  std::string json;  // one object
};
// `cache`: where digests are kept. Reads the file's header, and with the engine's help
// its vocabulary.
FileFindings findings_of_file(const std::filesystem::path& file,
                              const std::filesystem::path& cache);

}  // namespace proctor
