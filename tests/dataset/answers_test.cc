// Which choice a row's answer means: counted from 0 or 1, by label, by text.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::optional<Columns> columns(std::string_view text) {
  return take(parse_columns(text));
}

std::vector<int> right_in(const Result<std::vector<Question>>& questions) {
  EXPECT_TRUE(questions) << questions.error().message;
  std::vector<int> right;
  if (questions) {
    for (const Question& question : *questions) right.push_back(question.right);
  }
  return right;
}

constexpr std::string_view from_1 =
    "question,answer,A,B,C,D\nQ,2,a,b,c,d\nR,4,a,b,c,d\n";

TEST(Answers, are_counted_from_1_where_the_user_says_so) {
  EXPECT_THAT(right_in(read_csv(from_1, columns("answer=answer@1"), "s", "test")),
              ElementsAre(1, 3));
  EXPECT_THAT(right_in(read_json(R"({"question":"Q","choices":["a","b"],"key":2})",
                                 columns("answer=key@1"), "s", "test")),
              ElementsAre(1));
}

TEST(Answers, counted_from_1_may_be_letters_too) {
  EXPECT_THAT(right_in(read_csv("question,answer,A,B\nQ,B,a,b\n",
                                columns("answer=answer@1"), "s", "test")),
              ElementsAre(1));
}

TEST(Answers, counted_from_1_hold_no_0) {
  const auto read = read_csv("question,answer,A,B\nQ,0,a,b\n",
                             columns("answer=answer@1"), "s", "test");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("found 0, expected A to B or 1 to 2"));
}

TEST(Answers, that_seem_to_be_counted_from_1_are_refused_with_the_way_out) {
  const auto read = read_csv(from_1, std::nullopt, "s", "test");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message,
              HasSubstr("found 4, expected A to D or 0 to 3; are they counted from 1? "
                        "`columns` answer=answer@1 says so"));
}

std::string many_without_0() {
  std::string text = "question,answer,A,B,C,D\n";
  for (int i = 0; i < 40; ++i) {
    text += fmt::format("Q{},{},a,b,c,d\n", i, 1 + i % 3);
  }
  return text;
}

TEST(Answers, many_without_a_0_among_them_are_not_believed) {
  const auto read = read_csv(many_without_0(), std::nullopt, "s", "test");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("no answer of 40 is 0"));
  EXPECT_THAT(read.error().message, HasSubstr("answer=answer@1"));
}

TEST(Answers, many_without_a_0_are_taken_where_the_user_says_where_they_start) {
  const auto at_0 = read_csv(many_without_0(), columns("answer=answer@0"), "s", "test");
  const auto at_1 = read_csv(many_without_0(), columns("answer=answer@1"), "s", "test");

  ASSERT_TRUE(at_0 && at_1);
  EXPECT_EQ(at_0->front().right, 1);
  EXPECT_EQ(at_1->front().right, 0);
}

TEST(Answers, are_read_by_the_label_of_a_choice) {
  EXPECT_THAT(
      right_in(read_json(
          R"({"id":"T","question":"Q","choices":{"text":["iron","water"],"label":["A","B"]},"answerKey":"B"}
{"id":"N","question":"Q","choices":{"text":["gold","carbon"],"label":["1","2"]},"answerKey":"2"}
{"id":"O","question_stem":"Q","choices":{"text":["a","b"],"label":["A","B"]},"answerKey":"A"}
{"id":"P","question":"Q","choices":{"text":["a","b"],"label":["1","2"]},"answerKey":1})",
          std::nullopt, "s", "test")),
      ElementsAre(1, 1, 0, 0));
}

TEST(Answers, that_are_no_label_are_told_with_the_labels) {
  const auto read = read_json(
      R"({"question":"Q","choices":{"text":["a","b"],"label":["1","2"]},"answerKey":"B"})",
      std::nullopt, "s", "test");

  ASSERT_FALSE(read);
  EXPECT_THAT(read.error().message, HasSubstr("found B, expected one of 1, 2"));
}

TEST(Answers, of_options_with_letters_may_be_the_text_and_the_letter) {
  EXPECT_THAT(
      right_in(read_json(
          R"({"question":"Best drug?","answer":"Nitro","options":{"A":"Ampi","B":"Nitro"},"answer_idx":"B"})",
          std::nullopt, "s", "test")),
      ElementsAre(1));
}

TEST(Passages, that_are_named_stand_before_the_question) {
  const auto read = read_json(
      R"({"article":"Tom ate.","question":"Who?","options":["Ann","Tom"],"answer":"B"})",
      columns("context=article"), "s", "test");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->front().text, "Tom ate.\n\nWho?");
  EXPECT_EQ(read->front().unasked, "");
}

TEST(Passages, that_are_not_asked_are_known) {
  const auto read = read_csv("question,passage,A,B,answer\nWho?,Tom ate.,Ann,Tom,B\n",
                             std::nullopt, "s", "test");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->front().text, "Who?");
  EXPECT_EQ(read->front().unasked, "passage");
}

}  // namespace
}  // namespace proctor
