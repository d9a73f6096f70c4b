#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Questions that are right when their ordinal is even.
class Exam {
 public:
  explicit Exam(std::uint32_t n) {
    for (std::uint32_t i = 0; i < n; ++i) {
      order.push_back({i});
      questions.push_back({.text = fmt::format("Question {}?", i),
                           .choices = {"one", "two"},
                           .right = 1});
    }
    attempt.request = "{\"prompt\":\"?\"}";
    attempt.outcome = Reply{.text = "B"};
  }
  Graded graded(std::uint32_t i) const {
    return {.trial = {i},
            .question = &questions[i],
            .attempt = &attempt,
            .attempts = 1,
            .answer = {.letter = i % 2 == 0 ? 'B' : 'A'},
            .mark = i % 2 == 0 ? Mark::right : Mark::wrong};
  }

  std::vector<TrialId> order;
  std::vector<Question> questions;
  Attempt attempt;
};

TEST(TrialText, is_the_seed_s) {
  const Exam exam(1);

  EXPECT_EQ(trial_text(exam.graded(0)),
            "Input to API: {\"prompt\":\"?\"}\n"
            "Output from API: B\n"
            "Question: Question 0?\n"
            "Choices: A. one, B. two\n"
            "Predicted Answer: B, Ground Truth: B, Correct: True\n"
            "------------------------------\n");
}

TEST(TrialText, has_all_choices_that_are_right) {
  Exam exam(1);
  exam.questions[0].choices = {"one", "two", "three"};
  exam.questions[0].also_right = {2};

  EXPECT_THAT(trial_text(exam.graded(0)), HasSubstr("Ground Truth: B or C, Correct"));
}

TEST(TrialText, a_reply_without_a_letter_says_its_mark) {
  const Exam exam(1);
  Graded graded = exam.graded(0);
  graded.answer.letter.reset();
  graded.mark = Mark::unread;

  EXPECT_THAT(
      trial_text(graded),
      HasSubstr("Predicted Answer: , Ground Truth: B, Correct: False (unread)\n"));
}

TEST(TrialText, a_failure_says_why) {
  Exam exam(1);
  exam.attempt.outcome = fail(Fault::network, "HTTP 500: no");
  Graded graded = exam.graded(0);
  graded.answer.letter.reset();
  graded.mark = Mark::failed;

  EXPECT_THAT(trial_text(graded), HasSubstr("Error: HTTP 500: no\n"));
  EXPECT_THAT(trial_text(graded), HasSubstr("(failed)"));
}

TEST(TrialText, every_word_of_others_is_inert) {
  Exam exam(1);
  exam.attempt.request = "a\x1B[31m";
  exam.attempt.outcome = Reply{.text = "B\x1B[31m\x07", .reasoning = "\x1B[2J"};
  exam.questions[0].text = "\x1B[31m?";
  exam.questions[0].choices[0] = "\x1B[31m";

  EXPECT_THAT(trial_text(exam.graded(0)), Not(HasSubstr("\x1B")));
  EXPECT_THAT(trial_text(exam.graded(0)), Not(HasSubstr("\x07")));
}

TEST(InOrder, what_ends_in_any_order_is_printed_in_the_order_of_the_questions) {
  const Exam exam(3);
  InOrder in_order(exam.order);

  EXPECT_THAT(in_order.add(exam.graded(2)), IsEmpty());
  EXPECT_THAT(in_order.add(exam.graded(1)), IsEmpty());
  EXPECT_EQ(in_order.add(exam.graded(0)), trial_text(exam.graded(0)) +
                                              trial_text(exam.graded(1)) +
                                              trial_text(exam.graded(2)));
  EXPECT_THAT(in_order.rest(), IsEmpty());
}

TEST(InOrder, every_ten_questions_the_seed_s_line_follows) {
  const Exam exam(25);
  InOrder in_order(exam.order);
  std::string text;

  for (std::uint32_t i = 25; i-- > 0;) text += in_order.add(exam.graded(i));

  EXPECT_THAT(text, HasSubstr(trial_text(exam.graded(9)) +
                              "Processed 10/25. Current Accuracy: 50.00% (5/10)\n" +
                              trial_text(exam.graded(10))));
  EXPECT_THAT(text, HasSubstr("Processed 20/25. Current Accuracy: 50.00% (10/20)\n"));
  EXPECT_THAT(text, Not(HasSubstr("Processed 25/25")));
}

TEST(InOrder, what_waits_for_a_question_that_never_ended_is_the_rest) {
  const Exam exam(4);
  InOrder in_order(exam.order);
  EXPECT_EQ(in_order.add(exam.graded(0)), trial_text(exam.graded(0)));

  EXPECT_THAT(in_order.add(exam.graded(3)), IsEmpty());
  EXPECT_THAT(in_order.add(exam.graded(2)), IsEmpty());

  EXPECT_EQ(in_order.rest(), trial_text(exam.graded(2)) + trial_text(exam.graded(3)));
  EXPECT_THAT(in_order.rest(), IsEmpty());
}

TEST(InOrder, a_question_of_another_plan_is_not_printed) {
  const Exam exam(4);
  const std::vector<TrialId> order = {{0}, {1}};
  InOrder in_order(order);

  EXPECT_THAT(in_order.add(exam.graded(3)), IsEmpty());
  EXPECT_THAT(in_order.rest(), IsEmpty());
}

}  // namespace
}  // namespace proctor
