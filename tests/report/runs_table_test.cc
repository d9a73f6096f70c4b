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

TEST(BarsOf, have_their_exam_beside_the_method_where_exams_differ) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[1].info.note.clear();
  EXPECT_EQ(bars_of(runs)[0].method, "quantised");
  EXPECT_EQ(bars_of(runs)[0].percent, 40);
  EXPECT_EQ(bars_of(runs)[0].n, 10);

  runs[1].subjects = "virology";
  EXPECT_EQ(bars_of(runs)[0].method, "quantised, cais/mmlu anatomy");
  EXPECT_EQ(bars_of(runs)[1].method, "cais/mmlu virology");
}

TEST(BarsOf, are_called_by_the_run_s_name_else_by_the_model) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[1].info.name = "mine";

  EXPECT_EQ(bars_of(runs)[0].label, "ollama/m");
  EXPECT_EQ(bars_of(runs)[1].label, "mine");
  EXPECT_TRUE(bars_of({}).empty());
}

}  // namespace
}  // namespace proctor
