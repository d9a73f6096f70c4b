#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/study/study.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

// A reply to question `ordinal`, asked at that second and taken so long.
struct Made {
  Question question{.choices = {"a", "b"}, .right = 'A'};
  Attempt attempt;
  Graded graded;

  Made(std::uint32_t ordinal, int second, Mark mark) {
    attempt.started = WallTime(std::chrono::seconds(second));
    attempt.latency = milliseconds(500 * (ordinal + 1));
    attempt.outcome = Reply{.text = "A", .logprobs = {{"A", -0.1}, {"B", -2.4}}};
    attempt.outcome->tokens.reply = 10 * (ordinal + 1);
    graded.trial.ordinal = ordinal;
    graded.question = &question;
    graded.attempt = &attempt;
    graded.answer.letter = 'A';
    graded.mark = mark;
  }
};

Measures measures_of(const std::vector<Made>& made) {
  Measures measures;
  for (const Made& one : made) {
    Graded graded = one.graded;
    graded.question = &one.question;
    graded.attempt = &one.attempt;
    measures.add(graded);
  }
  return measures;
}

TEST(Measures, the_score_runs_in_the_order_in_which_replies_came) {
  const Measures measures =
      measures_of({{0, 30, Mark::wrong}, {1, 10, Mark::right}, {2, 20, Mark::right}});

  EXPECT_THAT(running_counts(measures.ended, 100),
              testing::ElementsAre(Count{1, 1}, Count{2, 2}, Count{2, 3}));
}

TEST(Measures, of_questions_asked_at_one_time_the_quicker_reply_comes_first) {
  const Measures measures = measures_of({{1, 0, Mark::wrong}, {0, 0, Mark::right}});

  EXPECT_THAT(running_counts(measures.ended, 100),
              testing::ElementsAre(Count{1, 1}, Count{1, 2}));
}

TEST(Measures, a_question_without_a_reply_counts_and_tells_nothing_else) {
  Made lost(0, 0, Mark::failed);
  lost.attempt.outcome = fail(Fault::network, "gone");
  std::vector<Made> made;
  made.push_back(lost);
  const Measures measures = measures_of(made);

  EXPECT_THAT(running_counts(measures.ended, 100), testing::ElementsAre(Count{0, 1}));
  EXPECT_TRUE(measures.seconds.empty());
  EXPECT_TRUE(measures.reply_tokens.empty());
  EXPECT_TRUE(measures.sure.empty());
}

TEST(Measures, a_reply_tells_its_time_its_tokens_and_how_sure_it_was) {
  const Measures measures = measures_of({{1, 0, Mark::right}});

  EXPECT_THAT(measures.seconds, testing::ElementsAre(1.0));
  EXPECT_THAT(measures.reply_tokens, testing::ElementsAre(20.0));
  ASSERT_EQ(measures.sure.size(), 1);
  EXPECT_NEAR(measures.sure[0].probability, 1 / (1 + std::exp(-2.3)), 1e-12);
  EXPECT_TRUE(measures.sure[0].is_right);
}

TEST(Quantile, is_a_value_that_was_measured) {
  EXPECT_EQ(quantile({4, 1, 3, 2}, 0.5), 2);
  EXPECT_EQ(quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_EQ(quantile({}, 0.5), std::nullopt);
  EXPECT_EQ(mean_of({1, 2, 6}), 3);
  EXPECT_EQ(mean_of({}), std::nullopt);
}

}  // namespace
}  // namespace proctor
