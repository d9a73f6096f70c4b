#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/chart.h"

namespace proctor {
namespace {

// 4 of 10 right, two more planned.
ScoredRun run_of(std::string protocol = "seed_zeroshot") {
  ScoredRun run{.id = std::string(64, 'a'), .subjects = "anatomy", .planned = 12};
  run.info.key = {.provider = "ollama", .model = "m"};
  run.info.dataset = "cais/mmlu";
  run.info.protocol = std::move(protocol);
  run.info.note = "quantised";
  run.extract = "first-letter";
  for (int i = 0; i < 10; ++i)
    run.account.tally.add("anatomy", i < 4 ? Mark::right : Mark::wrong);
  return run;
}

TEST(ChartOf, says_of_each_run_what_differs_and_of_all_what_does_not) {
  std::vector<ScoredRun> runs = {run_of(), run_of("mmlu_5shot")};
  Chart chart = chart_of(runs, Language::en);
  EXPECT_EQ(chart.bars[0].method, "seed_zeroshot");
  EXPECT_EQ(chart.bars[1].method, "mmlu_5shot");
  EXPECT_EQ(chart.subtitle, "quantised, cais/mmlu anatomy");
  EXPECT_EQ(chart.title, "");

  runs[1].subjects = "virology";
  runs[1].info.note.clear();
  chart = chart_of(runs, Language::en);
  EXPECT_EQ(chart.bars[0].method, "quantised, cais/mmlu anatomy, seed_zeroshot");
  EXPECT_EQ(chart.bars[1].method, "cais/mmlu virology, mmlu_5shot");
  EXPECT_EQ(chart.subtitle, "");
}

TEST(ChartOf, tells_twins_apart_by_their_ids_and_knows_what_is_not_whole) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[1].id = std::string(64, 'b');
  runs[1].planned = 10;
  const Chart chart = chart_of(runs, Language::en);

  EXPECT_EQ(chart.bars[0].method, "aaaaaaaa");
  EXPECT_EQ(chart.bars[1].method, "bbbbbbbb");
  EXPECT_TRUE(chart.bars[0].is_partial);
  EXPECT_FALSE(chart.bars[1].is_partial);
  EXPECT_EQ(chart.bars[0].percent, 40);
  EXPECT_EQ(chart.bars[0].n, 10);
}

TEST(ChartOf, calls_a_bar_by_the_run_s_name_else_by_the_model) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[1].info.name = "mine";

  EXPECT_EQ(chart_of(runs, Language::en).bars[0].label, "ollama/m");
  EXPECT_EQ(chart_of(runs, Language::en).bars[1].label, "mine");
  EXPECT_TRUE(chart_of({}, Language::en).bars.empty());
}

TEST(ChartOf, is_no_mmlu_s_where_the_exam_is_none) {
  std::vector<ScoredRun> runs = {run_of()};
  runs[0].info.dataset = "TIGER-Lab/MMLU-Pro";
  EXPECT_EQ(chart_of(runs, Language::en).title, "MMLU-Pro accuracy");
  runs[0].info.dataset = "kitchen.csv";
  EXPECT_EQ(chart_of(runs, Language::en).title, "Accuracy");
  EXPECT_EQ(chart_of(runs, Language::ja).title, "精度");
}

TEST(ChartOf, draws_the_chance_where_all_runs_have_one) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  for (ScoredRun& run : runs) run.account.chances = 2.5;
  EXPECT_EQ(chart_of(runs, Language::en).chance, 25);
  runs[1].account.chances = 1;
  EXPECT_FALSE(chart_of(runs, Language::en).chance);
}

TEST(ChartOf, bars_of_files_come_first_and_take_nothing_from_the_runs) {
  const std::vector<ScoredRun> runs = {run_of()};
  Chart chart = chart_of(runs, Language::en);
  add_bars(chart, {{.label = "paper", .percent = 70}});

  EXPECT_EQ(chart.bars[0].label, "paper");
  EXPECT_EQ(chart.bars[0].method, "");
  EXPECT_EQ(chart.bars[1].method, "quantised, cais/mmlu anatomy, seed_zeroshot");
  EXPECT_EQ(chart.subtitle, "");
}

TEST(ChartOf, is_called_mmlu_s_beside_bars_of_files_only_where_its_runs_are) {
  std::vector<ScoredRun> runs = {run_of()};
  runs[0].info.dataset = "kitchen.csv";
  Chart chart = chart_of(runs, Language::en);
  add_bars(chart, {{.label = "paper", .percent = 70}});
  EXPECT_EQ(chart.title, "Accuracy");
}

}  // namespace
}  // namespace proctor
