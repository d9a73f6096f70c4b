#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<std::vector<Question>> read(std::string_view content,
                                   const std::optional<Columns>& columns = {}) {
  return read_json(content, columns, "anatomy", "test");
}

std::string error_of(std::string_view content,
                     const std::optional<Columns>& columns = {}) {
  const auto questions = read(content, columns);
  return questions ? "no error" : questions.error().message;
}

TEST(Jsonl, a_question_is_an_object_a_line) {
  const auto questions = read(
      R"({"question":"What?","choices":["a","b"],"answer":1})"
      "\n"
      R"({"id":"q2","subject":"law","question":"Who?","choices":["c","d"],"answer":"A"})"
      "\n");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(*questions, ElementsAre(Question{.id = "anatomy/test/0",
                                               .subject = "anatomy",
                                               .text = "What?",
                                               .choices = {"a", "b"},
                                               .right = 1},
                                      Question{.id = "q2",
                                               .subject = "law",
                                               .text = "Who?",
                                               .choices = {"c", "d"}}));
}

TEST(Jsonl, blank_lines_cr_lf_and_a_missing_last_line_end_are_allowed) {
  const auto questions = read(
      "\xEF\xBB\xBF\n"
      "{\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}\r\n\n"
      "{\"question\":\"R\",\"choices\":[\"a\"],\"answer\":0}");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->size(), 2);
}

TEST(Jsonl, mmlu_pros_keys_are_read_and_its_fillers_dropped) {
  const auto questions = read(
      R"({"question_id":70,"question":"Q","options":["N/A","a","N/A","b"],)"
      R"("answer":"D","answer_index":3,"cot_content":"Because.","category":"law"})");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(*questions, ElementsAre(Question{.id = "70",
                                               .subject = "law",
                                               .text = "Q",
                                               .choices = {"a", "b"},
                                               .right = 1,
                                               .worked = "Because."}));
}

TEST(Jsonl, elsewhere_not_applicable_is_a_choice) {
  const auto questions = read(R"({"question":"Q","options":["a","N/A"],"answer":"B"})");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(questions->at(0).choices, ElementsAre("a", "N/A"));
}

TEST(Jsonl, two_answers_must_agree) {
  EXPECT_EQ(
      error_of(R"({"question":"Q","options":["a","b"],"answer":"A","answer_index":1})"),
      "line 1, key answer_index: found B, but answer says A");
}

TEST(Jsonl, columns_name_other_keys_and_single_choices) {
  const auto columns = parse_columns("question=q,choices=A+B,answer=key");

  const auto questions = read(R"({"q":"Q","B":"b","A":"a","key":"B"})", *columns);

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(questions->at(0).choices, ElementsAre("a", "b"));
  EXPECT_EQ(questions->at(0).right, 1);
}

TEST(Jsonl, lines_may_have_their_keys_in_another_order) {
  const auto questions = read(
      "{\"question\":\"Q\",\"choices\":[\"a\",\"b\"],\"answer\":1}\n"
      "{\"answer\":1,\"choices\":[\"a\",\"b\"],\"question\":\"R\"}\n");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(1).text, "R");
}

TEST(Jsonl, errors_name_line_and_key) {
  const std::string good =
      "{\"question\":\"Q\",\"choices\":[\"a\",\"b\"],\"answer\":1}\n";

  EXPECT_EQ(
      error_of(good + R"({"question":"Q","choices":["a","b"]})"),
      "line 2, key answer: missing; found question, choices; `columns` answer=NAME "
      "names it");
  EXPECT_EQ(error_of(good + R"({"question":"Q","choices":["a","b"],"answer":2})"),
            "line 2, key answer: found 2, expected A to B or 0 to 1; are they counted "
            "from 1? `columns` answer=answer@1 says so");
  EXPECT_EQ(error_of(good + R"({"question":"Q","choices":["a","b"],"answer":1.5})"),
            "line 2, key answer: found a number with a fraction or too many digits, "
            "expected A to B or 0 to 1");
  EXPECT_EQ(error_of(good + R"({"question":"Q","choices":["a",""],"answer":0})"),
            "line 2, key choices: choice 2 is empty");
  EXPECT_THAT(error_of(good + R"({"question":"Q","choices":"a","answer":0})"),
              HasSubstr("line 2, key choices: found a, expected a list"));
  EXPECT_THAT(error_of(good + R"({"question":"Q","choices":["a",true],"answer":0})"),
              HasSubstr("found a list that holds other than text, expected a list"));
  EXPECT_EQ(error_of(good + R"({"question":"Q","choices":[],"answer":0})"),
            "line 2, key choices: found 0 choices, expected 1 to 26");
  EXPECT_EQ(error_of(good + R"({"question":null,"choices":["a"],"answer":0})"),
            "line 2, key question: found nothing, expected text");
  EXPECT_EQ(error_of(R"({"question":"Q","question":"R","choices":["a"],"answer":0})"),
            "line 1, key question: there are two of that name");
  EXPECT_EQ(error_of("[1]\n[2]\n"), "line 1: found a list, expected an object");
  EXPECT_EQ(error_of("[1]\n"), "item 1: found 1, expected an object");
  EXPECT_THAT(error_of(good + "{\"question\"\n" + good),
              HasSubstr("line 2: not valid JSON: "));
}

TEST(Jsonl, a_nul_character_is_an_error) {
  EXPECT_EQ(error_of(R"({"question":"a\u0000b","choices":["a"],"answer":0})"),
            "line 1, key question: holds a NUL character");
}

TEST(Jsonl, a_last_line_that_is_cut_off_is_an_error) {
  EXPECT_EQ(error_of("{\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}\n{\"quest"),
            "line 2: not valid JSON; is the file cut off?");
}

TEST(Jsonl, one_id_twice_is_an_error_that_names_both_lines) {
  const std::string line =
      "{\"id\":\"x\",\"question\":\"Q\",\"choices\":[\"a\"],\"answer\":0}\n";

  EXPECT_EQ(error_of(line + "\n" + line),
            "line 3, key id: found x, which line 1 has already");
}

TEST(Jsonl, an_empty_file_is_an_error) {
  EXPECT_EQ(error_of(""), "the file is empty");
  EXPECT_EQ(error_of("\n \n"), "there is no question in it");
}

}  // namespace
}  // namespace proctor
