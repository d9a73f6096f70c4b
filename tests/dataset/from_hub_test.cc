#include <filesystem>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dataset/plugin.h"
#include "proctor/dataset/dataset.h"
#include "support/shared.h"

namespace proctor {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

constexpr char pin[] = "c30699e8356da336a370243923dbaf21066bb9fe";
constexpr char other[] = "0123456789abcdef0123456789abcdef01234567";

// A cache that holds what a test puts there, and no network.
class FromHub : public testing::Test {
 protected:
  void SetUp() override {
    find_plugin();
    cache_ = fs::temp_directory_path() /
             (std::string("proctor_from_hub.") +
              testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(cache_);
  }
  void TearDown() override { fs::remove_all(cache_); }

  fs::path place(const std::string& repo, const std::string& commit,
                 const std::string& path) {
    const fs::path folder = cache_ / ("datasets--" + replace_all(repo, "/", "--"));
    const fs::path file = folder / "snapshots" / commit / path;
    fs::create_directories(file.parent_path());
    fs::create_directories(folder / "refs");
    EXPECT_TRUE(write_file(folder / "refs/main", commit));
    return file;
  }
  void put(const std::string& repo, const std::string& commit, const std::string& path,
           std::string_view content) {
    EXPECT_TRUE(write_file(place(repo, commit, path), content));
  }
  void put_parquet(const std::string& repo, const std::string& commit,
                   const std::string& path, const fs::path& from) {
    fs::copy_file(from, place(repo, commit, path));
  }
  static fs::path small(const std::string& name) {
    return fs::path(PROCTOR_SOURCE_DIR) / "tests/dataset/parquet" / (name + ".parquet");
  }

  Result<Dataset> read(DatasetRequest request) {
    request.cache_dir = cache_;
    const std::map<std::string, std::string> variables = {{"HF_HUB_OFFLINE", "1"}};
    const Environment environment(variables);
    HttpClient http({});
    DatasetWorld world{environment, http, {}, {}};
    return read_dataset(request, world);
  }

  fs::path cache_;
};

TEST_F(FromHub, mmlu_is_one_file_at_the_pinned_commit) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("cais/mmlu", pin, "all/test-00000-of-00001.parquet", small("mmlu"));

  const auto dataset = read({.name = "cais/mmlu"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->revision, pin);
  EXPECT_EQ(dataset->questions.size(), 2);
  EXPECT_EQ(dataset->questions[1].id, "sums/test/1");
}

TEST_F(FromHub, a_revision_that_is_named_wins_over_the_pin) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("cais/mmlu", other, "all/test-00000-of-00001.parquet", small("mmlu"));

  const auto dataset = read({.name = "cais/mmlu", .revision = other});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->revision, other);
}

TEST_F(FromHub, without_the_file_of_all_the_subjects_asked_for_are_read) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("cais/mmlu", pin, "anatomy/test-00000-of-00001.parquet", small("mmlu"));

  EXPECT_TRUE(read({.name = "cais/mmlu", .subjects = "anatomy"}));
  EXPECT_FALSE(read({.name = "cais/mmlu", .subjects = "anatomy,virology"}));
  EXPECT_FALSE(read({.name = "cais/mmlu", .subjects = "stem"}));
  const auto dataset = read({.name = "cais/mmlu"});
  ASSERT_FALSE(dataset);
  EXPECT_THAT(dataset.error().message, HasSubstr("all/test-00000-of-00001.parquet"));
}

TEST_F(FromHub, a_broken_file_of_all_is_not_passed_over) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put("cais/mmlu", pin, "all/test-00000-of-00001.parquet", "broken");
  put_parquet("cais/mmlu", pin, "anatomy/test-00000-of-00001.parquet", small("mmlu"));

  const auto dataset = read({.name = "cais/mmlu", .subjects = "anatomy"});

  ASSERT_FALSE(dataset);
  EXPECT_THAT(dataset.error().message, HasSubstr("not a Parquet file"));
}

TEST_F(FromHub, mmlu_pro_is_read_with_its_worked_answers) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("TIGER-Lab/MMLU-Pro", other, "data/validation-00000-of-00001.parquet",
              small("mmlu_pro"));

  const auto dataset = read({.name = "TIGER-Lab/MMLU-Pro", .split = "validation"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->questions[0].worked, "A: Count. The answer is (C).");
}

TEST_F(FromHub, global_mmlu_has_a_configuration_a_language) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("CohereLabs/Global-MMLU", other, "ja/test-00000-of-00001.parquet",
              small("global_mmlu"));

  const auto dataset = read({.name = "CohereLabs/Global-MMLU:ja"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->questions[0].text, "1足す1は?");
}

TEST_F(FromHub, mmmlu_is_csv_with_the_language_in_the_files_name) {
  put("openai/MMMLU", other, "test/mmlu_JA-JP.csv",
      ",Question,A,B,C,D,Answer,Subject\n0,Q,a,b,c,d,C,anatomy\n");

  const auto dataset = read({.name = "openai/MMMLU:JA_JP"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->questions[0].id, "anatomy/test/0");
  EXPECT_EQ(dataset->questions[0].right, 2);
}

TEST_F(FromHub, mmlu_redux_has_a_file_a_subject) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  const std::string redux = "edinburgh-dair/mmlu-redux-2.0";
  put_parquet(redux, other, "anatomy/test-00000-of-00001.parquet",
              small("other_types"));

  const auto dataset = read({.name = redux, .subjects = "anatomy"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->questions.size(), 2);
}

TEST_F(FromHub, the_real_mmlu_is_the_same_from_the_hub_and_from_csv) {
  const auto shared = shared_folder();
  if (!shared) GTEST_SKIP() << "no shared folder: skipped";
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("cais/mmlu", pin, "all/test-00000-of-00001.parquet",
              *shared / "mmlu/hub/datasets/cais/mmlu/all/test-00000-of-00001.parquet");

  const auto hub = read({.name = "cais/mmlu"});
  const auto csv = read({.name = (*shared / "mmlu/csv").string()});

  ASSERT_TRUE(hub) << hub.error().message;
  ASSERT_TRUE(csv) << csv.error().message;
  std::cout << "compared " << hub->questions.size() << " rows\n";
  EXPECT_EQ(hub->questions, csv->questions);
  EXPECT_EQ(hub->digest, csv->digest);
}

}  // namespace
}  // namespace proctor
