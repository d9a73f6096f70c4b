#include "proctor/score/paired.h"

#include <gtest/gtest.h>

namespace proctor {
namespace {

TEST(Paired, the_difference_is_bs_share_less_as) {
  const Pairs pairs{.both = 50, .only_a = 20, .only_b = 10, .neither = 20};

  EXPECT_DOUBLE_EQ(pairs.difference(), -0.1);
  EXPECT_EQ(pairs.a(), (Count{70, 100}));
  EXPECT_EQ(pairs.b(), (Count{60, 100}));
}

TEST(Paired, every_pair_goes_into_one_cell) {
  Pairs pairs;
  pairs.add(true, true);
  pairs.add(true, false);
  pairs.add(false, true);
  pairs.add(false, false);

  EXPECT_EQ(pairs.both * pairs.only_a * pairs.only_b * pairs.neither, 1);
}

// The wanted ends were found by maximising the likelihood numerically, without the
// closed form.
TEST(Paired, tango_is_the_score_interval) {
  const Interval many =
      tango({.both = 0, .only_a = 86, .only_b = 150, .neither = 1364});
  EXPECT_NEAR(many.low, 0.0213615648, 1e-9);
  EXPECT_NEAR(many.high, 0.0589980332, 1e-8);
  const Interval few = tango({.both = 20, .only_a = 12, .only_b = 2, .neither = 16});
  EXPECT_NEAR(few.low, -0.3447087478, 1e-8);
  EXPECT_NEAR(few.high, -0.0611124074, 1e-8);
}

TEST(Paired, tango_does_not_hang_on_the_questions_both_got_alike) {
  const Interval one = tango({.both = 1364, .only_a = 86, .only_b = 150, .neither = 0});

  EXPECT_NEAR(one.low, 0.0213615648, 1e-9);
}

TEST(Paired, tango_of_runs_that_never_differ_is_wilsons_of_no_difference) {
  const Interval alike = tango({.both = 15, .neither = 5});

  EXPECT_NEAR(alike.high, wilson({0, 20}).high, 1e-9);
  EXPECT_NEAR(alike.low, -alike.high, 1e-9);
}

TEST(Paired, tango_changes_its_sign_with_the_order_of_the_runs) {
  const Interval ab = tango({.both = 9, .only_a = 5, .only_b = 3, .neither = 4});
  const Interval ba = tango({.both = 9, .only_a = 3, .only_b = 5, .neither = 4});

  EXPECT_NEAR(ab.low, -ba.high, 1e-9);
  EXPECT_NEAR(ab.high, -ba.low, 1e-9);
}

TEST(Paired, tango_stays_inside_at_the_ends_and_says_nothing_of_nothing) {
  EXPECT_EQ(tango({}).low, -1);
  EXPECT_EQ(tango({}).high, 1);
  EXPECT_EQ(tango({.only_b = 10}).high, 1);
  EXPECT_EQ(tango({.only_a = 10}).low, -1);
}

TEST(Paired, mcnemar_is_the_exact_binomial) {
  EXPECT_NEAR(mcnemar_p({.only_a = 3, .only_b = 8}), 0.2265625, 1e-13);
  EXPECT_NEAR(mcnemar_p({.both = 7, .only_a = 0, .only_b = 5}), 0.0625, 1e-14);
  EXPECT_NEAR(mcnemar_p({.only_a = 86, .only_b = 150}), 3.715936139571442e-05, 1e-15);
  EXPECT_NEAR(mcnemar_p({.only_a = 1200, .only_b = 1000}), 2.1817026407914712e-05,
              1e-14);
}

TEST(Paired, mcnemar_of_an_even_split_is_one) {
  EXPECT_EQ(mcnemar_p({}), 1);
  EXPECT_EQ(mcnemar_p({.only_a = 4, .only_b = 4}), 1);
  EXPECT_EQ(mcnemar_p({.only_a = 4, .only_b = 5}), 1);
}

TEST(IsBeyondChance, takes_both_the_test_and_the_interval) {
  EXPECT_TRUE(is_beyond_chance({.both = 50, .only_a = 20, .only_b = 5, .neither = 25}));
  EXPECT_TRUE(is_beyond_chance({.both = 50, .only_a = 5, .only_b = 20, .neither = 25}));
  EXPECT_FALSE(is_beyond_chance({.both = 8, .only_a = 1, .only_b = 1}));
  EXPECT_FALSE(is_beyond_chance({}));

  const Pairs apart = {.both = 5, .only_a = 5};
  EXPECT_LT(tango(apart).high, 0);
  EXPECT_DOUBLE_EQ(mcnemar_p(apart), 0.0625);  // 2 * 0.5^5
  EXPECT_FALSE(is_beyond_chance(apart));
}

}  // namespace
}  // namespace proctor
