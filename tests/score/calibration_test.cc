#include <cmath>

#include <gtest/gtest.h>

#include "proctor/score/score.h"

namespace proctor {
namespace {

TEST(ProbabilityOf, is_the_letter_s_share_of_what_all_letters_have) {
  const std::map<std::string, double> logprobs = {
      {"A", std::log(0.3)}, {"B", std::log(0.1)}, {"C", -1e308}};

  EXPECT_NEAR(probability_of('A', logprobs).value(), 0.75, 1e-12);
  EXPECT_NEAR(probability_of('B', logprobs).value(), 0.25, 1e-12);
}

TEST(ProbabilityOf, is_not_known_where_the_letter_s_own_is_not) {
  EXPECT_FALSE(probability_of('D', {{"A", -0.5}}));
}

TEST(CalibrationOf, is_nothing_of_no_answer) {
  EXPECT_FALSE(calibration_of({}));
}

TEST(CalibrationOf, puts_a_sure_answer_into_the_last_bin) {
  const auto calibration = calibration_of({{1.0, true}});

  ASSERT_EQ(calibration->bins.size(), 1U);
  EXPECT_DOUBLE_EQ(calibration->bins[0].mean, 1.0);
  EXPECT_DOUBLE_EQ(calibration->error, 0.0);
}

// By hand: of two answers at 0.9 one is right, |0.5 - 0.9| = 0.4; of two at 0.25 none,
// 0.25; both bins hold half of the answers.
TEST(CalibrationOf, weighs_the_bins_by_their_answers) {
  const auto calibration =
      calibration_of({{0.9, true}, {0.9, false}, {0.25, false}, {0.25, false}});

  ASSERT_EQ(calibration->bins.size(), 2U);
  EXPECT_EQ(calibration->bins[1].count, (Count{1, 2}));
  EXPECT_NEAR(calibration->error, (0.4 + 0.25) / 2, 1e-12);
}

}  // namespace
}  // namespace proctor
