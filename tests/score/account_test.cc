#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/score/score.h"

namespace proctor {
namespace {

Dataset exam_of(std::size_t questions) {
  Dataset dataset;
  for (std::size_t i = 0; i < questions; ++i)
    dataset.questions.push_back({.choices = {"1", "2", "3", "4"}, .right = 1});
  return dataset;
}

Reply says(std::string text, std::string finish_reason = "stop") {
  return {.text = std::move(text), .finish_reason = std::move(finish_reason)};
}

Graded graded(const Dataset& dataset, TrialId trial, const Attempt& attempt) {
  return grade(**find_reader("first-letter"), dataset.questions[trial.ordinal], trial,
               attempt);
}

Attempt attempt_with(Reply reply) {
  Attempt attempt;
  attempt.id = "1";
  attempt.outcome = std::move(reply);
  return attempt;
}

TEST(Grade, the_labels_are_those_of_the_question_s_own_choices) {
  Dataset dataset = exam_of(2);
  dataset.questions[0].choices = {"yes", "no"};
  dataset.questions[1].choices = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
  dataset.questions[1].right = 9;

  EXPECT_EQ(graded(dataset, {0}, attempt_with(says("B"))).mark, Mark::right);
  EXPECT_EQ(graded(dataset, {0}, attempt_with(says("C"))).mark, Mark::unread);
  EXPECT_EQ(graded(dataset, {1}, attempt_with(says("J"))).mark, Mark::right);
  EXPECT_EQ(graded(dataset, {1}, attempt_with(says("K"))).mark, Mark::unread);
}

TEST(Grade, an_attempt_without_a_reply_has_failed) {
  const Dataset dataset = exam_of(2);
  Attempt attempt;
  attempt.outcome = fail(Fault::network, "HTTP 500");

  const Graded failed = graded(dataset, {0}, attempt);

  EXPECT_EQ(failed.mark, Mark::failed);
  EXPECT_EQ(failed.answer.letter, std::nullopt);
}

TEST(Grade, a_letter_that_was_read_counts_however_the_reply_ended) {
  const Dataset dataset = exam_of(2);

  EXPECT_EQ(graded(dataset, {0}, attempt_with(says("B", "length"))).mark, Mark::right);
}

PromptSizes sizes_of(
    std::initializer_list<std::pair<std::int64_t, std::size_t>> prompts) {
  PromptSizes sizes;
  for (const auto& [tokens, question] : prompts) sizes.add(tokens, question);
  return sizes;
}

TEST(PromptSizes, one_number_for_questions_of_different_lengths_is_a_cut) {
  EXPECT_EQ(sizes_of({{700, 100}, {2050, 300}, {2050, 700}, {2050, 500}}).cut(), 3);
}

TEST(PromptSizes, fewer_tokens_than_a_question_can_have_are_a_cut) {
  EXPECT_EQ(sizes_of({{600, 5000}, {900, 3000}}).cut(), 1);
}

TEST(PromptSizes, what_may_be_so_by_chance_is_none) {
  EXPECT_EQ(sizes_of({{2050, 300}, {2050, 700}}).cut(), 0);
  EXPECT_EQ(sizes_of({{800, 300}, {800, 300}, {800, 310}}).cut(), 0);
  EXPECT_EQ(sizes_of({{800, 300}, {800, 500}, {800, 700}, {801, 300}}).cut(), 0);
}

TEST(PromptSizes, small_numbers_say_nothing) {
  EXPECT_EQ(sizes_of({{9, 300}, {9, 700}, {9, 5000}}).cut(), 0);
}

}  // namespace
}  // namespace proctor
