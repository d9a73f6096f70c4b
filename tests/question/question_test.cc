#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/question/question.h"

namespace proctor {
namespace {

using testing::ElementsAre;

TEST(RightLetters, are_all_that_count_in_their_order) {
  const Question question{
      .choices = {"1", "2", "3", "4"}, .right = 3, .also_right = {0, 1}};

  EXPECT_THAT(right_letters(question), ElementsAre("A", "B", "D"));
}

}  // namespace
}  // namespace proctor
