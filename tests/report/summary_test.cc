#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

ScoredRun forty_of_a_hundred() {
  ScoredRun run{.id = std::string(64, 'a'), .extract = "first-letter"};
  run.info.key = {.provider = "ollama", .model = "mistral:7b"};
  run.info.dataset = "cais/mmlu";
  run.info.split = "test";
  run.info.subjects = "college_computer_science";
  run.info.protocol = "seed_zeroshot";
  run.planned = 100;
  run.requests = 103;
  run.account.prompt_tokens = 9000;
  run.account.reply_tokens = 300;
  for (int i = 0; i < 100; ++i) {
    const Mark mark = i < 40 ? Mark::right : i < 95 ? Mark::wrong : Mark::unread;
    run.account.tally.add("college_computer_science", mark);
  }
  run.seconds = 12.5;
  return run;
}

nlohmann::json json_of(const ScoredRun& run) {
  const std::string line = summary_json(run);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  auto json = nlohmann::json::parse(line, nullptr, false);
  EXPECT_TRUE(json.is_object()) << line;
  return json;
}

TEST(Summary, says_the_accuracy_as_the_seed_does_with_its_interval) {
  const std::string text = summary_text(forty_of_a_hundred(), Language::en);

  EXPECT_THAT(text, HasSubstr("Accuracy: 40.00% (40/100)"));
  EXPECT_THAT(text,
              HasSubstr("95 % CI 30.9-49.8"));  // R: prop.test(40, 100, correct = F)
  EXPECT_THAT(text, HasSubstr("Subject: college_computer_science\n"));
  EXPECT_THAT(text, HasSubstr("ollama/mistral:7b"));
}

TEST(Summary, says_the_accuracy_the_same_way_in_japanese) {
  const std::string text = summary_text(forty_of_a_hundred(), Language::ja);

  EXPECT_THAT(text, HasSubstr("Accuracy: 40.00% (40/100)"));
  EXPECT_THAT(text, HasSubstr("正解 40"));
}

TEST(Summary, shows_apart_what_is_neither_right_nor_wrong) {
  const std::string text = summary_text(forty_of_a_hundred(), Language::en);

  EXPECT_THAT(text, HasSubstr("right 40, wrong 55, unread 5"));
  EXPECT_THAT(text, HasSubstr("40.0-45.0 %"));
  EXPECT_THAT(text, Not(HasSubstr("failed")));
}

TEST(Summary, says_how_often_a_letter_s_likelihood_is_unknown) {
  ScoredRun run = forty_of_a_hundred();
  EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("likeliest")));

  run.account.unknown_letters = 3;
  run.account.no_letters = 1;

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("likeliest tokens in 3 of 100 questions (1 of them with none"));
  EXPECT_THAT(summary_text(run, Language::ja), HasSubstr("100 問中 3 問"));
}

TEST(Summary, says_what_was_not_asked) {
  ScoredRun run = forty_of_a_hundred();
  run.planned = 1512;

  EXPECT_THAT(summary_text(run, Language::en), HasSubstr("1,412"));
}

TEST(Summary, of_several_subjects_has_categories_and_their_mean) {
  ScoredRun run = forty_of_a_hundred();
  run.info.subjects = "all";
  for (int i = 0; i < 10; ++i) run.account.tally.add("anatomy", Mark::right);

  const std::string text = summary_text(run, Language::en);

  EXPECT_THAT(text, HasSubstr("(2 subjects)"));
  EXPECT_THAT(text, HasSubstr("70.00%"));  // the mean of 40 % and 100 %
}

TEST(SummaryJson, has_every_fixed_key) {
  const auto json = json_of(forty_of_a_hundred());
  for (const char* key :
       {"run",      "model",  "dataset",    "subjects",    "protocol",       "extract",
        "planned",  "n",      "not_asked",  "correct",     "accuracy",       "ci95",
        "ledger",   "bounds", "by_subject", "by_category", "macro_accuracy", "complete",
        "requests", "reused", "tokens",     "seconds"}) {
    EXPECT_TRUE(json.contains(key)) << key;
  }
}

TEST(SummaryJson, has_the_numbers) {
  const auto json = json_of(forty_of_a_hundred());

  EXPECT_EQ(json["model"], "ollama/mistral:7b");
  EXPECT_EQ(json["planned"], 100);
  EXPECT_EQ(json["n"], 100);
  EXPECT_EQ(json["not_asked"], 0);
  EXPECT_EQ(json["correct"], 40);
  EXPECT_DOUBLE_EQ(json["accuracy"], 0.4);
  EXPECT_NEAR(json["ci95"][0].get<double>(), 0.3094013, 1e-6);
  EXPECT_NEAR(json["ci95"][1].get<double>(), 0.4979974, 1e-6);
  EXPECT_DOUBLE_EQ(json["bounds"][0], 0.4);
  EXPECT_DOUBLE_EQ(json["bounds"][1], 0.45);
  EXPECT_EQ(json["requests"], 103);
  EXPECT_EQ(json["tokens"],
            nlohmann::json({{"prompt", 9000}, {"reply", 300}, {"decoded", 0}}));
  EXPECT_DOUBLE_EQ(json["macro_accuracy"], 0.4);
  EXPECT_EQ(json["complete"], true);
  EXPECT_DOUBLE_EQ(json["seconds"], 12.5);
}

TEST(SummaryJson, its_ledger_sums_to_n) {
  const auto json = json_of(forty_of_a_hundred());
  std::int64_t sum = 0;
  for (const auto& [mark, count] : json["ledger"].items()) {
    EXPECT_TRUE(find_mark(mark)) << mark;
    sum += count.get<std::int64_t>();
  }

  EXPECT_EQ(json["ledger"].size(), all_marks.size());
  EXPECT_EQ(sum, json["n"]);
}

TEST(SummaryJson, counts_by_subject_and_category) {
  const auto json = json_of(forty_of_a_hundred());
  const nlohmann::json counts = {{"n", 100}, {"correct", 40}, {"accuracy", 0.4}};

  EXPECT_EQ(json["by_subject"], nlohmann::json({{"college_computer_science", counts}}));
  EXPECT_EQ(json["by_category"], nlohmann::json({{"stem", counts}}));
}

TEST(SummaryJson, of_nothing_asked_has_null_for_an_accuracy) {
  ScoredRun run;
  run.planned = 100;

  const auto json = json_of(run);

  EXPECT_TRUE(json["accuracy"].is_null());
  EXPECT_TRUE(json["macro_accuracy"].is_null());
  EXPECT_EQ(json["n"], 0);
  EXPECT_EQ(json["not_asked"], 100);
  EXPECT_EQ(json["complete"], false);
  EXPECT_DOUBLE_EQ(json["ci95"][0], 0);
  EXPECT_DOUBLE_EQ(json["ci95"][1], 1);
}

ScoredRun never_answered() {
  ScoredRun run = forty_of_a_hundred();
  run.account.tally = {};
  run.account.tally.add("anatomy", Mark::failed);
  run.failure = "HTTP 401: no \x1B[31m";
  return run;
}

TEST(Summary, without_a_reply_says_why_and_no_accuracy) {
  const std::string text = summary_text(never_answered(), Language::en);

  EXPECT_THAT(text, HasSubstr("nothing was answered: HTTP 401: no "));
  EXPECT_THAT(text, Not(HasSubstr("\x1B")));
  EXPECT_THAT(text, HasSubstr("failed 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("%")));
  EXPECT_THAT(summary_text(never_answered(), Language::ja), Not(HasSubstr("%")));
}

TEST(SummaryJson, without_a_reply_has_no_accuracy_anywhere) {
  const auto json = json_of(never_answered());

  EXPECT_EQ(json["n"], 1);
  EXPECT_TRUE(json["accuracy"].is_null());
  EXPECT_TRUE(json["by_subject"]["anatomy"]["accuracy"].is_null());
  EXPECT_TRUE(json["by_category"]["other"]["accuracy"].is_null());
  EXPECT_TRUE(json["macro_accuracy"].is_null());
  EXPECT_TRUE(json["aggregation"].is_null());
  EXPECT_EQ(json["ci95"], nlohmann::json({0, 1}));
}

TEST(Summary, of_a_part_says_what_the_run_holds) {
  ScoredRun run = forty_of_a_hundred();
  run.stored = 100;
  EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("in all")));

  run.stored = 14'042;

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("run aaaaaaaa holds 14,042 replies in all\n"));
}

TEST(SummaryJson, with_failures_is_not_complete) {
  ScoredRun run = forty_of_a_hundred();
  run.planned = 101;
  run.account.tally.add("college_computer_science", Mark::failed);

  EXPECT_EQ(json_of(run)["complete"], false);
}

TEST(SummaryJson, a_note_that_is_not_utf_8_does_not_break_it) {
  ScoredRun run = forty_of_a_hundred();
  run.info.note = "a\xFF\n\"";

  EXPECT_EQ(json_of(run)["note"], "a\xEF\xBF\xBD\n\"");
}

TEST(RecomputedText, is_a_line_a_run_and_one_for_each_mixture) {
  ScoredRun run = forty_of_a_hundred();
  EXPECT_EQ(recomputed_text(run),
            "run aaaaaaaa  ollama/mistral:7b  40.00% (40/100), 95 % CI 30.9-49.8  "
            "first-letter\n");

  run.account.sources = {{{"mistral:7b", "b1"}, 60}, {{"mistral:7b", "b2"}, 40}};
  EXPECT_THAT(recomputed_text(run),
              HasSubstr("first-letter\nrun aaaaaaaa  answered by 2 builds: b1 60, b2"));

  run.account = {};
  EXPECT_EQ(recomputed_text(run), "run aaaaaaaa  ollama/mistral:7b  -  first-letter\n");
}

}  // namespace
}  // namespace proctor
