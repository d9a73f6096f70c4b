#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/study/study.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ReplyLine, has_what_a_reader_looks_at) {
  const auto line = read_reply_line(
      R"({"id":7,"output":"B","choices":["one",2],"finish_reason":"stop"})", "");

  ASSERT_TRUE(line);
  EXPECT_EQ(line->id, "7");
  EXPECT_EQ(line->reading().reply, "B");
  EXPECT_THAT(line->reading().choices, ElementsAre("one", "2"));
  EXPECT_EQ(line->reading().labels, "AB");
  EXPECT_EQ(line->reading().finish_reason, "stop");
}

TEST(ReplyLine, needs_its_output_alone) {
  const auto line = read_reply_line(R"({"output":"B"})", "");

  ASSERT_TRUE(line);
  EXPECT_EQ(line->id, "null");
  EXPECT_EQ(line->labels, "ABCD");
  EXPECT_THAT(line->choices, IsEmpty());
  EXPECT_THAT(line->finish_reason, IsEmpty());
}

TEST(ReplyLine, may_be_a_line_of_an_export) {
  EXPECT_EQ(read_reply_line(R"({"id":"a/test/0","reply":"B"})", "")->reply, "B");
  EXPECT_THAT(read_reply_line(R"({"id":7})", "").error().message,
              HasSubstr(R"(expected a text under "output" or "reply")"));
}

TEST(ReplyLine, says_how_many_choices_there_are_without_their_texts) {
  EXPECT_EQ(read_reply_line(R"({"output":"B","n_options":10})", "")->labels,
            "ABCDEFGHIJ");
  EXPECT_EQ(read_reply_line(R"({"output":"B","n_options":0})", "")->labels, "ABCD");
  EXPECT_EQ(read_reply_line(R"({"output":"B","n_options":27})", "")->labels, "ABCD");
}

TEST(ReplyLine, labels_that_are_asked_for_are_those_of_every_line) {
  EXPECT_EQ(read_reply_line(R"({"output":"B","n_options":10})", "ABC")->labels, "ABC");
}

TEST(ReplyLine, an_id_stays_as_it_is) {
  EXPECT_EQ(read_reply_line(R"({"id":{"b":[1,"é"],"a":null},"output":""})", "")->id,
            R"({"b":[1,"é"],"a":null})");
}

TEST(ReplyLine, what_is_no_such_line_says_what_was_expected) {
  for (const char* text : {"no JSON", "[1]", "\"B\""})
    EXPECT_EQ(read_reply_line(text, "").error().message, "expected a JSON object");
  for (const char* text : {"{}", R"({"output":5})"})
    EXPECT_THAT(read_reply_line(text, "").error().message, HasSubstr("\"output\""));
}

TEST(ReplyLine, is_not_nested_deeper_than_a_program_can_write_it) {
  const auto line_of = [](std::size_t depth) {
    return fmt::format(R"({{"output":"B","id":{}{}}})", std::string(depth, '['),
                       std::string(depth, ']'));
  };

  EXPECT_EQ(read_reply_line(line_of(400), "")->id.size(), 800U);
  EXPECT_THAT(read_reply_line(line_of(100'000), "").error().message,
              HasSubstr("nested more than 500 deep"));
}

}  // namespace
}  // namespace proctor
