// Command lines and files that the sentences about the command line share.
#pragma once

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/cli/options.h"
#include "support/file.h"

namespace proctor {

inline Result<Parsed> parsed(const std::vector<std::string>& words) {
  return parse_arguments(words, Language::en);
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

}  // namespace proctor
