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
    HubWorld world{
        environment, http, [this](std::string_view line) { told_ += line; }, {}};
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
  std::string told_;
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

TEST_F(ReadDataset, a_card_whose_files_are_not_there_is_told_with_their_names) {
  const std::string head = "---\nconfigs:\n- config_name: en\n  data_files:\n";
  for (const std::string files : {"  - split: test\n    path: data/test-*.parquet\n",
                                  "  - data/test-*.parquet\n"}) {
    put("README.md", head + files + "---\n");

    EXPECT_THAT(
        error({.name = folder_.string()}),
        HasSubstr("README.md names data/test-*.parquet for en, and no such file "
                  "is there"))
        << files;
  }
}

TEST_F(ReadDataset, a_json_file_of_several_splits_is_each_of_them) {
  const std::string row = R"([{"question":"Q","choices":["a","b"],"answer":)";
  const std::string file =
      put("all.json", "{\"dev\":" + row + "0}],\n\"test\":" + row + "1}]}");

  EXPECT_EQ(good({.name = file}).questions[0].id, "all/test/0");
  EXPECT_EQ(good({.name = file, .split = "dev"}).questions[0].id, "all/dev/0");
  EXPECT_THAT(error({.name = file, .split = "validation"}),
              HasSubstr("a file is one split"));
}

TEST_F(ReadDataset, what_is_said_once_beside_a_list_is_told_to_be_left_out) {
  const std::string row = R"({"question":"Q","choices":["a"],"answer":0})";
  const std::string file =
      put("mine.json", "{\"subject\":\"law\",\"data\":[" + row + "]}");

  good({.name = file});
  EXPECT_THAT(told_, HasSubstr("subject stands beside the questions and is left out; "
                               "`columns` subject=subject gives it to each"));
  told_.clear();
  EXPECT_EQ(good({.name = file, .columns = take(parse_columns("subject=subject"))})
                .questions[0]
                .subject,
            "law");
  EXPECT_EQ(told_, "");
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
  EXPECT_THAT(
      error({.name = put("mine.xlsx", "x")}),
      HasSubstr("expected .csv, .tsv, .json, .jsonl, .parquet, .arrow or .zip; save "
                "it as CSV"));
}

TEST_F(ReadDataset, what_is_packed_says_how_it_is_unpacked) {
  EXPECT_THAT(error({.name = put("data.tar", "x")}),
              HasSubstr("unpack it by `tar xf`"));
  EXPECT_THAT(error({.name = put("data.tar.gz", "x")}), HasSubstr("by `tar xf`"));
  EXPECT_THAT(error({.name = put("a.jsonl.gz", "x")}), HasSubstr("`gunzip -k`"));
}

TEST_F(ReadDataset, what_git_lfs_has_not_fetched_says_so) {
  EXPECT_THAT(error({.name = put("a.parquet",
                                 "version https://git-lfs.github.com/spec/v1\n"
                                 "oid sha256:0\nsize 1\n")}),
              HasSubstr("`git lfs pull` in its folder"));
}

TEST_F(ReadDataset, files_named_as_a_split_are_it) {
  put("one/test.csv", two);
  put("one/README.md", "no configurations");
  put("one/dev.jsonl", "{\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}\n");
  put("flat/law_test.csv", one);
  put("flat/art_test.csv", one);
  put("clone/data/test-00000-of-00002.csv", one);
  put("clone/data/test-00001-of-00002-0123abcd.csv", one);

  EXPECT_EQ(good({.name = (folder_ / "one").string()}).questions[1].id, "one/test/1");
  EXPECT_EQ(good({.name = (folder_ / "one/").string(), .split = "dev"}).questions[0].id,
            "one/dev/0");
  EXPECT_EQ(good({.name = (folder_ / "flat").string()}).questions[0].id, "art/test/0");
  EXPECT_EQ(good({.name = (folder_ / "clone").string()}).questions[1].id,
            "clone/test/1");
}

TEST_F(ReadDataset, a_part_that_is_missing_is_not_passed_over) {
  put("data/test-00000-of-00002.csv", one);

  EXPECT_EQ(error({.name = folder_.string()}),
            folder_.string() + ": found 1 of the 2 parts of test");
}

TEST_F(ReadDataset, parts_are_those_of_one_whole_once_each) {
  put("a/test-00000-of-00001.csv", one);
  put("a/test-00000-of-00002.csv", one);
  put("a/test-00001-of-00002.csv", one);
  put("b/test-00000-of-00002-aa.csv", one);
  put("b/test-00000-of-00002-bb.csv", one);
  put("c/test-00001-of-00001.csv", one);

  EXPECT_THAT(error({.name = (folder_ / "a").string()}),
              HasSubstr("found parts of 1 and of 2 of test; remove those"));
  EXPECT_THAT(error({.name = (folder_ / "b").string()}),
              HasSubstr("part 0 of test is there twice"));
  EXPECT_THAT(error({.name = (folder_ / "c").string()}),
              HasSubstr("found part 1 of 1 of test, but they count from 0"));
}

TEST_F(ReadDataset, the_same_rows_in_two_files_are_not_counted_twice) {
  const std::string row = "{\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}\n";
  put("a/test.csv", one);
  put("a/test.jsonl", row);
  put("b/test/law.csv", one);
  put("b/test/law_test.csv", one);
  put("c/law_test.csv", one);
  put("c/law_test.tsv", one);
  put("d/val.csv", one);
  put("d/validation.csv", one);
  put("e/data/test.csv", one);
  put("e/data/test-00000-of-00001.csv", one);

  EXPECT_EQ(error({.name = (folder_ / "a").string()}),
            (folder_ / "a/test.jsonl").string() +
                ": test.csv has the rows of a, too; keep one of the two");
  EXPECT_THAT(error({.name = (folder_ / "e").string()}),
              HasSubstr("part 0 of test is there twice"));
  for (const std::string name : {"b", "c", "d"}) {
    const std::string split = name == "d" ? "validation" : "test";
    EXPECT_THAT(error({.name = (folder_ / name).string(), .split = split}),
                HasSubstr(", too; keep one"))
        << name;
  }
}

TEST_F(ReadDataset, a_card_whose_pattern_means_one_file_in_two_formats_is_refused) {
  put("README.md",
      "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: test\n"
      "    path: data/test.*\n---\n");
  put("data/test.csv", one);
  put("data/test.tsv", "Q\ta\tb\tc\td\tA\n");

  EXPECT_THAT(error({.name = folder_.string()}), HasSubstr(", too; keep one"));
}

TEST_F(ReadDataset, of_several_configurations_one_is_to_be_named) {
  put("de/test-00000-of-00001.csv", one);
  put("ja/test-00000-of-00001.csv", two);
  put("ja/dev-00000-of-00001.csv", one);
  put(".git/test.csv", one);

  EXPECT_EQ(error({.name = folder_.string()}),
            fmt::format("{0}: found 2 configurations, de, ja; name one as {0}:de",
                        folder_.string()));
  EXPECT_EQ(good({.name = folder_.string() + ":ja"}).questions[1].id, "ja/test/1");
  EXPECT_EQ(good({.name = (folder_ / "ja").string()}).questions.size(), 2);
  EXPECT_EQ(good({.name = folder_.string(), .split = "dev"}).questions.size(), 1);
  EXPECT_THAT(error({.name = folder_.string() + ":fr"}), HasSubstr("no folder test"));
}

constexpr std::string_view card =
    "---\nlicense: mit\nconfigs:\n"
    "- config_name: en\n  data_files:\n  - split: test\n    path: files/en-*.csv\n"
    "  - split: validation\n    path:\n    - \"files/val_en.csv\"\n"
    "- config_name: ja\n  data_files: \"**/ja_test.csv\"\ntags:\n- a\n---\n# Exam\n";

TEST_F(ReadDataset, a_clone_of_the_hub_is_read_as_its_card_says) {
  put("README.md", card);
  put("files/en-1.csv", one);
  put("files/en-2.csv", two);
  put("files/val_en.csv", one);
  put("files/ja_test.csv", two);

  const std::string name = folder_.string();
  EXPECT_THAT(error({.name = name}), HasSubstr("found 2 configurations, en, ja"));
  EXPECT_EQ(good({.name = name + ":en"}).questions.size(), 3);
  EXPECT_EQ(good({.name = name + ":en", .split = "validation"}).questions.size(), 1);
  EXPECT_EQ(good({.name = name + ":ja"}).questions[1].id, "ja/test/1");
  EXPECT_THAT(
      error({.name = name + ":en", .split = "dev"}),
      HasSubstr("no file of the split dev in en; README.md names test, validation"));
}

TEST_F(ReadDataset, the_keys_of_a_card_stand_in_any_order) {
  put("data/test.csv", one);
  put("data/train.csv", two);
  put("en/test.csv", one);
  const std::string name = folder_.string();

  put("README.md",
      "---\nconfigs:\n- data_files:\n  - path: data/test.csv # few\n    split: test\n"
      "  - path:\n    - 'data/train.csv'\n    split: train\n  config_name: ja\n"
      "- data_files: \"en/*.csv\"\n  config_name: en\n  description: |\n"
      "    Some.\n\n    More: text\n---\n");

  EXPECT_EQ(good({.name = name + ":ja"}).questions.size(), 1);
  EXPECT_EQ(good({.name = name + ":ja", .split = "train"}).questions.size(), 2);
  EXPECT_EQ(good({.name = name + ":en"}).questions[0].id, "en/test/0");
}

TEST_F(ReadDataset, a_card_that_is_not_understood_is_refused) {
  put("data/test.csv", one);
  for (const std::string config :
       {"- config_name: a\n  data_files: [data/test.csv]\n",
        "- config_name: a\n  data_files:\n  - {split: test, path: data/test.csv}\n",
        "- config_name: a\n  data_dir: data\n",
        "- config_name: a\n  data_files:\n    test: data/test.csv\n",
        "- config_name: a\n  data_files:\n  - split: test\n    path: >\n      a.csv\n",
        "- {config_name: a}\n", "  - config_name: a\n - config_name: b\n"}) {
    put("README.md", "---\nconfigs:\n" + config + "---\n");

    EXPECT_THAT(error({.name = folder_.string()}), HasSubstr("README.md: `configs:`, "))
        << config;
  }
}

TEST_F(ReadDataset, a_card_does_not_change_the_subjects_of_a_split_folder) {
  put("test/test.csv", one);
  put("test/law_test.csv", one);
  const Dataset before = good({.name = folder_.string()});
  put("README.md",
      "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: test\n"
      "    path: test/*.csv\n---\n");

  EXPECT_EQ(good({.name = folder_.string()}).digest, before.digest);
}

TEST_F(ReadDataset, json_beside_other_files_only_describes_them) {
  put("a/test/law.csv", one);
  put("a/test/about.json", "{}");
  put("b/test/law.json", "[{\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}]");
  put("b/dev/law.tsv", "Q\ta\tb\tc\td\tA\n");

  EXPECT_EQ(good({.name = (folder_ / "a").string()}).questions.size(), 1);
  EXPECT_EQ(good({.name = (folder_ / "b").string()}).questions[0].id, "law/test/0");
  EXPECT_EQ(good({.name = (folder_ / "b").string(), .split = "dev"}).questions.size(),
            1);
}

TEST_F(ReadDataset, a_name_that_is_nothing_is_a_usage_error_with_the_nearest) {
  EXPECT_EQ(error({.name = "mmlu"}),
            "mmlu: no such file or folder; did you mean cais/mmlu?");
  EXPECT_THAT(error({.name = "smaple"}), HasSubstr("did you mean sample?"));
  EXPECT_THAT(error({.name = "no/such.csv"}), HasSubstr("no such file or folder"));
  EXPECT_EQ(read({.name = "mmlu"}).error().fault, Fault::usage);
}

TEST_F(ReadDataset, what_cannot_be_looked_at_is_not_said_to_be_missing) {
  const std::string loop = (folder_ / "loop.csv").string();
  std::filesystem::create_symlink(loop, loop);

  EXPECT_THAT(error({.name = loop}), HasSubstr("loop.csv: too many"));
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
