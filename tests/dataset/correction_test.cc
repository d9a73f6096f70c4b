#include "proctor/dataset/correction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Question corrected(std::string_view error_type, std::string_view correction) {
  Question question{.text = "?", .choices = {"red", "7", "blue", "green"}, .right = 1};
  correct(question, error_type, correction);
  return question;
}

TEST(Correction, a_question_that_is_ok_stays_as_it_is) {
  const Question question = corrected("ok", "");

  EXPECT_EQ(question.right, 1);
  EXPECT_EQ(question.flaw, "ok");
}

TEST(Correction, where_no_choice_is_right_the_keys_choice_gets_the_right_text) {
  const Question question = corrected("no_correct_answer", "yellow");

  EXPECT_THAT(question.choices, ElementsAre("red", "yellow", "blue", "green"));
  EXPECT_EQ(question.right, 1);
}

TEST(Correction, a_wrong_key_is_set_right_by_index_letter_or_text) {
  EXPECT_EQ(corrected("wrong_groundtruth", "2").right, 2);
  EXPECT_EQ(corrected("wrong_groundtruth", "D").right, 3);
  EXPECT_EQ(corrected("wrong_groundtruth", " (A) ").right, 0);
  EXPECT_EQ(corrected("wrong_groundtruth", "green").right, 3);
}

TEST(Correction, several_right_choices_all_count) {
  for (const char* keys : {"(0,2)", "0 and 2", "A, C", "[0, 2]", "C or A", "0,2,0"}) {
    const Question question = corrected("multiple_correct_answers", keys);

    EXPECT_EQ(question.right, 0) << keys;
    EXPECT_THAT(question.also_right, ElementsAre(2)) << keys;
    EXPECT_TRUE(is_right(question, 'A') && is_right(question, 'C')) << keys;
    EXPECT_FALSE(is_right(question, 'B')) << keys;
  }
}

TEST(Correction, what_names_no_choice_changes_nothing_but_is_a_flaw) {
  for (const char* text : {"", "9", "see above", "0 and perhaps 2"}) {
    for (const char* error : {"wrong_groundtruth", "multiple_correct_answers"}) {
      const Question question = corrected(error, text);

      EXPECT_EQ(question.right, 1) << text;
      EXPECT_THAT(question.also_right, IsEmpty()) << text;
      EXPECT_EQ(question.flaw, error);
    }
  }
  EXPECT_EQ(corrected("bad_options_clarity", "0").right, 1);
  EXPECT_EQ(corrected("", "").flaw, "not labelled");
}

}  // namespace
}  // namespace proctor
