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

// ---- How it was made ----

TEST(Summary, says_the_protocol_its_shots_and_the_reader) {
  ScoredRun run = forty_of_a_hundred();
  run.info.key.protocol = R"({"shots":{"count":5}})";

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("\nprotocol seed_zeroshot, 5 shots, reader first-letter\n"));
  EXPECT_THAT(
      summary_text(run, Language::ja),
      HasSubstr("\nプロトコル seed_zeroshot、5-shot、読み取り方式 first-letter\n"));
}

TEST(Summary, of_a_protocol_that_cannot_be_read_says_its_name) {
  ScoredRun run = forty_of_a_hundred();
  run.info.key.protocol = "[]";

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("\nprotocol seed_zeroshot, reader first-letter\n"));
}

TEST(Summary, says_how_long_it_asked_and_what_that_took) {
  ScoredRun run = forty_of_a_hundred();
  run.asked = 62;

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("\n62 asked in 13 s, 5.0 questions/s; 103 requests; 38 reused\n"
                        "tokens: 9,000 in, 300 out\n"));
  EXPECT_THAT(
      summary_text(run, Language::ja),
      HasSubstr(
          "\n62 問を 13 秒で出題（5.0 問/秒）、リクエスト 103 回、保存済み 38 問\n"
          "トークン: 入力 9,000、出力 300\n"));
}

TEST(Summary, of_a_file_in_this_process_says_how_many_tokens_were_computed) {
  ScoredRun run = forty_of_a_hundred();
  run.info.key.provider = "gguf";
  run.asked = 100;
  run.account.decoded_tokens = 2451;

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("\n100 asked in 13 s, 8.0 questions/s\n"
                        "tokens: 9,000 in (2,451 computed), 300 out\n"));
}

TEST(Summary, says_nothing_of_what_was_written_where_letters_were_scored) {
  ScoredRun run = forty_of_a_hundred();
  run.account.reply_tokens = 0;

  EXPECT_THAT(summary_text(run, Language::en), HasSubstr("\ntokens: 9,000 in\n"));
}

TEST(Summary, says_nothing_of_the_time_where_all_was_there) {
  ScoredRun run = forty_of_a_hundred();
  run.asked = run.requests = 0;

  EXPECT_THAT(summary_text(run, Language::en), HasSubstr("first-letter\n100 reused\n"));
}

TEST(Summary, of_a_baseline_has_no_time_and_no_tokens) {
  ScoredRun run = forty_of_a_hundred();
  run.info.key = {.provider = "baseline", .model = "A"};
  run.asked = 100;

  EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("asked in")));
}

TEST(Summary, leaves_subjects_to_a_table_that_follows) {
  ScoredRun run = forty_of_a_hundred();
  run.account.tally.add("anatomy", Mark::right);

  const std::string text = summary_text(run, Language::en, Subjects::left_out);

  EXPECT_THAT(text, Not(HasSubstr("  stem ")));
  EXPECT_THAT(text, HasSubstr("mean of subjects"));
}

TEST(SummaryJson, has_what_the_summary_says) {
  ScoredRun run = forty_of_a_hundred();
  run.info.key.protocol = R"({"shots":{"count":5}})";
  run.asked = 50;

  const auto json = json_of(run);

  EXPECT_EQ(json["shots"], 5);
  EXPECT_EQ(json["asked"], 50);
  EXPECT_DOUBLE_EQ(json["questions_per_second"], 4);
}

TEST(SummaryJson, what_is_not_known_of_how_it_was_made_is_null) {
  const auto json = json_of(forty_of_a_hundred());

  EXPECT_TRUE(json["shots"].is_null());
  EXPECT_TRUE(json["questions_per_second"].is_null());
}

// ---- What went wrong ----

ScoredRun with_failures(std::map<std::string, std::int64_t> reasons) {
  ScoredRun run = forty_of_a_hundred();
  for (const auto& [why, n] : reasons) {
    for (std::int64_t i = 0; i < n; ++i)
      run.account.tally.add("college_computer_science", Mark::failed);
  }
  run.account.reasons = std::move(reasons);
  return run;
}

TEST(Summary, says_why_even_one_question_failed) {
  EXPECT_THAT(summary_text(with_failures({{"HTTP 400: no", 1}}), Language::en),
              HasSubstr("right 40, wrong 55, unread 5, failed 1 (HTTP 400: no)\n"
                        "  39.6-45.5 % with all unknown wrong or right\n"));
}

TEST(Summary, lists_long_reasons_the_most_frequent_first) {
  const std::string text = summary_text(with_failures({{"a" + std::string(90, '.'), 2},
                                                       {"timed out", 12},
                                                       {"reset", 1},
                                                       {"HTTP 500: no", 1},
                                                       {"refused", 1}}),
                                        Language::en);

  EXPECT_THAT(text, HasSubstr("failed 17\n  34.2-53.0 % with all"));
  EXPECT_THAT(text, HasSubstr("right\n  12  timed out\n   2  a......"));
  EXPECT_THAT(text, HasSubstr("...…\n   1  HTTP 500: no\n   2  for other reasons\n"));
  for (const std::string& line : split(text, '\n'))
    EXPECT_LE(display_width(line), 80) << line;
}

TEST(Summary, a_model_s_name_is_inert) {
  ScoredRun run = with_failures({});
  run.info.key.provider = "openai";
  run.info.key.model = "a\x1B[31m\nproctor: forged";

  EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("\x1B")));
  EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("\nproctor: forged")));
  EXPECT_THAT(recomputed_text(run, Language::en), Not(HasSubstr("\x1B")));
}

TEST(Summary, a_reason_is_inert) {
  EXPECT_THAT(summary_text(with_failures({{"no\x1B[31m\n", 1}}), Language::en),
              Not(HasSubstr("\x1B")));
}

TEST(Summary, does_not_say_twice_why_nothing_was_answered) {
  ScoredRun run = never_answered();
  run.failure = "refused";
  run.account.reasons = {{"refused", 1}};

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("nothing was answered: refused\nright 0, wrong 0, failed 1\n"));
}

TEST(Summary, does_not_say_it_twice_where_a_way_out_stands_behind_it) {
  ScoredRun run = never_answered();
  run.failure = "refused; ollama pull x fetches it";
  run.account.reasons = {{"refused", 1}};

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("fetches it\nright 0, wrong 0, failed 1\n"));
}

TEST(FailuresText, is_a_line_for_each_run_in_which_questions_failed) {
  const std::vector<ScoredRun> runs = {forty_of_a_hundred(),
                                       with_failures({{"timed out", 1}, {"reset", 3}})};

  EXPECT_EQ(failures_text(runs, Language::en, 0),
            "aaaaaaaa  failed 4 (reset in 3, timed out in 1)\n");
  EXPECT_EQ(failures_text(runs, Language::ja, 20), "aaaaaaaa  失敗 4 (r…\n");
}

TEST(FailuresText, calls_a_run_as_the_table_above_it_does) {
  std::vector<ScoredRun> runs = {forty_of_a_hundred(), with_failures({{"reset", 3}})};
  runs[1].info.name = "night";
  EXPECT_EQ(failures_text(runs, Language::en, 0), "night  failed 3 (reset)\n");

  runs[0].info.name = "night";
  runs[0].id = std::string(64, 'b');
  EXPECT_EQ(failures_text(runs, Language::en, 0), "night aaaaaaaa  failed 3 (reset)\n");
}

ScoredRun with_empty_replies(std::int64_t thoughts, std::int64_t cut) {
  ScoredRun run = forty_of_a_hundred();
  run.account.empty = 90;
  run.account.thoughts_only = thoughts;
  run.account.thoughts_cut = cut;
  return run;
}

TEST(Summary, of_empty_replies_advises_a_switch_only_where_there_is_one) {
  for (const std::int64_t cut : {90, 0}) {
    ScoredRun run = with_empty_replies(90, cut);
    EXPECT_THAT(summary_text(run, Language::en),
                HasSubstr("90 of 100 replies are empty; "));
    EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("--reasoning")));

    run.can_stop_thinking = true;

    EXPECT_THAT(summary_text(run, Language::en), HasSubstr("--reasoning off\n"));
    EXPECT_THAT(summary_text(run, Language::ja), HasSubstr("--reasoning off"));
  }
}

TEST(Summary, of_empty_replies_advises_more_tokens_only_where_they_ran_out) {
  EXPECT_THAT(summary_text(with_empty_replies(90, 90), Language::en),
              HasSubstr("token limit: try a larger --max-tokens\n"));
  EXPECT_THAT(summary_text(with_empty_replies(90, 0), Language::en),
              Not(HasSubstr("--max-tokens")));
}

TEST(Summary, of_mostly_empty_replies_says_that_no_thoughts_came) {
  ScoredRun run = with_empty_replies(0, 0);
  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("the server says that it wrote 300 tokens, and sent none"));

  run.account.reply_tokens = 0;
  EXPECT_THAT(summary_text(run, Language::en), HasSubstr("no thoughts came either"));

  run.account.empty = 5;
  EXPECT_THAT(summary_text(run, Language::en), Not(HasSubstr("replies are empty")));
}

TEST(RecomputedText, is_a_line_a_run_and_one_for_each_mixture) {
  ScoredRun run = forty_of_a_hundred();
  EXPECT_EQ(recomputed_text(run, Language::en),
            "run aaaaaaaa  ollama/mistral:7b  40.00% (40/100), 95 % CI 30.9-49.8  "
            "first-letter\n");

  run.account.sources = {{{"mistral:7b", "b1"}, 60}, {{"mistral:7b", "b2"}, 40}};
  EXPECT_THAT(recomputed_text(run, Language::en),
              HasSubstr("first-letter\nrun aaaaaaaa  answered by 2 builds: b1 60, b2"));

  run.account = {};
  EXPECT_EQ(recomputed_text(run, Language::en),
            "run aaaaaaaa  ollama/mistral:7b  -  first-letter\n");
}

}  // namespace
}  // namespace proctor
