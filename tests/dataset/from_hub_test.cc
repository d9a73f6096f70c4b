#include <filesystem>
#include <fstream>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"
#include "support/plugin.h"

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
    HubWorld world{environment, http, {}, {}};
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

TEST_F(FromHub, mmlu_redux_corrects_its_own_keys) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  for (const std::string redux :
       {"edinburgh-dair/mmlu-redux-2.0", "edinburgh-dair/mmlu-redux",
        "edinburgh-dawg/mmlu-redux"}) {
    put_parquet(redux, other, "anatomy/test-00000-of-00001.parquet",
                small("mmlu_redux"));

    const auto dataset = read({.name = redux, .subjects = "anatomy"});

    ASSERT_TRUE(dataset) << dataset.error().message;
    std::vector<int> right;
    for (const Question& question : dataset->questions) right.push_back(question.right);
    EXPECT_THAT(right, testing::ElementsAre(1, 0, 2, 3, 1, 3));
    EXPECT_EQ(dataset->questions[1].choices[0], "five");
    EXPECT_THAT(dataset->questions[4].also_right, testing::ElementsAre(3));
  }
}

TEST_F(FromHub, bad_labels_are_dropped_where_that_is_asked_for) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  const std::string redux = "edinburgh-dair/mmlu-redux-2.0";
  put_parquet(redux, other, "anatomy/test-00000-of-00001.parquet", small("mmlu_redux"));

  const auto all = read({.name = redux, .subjects = "anatomy"});
  const auto good =
      read({.name = redux, .subjects = "anatomy", .drop_bad_labels = true});

  ASSERT_TRUE(good) << good.error().message;
  ASSERT_EQ(good->questions.size(), 1);
  EXPECT_EQ(good->questions[0].id, "anatomy/test/0");
  EXPECT_EQ(good->dropped, 5);
  EXPECT_NE(good->digest, all->digest);
}

TEST_F(FromHub, mmlus_training_split_is_one_subject) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("cais/mmlu", pin, "all/auxiliary_train-00000-of-00001.parquet",
              small("auxiliary_train"));

  const auto dataset = read({.name = "cais/mmlu", .split = "auxiliary_train"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->questions[1].id, "auxiliary_train/auxiliary_train/1");
}

TEST_F(FromHub, a_subject_that_is_known_not_to_be_there_is_said_before_a_download) {
  const auto error = [&](const char* name, const char* subjects) {
    const auto dataset = read({.name = name, .subjects = subjects});
    return dataset ? "no error" : dataset.error().message;
  };

  EXPECT_EQ(
      error("cais/mmlu", "anatomi"),
      "`subjects`: anatomi: no such subject or category in cais/mmlu; did you mean "
      "anatomy?");
  EXPECT_THAT(error("TIGER-Lab/MMLU-Pro", "physic"), HasSubstr("physics"));
  EXPECT_THAT(error("edinburgh-dair/mmlu-redux", "sociology"),
              HasSubstr("no such subject in"));
  EXPECT_THAT(error("edinburgh-dair/mmlu-redux-2.0", "sociologi"),
              HasSubstr("did you mean sociology?"));
  EXPECT_THAT(error("CohereLabs/Global-MMLU:ja", "anatomi"), HasSubstr("anatomy?"));
  EXPECT_THAT(error("openai/MMMLU:JA_JP", "anatomi"), HasSubstr("anatomy?"));
  EXPECT_THAT(error("haonan-li/cmmlu", "agronomie"), HasSubstr("agronomy?"));
  EXPECT_THAT(error("nlp-waseda/JMMLU", "japanese_historie"),
              HasSubstr("japanese_history?"));
  EXPECT_THAT(error("cais/mmlu", "stem"), HasSubstr("HF_HUB_OFFLINE"));
  EXPECT_THAT(error("haonan-li/cmmlu", "china_specific"), HasSubstr("HF_HUB_OFFLINE"));
}

TEST_F(FromHub, a_file_we_do_not_know_is_looked_for_in_the_hubs_own_conversion) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  const fs::path folder = cache_ / "datasets--someone--exam";
  put("someone/exam", other, ".keep", "");
  fs::create_directories(folder / ".no_exist" / other / "data");
  std::ofstream(folder / ".no_exist" / other / "data/test-00000-of-00001.parquet");
  const fs::path converted = folder / "snapshots" / pin / "default/test/0000.parquet";
  fs::create_directories(converted.parent_path());
  fs::create_directories(folder / "refs/refs/convert");
  fs::copy_file(small("mmlu"), converted);
  EXPECT_TRUE(write_file(folder / "refs/refs/convert/parquet", pin));
  fs::create_directories(folder / ".no_exist" / pin / "default/test");
  std::ofstream(folder / ".no_exist" / pin / "default/test/0001.parquet");

  const auto dataset = read({.name = "someone/exam"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->revision, pin);
}

TEST_F(FromHub, all_parts_of_the_hubs_own_conversion_are_read) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  const fs::path folder = cache_ / "datasets--someone--exam";
  put("someone/exam", other, ".keep", "");
  fs::create_directories(folder / ".no_exist" / other / "data");
  std::ofstream(folder / ".no_exist" / other / "data/test-00000-of-00001.parquet");
  const fs::path converted = folder / "snapshots" / pin / "default/test";
  fs::create_directories(converted);
  fs::create_directories(folder / "refs/refs/convert");
  fs::copy_file(small("mmlu"), converted / "0000.parquet");
  fs::copy_file(small("structs"), converted / "0001.parquet");
  EXPECT_TRUE(write_file(folder / "refs/refs/convert/parquet", pin));

  const auto unknown = read({.name = "someone/exam"});
  ASSERT_FALSE(unknown) << "a part may be there that is not in the cache";
  EXPECT_THAT(unknown.error().message,
              HasSubstr("default/test/0002.parquet: not in the cache"));

  fs::create_directories(folder / ".no_exist" / pin / "default/test");
  std::ofstream(folder / ".no_exist" / pin / "default/test/0002.parquet");
  const auto dataset = read({.name = "someone/exam"});

  ASSERT_TRUE(dataset) << dataset.error().message;
  EXPECT_EQ(dataset->questions.size(), 4);
}

TEST_F(FromHub, mmlu_is_the_same_from_the_hub_and_from_csv) {
  if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  put_parquet("cais/mmlu", pin, "all/test-00000-of-00001.parquet", small("mmlu"));
  const fs::path folder = cache_ / "csv";
  fs::create_directories(folder / "test");
  ASSERT_TRUE(write_file(folder / "test/sums_test.csv",
                         "question,choice0,choice1,answer\n"
                         "One and one?,1,2,1\n"
                         "\"None\tof\r\nthese?\xC2\x85\",None,NA,0\n"));

  const auto hub = read({.name = "cais/mmlu"});
  const auto csv = read({.name = folder.string()});

  ASSERT_TRUE(hub) << hub.error().message;
  ASSERT_TRUE(csv) << csv.error().message;
  EXPECT_EQ(hub->questions, csv->questions);
  EXPECT_EQ(hub->digest, csv->digest);
}

}  // namespace
}  // namespace proctor
