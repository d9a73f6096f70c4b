// Command lines and files that the sentences about the command line share.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/cli/options.h"

namespace proctor {

inline Result<Parsed> parsed(const std::vector<std::string>& words) {
  return parse_arguments(words);
}

inline Arguments arguments_of(const std::vector<std::string>& words) {
  auto result = parsed(words);
  EXPECT_TRUE(result) << result.error().message;
  EXPECT_TRUE(!result || result->arguments);
  return result && result->arguments ? *std::move(result->arguments) : Arguments{};
}

inline std::string error_of(const std::vector<std::string>& words) {
  const auto result = parsed(words);
  EXPECT_FALSE(result);
  if (result) return {};
  EXPECT_EQ(result.error().fault, Fault::usage);
  return result.error().message;
}

// A file that is there until the end of the test.
class File {
 public:
  explicit File(std::string_view content, std::string_view ending = ".env")
      : path_(std::filesystem::path(testing::TempDir()) /
              fmt::format("proctor-{}{}",
                          testing::UnitTest::GetInstance()->current_test_info()->name(),
                          ending)) {
    EXPECT_TRUE(write_file(path_, content));
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace proctor
