#include "proctor/score/aggregation.h"

#include <cmath>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "support/shared.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

// Fifteen digits: behind them the peers' own sums differ with the order of addition.
constexpr double last_digit = 1e-15;

// Without ../shared skipped; with it, what its file has lost throws, and fails.
struct Golden : testing::Test {
  void SetUp() override {
    const auto shared = shared_folder();
    if (!shared) GTEST_SKIP() << "no golden aggregation: set PROCTOR_SHARED";
    std::ifstream file(*shared / "golden/aggregation.json");
    json = Json::parse(file);
  }
  // The subjects that a grouping puts into one group; all for an empty one.
  std::vector<Count> subjects(const std::string& grouping, const std::string& group) {
    std::vector<Count> counts;
    for (const auto& [name, of] : json.at("per_subject").items()) {
      const auto& groups = json.at("category_assignment").at(name);
      if (!group.empty() && groups.at(grouping) != group) continue;
      counts.push_back({of.at("n_correct"), of.at("n")});
    }
    return counts;
  }
  void expect(double found, const Json& wanted, const std::string& what) {
    EXPECT_NEAR(found, wanted.get<double>(), last_digit) << what;
    ++compared;
  }
  void expect_groups(const std::string& table, const std::string& grouping) {
    const Aggregation how{.average = Average::micro, .spread = Spread::pooled_error};
    EXPECT_FALSE(json.at(table).empty()) << table;
    for (const auto& [name, of] : json.at(table).items()) {
      const auto counts = subjects(grouping, name);
      const auto found = aggregate(how, counts);
      EXPECT_EQ(found->count.n, of.at("n").get<std::int64_t>()) << name;
      EXPECT_EQ(found->subjects, of.at("n_subjects").get<std::int64_t>()) << name;
      expect(found->value, of.at("acc_weighted"), name);
      expect(*macro_mean(counts), of.at("acc_macro"), name);
      expect(*found->spread, of.at("stderr_pooled"), name);
    }
  }
  ~Golden() override {
    if (compared > 0) std::printf("compared %d figures\n", compared);
  }
  Json json;
  int compared = 0;
};

TEST_F(Golden, subjects_have_the_standard_error_of_lm_eval) {
  for (const auto& [name, of] : json.at("per_subject").items()) {
    const Count count{of.at("n_correct"), of.at("n")};
    expect(*count.share(), of.at("acc"), name);
    expect(*standard_error(count), of.at("acc_stderr"), name);
  }
  EXPECT_EQ(compared, 2 * 57);
}

TEST_F(Golden, groups_come_out_as_with_lm_eval_and_with_hendrycks) {
  expect_groups("lm_eval_groups", "lm_eval");
  expect_groups("hendrycks_categories", "hendrycks");
  expect_groups("hendrycks_subcategories", "subcategory");
}

TEST_F(Golden, the_whole_exam_comes_out_as_with_every_peer) {
  const Json& overall = json.at("overall");
  const auto all = subjects("", "");
  const auto by = [&](std::string_view name) {
    return *aggregate(**find_aggregation(name), all);
  };
  expect(by("lm_eval").value, overall.at("acc_weighted"), "lm_eval");
  expect(*by("lm_eval").spread, overall.at("stderr_pooled"), "lm_eval");
  expect(by("hendrycks").value, overall.at("acc_weighted"), "hendrycks");
  expect(by("helm").value, overall.at("acc_macro"), "helm");
  expect(*by("inspect").spread, overall.at("stderr_all_questions_sample_sd"),
         "inspect");
  expect(*by("inspect").spread, overall.at("llama_perplexity_sigma"),
         "llama-perplexity");
  expect(by("simple_evals").value, overall.at("simple_evals_score_mean"),
         "simple_evals");
  expect(*by("simple_evals").spread, overall.at("simple_evals_score_std"),
         "simple_evals");
  double sum = 0;
  for (const auto& [name, of] : json.at("hendrycks_categories").items()) {
    Count category;
    for (const Count& subject : subjects("hendrycks", name)) category += subject;
    sum += *category.share();
  }
  expect(sum / 4, overall.at("mean_of_4_categories"),
         "the mean of the four categories");
  EXPECT_EQ(by("lm_eval").count.n, 14042);
}

TEST(Aggregation, a_group_without_the_variance_between_subjects_has_the_smaller_error) {
  const std::vector<Count> subjects = {{9, 10}, {1, 10}};

  EXPECT_LT(*pooled_error(subjects), *standard_error({10, 20}));
  EXPECT_DOUBLE_EQ(*pooled_error(std::vector<Count>{{3, 10}}),
                   *standard_error({3, 10}));
}

TEST(Aggregation, one_question_has_no_standard_error) {
  EXPECT_EQ(standard_error({1, 1}), std::nullopt);
  EXPECT_EQ(pooled_error(std::vector<Count>{{1, 1}, {3, 10}}), std::nullopt);
}

TEST(Aggregation, nothing_asked_is_no_number) {
  EXPECT_FALSE(aggregate(**find_aggregation("helm"), {}));
  EXPECT_FALSE(aggregate(**find_aggregation("lm_eval"), std::vector<Count>{{0, 0}}));
}

TEST(Aggregation, the_macro_interval_of_one_subject_is_wilsons) {
  const Interval one = macro_interval(std::vector<Count>{{40, 100}});

  EXPECT_DOUBLE_EQ(one.low, wilson({40, 100}).low);
  EXPECT_DOUBLE_EQ(one.high, wilson({40, 100}).high);
}

TEST(Aggregation, the_macro_interval_does_not_collapse_when_all_is_right) {
  const Interval all = macro_interval(std::vector<Count>{{10, 10}, {10, 10}});

  EXPECT_EQ(all.high, 1);
  EXPECT_NEAR(all.low, 1 - (1 - wilson({10, 10}).low) / std::sqrt(2.0), 1e-12);
}

TEST(Aggregation, an_unknown_name_is_told_with_the_nearest) {
  EXPECT_NE(find_aggregation("lmeval").error().message.find("did you mean lm_eval?"),
            std::string::npos);
}

}  // namespace
}  // namespace proctor
