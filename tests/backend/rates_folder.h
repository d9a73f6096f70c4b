// A folder that is there until the end of the test.
#pragma once

#include <filesystem>

#include <gtest/gtest.h>

#include <unistd.h>

#include "proctor/base/base.h"

namespace proctor {

class RatesFolder {
 public:
  RatesFolder()
      : path_(std::filesystem::path(testing::TempDir()) /
              fmt::format("proctor-rates-{}", ::getpid())) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directory(path_);
  }
  RatesFolder(const RatesFolder&) = delete;
  RatesFolder& operator=(const RatesFolder&) = delete;
  ~RatesFolder() { std::filesystem::remove_all(path_); }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace proctor
