#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/chart.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

Chart bars() {
  Chart chart{
      .bars =
          {{.label = "low\x1B[31m", .percent = 25, .right = 25, .n = 100},
           {.label = "high", .method = "chat", .percent = 50, .right = 50, .n = 100}},
      .kind = ChartKind::bars};
  for (Bar& bar : chart.bars) bar.interval = wilson({bar.right, bar.n});
  return chart;
}

TEST(ChartText, has_a_line_a_bar_with_its_interval_and_n_the_best_first) {
  EXPECT_THAT(chart_text(bars(), {}),
              HasSubstr("high      █████████████████▓▓▓▓░░░░                   "
                        "50.00%  40.4-59.6  n = 100\n  chat\n"));
}

TEST(ChartText, is_plain_ascii_where_the_locale_is_not_utf_8) {
  const std::string text = chart_text(bars(), {.is_utf8 = false});

  EXPECT_THAT(text, HasSubstr("\nhigh      #################====----  "));
  EXPECT_THAT(text, Not(HasSubstr("█")));
}

TEST(ChartText, shows_a_hostile_name_and_does_nothing_else) {
  EXPECT_THAT(chart_text(bars(), {}), Not(HasSubstr("\x1B")));
}

TEST(ChartText, is_no_wider_than_the_terminal) {
  Chart chart = bars();
  chart.bars[0].label = std::string(200, 'm');
  chart.bars[1].label =
      "日本語モデル・七十億パラメータ版（量子化）・もっと長い名前の版";
  for (const int width : {40, 60, 80, 200}) {
    for (const std::string& line : split(chart_text(chart, {.width = width}), '\n')) {
      if (line.find("interval") != std::string::npos) continue;  // what marks mean
      EXPECT_LE(display_width(line), width) << line;
    }
  }
}

TEST(ChartText, a_difference_is_drawn_from_zero_to_both_sides) {
  Pairs pairs{.both = 40, .only_a = 10, .only_b = 30, .neither = 20};
  const Interval interval = tango(pairs);
  const Chart chart{.kind = ChartKind::compare,
                    .series = {{"b", ""}},
                    .base = "a",
                    .points = {{.label = "all",
                                .is_total = true,
                                .value = pairs.difference(),
                                .interval = interval,
                                .n = 100}}};

  const std::string text = chart_text(chart, {.is_utf8 = false});

  EXPECT_THAT(text, HasSubstr("less: a\n"));
  EXPECT_THAT(text, testing::ContainsRegex("all .*[|].*-+o-+.*[+]20.00"));
}

TEST(ChartText, of_several_runs_a_subject_stands_above_them) {
  Chart chart{.kind = ChartKind::subjects, .series = {{"a", ""}, {"b", "chat"}}};
  for (const std::size_t series : {0, 1})
    chart.points.push_back({.series = series,
                            .label = "anatomy",
                            .value = 0.5,
                            .interval = wilson({5, 10}),
                            .right = 5,
                            .n = 10});

  EXPECT_THAT(chart_text(chart, {}),
              testing::ContainsRegex("anatomy\n  a .*n = 10\n  b · chat "));
}

}  // namespace
}  // namespace proctor
