#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

MarkedRun run_of(char id, std::string model, std::string protocol = "seed_zeroshot") {
  MarkedRun run;
  run.run.id = std::string(64, id);
  run.run.extract = "first-letter";
  run.run.subjects = "anatomy";
  run.run.info.key = {.provider = "ollama", .model = std::move(model)};
  run.run.info.dataset = "cais/mmlu";
  run.run.info.protocol = std::move(protocol);
  return run;
}

// B lost 20 of 100 and gained 5: p = 0.0041 (R: binom.test(5, 25)).
ComparedRuns costly() {
  ComparedRuns runs{.a = run_of('a', "one"), .b = run_of('b', "two")};
  runs.comparison.pairs = {.both = 50, .only_a = 20, .only_b = 5, .neither = 25};
  runs.comparison.by_subject["anatomy"] = runs.comparison.pairs;
  return runs;
}

std::string text_of(const ComparedRuns& runs, Language language = Language::en,
                    int width = 0) {
  return comparison_text(runs, language, width);
}

nlohmann::json json_of(const ComparedRuns& runs) {
  const std::string line = comparison_json(runs);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  auto json = nlohmann::json::parse(line, nullptr, false);
  EXPECT_TRUE(json.is_object()) << line;
  return json;
}

TEST(ComparisonText, begins_with_what_the_second_run_costs_or_gains) {
  ComparedRuns runs = costly();
  EXPECT_THAT(text_of(runs),
              StartsWith("ollama/two costs 15.00 points against ollama/one: 55.00% "
                         "against 70.00% of the same 100 questions\n"));
  EXPECT_THAT(text_of(runs), HasSubstr("exact McNemar p = 0.0041: more than chance\n"));

  std::swap(runs.comparison.pairs.only_a, runs.comparison.pairs.only_b);
  EXPECT_THAT(text_of(runs),
              StartsWith("ollama/two gains 15.00 points over ollama/one: 70.00%"));
}

TEST(ComparisonText, the_runs_words_are_inert) {
  ComparedRuns runs = costly();
  for (ScoredRun* const run : {&runs.a.run, &runs.b.run}) {
    run->info.key.model += "\x1B[31m\nforged";
    run->info.protocol += "\x1B[31m";
    run->info.dataset += "\x1B[31m";
  }

  EXPECT_THAT(text_of(runs), Not(HasSubstr("\x1B")));
  EXPECT_THAT(text_of(runs), Not(HasSubstr("\nforged")));
}

TEST(ComparisonText, says_that_it_may_be_chance) {
  ComparedRuns runs = costly();
  runs.comparison.pairs = {.both = 8, .only_a = 1, .only_b = 1};

  EXPECT_THAT(text_of(runs),
              AllOf(StartsWith("ollama/two and ollama/one cannot be told "
                               "apart on these 10 questions"),
                    HasSubstr("p = 1.0000: may be chance\n")));
}

TEST(ComparisonText, calls_the_runs_by_what_tells_them_apart) {
  ComparedRuns runs = costly();
  runs.b = run_of('b', "one", "proctor");
  EXPECT_THAT(text_of(runs),
              StartsWith("proctor costs 15.00 points against seed_zero"));

  runs.b = run_of('b', "one");
  runs.b.run.extract = "inspect";
  EXPECT_THAT(text_of(runs), StartsWith("inspect costs 15.00 points against first-le"));

  runs.b = run_of('b', "one");
  EXPECT_THAT(text_of(runs),
              StartsWith("run bbbbbbbb costs 15.00 points against run aaaaaaaa"));
}

TEST(ComparisonText, of_a_run_with_itself_says_that_it_is_one) {
  ComparedRuns runs = costly();
  runs.b = runs.a;

  EXPECT_THAT(text_of(runs),
              AllOf(StartsWith("A and B are one run, aaaaaaaa, which cannot differ"),
                    Not(HasSubstr("chance"))));
  EXPECT_THAT(text_of(runs, Language::ja), StartsWith("A と B は同じ実行 aaaaaaaa"));
}

TEST(ComparisonText, of_a_run_with_itself_says_what_is_left_out) {
  ComparedRuns runs = costly();
  runs.b = runs.a;
  EXPECT_THAT(text_of(runs), Not(HasSubstr("left out")));

  runs.comparison.failed_in_both = 18;

  EXPECT_THAT(text_of(runs),
              HasSubstr("\nleft out: 18 without a reply; no reply says"));
  EXPECT_THAT(text_of(runs, Language::ja), HasSubstr("\n除外: 返答のない 18 問"));
}

TEST(ComparisonText, lists_what_only_one_got_right_where_that_is_asked_for) {
  ComparedRuns runs = costly();
  EXPECT_THAT(text_of(runs), Not(HasSubstr("only A right")));
  const Question question{.text = "Which?", .choices = {"one", "two"}};
  const MarkedQuestion right{.id = "q", .letter = 'A', .mark = Mark::right};
  runs.parted = {{question, right, {.letter = 'B', .mark = Mark::wrong}},
                 {question, {.mark = Mark::unread}, right}};

  EXPECT_THAT(text_of(runs),
              HasSubstr("only A right 20, only B right 5; the most telling first:\n\n"
                        ": right A; A answered A, B answered B\n  Which?\n"
                        "  A. one\n  B. two\n\n"
                        ": right A; A unread, B answered A\n"));
  EXPECT_EQ(json_of(runs)["parted"][1]["only"], "b");
  EXPECT_TRUE(json_of(runs)["parted"][1]["a"]["letter"].is_null());

  runs.most_shown = 1;
  EXPECT_THAT(text_of(runs), HasSubstr("\nand 1 more: --limit N shows N of them\n"));
  EXPECT_THAT(text_of(runs, Language::ja), AllOf(HasSubstr("A のみ正解 20 問"),
                                                 HasSubstr("A の答え A、B の答え B")));
}

TEST(ComparisonText, speaks_japanese) {
  EXPECT_THAT(text_of(costly(), Language::ja),
              AllOf(StartsWith("ollama/two は ollama/one より 15.00 ポイント低い"),
                    HasSubstr("偶然を超える"), HasSubstr("両方正解 50")));
}

TEST(ComparisonText, has_why_questions_have_no_partner) {
  ComparedRuns runs = costly();
  runs.comparison.of_a = {.no_such_question = 1, .not_asked = 2};
  runs.comparison.of_b = {.failed = 3};
  runs.comparison.failed_in_both = 4;

  EXPECT_THAT(text_of(runs),
              AllOf(HasSubstr("not paired, of A: 1 not in B's data set, "
                              "2 not asked in B\n"),
                    HasSubstr("not paired, of B: 3 without a reply in A\n"),
                    HasSubstr("not paired: 4 without a reply in either\n")));
  EXPECT_THAT(text_of(runs, Language::ja), HasSubstr("対応なし: 4 問は A でも B でも"));
}

TEST(ComparisonText, of_nothing_in_common_says_so_and_why) {
  ComparedRuns runs{.a = run_of('a', "one"), .b = run_of('b', "two")};
  runs.comparison.of_a = {.not_asked = 2};

  EXPECT_EQ(text_of(runs),
            "nothing to compare: the runs have no answered question in common (n 0)\n"
            "not paired, of A: 2 not asked in B\n");
}

TEST(ComparisonText, has_a_table_of_several_subjects_no_wider_than_its_terminal) {
  ComparedRuns runs = costly();
  EXPECT_THAT(text_of(runs), Not(HasSubstr("B - A")));

  runs.comparison.by_subject["high_school_government_and_politics"] =
      runs.comparison.pairs;
  EXPECT_THAT(text_of(runs), HasSubstr("high_school_government_and_politics"));
  const std::string narrow = text_of(runs, Language::en, 60);
  for (const std::string& line : split(narrow.substr(narrow.find("\nsubject")), '\n'))
    EXPECT_LE(display_width(line), 60) << line;
}

TEST(ComparisonText, says_what_the_arithmetic_can_do_where_both_scored_letters) {
  ComparedRuns runs = costly();
  EXPECT_THAT(text_of(runs), Not(HasSubstr("arithmetic")));

  runs.comparison.has_leads = true;
  EXPECT_THAT(text_of(runs), HasSubstr("no mark hangs on nearly equal letters"));

  runs.comparison.near = {.down = 0, .up = 1};
  EXPECT_THAT(text_of(runs),
              HasSubstr("1 mark hangs on nearly equal letters; -15.00 to -14.00 points "
                        "whichever way they fall: more than the arithmetic's usual"));

  runs.comparison.near = {.down = 3, .up = 15};
  EXPECT_THAT(text_of(runs),
              HasSubstr("18 marks hang on nearly equal letters; -18.00 to +0.00 points "
                        "whichever way they fall: may be the arithmetic's"));
}

TEST(ComparisonJson, has_the_figures) {
  ComparedRuns runs = costly();
  runs.comparison.of_b = {.failed = 3};
  runs.comparison.failed_in_both = 4;

  const auto json = json_of(runs);

  EXPECT_EQ(json["n"], 100);
  EXPECT_EQ(json["difference"], -0.15);
  EXPECT_EQ(json["a"]["run"], std::string(64, 'a'));
  EXPECT_EQ(json["b"]["model"], "ollama/two");
  EXPECT_EQ(json["by_subject"]["anatomy"]["only_a"], 20);
  EXPECT_EQ(json["unpaired"]["b"]["failed"], 3);
  EXPECT_EQ(json["unpaired"]["failed_in_both"], 4);
  EXPECT_TRUE(json["arithmetic"].is_null());
  EXPECT_FALSE(json.contains("explain"));
}

// ---- Explanations ----

const Pairs lost = {.both = 50, .only_a = 20, .only_b = 5, .neither = 25};

ComparedRuns explained(ExplainedPart part) {
  ComparedRuns runs = costly();
  part.points = -0.15;
  part.pairs = lost;
  runs.explanation = Explanation{.n = 100,
                                 .from = 0.7,
                                 .to = 0.55,
                                 .parts = {std::move(part)},
                                 .total = -0.15,
                                 .scoring_a = "generate",
                                 .scoring_b = "generate"};
  return runs;
}

std::string how(const ComparedRuns& runs) {
  return json_of(runs)["explain"]["parts"][0]["how"];
}

TEST(ExplanationText, follows_the_comparison_with_parts_that_sum_to_the_total) {
  const std::string text = text_of(explained({.cause = Cause::prompt}));

  EXPECT_THAT(text, HasSubstr("\n\npart "));
  EXPECT_THAT(text, HasSubstr("\nprompt  -15.00  -24.88 -5.62  100\n"));
  EXPECT_THAT(text,
              HasSubstr("\ntotal   -15.00                100  70.00% -> 55.00%\n"));
}

TEST(ExplanationText, says_what_was_held_against_what) {
  EXPECT_EQ(how(explained({Cause::reading, 0, "first-letter", "proctor"})),
            "first-letter -> proctor");
  EXPECT_EQ(how(explained({Cause::averaging, 0, "questions", "subjects"})),
            "mean of questions -> of subjects");
  EXPECT_EQ(how(explained({.cause = Cause::prompt_and_shots})), "no run in between");
  EXPECT_EQ(how(explained({.cause = Cause::prompt})), "");

  ComparedRuns same = explained({.cause = Cause::prompt});
  same.explanation->has_same_prompt = true;
  EXPECT_EQ(how(same), "the same: chance");
}

TEST(ExplanationText, notes_what_could_not_be_told_apart) {
  ComparedRuns runs = explained({.cause = Cause::prompt});
  EXPECT_TRUE(json_of(runs)["explain"]["notes"].empty());

  runs.explanation->scoring_a = "letters";
  runs.explanation->has_other_differences = true;
  EXPECT_THAT(text_of(runs),
              AllOf(HasSubstr("A takes its answers by letters, B by generate: reading"),
                    HasSubstr("address, engine or added request fields differ, too")));
  EXPECT_THAT(text_of(runs, Language::ja),
              AllOf(HasSubstr("答えの取り方が A は letters、B は generate"),
                    HasSubstr("接続先、エンジン")));
}

TEST(ExplanationText, names_the_run_that_would_part_prompt_and_shots) {
  ComparedRuns runs = explained({.cause = Cause::prompt_and_shots});
  runs.next = "proctor run ollama/one --shots 5";

  EXPECT_THAT(text_of(runs),
              AllOf(HasSubstr("the prompt's part and the shots' cannot be told apart"),
                    HasSubstr("this run would part them:\n  proctor run ollama/one")));
  EXPECT_EQ(json_of(runs)["explain"]["next"], "proctor run ollama/one --shots 5");
  EXPECT_THAT(text_of(runs), Not(HasSubstr("--header")));

  runs.a.run.info.key.request = R"({"headers":"digest"})";
  EXPECT_THAT(text_of(runs), HasSubstr("--header lines, which are not kept"));

  runs.next.reset();
  EXPECT_THAT(text_of(runs), Not(HasSubstr("--header")));
}

}  // namespace
}  // namespace proctor
