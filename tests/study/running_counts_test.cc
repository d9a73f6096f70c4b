#include "proctor/study/study.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proctor {
namespace {

using testing::ElementsAre;

std::vector<EndedQuestion> ended(std::size_t n) {
  std::vector<EndedQuestion> questions;
  for (std::size_t i = 0; i < n; ++i) {
    questions.push_back({WallTime(std::chrono::seconds(i)),
                         static_cast<std::uint32_t>(i),
                         i % 2 == 0 ? Mark::right : Mark::wrong});
  }
  return questions;
}

TEST(RunningCounts, each_question_is_a_point_where_there_are_few) {
  EXPECT_THAT(running_counts(ended(3), 60),
              ElementsAre(Count{1, 1}, Count{1, 2}, Count{2, 3}));
}

TEST(RunningCounts, points_are_evenly_apart_and_the_last_is_all) {
  EXPECT_THAT(running_counts(ended(10), 3),
              ElementsAre(Count{2, 3}, Count{3, 6}, Count{5, 10}));
}

TEST(RunningCounts, questions_count_in_the_order_in_which_they_ended) {
  std::vector<EndedQuestion> questions = ended(3);
  questions[0].at += std::chrono::hours(1);

  EXPECT_THAT(running_counts(questions, 60),
              ElementsAre(Count{0, 1}, Count{1, 2}, Count{2, 3}));
}

TEST(RunningCounts, a_failure_counts_as_in_a_ledger) {
  EXPECT_THAT(running_counts({{.mark = Mark::failed}}, 60), ElementsAre(Count{0, 1}));
}

TEST(RunningCounts, of_nothing_there_is_no_point) {
  EXPECT_TRUE(running_counts({}, 60).empty());
}

}  // namespace
}  // namespace proctor
