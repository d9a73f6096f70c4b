#include "proctor/score/score.h"

#include <gtest/gtest.h>

namespace proctor {
namespace {

Answer letter(char c) {
  return {.letter = c};
}

TEST(Score, wilson_is_the_published_interval) {
  // R: prop.test(40, 100, correct = FALSE)$conf.int
  const Interval interval = wilson({40, 100});

  EXPECT_NEAR(interval.low, 0.3094013, 5e-7);
  EXPECT_NEAR(interval.high, 0.4979974, 5e-7);
}

TEST(Score, wilson_does_not_collapse_at_the_ends) {
  // R: prop.test(0, 10, correct = FALSE)$conf.int
  EXPECT_EQ(wilson({0, 10}).low, 0);
  EXPECT_NEAR(wilson({0, 10}).high, 0.2775328, 5e-7);
  EXPECT_EQ(wilson({10, 10}).high, 1);
  EXPECT_EQ(wilson({0, 0}).low, 0);
  EXPECT_EQ(wilson({0, 0}).high, 1);
}

TEST(Score, a_letter_that_was_read_counts_however_the_reply_ended) {
  EXPECT_EQ(mark_of(letter('B'), 'B', "length"), Mark::right);
  EXPECT_EQ(mark_of(letter('A'), 'B', "stop"), Mark::wrong);
}

TEST(Score, a_reply_without_a_letter_is_told_apart_by_how_it_ended) {
  EXPECT_EQ(mark_of({}, 'B', "stop"), Mark::unread);
  EXPECT_EQ(mark_of({}, 'B', "length"), Mark::cut);
  EXPECT_EQ(mark_of({}, 'B', "MAX_TOKENS"), Mark::cut);
  EXPECT_EQ(mark_of({}, 'B', "content_filter"), Mark::refused);
  EXPECT_EQ(mark_of({.refused = true}, 'B', "stop"), Mark::refused);
}

TEST(Score, the_ledger_sums_to_n) {
  Ledger ledger;
  for (const Mark mark : all_marks) ledger.add(mark);
  ledger.add(Mark::right);

  EXPECT_EQ(ledger.n(), 7);
  EXPECT_EQ(ledger.right, 2);
}

TEST(Score, the_bounds_take_every_unknown_as_wrong_and_as_right) {
  const Ledger ledger{.right = 4, .wrong = 2, .unread = 1, .refused = 1, .failed = 2};

  EXPECT_DOUBLE_EQ(ledger.bounds().low, 0.4);
  EXPECT_DOUBLE_EQ(ledger.bounds().high, 0.8);
}

TEST(Score, the_macro_average_weighs_every_subject_the_same) {
  Tally tally;
  tally.add("a", Mark::right);
  for (int i = 0; i < 9; ++i) tally.add("b", Mark::wrong);

  EXPECT_DOUBLE_EQ(macro_accuracy(tally).value(), 0.5);
  EXPECT_EQ(macro_accuracy(Tally{}), std::nullopt);
}

TEST(Score, accuracy_is_printed_as_the_seed_prints_it) {
  EXPECT_EQ(accuracy_text({40, 100}), "40.00% (40/100)");
  EXPECT_EQ(interval_text(wilson({40, 100})), "95 % CI 30.9-49.8");
}

}  // namespace
}  // namespace proctor
