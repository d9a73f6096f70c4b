#include "proctor/cli/scored_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

ScoredRun forty_of_a_hundred() {
  ScoredRun run{.id = std::string(64, 'a'), .extract = "first-letter"};
  run.info.key = {.provider = "ollama", .model = "mistral:7b"};
  run.info.dataset = "cais/mmlu";
  run.info.split = "test";
  run.info.subjects = "college_computer_science";
  run.info.protocol = "seed_zeroshot";
  run.progress.planned = 100;
  run.progress.requests = 103;
  run.progress.prompt_tokens = 9000;
  run.progress.reply_tokens = 300;
  for (int i = 0; i < 100; ++i) {
    const Mark mark = i < 40 ? Mark::right : i < 95 ? Mark::wrong : Mark::unread;
    run.progress.tally.add("college_computer_science", mark);
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

  run.progress.unknown_letters = 3;
  run.progress.no_letters = 1;

  EXPECT_THAT(summary_text(run, Language::en),
              HasSubstr("likeliest tokens in 3 of 100 questions (1 of them with none"));
  EXPECT_THAT(summary_text(run, Language::ja), HasSubstr("100 問中 3 問"));
}

TEST(Summary, says_what_was_not_asked) {
  ScoredRun run = forty_of_a_hundred();
  run.progress.planned = 1512;

  EXPECT_THAT(summary_text(run, Language::en), HasSubstr("1,412"));
}

TEST(Summary, of_several_subjects_has_categories_and_their_mean) {
  ScoredRun run = forty_of_a_hundred();
  run.info.subjects = "all";
  for (int i = 0; i < 10; ++i) run.progress.tally.add("anatomy", Mark::right);

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
    EXPECT_TRUE(mark_named(mark)) << mark;
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
  run.progress.planned = 100;

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
  run.progress.tally = {};
  run.progress.tally.add("anatomy", Mark::failed);
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

TEST(RightLetters, are_all_that_count_in_their_order) {
  const Question question{
      .choices = {"1", "2", "3", "4"}, .right = 3, .also_right = {0, 1}};

  EXPECT_THAT(right_letters(question), ElementsAre("A", "B", "D"));
}

TEST(SummaryJson, with_failures_is_not_complete) {
  ScoredRun run = forty_of_a_hundred();
  run.progress.planned = 101;
  run.progress.tally.add("college_computer_science", Mark::failed);

  EXPECT_EQ(json_of(run)["complete"], false);
}

TEST(SummaryJson, a_note_that_is_not_utf_8_does_not_break_it) {
  ScoredRun run = forty_of_a_hundred();
  run.info.note = "a\xFF\n\"";

  EXPECT_EQ(json_of(run)["note"], "a\xEF\xBF\xBD\n\"");
}

// A run of three questions, each of its own subject; the second has a reply.
class ScoreStoredRun : public testing::Test {
 protected:
  ScoreStoredRun() {
    for (const char* subject : {"anatomy", "astronomy", "virology"}) {
      dataset_.questions.push_back({.id = subject,
                                    .subject = subject,
                                    .text = "?",
                                    .choices = {"one", "two"},
                                    .right = 1});
    }
    dataset_.name = "cais/mmlu";
    dataset_.digest = digest_of(dataset_.questions);
    Plan plan{.dataset = &dataset_, .trials = {{0}, {1}, {2}}};
    plan.info.key = {.provider = "fake", .dataset_digest = dataset_.digest};
    plan.info.dataset = dataset_.name;
    plan.info.extract = "first-letter";
    plan.info.subjects = "all";
    plan.info.selection = {0, 1, 2};
    EXPECT_TRUE(store_->open(plan));
    Attempt attempt;
    attempt.id = "1";
    attempt.outcome = Reply{.text = "The answer is B."};
    const std::vector<Record> records = {Record{.trial = {1}, .attempts = {attempt}}};
    EXPECT_TRUE(store_->append(plan, records));
  }
  Result<ScoredRun> scored(const Look& look) {
    return score_stored_run(*store_, store_->runs()->front(), look, false, {});
  }

  Dataset dataset_;
  std::unique_ptr<Store> store_ = make_memory_store();
};

TEST_F(ScoreStoredRun, gives_the_marks_of_the_reader_that_is_asked_for) {
  const auto as_kept = scored({});
  const auto as_asked = scored({.reader = "proctor"});

  ASSERT_TRUE(as_kept);
  ASSERT_TRUE(as_asked);
  EXPECT_EQ(as_kept->extract, "first-letter");
  EXPECT_EQ(as_kept->progress.tally.ledger.right, 0);
  EXPECT_EQ(as_asked->extract, "proctor");
  EXPECT_EQ(as_asked->progress.tally.ledger.right, 1);
  EXPECT_EQ(as_asked->progress.planned, 3);
}

TEST_F(ScoreStoredRun, is_called_by_what_is_counted_not_by_what_was_asked_for) {
  EXPECT_EQ(exam_title(*scored({})), "cais/mmlu astronomy");
}

TEST_F(ScoreStoredRun, counts_the_subjects_that_are_asked_for) {
  const auto two = scored({.subjects = "astronomy,virology"});
  const auto none = scored({.subjects = "other"});

  EXPECT_EQ(two->progress.ended(), 1);
  EXPECT_EQ(two->progress.planned, 2);
  EXPECT_EQ(none->progress.ended(), 0);
  EXPECT_EQ(none->progress.planned, 2);
  EXPECT_EQ(none->stored, 1);
}

TEST_F(ScoreStoredRun, a_subject_that_is_not_there_is_told_the_nearest) {
  const auto wrong = scored({.subjects = "virologi"});

  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fault, Fault::usage);
  EXPECT_THAT(wrong.error().message, HasSubstr("--subject: virologi"));
  EXPECT_THAT(wrong.error().message, HasSubstr("virology"));
}

}  // namespace
}  // namespace proctor
