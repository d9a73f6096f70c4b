#include <gtest/gtest.h>

#include "proctor/study/study.h"

namespace proctor {
namespace {

RunKey key_of(std::string scoring, std::string engine) {
  return {.provider = "gguf",
          .protocol = fmt::format(R"({{"scoring":"{}"}})", scoring),
          .engine = std::move(engine)};
}

// The two errors are those of docs/statistics.md.
TEST(ArithmeticError, of_scored_letters_is_that_of_quantised_weights) {
  EXPECT_EQ(arithmetic_error(key_of("letters", "")), 0.2);
  EXPECT_EQ(arithmetic_error(key_of("letters", R"({"precision":"f16"})")), 0.2);
}

TEST(ArithmeticError, is_smaller_in_float32_on_a_processor) {
  EXPECT_EQ(arithmetic_error(key_of("letters", R"({"precision":"f32"})")), 0.01);
}

TEST(ArithmeticError, was_not_measured_in_float32_on_a_graphics_card) {
  EXPECT_EQ(
      arithmetic_error(key_of("letters", R"({"gpu_layers":99,"precision":"f32"})")),
      0.2);
}

TEST(ArithmeticError, is_of_letters_alone) {
  EXPECT_EQ(arithmetic_error(key_of("generate", "")), std::nullopt);
  EXPECT_EQ(arithmetic_error(key_of("choices", "")), std::nullopt);
  EXPECT_EQ(arithmetic_error({.protocol = "no JSON"}), std::nullopt);
}

TEST(NearTies, of_a_run_are_judged_by_its_own_error) {
  ScoredRun run;
  run.account.leads = {{.is_right = true, .over_next = 0.1, .over_other_mark = 0.1},
                       {.is_right = false, .over_next = 1, .over_other_mark = 1}};

  run.info.key = key_of("letters", "");
  EXPECT_EQ(near_ties(run)->n, 1);
  run.info.key = key_of("letters", R"({"precision":"f32"})");
  EXPECT_EQ(near_ties(run)->n, 0);
  run.info.key = key_of("generate", "");
  EXPECT_FALSE(near_ties(run));
}

TEST(NearTies, of_a_run_without_scored_letters_are_not_known) {
  ScoredRun run;
  run.info.key = key_of("letters", "");

  EXPECT_FALSE(near_ties(run));
}

}  // namespace
}  // namespace proctor
