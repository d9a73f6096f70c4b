// The exam's layout, with questions of our own, and the real exam where it is at hand:
// nothing of it is in the repository.
#include <chrono>
#include <fstream>
#include <iostream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"
#include "support/plugin.h"
#include "support/shared.h"

namespace proctor {
namespace {

Dataset dataset_of(const std::string& name, const std::string& split) {
  const Environment environment;
  HttpClient http({});
  HubWorld world{environment, http, {}, {}};
  auto dataset = read_dataset({.name = name, .split = split}, world);
  EXPECT_TRUE(dataset) << dataset.error().message;
  return dataset.value_or(Dataset{});
}

// Files of all subjects as MMLU has them, 14,079 test questions.
class MmluLayout : public testing::Test {
 protected:
  static constexpr int test_questions = 247, dev_questions = 5;

  void SetUp() override {
    folder_ = std::filesystem::temp_directory_path() /
              (std::string("proctor_mmlu_layout.") +
               testing::UnitTest::GetInstance()->current_test_info()->name());
    for (const Subject& subject : mmlu_subjects()) {
      put(subject.name, "test", test_questions);
      put(subject.name, "dev", dev_questions);
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void put(std::string_view subject, const std::string& split, int n) {
    std::string text = "question,choice0,choice1,choice2,choice3,answer\n";
    for (int i = 0; i < n; ++i) {
      text += fmt::format("\"{} {}, {}: which number is it?\",{},{},{},{},{}\n",
                          subject, split, i, i, i + 1, i + 2, i + 3, i % 4);
    }
    std::filesystem::create_directories(folder_ / split);
    std::ofstream(folder_ / split / fmt::format("{}_{}.csv", subject, split)) << text;
  }
  Dataset read(const std::string& split) { return dataset_of(folder_.string(), split); }

  std::filesystem::path folder_;
};

TEST_F(MmluLayout, is_in_canonical_order_with_the_table_of_subjects) {
  const Dataset dataset = read("test");

  EXPECT_TRUE(std::ranges::is_sorted(dataset.questions, {}, &Question::subject));
  for (const Subject& subject : mmlu_subjects()) {
    EXPECT_TRUE(select_questions(dataset, subject.name, {})) << subject.name;
  }
  EXPECT_EQ(
      select_questions(dataset, "stem,humanities,social_sciences,other", {})->size(),
      57 * test_questions);
  EXPECT_EQ(select_questions(dataset, "all", {.first = 5})->size(), 57 * 5);
}

TEST_F(MmluLayout, reads_in_far_less_than_a_second) {
  const auto start = std::chrono::steady_clock::now();
  const Dataset dataset = read("test");
  const std::chrono::duration<double, std::milli> took =
      std::chrono::steady_clock::now() - start;

  std::cout << "read " << dataset.questions.size() << " rows with their digest in "
            << took.count() << " ms\n";
  EXPECT_LT(took.count(), 5000);  // a wide margin for sanitizers; 150 ms in release
}

TEST_F(MmluLayout, one_file_is_one_subject_and_finds_its_dev_split) {
  const std::string file = (folder_ / "test/anatomy_test.csv").string();

  const Dataset test = dataset_of(file, "test");
  const Dataset dev = dataset_of(file, "dev");

  EXPECT_EQ(test.questions.size(), test_questions);
  EXPECT_EQ(test.questions.back().id, "anatomy/test/246");
  EXPECT_EQ(dev.questions.size(), dev_questions);
  EXPECT_EQ(dev.questions.back().id, "anatomy/dev/4");
}

class Mmlu : public testing::Test {
 protected:
  void SetUp() override {
    find_plugin();
    const auto shared = shared_folder();
    if (!shared) GTEST_SKIP() << "no shared folder: skipped";
    csv_ = (*shared / "mmlu/csv").string();
    hub_ = (*shared / "mmlu/hub/datasets/cais/mmlu").string();
  }

  std::string csv_, hub_;
};

const Question& find(const Dataset& dataset, std::string_view id) {
  const auto found =
      std::ranges::find(dataset.questions, id, [](const Question& q) { return q.id; });
  EXPECT_NE(found, dataset.questions.end()) << id;
  return *found;
}

int count(const Dataset& dataset, auto matches) {
  return static_cast<int>(std::ranges::count_if(dataset.questions, matches));
}

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

TEST_F(Mmlu, has_14042_test_questions_and_none_trips_a_check) {
  const Dataset dataset = dataset_of(csv_, "test");

  std::cout << "compared " << dataset.questions.size() << " rows\n";
  EXPECT_EQ(dataset.questions.size(), 14042);
  EXPECT_EQ(
      select_questions(dataset, "stem,humanities,social_sciences,other", {})->size(),
      14042);
  EXPECT_EQ(dataset_of(csv_, "dev").questions.size(), 285);
}

// The counts are of pandas and Python's csv module: docs of the exam's oddities.
TEST_F(Mmlu, keeps_every_oddity_byte_for_byte) {
  const Dataset test = dataset_of(csv_, "test");
  const Dataset dev = dataset_of(csv_, "dev");
  int none = 0;
  int lines_in_choices = 0;
  std::size_t bytes = 0;
  for (const Question& question : test.questions) {
    bytes += question.text.size() + question.subject.size() + 4 + 4 + 16 + 4 + 8;
    for (const std::string& choice : question.choices) {
      bytes += choice.size();
      none += choice == "None" ? 1 : 0;
      lines_in_choices += has(choice, "\n") ? 1 : 0;
    }
  }

  EXPECT_EQ(bytes, 6967453);  // the card's num_bytes
  EXPECT_GE(none, 10);
  EXPECT_EQ(lines_in_choices, 4);
  EXPECT_EQ(count(test, [](const Question& q) { return has(q.text, "\n"); }), 1127);
  EXPECT_EQ(count(test, [](const Question& q) { return has(q.text, "\t"); }), 4);
  EXPECT_EQ(count(test, [](const Question& q) { return has(q.text, "\xC2\x85"); }), 2);
  EXPECT_EQ(count(test, [](const Question& q) { return has(q.text, "\""); }), 1221);
  EXPECT_TRUE(has(find(dev, "college_mathematics/dev/2").text, "\r\n"));
  EXPECT_EQ(find(test, "college_computer_science/test/10").choices[0], "None");
  EXPECT_EQ(find(test, "elementary_mathematics/test/113").choices[1], "687");
}

TEST_F(Mmlu, has_as_many_of_each_letter_as_counted_elsewhere) {
  const Dataset dataset = dataset_of(csv_, "test");

  const auto letters = [&](int right) {
    return count(dataset, [&](const Question& q) { return q.right == right; });
  };
  EXPECT_EQ(letters(0), 3222);
  EXPECT_EQ(letters(1), 3462);
  EXPECT_EQ(letters(2), 3582);
  EXPECT_EQ(letters(3), 3776);
}

TEST_F(Mmlu, has_one_digest_as_csv_and_as_parquet) {
  if (!parquet_is_available()) GTEST_SKIP() << "no Parquet: skipped";
  for (const std::string split : {"test", "dev"}) {
    const Dataset csv = dataset_of(csv_, split);
    const Dataset parquet =
        dataset_of(hub_ + "/all/" + split + "-00000-of-00001.parquet",
                   split == "test" ? "test" : "");

    std::cout << "compared " << parquet.questions.size() << " rows of Parquet\n";
    EXPECT_EQ(csv.digest, parquet.digest);
    EXPECT_EQ(csv.questions.size(), parquet.questions.size());
  }
}

// tests/golden/subjects.csv: what categories.py of hendrycks/test 4450500 and the tags
// in lm_eval/tasks/mmlu/default of lm-evaluation-harness 4e7e0d47f say.
TEST(Subjects, have_the_categories_the_peers_have) {
  const auto file =
      std::filesystem::path(PROCTOR_SOURCE_DIR) / "tests/golden/subjects.csv";
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);

  int compared = 0;
  for (; std::getline(in, line); ++compared) {
    const auto cells = split(line, ',');
    const Subject* const subject = find_subject(cells.at(0));
    ASSERT_NE(subject, nullptr) << line;
    EXPECT_EQ(subject->category, cells.at(1)) << line;
    EXPECT_EQ(subject->subcategory, cells.at(2)) << line;
    EXPECT_EQ(subject->lm_eval_group, cells.at(3)) << line;
  }

  EXPECT_EQ(compared, 57);
  std::cout << "compared " << compared << " subjects\n";
}

}  // namespace
}  // namespace proctor
