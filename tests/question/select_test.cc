#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/question/question.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Dataset dataset_of(const std::vector<std::string>& subjects) {
  Dataset dataset{.name = "some data", .split = "test"};
  for (const std::string& subject : subjects) {
    dataset.questions.push_back({.subject = subject, .text = "?", .choices = {"a"}});
  }
  return dataset;
}

const Dataset& mmlu() {
  static const Dataset dataset =
      dataset_of({"anatomy", "anatomy", "astronomy", "formal_logic", "sociology"});
  return dataset;
}

std::vector<std::uint32_t> rows(const Dataset& dataset, std::string_view subjects,
                                const Portion& portion = {}) {
  const auto chosen = select_questions(dataset, subjects, portion);
  EXPECT_TRUE(chosen) << chosen.error().message;
  return chosen.value_or(std::vector<std::uint32_t>{});
}

Error error_of(const Dataset& dataset, std::string_view subjects,
               const Portion& portion = {}) {
  const auto chosen = select_questions(dataset, subjects, portion);
  EXPECT_FALSE(chosen);
  return chosen ? Error{} : chosen.error();
}

TEST(Select, a_list_of_subjects_gives_their_questions_in_canonical_order) {
  EXPECT_THAT(rows(mmlu(), "sociology,anatomy"), ElementsAre(0, 1, 4));
  EXPECT_THAT(rows(mmlu(), " sociology , anatomy "), ElementsAre(0, 1, 4));
}

TEST(Select, a_subject_named_twice_counts_once) {
  EXPECT_THAT(rows(mmlu(), "anatomy,anatomy,other"), ElementsAre(0, 1));
}

TEST(Select, all_is_everything) {
  EXPECT_THAT(rows(mmlu(), "all"), ElementsAre(0, 1, 2, 3, 4));
}

TEST(Select, a_sample_is_the_same_every_time_and_grows) {
  Dataset dataset;
  for (int i = 0; i < 40; ++i) {
    dataset.questions.push_back(
        {.subject = i < 20 ? "a" : "b", .choices = {"x"}, .index = i % 20});
  }
  const auto few = rows(dataset, "all", {.sample = 3});
  const auto more = rows(dataset, "all", {.sample = 10});

  EXPECT_EQ(few.size(), 6U);
  EXPECT_EQ(few, rows(dataset, "all", {.sample = 3}));
  EXPECT_TRUE(std::ranges::is_sorted(few));
  EXPECT_TRUE(std::ranges::includes(more, few));
  EXPECT_NE(few, rows(dataset, "all", {.first = 3}));
  EXPECT_EQ(rows(dataset, "all", {.sample = 99}).size(), 40U);
}

TEST(Select, a_subcategory_names_its_subjects) {
  EXPECT_THAT(rows(mmlu(), "health"), ElementsAre(0, 1));
  EXPECT_THAT(rows(mmlu(), "physics,philosophy"), ElementsAre(2, 3));
}

TEST(Select, a_star_stands_for_anything) {
  EXPECT_THAT(rows(mmlu(), "a*"), ElementsAre(0, 1, 2));
  EXPECT_THAT(rows(mmlu(), "*o*o*y,formal_*"), ElementsAre(2, 3, 4));
  EXPECT_THAT(error_of(mmlu(), "high_school_*").message, HasSubstr("no such subject"));
}

TEST(Select, many_stars_take_no_time) {
  const Dataset long_names = dataset_of({std::string(300, 'a'), "b"});
  EXPECT_THAT(error_of(long_names, "a*a*a*a*a*a*a*b").message, HasSubstr("no such"));
  EXPECT_THAT(rows(long_names, "a*a*a*a*a*a*a"), ElementsAre(0));
  EXPECT_THAT(rows(long_names, "*"), ElementsAre(0, 1));
}

TEST(Select, a_category_is_hendrycks) {
  EXPECT_THAT(rows(mmlu(), "stem"), ElementsAre(2));
  EXPECT_THAT(rows(mmlu(), "STEM"), ElementsAre(2));
  EXPECT_THAT(rows(mmlu(), "other"), ElementsAre(0, 1));
  EXPECT_THAT(rows(mmlu(), "humanities"), ElementsAre(3));
  EXPECT_THAT(rows(mmlu(), "social_sciences"), ElementsAre(4));
  EXPECT_THAT(rows(mmlu(), "social sciences"), ElementsAre(4));
}

TEST(Select, the_limit_is_per_subject) {
  EXPECT_THAT(rows(mmlu(), "all", {.first = 1}), ElementsAre(0, 2, 3, 4));
}

TEST(Select, a_data_sets_own_subject_comes_before_a_category) {
  const Dataset pro = dataset_of({"computer science", "other"});

  EXPECT_THAT(rows(pro, "other"), ElementsAre(1));
  EXPECT_THAT(rows(pro, "computer_science"), ElementsAre(0));
}

TEST(Select, an_unknown_subject_is_a_usage_error_with_the_nearest_name) {
  const Error error = error_of(mmlu(), "anatomi");

  EXPECT_EQ(error.fault, Fault::usage);
  EXPECT_THAT(error.message, HasSubstr("anatomi: no such subject or category"));
  EXPECT_THAT(error.message, HasSubstr("did you mean anatomy?"));
}

TEST(Select, a_subject_that_the_data_lacks_is_told_with_what_there_is) {
  EXPECT_EQ(error_of(dataset_of({"anatomy"}), "virology").message,
            "virology: no such subject in some data (anatomy)");
}

TEST(Select, a_category_without_a_subject_is_an_error) {
  EXPECT_THAT(error_of(dataset_of({"my subject"}), "stem").message,
              HasSubstr("no such subject or category in some data"));
}

TEST(Select, an_empty_name_and_an_empty_limit_are_usage_errors) {
  EXPECT_THAT(error_of(mmlu(), "").message, HasSubstr("empty subject"));
  EXPECT_THAT(error_of(mmlu(), "anatomy,,virology").message,
              HasSubstr("empty subject"));
  EXPECT_THAT(error_of(mmlu(), "all", {.first = 0}).message, HasSubstr("limit of 0"));
  EXPECT_THAT(error_of(mmlu(), "all", {.first = -3}).message, HasSubstr("limit of -3"));
}

TEST(Subjects, are_mmlus_57) {
  EXPECT_EQ(mmlu_subjects().size(), 57);
  EXPECT_EQ(find_subject("anatomy")->category, "other");
  EXPECT_EQ(find_subject("anatomy")->lm_eval_group, "stem");
  EXPECT_EQ(find_subject("no_subject"), nullptr);
  EXPECT_EQ(category_key(find_subject("sociology")->category), "social_sciences");
}

TEST(KnownDatasets, pin_the_revision_of_mmlu) {
  EXPECT_EQ(known_datasets()[0].name, "cais/mmlu");
  EXPECT_EQ(known_datasets()[0].revision, "c30699e8356da336a370243923dbaf21066bb9fe");
}

TEST(Subjects, of_each_known_data_set_have_their_categories) {
  EXPECT_EQ(known_subjects("TIGER-Lab/MMLU-Pro").size(), 14);
  EXPECT_EQ(known_subjects("edinburgh-dair/mmlu-redux").size(), 30);
  EXPECT_EQ(known_subjects("edinburgh-dawg/mmlu-redux-2.0").size(), 57);
  EXPECT_EQ(known_subjects("CohereForAI/Global-MMLU:ja").size(), 57);
  EXPECT_EQ(known_subjects("openai/MMMLU:JA_JP").size(), 57);
  EXPECT_EQ(known_subjects("haonan-li/cmmlu").size(), 67);
  EXPECT_EQ(known_subjects("nlp-waseda/JMMLU").size(), 56);
  EXPECT_TRUE(known_subjects("cais/mmlu:anatomy").empty());
  EXPECT_TRUE(known_subjects("my.csv").empty());
  EXPECT_EQ(find_subject("anatomy", "haonan-li/cmmlu")->category, "STEM");
  EXPECT_EQ(find_subject("anatomy", "my.csv")->category, "other");
  EXPECT_EQ(find_subject("world_history", "nlp-waseda/JMMLU")->category, "humanities");
  EXPECT_EQ(find_subject("world_history"), nullptr);
}

TEST(Select, a_category_of_cmmlu_is_its_own) {
  Dataset cmmlu = dataset_of({"agronomy", "anatomy", "chinese_history", "marketing"});
  cmmlu.name = "haonan-li/cmmlu";

  EXPECT_THAT(rows(cmmlu, "stem"), ElementsAre(1));
  EXPECT_THAT(rows(cmmlu, "humanities"), ElementsAre(2));
  EXPECT_THAT(rows(cmmlu, "china_specific"), ElementsAre(2));
  EXPECT_THAT(rows(cmmlu, "social_sciences"), ElementsAre(3));
}

}  // namespace
}  // namespace proctor
