#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/chart.h"

namespace proctor {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr std::string_view header = "model,method,subject,accuracy,correct,n\n";

std::string message_of(const std::string& content) {
  const auto bars = read_bars_csv(content);
  if (bars) return "no error";
  EXPECT_EQ(bars.error().fault, Fault::data);
  return bars.error().message;
}

std::string message_of_line(std::string_view line) {
  return message_of(std::string(header) + std::string(line));
}

TEST(BarsCsv, the_seeds_four_published_figures_are_kept) {  // S17
  const auto content = read_file(PROCTOR_SOURCE_DIR "/examples/seed_results.csv");
  ASSERT_TRUE(content);

  const auto bars = read_bars_csv(*content);

  ASSERT_TRUE(bars) << bars.error().message;
  ASSERT_EQ(bars->size(), 4u);
  EXPECT_EQ((*bars)[0].label, "mistral-7b-instruct-v0.2 (llama.cpp)");
  EXPECT_EQ((*bars)[0].method, "macOS m2, 16GB, llama-server");
  EXPECT_DOUBLE_EQ((*bars)[0].percent, 40);
  EXPECT_DOUBLE_EQ((*bars)[1].percent, 40);
  EXPECT_DOUBLE_EQ((*bars)[2].percent, 78);
  EXPECT_DOUBLE_EQ((*bars)[3].percent, 72);
}

TEST(BarsCsv, counts_give_the_wilson_interval) {
  const auto bars = read_bars_csv(std::string(header) + "m,,,40.00,40,100\n");

  ASSERT_TRUE(bars);
  ASSERT_TRUE((*bars)[0].interval);
  EXPECT_NEAR((*bars)[0].interval->low, 0.309, 0.0005);
  EXPECT_NEAR((*bars)[0].interval->high, 0.498, 0.0005);
  EXPECT_EQ((*bars)[0].n, 100);
}

TEST(BarsCsv, an_accuracy_alone_has_no_interval) {
  const auto bars = read_bars_csv("accuracy,model\n 66.7% ,m\n");

  ASSERT_TRUE(bars) << bars.error().message;
  EXPECT_DOUBLE_EQ((*bars)[0].percent, 66.7);
  EXPECT_FALSE((*bars)[0].interval);
  EXPECT_EQ((*bars)[0].n, 0);
}

TEST(BarsCsv, an_empty_accuracy_is_computed_from_the_counts) {
  const auto bars = read_bars_csv(std::string(header) + "m,,,,2,3\n");

  ASSERT_TRUE(bars);
  EXPECT_NEAR((*bars)[0].percent, 66.667, 0.001);
}

TEST(BarsCsv, a_bad_number_is_named_by_line_and_column) {
  EXPECT_EQ(message_of_line("a,,,40,40,100\nb,,,forty,,\n"),
            "line 3: accuracy: expected percent, such as 40.00, found \"forty\"");
  EXPECT_THAT(message_of_line("b,,,nan,,\n"), HasSubstr("line 2: accuracy"));
  EXPECT_THAT(message_of_line("b,,,40,4x,10\n"), HasSubstr("line 2: correct"));
  EXPECT_THAT(message_of_line("b,,,40,4,-10\n"), HasSubstr("line 2: n"));
}

TEST(BarsCsv, an_accuracy_above_100_is_refused) {
  EXPECT_EQ(message_of_line("b,,,100.1,,\n"),
            "line 2: accuracy: expected 0 to 100, found 100.1");
}

TEST(BarsCsv, a_mistyped_column_is_asked_about) {
  EXPECT_EQ(message_of("model,acuracy\nm,40\n"),
            "line 1: no column accuracy; did you mean it by acuracy?");
  EXPECT_EQ(message_of("model,accuracy,corect,n\nm,40,40,100\n"),
            "line 1: no column correct; did you mean it by corect?");
}

TEST(BarsCsv, a_missing_column_is_named) {
  EXPECT_THAT(message_of("name,score\nm,40\n"),
              AllOf(HasSubstr("line 1: no column model"), HasSubstr("name,score")));
}

TEST(BarsCsv, more_right_than_asked_is_refused) {
  EXPECT_EQ(message_of_line("b,,,40,101,100\n"),
            "line 2: correct: 101 is more than n, which is 100");
}

TEST(BarsCsv, one_count_without_the_other_is_refused) {
  EXPECT_EQ(message_of_line("b,,,40,,100\n"),
            "line 2: correct: empty, but n is 100; give both or neither");
}

TEST(BarsCsv, an_accuracy_may_be_rounded_but_not_contradict_its_counts) {
  EXPECT_TRUE(read_bars_csv(std::string(header) + "b,,,66.67,2,3\n"));
  EXPECT_EQ(message_of_line("b,,,40.02,40,100\n"),
            "line 2: accuracy: 40.02 contradicts 40 of 100, which is 40.00");
}

TEST(BarsCsv, a_line_of_another_length_is_refused) {
  EXPECT_EQ(message_of_line("b,,40\n"), "line 2: expected 6 fields, found 3");
}

TEST(BarsCsv, an_empty_file_or_a_header_alone_is_refused) {
  EXPECT_THAT(message_of(""), HasSubstr("expected the header"));
  EXPECT_THAT(message_of(std::string(header)), HasSubstr("no line below"));
}

TEST(BarsCsv, bytes_that_are_not_utf8_are_named_by_their_line) {
  EXPECT_THAT(message_of_line("\xFF,,,40,,\n"), HasSubstr("line 2: not UTF-8"));
}

}  // namespace
}  // namespace proctor
