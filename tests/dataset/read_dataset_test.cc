#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

using testing::HasSubstr;
namespace fs = std::filesystem;

class ReadDataset : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::temp_directory_path() /
              (std::string("proctor_read_dataset.") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string put(const std::string& name, std::string_view content) {
    fs::create_directories((folder_ / name).parent_path());
    std::ofstream(folder_ / name, std::ios::binary) << content;
    return (folder_ / name).string();
  }

  Result<Dataset> read(const DatasetRequest& request) {
    const Environment environment;
    HttpClient http({});
    HubWorld world{environment, http, {}, {}};
    return read_dataset(request, world);
  }

  Dataset good(const DatasetRequest& request) {
    auto dataset = read(request);
    EXPECT_TRUE(dataset) << dataset.error().message;
    return dataset.value_or(Dataset{});
  }

  std::string error(const DatasetRequest& request) {
    const auto dataset = read(request);
    return dataset ? "no error" : dataset.error().message;
  }

  fs::path folder_;
};

constexpr std::string_view one = "Q,a,b,c,d,A\n";
constexpr std::string_view two = "Q,a,b,c,d,A\nR,a,b,c,d,B\n";

TEST_F(ReadDataset, a_folder_is_read_by_split_a_subject_a_file) {
  put("test/law_test.csv", two);
  put("test/anatomy_test.csv", one);
  put("test/README.txt", "not a question");
  put("dev/law_dev.csv", one);
  put("val/law_val.csv", one);

  const Dataset test = good({.name = folder_.string()});

  ASSERT_EQ(test.questions.size(), 3);
  EXPECT_EQ(test.questions[0].id, "anatomy/test/0");
  EXPECT_EQ(test.questions[2].id, "law/test/1");
  EXPECT_EQ(test.digest, digest_of(test.questions));
  EXPECT_EQ(good({.name = folder_.string(), .split = "dev"}).questions.size(), 1);
  EXPECT_EQ(good({.name = folder_.string(), .split = "validation"}).questions[0].id,
            "law/validation/0");
  EXPECT_EQ(good({.name = folder_.string(), .split = "val"}).split, "validation");
}

TEST_F(ReadDataset, one_file_or_many_in_any_order_of_subjects_are_one_exam) {
  put("many/test/b_test.csv", two);
  put("many/test/b_c_test.csv", one);
  const std::string file = put("one.csv",
                               "question,A,B,C,D,answer,subject\n"
                               "Q,a,b,c,d,A,b\nQ,a,b,c,d,0,b_c\nR,a,b,c,d,1,b\n");

  const Dataset many = good({.name = (folder_ / "many").string()});
  const Dataset single = good({.name = file});

  EXPECT_EQ(many.digest, single.digest);
  EXPECT_EQ(many.questions[0].subject, "b");
  EXPECT_EQ(single.questions[1].id, "b/test/1");
}

TEST_F(ReadDataset, the_digest_tells_every_part_of_a_question) {
  const std::vector<Question> exam = {
      {.subject = "s", .text = "t", .choices = {"a", "b"}, .worked = "w"}};
  std::vector<std::string> digests = {digest_of(exam)};
  for (int part = 0; part < 6; ++part) {
    auto other = exam;
    if (part == 0) other[0].subject = "x";
    if (part == 1) other[0].text = "x";
    if (part == 2) other[0].choices = {"ab"};
    if (part == 3) other[0].right = 1;
    if (part == 4) other[0].worked = "x";
    if (part == 5) other.push_back(exam[0]);
    digests.push_back(digest_of(other));
  }

  EXPECT_EQ(std::set(digests.begin(), digests.end()).size(), 7);
}

TEST_F(ReadDataset, the_digest_does_not_tell_ids) {
  EXPECT_EQ(digest_of(std::vector<Question>{{.id = "1", .choices = {"a"}, .index = 4}}),
            digest_of(std::vector<Question>{{.id = "2", .choices = {"a"}}}));
}

TEST_F(ReadDataset, a_missing_split_is_told_with_what_there_is) {
  put("test/law_test.csv", one);
  put("notes.txt", "");

  EXPECT_EQ(error({.name = folder_.string(), .split = "dev"}),
            folder_.string() +
                ": no folder dev in it, expected dev/SUBJECT_dev.csv; found notes.txt, "
                "test/");
}

TEST_F(ReadDataset, an_error_names_file_line_and_column) {
  const std::string file =
      put("dev/anatomy_dev.csv", "Q,a,b,c,d,A\n\"a\nb\",a,b,c,D\n");

  EXPECT_EQ(error({.name = folder_.string(), .split = "dev"}),
            file + ": line 2: expected 6 fields, found 5");
}

TEST_F(ReadDataset, one_file_is_one_subject_and_one_split) {
  const std::string file = put("law_dev.csv", one);

  EXPECT_EQ(good({.name = file}).questions[0].id, "law/dev/0");
  EXPECT_EQ(good({.name = file}).split, "dev");
  EXPECT_EQ(good({.name = put("mine.csv", one)}).questions[0].id, "mine/test/0");
}

TEST_F(ReadDataset, a_files_questions_are_never_their_own_examples) {
  const std::string file = put("mine.csv", one);

  EXPECT_THAT(error({.name = file, .split = "dev"}), HasSubstr("a file is one split"));
  EXPECT_EQ(good({.name = file, .split = ""}).questions.size(), 1);
}

TEST_F(ReadDataset, the_dev_split_of_a_file_is_its_sibling) {
  const std::string file = put("test/law_test.csv", two);
  put("dev/law_dev.csv", one);

  EXPECT_EQ(good({.name = file, .split = "dev"}).questions[0].id, "law/dev/0");
  EXPECT_THAT(error({.name = file, .split = "validation"}),
              HasSubstr("a file is one split"));
}

TEST_F(ReadDataset, jsonl_is_read_by_its_ending) {
  const std::string file =
      put("mine.jsonl", "{\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}\n");

  EXPECT_EQ(good({.name = file}).questions[0].id, "mine/test/0");
}

TEST_F(ReadDataset, an_unknown_ending_is_a_usage_error) {
  EXPECT_THAT(error({.name = put("mine.xlsx", "x")}),
              HasSubstr("expected .csv, .jsonl, .parquet or .zip"));
}

TEST_F(ReadDataset, a_name_that_is_nothing_is_a_usage_error_with_the_nearest) {
  EXPECT_EQ(error({.name = "mmlu"}),
            "mmlu: no such file or folder; did you mean cais/mmlu?");
  EXPECT_THAT(error({.name = "smaple"}), HasSubstr("did you mean sample?"));
  EXPECT_THAT(error({.name = "no/such.csv"}), HasSubstr("no such file or folder"));
  EXPECT_EQ(read({.name = "mmlu"}).error().fault, Fault::usage);
}

TEST_F(ReadDataset, the_sample_exam_is_part_of_the_program) {
  const Dataset test = good({.name = "sample"});
  const Dataset dev = good({.name = "sample", .split = "dev"});

  EXPECT_EQ(test.questions.size(), 120);
  EXPECT_EQ(dev.questions.size(), 20);
  EXPECT_EQ(test.questions[0].id, "computing_basics/test/0");
  EXPECT_THAT(error({.name = "sample", .split = "validation"}),
              HasSubstr("it has test and dev"));
}

TEST_F(ReadDataset, the_sample_exam_is_the_folder_it_was_made_of) {
  const Dataset folder =
      good({.name = std::string(PROCTOR_SOURCE_DIR) + "/data/sample"});

  EXPECT_EQ(folder.digest, good({.name = "sample"}).digest);
}

TEST_F(ReadDataset, a_data_set_of_many_languages_asks_for_one) {
  EXPECT_EQ(error({.name = "openai/MMMLU"}),
            "openai/MMMLU has a configuration a language; name one as "
            "openai/MMMLU:JA_JP");
}

}  // namespace
}  // namespace proctor
