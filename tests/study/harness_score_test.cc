#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/prompt/prompt.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

using testing::ElementsAre;

// `right` of `n` in a subject.
void add(Tally& tally, std::string_view subject, int right, int n) {
  for (int i = 0; i < n; ++i) tally.add(subject, i < right ? Mark::right : Mark::wrong);
}

// Of the two subjects 3 of 4 and 0 of 1 are right.
Tally uneven() {
  Tally tally;
  add(tally, "abstract_algebra", 3, 4);
  add(tally, "virology", 0, 1);
  return tally;
}

std::vector<std::string> names_of(const HarnessScore& score) {
  std::vector<std::string> names;
  for (const auto& [name, group] : score.groups) names.push_back(name);
  return names;
}

TEST(HarnessScore, weighs_as_the_harness_does) {
  const auto micro = harness_score({.aggregation = "proctor"}, uneven());
  const auto macro = harness_score({.aggregation = "helm"}, uneven());

  ASSERT_TRUE(micro && macro);
  EXPECT_DOUBLE_EQ(micro->all.value, 3.0 / 5);
  EXPECT_DOUBLE_EQ(macro->all.value, (3.0 / 4 + 0.0) / 2);
  EXPECT_EQ(macro->all.subjects, 2);
}

TEST(HarnessScore, has_the_harness_s_own_groups) {
  const auto lm_eval = harness_score({.aggregation = "lm_eval"}, uneven());
  const auto hendrycks = harness_score({.aggregation = "hendrycks"}, uneven());
  const auto helm = harness_score({.aggregation = "helm"}, uneven());

  ASSERT_TRUE(lm_eval && hendrycks && helm);
  EXPECT_THAT(names_of(*lm_eval), ElementsAre("other", "stem"));
  EXPECT_THAT(names_of(*hendrycks), ElementsAre("STEM", "other"));
  EXPECT_THAT(names_of(*helm), ElementsAre());
  EXPECT_DOUBLE_EQ(lm_eval->groups[1].second.value, 3.0 / 4);
}

TEST(HarnessScore, puts_a_subject_that_is_not_mmlus_into_no_group) {
  Tally tally = uneven();
  add(tally, "everyday_mathematics", 1, 1);

  const auto score = harness_score({.aggregation = "lm_eval"}, tally);

  ASSERT_TRUE(score);
  EXPECT_THAT(names_of(*score), ElementsAre("other", "stem"));
  EXPECT_EQ(score->all.count.n, 6);
}

TEST(HarnessScore, of_an_older_store_is_what_the_built_in_protocol_says) {
  const auto score = harness_score({.protocol = "helm_lite_mmlu"}, uneven());

  ASSERT_TRUE(score);
  EXPECT_EQ(score->how->name, "helm");
}

TEST(HarnessScore, of_an_older_store_reads_no_file_which_may_be_another_today) {
  const std::string path = testing::TempDir() + "harness_score_test.toml";
  ASSERT_TRUE(write_file(path, "base = \"helm_lite_mmlu\"\n"));
  ASSERT_EQ(find_protocol(path).value().aggregation, "helm");

  const auto score = harness_score({.protocol = path}, uneven());

  std::filesystem::remove(path);
  ASSERT_TRUE(score);
  EXPECT_EQ(score->how->name, "proctor");
}

TEST(HarnessScore, of_a_harness_that_is_not_known_is_proctors) {
  EXPECT_EQ(harness_score({.aggregation = "nobody's"}, uneven())->how->name, "proctor");
}

TEST(HarnessScore, is_none_before_a_question_has_ended) {
  EXPECT_FALSE(harness_score({.aggregation = "helm"}, {}));
}

TEST(HarnessScore, says_more_where_it_is_another_number_or_has_an_error) {
  EXPECT_FALSE(says_more(*harness_score({.aggregation = "seed"}, uneven())));
  EXPECT_TRUE(says_more(*harness_score({.aggregation = "helm"}, uneven())));
  EXPECT_TRUE(says_more(*harness_score({.aggregation = "inspect"}, uneven())));
}

}  // namespace
}  // namespace proctor
