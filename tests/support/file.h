// Files that sentences make for themselves.
#pragma once

#include <filesystem>
#include <string_view>

#include <gtest/gtest.h>

#include "proctor/base/base.h"

namespace proctor {

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
