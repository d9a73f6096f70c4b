#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::ElementsAre;

// 4 of 10 right, two more planned.
ScoredRun run_of(std::string protocol = "seed_zeroshot") {
  ScoredRun run{.id = std::string(64, 'a'), .subjects = "anatomy", .planned = 12};
  run.info.key = {.provider = "ollama", .model = "m"};
  run.info.dataset = "cais/mmlu";
  run.info.protocol = std::move(protocol);
  run.info.note = "quantised";
  for (int i = 0; i < 10; ++i)
    run.account.tally.add("anatomy", i < 4 ? Mark::right : Mark::wrong);
  return run;
}

std::vector<std::string> titles_of(const Table& table) {
  std::vector<std::string> titles;
  for (const TableColumn& column : table.columns) titles.push_back(column.title);
  return titles;
}

TEST(RunsTable, has_a_line_a_run_with_all_that_is_known) {
  const std::vector<ScoredRun> runs = {run_of()};
  const Table table = runs_table(runs, Language::en);

  EXPECT_THAT(titles_of(table),
              ElementsAre("run", "model", "method", "dataset", "protocol", "n",
                          "accuracy", "95 % CI", "ledger", "as reported"));
  ASSERT_EQ(table.rows.size(), 1U);
  EXPECT_THAT(table.rows[0],
              ElementsAre("aaaaaaaa", "ollama/m", "quantised", "cais/mmlu anatomy",
                          "seed_zeroshot", "10/12", "40.00% (4/10)", "16.8-68.7",
                          "right 4, wrong 6", ""));
}

TEST(RunsTable, calls_a_run_by_its_name_and_a_whole_one_has_one_n) {
  ScoredRun run = run_of();
  run.info.name = "mine";
  run.planned = 10;
  const std::vector<ScoredRun> runs = {run};

  const Table table = runs_table(runs, Language::ja);

  EXPECT_EQ(table.columns[0].title, "実行");
  EXPECT_EQ(table.rows[0][0], "mine");
  EXPECT_EQ(table.rows[0][5], "10");
}

TEST(RunsTable, of_a_batch_has_the_number_of_each_harness_where_one_has_its_own) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  EXPECT_THAT(titles_of(short_runs_table(runs, Language::en)),
              ElementsAre("run", "model", "protocol", "accuracy", "95 % CI"));

  runs[1].info.aggregation = "helm";
  const Table table = short_runs_table(runs, Language::en);
  EXPECT_EQ(table.columns.back().title, "as reported");
  EXPECT_EQ(table.rows[0].back(), "");
  EXPECT_THAT(table.rows[1].back(), testing::StartsWith("HELM: 40.00%"));
}

TEST(RunsTable, a_run_without_a_reply_has_no_accuracy) {
  ScoredRun run = run_of();
  run.account = {};
  run.account.tally.add("anatomy", Mark::failed);
  const std::vector<ScoredRun> runs = {run};

  const Table table = runs_table(runs, Language::en);

  EXPECT_EQ(table.rows[0][6], "-");
  EXPECT_EQ(table.rows[0][7], "-");
}

ListedRun listed_run() {
  ListedRun listed{.run = {.id = std::string(64, 'b'), .results = 1}};
  listed.run.info.key = {.provider = "llama"};
  listed.run.info.dataset = "sample";
  listed.run.info.protocol = "mmlu";
  return listed;
}

TEST(ListedRunsTable, says_why_one_is_hidden_where_all_are_meant) {
  std::vector<ListedRun> runs(3, listed_run());
  runs[1].run.info.hidden = true;
  runs[2].run.results = 0;

  EXPECT_EQ(listed_runs_table(runs, Among::shown).columns.back().title, "written");
  const Table table = listed_runs_table(runs, Among::all);
  EXPECT_EQ(table.columns.back().title, "hidden");
  EXPECT_EQ(table.rows[0].back(), "");
  EXPECT_EQ(table.rows[1].back(), "forgotten");
  EXPECT_EQ(table.rows[2].back(), "no reply");
}

TEST(ListedRunText, says_what_would_be_forgotten) {
  ListedRun listed = listed_run();
  EXPECT_EQ(listed_run_text(listed), "run bbbbbbbb (llama, sample, mmlu, 1 reply)");

  listed.subjects = "all";
  listed.run.info.name = "mine";
  listed.run.info.key.model = "m";
  listed.run.results = 1200;
  EXPECT_EQ(listed_run_text(listed),
            "run bbbbbbbb (llama/m \"mine\", sample all, mmlu, 1,200 replies)");
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
