#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/archive/archive.h"
#include "support/file.h"

namespace proctor {
namespace {

const std::vector<FileContent> files = {{"b/two.json", "[2]"},
                                        {"a one.txt", std::string(100'000, 'x')}};

TEST(Zip, what_was_put_in_comes_out_by_name) {
  const File file(zip_of(files).value(), ".zip");

  const auto zip = ZipReader::open(file.path());

  ASSERT_TRUE(zip) << zip.error().message;
  ASSERT_EQ(zip->members().size(), 2);
  EXPECT_EQ(zip->members()[0].name, "a one.txt");
  EXPECT_EQ(zip->content(zip->members()[0]).value(), files[1].content);
  EXPECT_EQ(zip->content(zip->members()[1]).value(), "[2]");
}

TEST(Zip, the_same_files_give_the_same_bytes) {
  EXPECT_EQ(zip_of(files).value(), zip_of(files).value());
}

TEST(Zip, one_that_was_cut_off_is_an_error) {
  const std::string whole = zip_of(files).value();
  const File file(whole.substr(0, whole.size() - 10), ".zip");

  const auto zip = ZipReader::open(file.path());

  ASSERT_FALSE(zip);
  EXPECT_THAT(zip.error().message, testing::HasSubstr("was it cut off"));
}

}  // namespace
}  // namespace proctor
