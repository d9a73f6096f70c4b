#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/prompt/prompt.h"
#include "support/growth.h"

namespace proctor {
namespace {

using testing::HasSubstr;

std::string message_of(std::string_view line) {
  const auto shots = parse_shots(line);
  return shots ? "read" : shots.error().message;
}

TEST(ShotsFile, an_example_has_at_most_as_many_choices_as_there_are_letters) {
  const std::string choices = R"("x")" + repeated(R"(,"x")", 26);

  EXPECT_THAT(message_of(R"({"question":"Q","answer":26,"choices":[)" + choices + "]}"),
              HasSubstr("line 1: choices: found 27 of them, expected a list of at most "
                        "26"));
}

TEST(ShotsFile, an_answer_beyond_an_int_is_no_choices_number) {
  EXPECT_THAT(message_of(R"({"question":"Q","choices":["x","y"],"answer":4294967297})"),
              HasSubstr("answer is to be"));
  EXPECT_THAT(
      message_of(R"({"question":"Q","choices":["x"],"answer":18446744073709551615})"),
      HasSubstr("answer is to be"));
}

TEST(ShotsFile, a_text_is_no_list_of_choices) {
  EXPECT_THAT(message_of(R"({"question":"Q","choices":"AB","answer":0})"),
              HasSubstr("found string, expected a list"));
  EXPECT_THAT(message_of(R"({"question":"Q","choices":{"A":"x"},"answer":0})"),
              HasSubstr("found object, expected a list"));
}

TEST(ShotsFile, examples_are_numbered_within_their_subject) {
  const auto shots = parse_shots(R"({"subject":"a","question":"Q","worked":"W"}
{"subject":"b","question":"Q","worked":"W"}
{"subject":"a","question":"Q","worked":"W"})");

  ASSERT_TRUE(shots);
  EXPECT_EQ(shots->at(1).index, 0);
  EXPECT_EQ(shots->at(2).index, 1);
}

TEST(ShotsFile, four_times_as_many_examples_take_about_four_times_as_long) {
  constexpr std::string_view line = "{\"question\":\"Q\",\"worked\":\"W\"}\n";
  constexpr std::size_t lines = 5'000;
  const std::string text = repeated(line, 4 * lines);
  std::size_t kept = 0;

  const double times = growth(lines, [&](std::size_t n) {
    kept += parse_shots(std::string_view(text).substr(0, n * line.size()))->size();
  });

  EXPECT_LT(times, clearly_more_than_linear);
}

}  // namespace
}  // namespace proctor
