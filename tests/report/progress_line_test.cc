#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

Progress half_done() {
  Progress progress{
      .planned = 14'042, .under_way = 32, .reused = 1000, .requests = 6100};
  progress.account.tally.ledger = {
      .right = 3000, .wrong = 4000, .unread = 20, .failed = 1};
  return progress;
}

TEST(ProgressLine, a_wide_terminal_sees_all) {
  const std::string line =
      progress_line(half_done(), std::chrono::minutes(10), 200, Language::en);

  EXPECT_EQ(line,
            "Evaluating 7,021/14,042  accuracy 42.7 % (95 % CI 41.6-43.9)  10 q/s  "
            "12 min left  1 failed  32 in flight");
}

TEST(ProgressLine, a_narrow_terminal_sees_how_many_are_done) {
  const std::string line =
      progress_line(half_done(), std::chrono::minutes(10), 40, Language::en);

  EXPECT_THAT(line, HasSubstr("7,021/14,042"));
  EXPECT_THAT(line, HasSubstr("42.7%"));
}

TEST(ProgressLine, none_is_as_wide_as_its_terminal) {
  std::vector<Progress> all(4, half_done());
  all[0] = Progress{.planned = 5};
  all[1].account.tally.ledger = {.failed = 7021};
  all[2].planned = 1'000'000'000;
  all[2].account.tally.ledger = {
      .right = 123'456'789, .wrong = 123'456'789, .failed = 99'999};
  all[2].under_way = 10'000;
  for (const Language language : {Language::en, Language::ja}) {
    for (const milliseconds elapsed :
         {milliseconds(0), milliseconds(1), milliseconds(100'000'000)}) {
      for (const Progress& progress : all) {
        for (int width = 1; width <= 200; ++width) {
          const std::string line = progress_line(progress, elapsed, width, language);

          EXPECT_LE(display_width(line), std::max(1, width - 1)) << line;
        }
      }
    }
  }
}

TEST(ProgressLine, done_and_total_stay_at_every_usual_width) {
  for (const Language language : {Language::en, Language::ja}) {
    for (const int width : {20, 40, 60, 80, 100, 132, 200}) {
      EXPECT_THAT(progress_line(half_done(), std::chrono::minutes(10), width, language),
                  HasSubstr("7,021/14,042"));
    }
  }
}

TEST(ProgressLine, a_japanese_reader_is_told_in_japanese) {
  const std::string line =
      progress_line(half_done(), std::chrono::minutes(10), 200, Language::ja);

  EXPECT_THAT(line, HasSubstr("評価中 7,021/14,042"));
  EXPECT_THAT(line, HasSubstr("精度 42.7 %"));
}

TEST(ProgressLine, before_the_first_answer_there_is_no_accuracy_and_no_rate) {
  EXPECT_EQ(progress_line({.planned = 100, .under_way = 1}, milliseconds(900), 80,
                          Language::en),
            "Evaluating 0/100  1 in flight");
}

TEST(ProgressLine, what_was_reused_took_no_time) {
  Progress progress{.planned = 100, .reused = 90};
  progress.account.tally.ledger = {.right = 50, .wrong = 45};

  const std::string line =
      progress_line(progress, std::chrono::seconds(5), 200, Language::en);

  EXPECT_THAT(line, HasSubstr("1.0 q/s  5 s left"));
}

TEST(ProgressLine, all_that_is_reused_has_no_rate) {
  Progress progress{.planned = 100, .reused = 100};
  progress.account.tally.ledger = {.right = 100};

  EXPECT_THAT(progress_line(progress, std::chrono::seconds(5), 200, Language::en),
              Not(HasSubstr("q/s")));
}

}  // namespace
}  // namespace proctor
