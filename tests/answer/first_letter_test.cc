#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/answer/answer.h"

namespace proctor {
namespace {

using testing::HasSubstr;

Answer read(std::string_view reply, std::string_view labels = "ABCD") {
  return (*find_reader("first-letter"))->read({.reply = reply, .labels = labels});
}

TEST(FirstLetter, is_the_first_character_that_is_not_white_space) {
  EXPECT_EQ(read("\n\u3000 C, because").letter, 'C');
}

TEST(FirstLetter, is_upper_cased) {
  EXPECT_EQ(read("b) the sea").letter, 'B');
  EXPECT_EQ(read("b) the sea").text, "B");
}

TEST(FirstLetter, counts_a_word_that_happens_to_start_with_a_label) {
  EXPECT_EQ(read("Answer: D").letter, 'A');
}

TEST(FirstLetter, is_none_where_the_character_is_no_label) {
  EXPECT_EQ(read("(B)").letter, std::nullopt);
  EXPECT_EQ(read("(B)").text, "(");
  EXPECT_EQ(read("E").letter, std::nullopt);
}

TEST(FirstLetter, keeps_the_whole_code_point_as_text) {
  EXPECT_EQ(read("答え: B").text, "答");
  EXPECT_EQ(read("答え: B").letter, std::nullopt);
}

TEST(FirstLetter, is_none_for_an_empty_reply) {
  EXPECT_EQ(read("").letter, std::nullopt);
  EXPECT_EQ(read(" \t\n").text, std::nullopt);
}

TEST(FirstLetter, upper_cases_a_dotless_i_as_python_does) {
  EXPECT_EQ(read("\u0131", "ABCDEFGHI").letter, 'I');
}

TEST(Readers, a_mistyped_name_is_answered_with_the_near_one) {
  const auto found = find_reader("first-leter");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().message,
            "first-leter: no such reader; did you mean first-letter?");
}

TEST(Readers, a_far_name_is_answered_with_all_names) {
  const auto found = find_reader("oracle-of-delphi");

  ASSERT_FALSE(found);
  EXPECT_THAT(found.error().message, HasSubstr("expected one of first-letter"));
}

}  // namespace
}  // namespace proctor
