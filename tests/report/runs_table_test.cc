#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/model_label.h"
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
  run.extract = "first-letter";
  for (int i = 0; i < 10; ++i)
    run.account.tally.add("anatomy", i < 4 ? Mark::right : Mark::wrong);
  return run;
}

std::vector<std::string> titles_of(const Table& table) {
  std::vector<std::string> titles;
  for (const TableColumn& column : table.columns) titles.push_back(column.title);
  return titles;
}

TEST(RunsTable, says_once_above_what_all_runs_have_alike) {
  std::vector<ScoredRun> runs = {run_of(), run_of("mmlu_5shot")};
  for (ScoredRun& run : runs) run.planned = 10;
  runs[1].id = std::string(64, 'b');
  const Table table = runs_table(runs, Language::en);

  EXPECT_THAT(table.above, ElementsAre("ollama/m", "quantised", "cais/mmlu anatomy",
                                       "reader first-letter"));
  EXPECT_THAT(titles_of(table), ElementsAre("run", "protocol", "accuracy", "95 % CI"));
  EXPECT_THAT(table.rows[1],
              ElementsAre("bbbbbbbb", "mmlu_5shot", "40.00% (4/10)", "16.8-68.7"));
}

TEST(RunsTable, runs_of_one_name_are_told_apart_by_their_ids) {
  std::vector<ScoredRun> runs = {run_of(), run_of(), run_of(), run_of()};
  runs[1].id = std::string(64, 'b');
  runs[2].id = std::string(64, 'c');
  runs[3].id = std::string(64, 'd');
  runs[0].info.name = runs[1].info.name = "night";
  runs[2].info.name = "day";
  const Table table = runs_table(runs, Language::en);

  EXPECT_EQ(table.rows[0][0], "night aaaaaaaa");
  EXPECT_EQ(table.rows[1][0], "night bbbbbbbb");
  EXPECT_EQ(table.rows[2][0], "day");
  EXPECT_EQ(table.rows[3][0], "dddddddd");
}

TEST(RunsTable, one_run_that_stands_there_twice_has_its_name) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[0].info.name = runs[1].info.name = "night";

  EXPECT_EQ(runs_table(runs, Language::en).rows[1][0], "night");
}

TEST(RunsTable, has_a_column_of_whatever_tells_runs_apart) {
  std::vector<ScoredRun> runs = {run_of(), run_of(), run_of()};
  runs[1].info.key.protocol = R"({"shots":{"count":5}})";
  runs[1].extract = "inspect";
  runs[1].info.note.clear();
  runs[2].info.key.engine = R"({"threads":4})";
  runs[2].written = WallTime(std::chrono::hours(24 * 365));
  const Table table = runs_table(runs, Language::en);

  EXPECT_THAT(titles_of(table), ElementsAre("run", "note", "shots", "reader", "threads",
                                            "date", "n", "accuracy", "95 % CI"));
  EXPECT_EQ(table.rows[1][2], "5");
  EXPECT_EQ(table.rows[2][4], "4");
  EXPECT_EQ(table.rows[2][5], "1971-01-01");
}

TEST(RunsTable, where_it_is_narrow_leaves_out_what_follows_from_the_protocol) {
  std::vector<ScoredRun> runs = {run_of(), run_of("mmlu_5shot"), run_of("mmlu_5shot")};
  runs[1].extract = runs[2].extract = "inspect";
  runs[2].info.key.protocol = R"({"shots":{"count":3}})";

  EXPECT_THAT(
      titles_of(runs_table(runs, Language::en, 80)),
      ElementsAre("run", "protocol", "shots", "reader", "n", "accuracy", "95 % CI"));
  EXPECT_THAT(titles_of(runs_table(runs, Language::en, 60)),
              ElementsAre("run", "protocol", "shots", "n", "accuracy", "95 % CI"));
}

TEST(RunsTable, calls_a_run_that_stands_alone_by_its_model) {
  const std::vector<ScoredRun> runs = {run_of()};

  EXPECT_THAT(titles_of(runs_table(runs, Language::en)),
              ElementsAre("run", "model", "n", "accuracy", "95 % CI"));
  EXPECT_THAT(runs_table(runs, Language::ja).above,
              ElementsAre("quantised", "cais/mmlu anatomy", "seed_zeroshot",
                          "読み取り方式 first-letter"));
}

TEST(RunsTable, has_the_quantisation_of_what_is_one_model_else) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[0].info.key = {.provider = "gguf", .model = "Smol-135M.Q4_1.gguf"};
  runs[1].info.key = {.provider = "gguf", .model = "Smol-135M.Q8_0.gguf"};
  Table table = runs_table(runs, Language::en);
  EXPECT_EQ(table.above[0], "Smol-135M");
  EXPECT_EQ(table.columns[1].title, "quantisation");
  EXPECT_EQ(table.rows[1][1], "Q8_0");

  runs[1].info.key.model = "Gemma-270M.Q8_0.gguf";
  table = runs_table(runs, Language::en);
  EXPECT_EQ(table.columns[1].title, "model");
  EXPECT_EQ(table.rows[1][1], "Gemma-270M Q8_0");
}

TEST(RunsTable, has_n_where_a_run_is_not_whole) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[1].planned = 10;

  const Table table = runs_table(runs, Language::en);

  EXPECT_EQ(table.columns[1].title, "n");
  EXPECT_EQ(table.rows[0][1], "10/12");
  EXPECT_EQ(table.rows[1][1], "10");
}

TEST(RunsTable, counts_what_is_neither_right_nor_wrong_where_there_is_some) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  for (ScoredRun& run : runs) run.planned = 0;
  runs[1].account.tally.add("anatomy", Mark::unread);
  runs[1].account.tally.add("anatomy", Mark::failed);

  const Table table = runs_table(runs, Language::ja);

  EXPECT_EQ(table.columns[4].title, "読み取れず");
  EXPECT_EQ(table.columns[5].title, "失敗");
  EXPECT_EQ(table.rows[0][4], "0");
  EXPECT_EQ(table.rows[1][5], "1");
}

TEST(RunsTable, has_the_columns_that_are_named_in_their_order) {
  const std::vector<ScoredRun> runs = {run_of()};
  const auto chosen = find_traits("accuracy, right,model,interval,second_tries");
  ASSERT_TRUE(chosen);

  const Table table = runs_table(runs, *chosen, Language::en);

  EXPECT_THAT(titles_of(table),
              ElementsAre("accuracy", "right", "model", "95 % CI", "second tries"));
  EXPECT_THAT(table.rows[0],
              ElementsAre("40.00% (4/10)", "4", "ollama/m", "16.8-68.7", "0"));
  EXPECT_TRUE(table.above.empty());
}

TEST(RunsTable, a_mistyped_column_is_told_the_nearest) {
  const auto chosen = find_traits("model,acuracy");

  ASSERT_FALSE(chosen);
  EXPECT_THAT(chosen.error().message,
              testing::StartsWith("acuracy: no such column; did you mean accuracy?; "
                                  "there are run, model, quantisation"));
}

TEST(RunsTable, calls_a_run_by_its_name) {
  std::vector<ScoredRun> runs = {run_of()};
  runs[0].info.name = "mine";

  const Table table = runs_table(runs, Language::ja);

  EXPECT_EQ(table.columns[0].title, "実行");
  EXPECT_EQ(table.rows[0][0], "mine");
}

TEST(RunsTable, has_the_number_of_each_harness_where_one_has_its_own) {
  std::vector<ScoredRun> runs = {run_of(), run_of()};
  runs[1].info.aggregation = "helm";

  const Table table = runs_table(runs, Language::en);

  EXPECT_EQ(table.columns.back().title, "as reported");
  EXPECT_EQ(table.rows[0].back(), "");
  EXPECT_THAT(table.rows[1].back(), testing::StartsWith("HELM: 40.00%"));
}

TEST(RunsTable, a_run_without_a_reply_has_no_accuracy) {
  std::vector<ScoredRun> runs = {run_of()};
  runs[0].account = {};
  runs[0].account.tally.add("anatomy", Mark::failed);
  const auto chosen = find_traits("accuracy,interval");

  EXPECT_THAT(runs_table(runs, *chosen, Language::en).rows[0], ElementsAre("-", "-"));
}

TEST(ModelLabel, a_file_is_called_by_its_model_and_quantisation) {
  const auto text = [](std::string_view file) { return label_of_file(file).text(); };

  EXPECT_EQ(text("SmolLM2-135M-Instruct.Q4_1.gguf"), "SmolLM2-135M-Instruct Q4_1");
  EXPECT_EQ(text("gemma-3-270m-it-q4_k_m.gguf"), "gemma-3-270m-it Q4_K_M");
  EXPECT_EQ(text("Qwen3-8B-UD-IQ2_XXS.gguf"), "Qwen3-8B UD-IQ2_XXS");
  EXPECT_EQ(text("big-BF16-00001-of-00003.gguf"), "big BF16");
  EXPECT_EQ(text("tiny.gguf"), "tiny");
  EXPECT_EQ(text("mistral:7b"), "mistral:7b");
  EXPECT_EQ(text("Qwen2.5-7B.gguf"), "Qwen2.5-7B");
}

TEST(ModelLabel, has_how_it_was_computed_and_a_size_that_the_name_leaves_out) {
  ScoredRun run = run_of();
  run.info.key = {.provider = "gguf", .model = "m-Q8_0.gguf"};
  run.info.key.engine = R"({"exact":true,"precision":"f32"})";
  EXPECT_EQ(label_of(run).text(), "m Q8_0 (f32, exact)");

  run.info.key = {.provider = "llama"};
  run.info.answerer = R"({"model":"chat.Q4_K_M.gguf","n_params":7241732096})";
  EXPECT_EQ(label_of(run).text(), "llama/chat 7.2B Q4_K_M");
  run.info.answerer = R"({"model":"chat-7b.Q4_K_M.gguf","n_params":7241732096})";
  EXPECT_EQ(label_of(run).text(), "llama/chat-7b Q4_K_M");
  run.info.answerer.clear();
  EXPECT_EQ(label_of(run).text(), "llama");
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

}  // namespace
}  // namespace proctor
