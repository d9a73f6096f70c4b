#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"
#include "support/made_up_clock.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::HasSubstr;

Progress half_done() {
  Progress progress{
      .planned = 14'042, .under_way = 32, .reused = 1000, .requests = 6100};
  progress.account.tally.ledger = {
      .right = 3000, .wrong = 4000, .unread = 20, .failed = 1};
  return progress;
}

const Pace ten_minutes = {.elapsed = minutes(10),
                          .left = milliseconds(699'600),
                          .questions = 10.035,
                          .tokens = 1234.4};

// Right and wrong in turn.
Progress ended(std::int64_t n, std::int64_t planned = 100) {
  Progress progress{.planned = planned, .under_way = 4};
  progress.account.tally.ledger = {.right = (n + 1) / 2, .wrong = n / 2};
  return progress;
}

// ---- The line ----

TEST(ProgressLine, a_wide_terminal_sees_all) {
  const std::string line = progress_line(half_done(), ten_minutes, 160, Language::en);

  EXPECT_EQ(line,
            "Evaluating 7,021/14,042 [=============>               ]  accuracy 42.7 % "
            "(95 % CI 41.6-43.9)  10 q/s  1,234 tokens/s  10:00, 11:40 left  1 failed  "
            "32 in flight");
}

TEST(ProgressLine, a_terminal_of_80_columns_sees_a_bar_and_what_is_left) {
  const std::string line = progress_line(half_done(), ten_minutes, 80, Language::en);

  EXPECT_EQ(line,
            "7,021/14,042 [=====>      ]  42.7% [42-44]  10 q/s  10:00, 11:40 left  1 "
            "failed");
  EXPECT_EQ(progress_line(half_done(), ten_minutes, 80, Language::ja),
            "7,021/14,042 [=======>         ]  42.7% [42-44]  経過 10:00  残り 11:40  "
            "失敗 1");
}

TEST(ProgressLine, a_narrow_terminal_sees_how_many_are_done) {
  EXPECT_EQ(progress_line(half_done(), ten_minutes, 40, Language::en),
            "7,021/14,042  42.7%, 11:40 left");
}

TEST(ProgressLine, without_a_width_has_all_and_no_bar) {
  EXPECT_EQ(progress_line(half_done(), ten_minutes, 0, Language::en),
            "Evaluating 7,021/14,042  accuracy 42.7 % (95 % CI 41.6-43.9)  10 q/s  "
            "1,234 tokens/s  10:00, 11:40 left  1 failed  32 in flight");
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
    for (const Pace& pace :
         {Pace(), ten_minutes, Pace{.elapsed = milliseconds(100'000'000)}}) {
      for (const Progress& progress : all) {
        for (int width = 1; width <= 200; ++width) {
          const std::string line = progress_line(progress, pace, width, language);

          EXPECT_LE(display_width(line), std::max(1, width - 1)) << line;
        }
      }
    }
  }
}

TEST(ProgressLine, done_and_total_stay_at_every_usual_width) {
  for (const Language language : {Language::en, Language::ja}) {
    for (const int width : {20, 40, 60, 80, 100, 132, 200}) {
      EXPECT_THAT(progress_line(half_done(), ten_minutes, width, language),
                  HasSubstr("7,021/14,042"));
    }
  }
}

TEST(ProgressLine, a_japanese_reader_is_told_in_japanese) {
  const std::string line = progress_line(half_done(), ten_minutes, 200, Language::ja);

  EXPECT_THAT(line, HasSubstr("評価中 7,021/14,042"));
  EXPECT_THAT(line, HasSubstr("正答率 42.7 %（95 % CI 41.6-43.9）"));
}

TEST(ProgressLine, before_the_first_answer_the_time_goes_on) {
  EXPECT_EQ(progress_line({.planned = 100, .under_way = 1},
                          {.elapsed = milliseconds(7900)}, 60, Language::en),
            "Evaluating 0/100 [                     ]  0:07  1 in flight");
}

TEST(ProgressLine, before_the_first_answer_says_what_a_file_has_computed) {
  const Pace pace = {.elapsed = seconds(3), .tokens = 412, .computed = 1236};

  EXPECT_EQ(progress_line({.planned = 30, .under_way = 30}, pace, 0, Language::en),
            "Evaluating 0/30  1,236 tokens computed  412 tokens/s  0:03  30 in flight");
}

TEST(ProgressLine, of_failures_alone_there_is_no_accuracy) {
  Progress progress = ended(0);
  progress.account.tally.ledger.failed = 9;

  for (const int width : {0, 80, 120}) {
    const std::string line = progress_line(progress, {}, width, Language::en);
    EXPECT_THAT(line, HasSubstr("9 failed"));
    EXPECT_THAT(line, Not(HasSubstr("%")));
  }
}

TEST(ProgressLine, of_what_is_all_there_has_nothing_left_and_nothing_in_flight) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  clock.advance(seconds(9));
  Progress progress = ended(90, 90);
  progress.under_way = 0;

  EXPECT_EQ(progress_line(progress, pacer.of(progress), 0, Language::en),
            "Evaluating 90/90  accuracy 50.0 % (95 % CI 39.9-60.1)  10 q/s  0:09");
}

// ---- The pace ----

TEST(Pacer, what_is_left_follows_from_what_was_answered) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  EXPECT_FALSE(pacer.of(ended(0)).left);

  clock.advance(seconds(5));
  const Pace pace = pacer.of(ended(10));

  EXPECT_EQ(pace.elapsed, seconds(5));
  EXPECT_EQ(pace.left, seconds(45));
  EXPECT_DOUBLE_EQ(pace.questions.value_or(0), 2);
}

TEST(Pacer, what_is_left_counts_down_between_two_answers_and_never_up) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  clock.advance(seconds(10));
  ASSERT_EQ(pacer.of(ended(10)).left, seconds(90));

  milliseconds before = seconds(90);
  for (int i = 1; i <= 300; ++i) {
    clock.advance(milliseconds(100));
    const milliseconds left = pacer.of(ended(10)).left.value_or(seconds(0));
    EXPECT_LE(left, before);
    before = left;
  }

  EXPECT_EQ(before, seconds(80));  // the longest wait so far was ten seconds
}

TEST(Pacer, answers_that_come_four_at_a_time_leave_no_less_than_nothing) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  for (int n = 4; n <= 8; n += 4) {
    clock.advance(seconds(8));
    pacer.of(ended(n, 9));
  }
  clock.advance(seconds(7));

  EXPECT_EQ(pacer.of(ended(8, 9)).left, seconds(0));
}

TEST(Pacer, what_was_reused_took_no_time) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  Progress progress = ended(90);
  progress.reused = 90;
  EXPECT_FALSE(pacer.of(progress).questions);

  clock.advance(seconds(5));
  progress.account.tally.ledger.right += 5;
  const Pace pace = pacer.of(progress);

  EXPECT_DOUBLE_EQ(pace.questions.value_or(0), 1);
  EXPECT_EQ(pace.left, seconds(5));
}

TEST(Pacer, counts_a_server_s_tokens_since_it_was_first_asked) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  Progress progress = ended(50);
  progress.reused = 50;
  progress.account.prompt_tokens = 5000;
  EXPECT_FALSE(pacer.of(progress).tokens);

  clock.advance(seconds(4));
  ++progress.account.tally.ledger.right;
  progress.account.prompt_tokens += 100;
  progress.account.reply_tokens += 20;
  const Pace pace = pacer.of(progress);

  EXPECT_DOUBLE_EQ(pace.tokens.value_or(0), 30);
  EXPECT_EQ(pace.computed, 0);
}

TEST(Pacer, the_first_tokens_took_all_the_time_since_the_start) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  for (int tick = 0; tick < 10; ++tick) {
    EXPECT_FALSE(pacer.of(ended(0)).tokens);
    clock.advance(milliseconds(300));
  }
  Progress progress = ended(1);
  progress.account.prompt_tokens = 75;

  EXPECT_DOUBLE_EQ(pacer.of(progress).tokens.value_or(0), 25);
}

TEST(Pacer, counts_what_a_file_has_computed_for_this_run) {
  MadeUpClock clock;
  Pacer pacer(clock.clock());
  pacer.of(ended(0), 7000);

  clock.advance(seconds(2));
  const Pace pace = pacer.of(ended(0), 8000);

  EXPECT_DOUBLE_EQ(pace.tokens.value_or(0), 500);
  EXPECT_EQ(pace.computed, 1000);
}

// ---- When ----

class Telling : public testing::Test {
 protected:
  // Whether something is said of `n` of a hundred after so long a time.
  bool says(std::int64_t n, milliseconds later) {
    clock_.advance(later);
    return teller_.tell(ended(n), 0, 80).has_value();
  }
  MadeUpClock clock_;
  ProgressTeller teller_{ProgressForm::lines, "(1/3) ", Language::en, clock_.clock()};
};

TEST_F(Telling, a_log_gets_a_line_every_ten_percent) {
  EXPECT_FALSE(says(0, seconds(0)));
  EXPECT_FALSE(says(9, seconds(5)));
  EXPECT_TRUE(says(10, seconds(1)));
  EXPECT_FALSE(says(19, seconds(5)));
  EXPECT_TRUE(says(45, seconds(5)));
}

TEST_F(Telling, a_log_gets_a_line_every_thirty_seconds_also_while_nothing_comes) {
  EXPECT_FALSE(says(0, seconds(29)));
  EXPECT_TRUE(says(0, seconds(1)));
  EXPECT_FALSE(says(0, seconds(29)));
  EXPECT_TRUE(says(0, seconds(1)));
}

TEST_F(Telling, a_log_gets_no_two_lines_within_two_seconds) {
  EXPECT_FALSE(says(50, milliseconds(1900)));
  EXPECT_TRUE(says(60, milliseconds(100)));
  EXPECT_FALSE(says(70, milliseconds(1900)));
}

TEST_F(Telling, a_log_gets_no_line_of_what_the_summary_says) {
  EXPECT_FALSE(says(100, minutes(2)));
}

TEST_F(Telling, what_was_there_already_is_no_progress) {
  Progress progress = ended(50);
  progress.reused = 50;
  clock_.advance(seconds(5));
  EXPECT_FALSE(teller_.tell(progress, 0, 80));

  clock_.advance(seconds(5));
  progress.account.tally.ledger.right += 9;
  EXPECT_FALSE(teller_.tell(progress, 0, 80));
}

TEST_F(Telling, a_line_of_a_log_has_its_place_and_no_bar) {
  clock_.advance(seconds(10));

  EXPECT_EQ(teller_.tell(ended(50), 0, 80),
            "(1/3) Evaluating 50/100  accuracy 50.0 % (95 % CI 36.6-63.4)  5.0 q/s  "
            "0:10, 0:10 left  4 in flight");
}

TEST(ProgressTeller, draws_a_line_every_time_no_wider_than_the_terminal) {
  const MadeUpClock clock;
  ProgressTeller teller(ProgressForm::drawn, "(1/3) ", Language::en, clock.clock());

  for (const int width : {10, 40, 80, 200}) {
    const auto line = teller.tell(ended(50), 0, width);

    ASSERT_TRUE(line);
    EXPECT_LT(display_width(*line), width);
  }
}

TEST(ProgressTeller, says_nothing_where_nothing_is_wanted) {
  MadeUpClock clock;
  ProgressTeller teller(ProgressForm::none, "", Language::en, clock.clock());
  clock.advance(minutes(10));

  EXPECT_FALSE(teller.tell(ended(50), 0, 80));
  EXPECT_FALSE(teller.prepare("model.gguf: loading", 0.5, 80));
}

TEST(ProgressTeller, says_what_is_prepared_and_how_long_already) {
  MadeUpClock clock;
  ProgressTeller teller(ProgressForm::drawn, "", Language::en, clock.clock());
  clock.advance(milliseconds(1200));

  EXPECT_EQ(teller.prepare("m.gguf: loading", 0.43, 80), "m.gguf: loading 43 %, 0:01");
  EXPECT_FALSE(teller.prepare("m.gguf: loading", 0.44, 80));
  clock.advance(milliseconds(100));
  EXPECT_EQ(teller.prepare("m.gguf: loading", 0, 80), "m.gguf: loading, 0:01");
}

TEST(DownloadTeller, a_log_gets_a_line_every_ten_percent_of_each_file) {
  MadeUpClock clock;
  DownloadTeller teller("m.gguf", ProgressForm::lines, Language::en, clock.clock());
  EXPECT_FALSE(teller.tell(0, 1'000'000, 80));
  clock.advance(seconds(4));
  EXPECT_EQ(teller.tell(500'000, 1'000'000, 80),
            "m.gguf: 0.5 of 1.0 MB, 125.0 kB/s, 4 s left");
  clock.advance(seconds(4));
  EXPECT_FALSE(teller.tell(540'000, 1'000'000, 80));

  clock.advance(seconds(4));
  EXPECT_FALSE(teller.tell(0, 2'000'000, 80));
  clock.advance(seconds(4));
  EXPECT_TRUE(teller.tell(400'000, 2'000'000, 80));
}

TEST(ProgressForm, follows_the_terminal_unless_it_is_told) {
  EXPECT_EQ(progress_form("auto", true).value(), ProgressForm::drawn);
  EXPECT_EQ(progress_form("auto", false).value(), ProgressForm::lines);
  EXPECT_EQ(progress_form("line", true).value(), ProgressForm::lines);
  EXPECT_EQ(progress_form("none", true).value(), ProgressForm::none);
  EXPECT_THAT(progress_form("bar", true).error().message,
              HasSubstr("`progress`: found bar, expected auto, line or none"));
}

}  // namespace
}  // namespace proctor
