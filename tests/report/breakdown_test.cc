#include "proctor/report/breakdown.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/summary.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

// Right answers of n, by subject.
ScoredRun run_of(const std::string& name,
                 const std::vector<std::tuple<std::string, int, int>>& subjects) {
  ScoredRun run{.id = std::string(64, '7')};
  run.info.dataset = "cais/mmlu";
  run.info.name = name;
  run.info.key = {.provider = "ollama", .model = "m"};
  for (const auto& [subject, right, n] : subjects) {
    for (int i = 0; i < n; ++i)
      run.account.tally.add(subject, i < right ? Mark::right : Mark::wrong);
  }
  run.planned = run.ended();
  return run;
}

const std::vector<std::tuple<std::string, int, int>> three = {
    {"anatomy", 3, 4}, {"college_physics", 1, 4}, {"astronomy", 2, 4}};

std::string text_of(const std::vector<ScoredRun>& runs, const Breakdown& breakdown,
                    TableFormat format = TableFormat::terminal, int width = 0) {
  return breakdown_text(runs, breakdown, format, Language::en, width);
}

TEST(Breakdown, subjects_stand_under_their_categories_by_name) {
  const std::string text = text_of({run_of("", three)}, {});

  EXPECT_THAT(text, HasSubstr("other              4    75.00%  30.1-95.4\n"
                              "  anatomy          4    75.00%  30.1-95.4\n"
                              "stem               8    37.50%  13.7-69.4\n"
                              "  astronomy        4    50.00%  15.0-85.0\n"
                              "  college_physics"));
}

TEST(Breakdown, the_best_stand_first_where_that_is_asked_for) {
  const std::string text =
      text_of({run_of("", three)}, {By::subject, SortBy::accuracy});

  EXPECT_LT(text.find("other"), text.find("stem"));
  EXPECT_LT(text.find("astronomy"), text.find("college_physics"));
  const std::string worst =
      text_of({run_of("", {{"anatomy", 0, 4}, {"astronomy", 1, 4}})},
              {By::subject, SortBy::accuracy});
  EXPECT_LT(worst.find("stem"), worst.find("other"));
}

TEST(Breakdown, runs_that_do_not_fit_beside_each_other_stand_in_several_tables) {
  const std::vector<ScoredRun> runs = {run_of("one", three), run_of("two", three),
                                       run_of("three", three)};

  const std::string text = text_of(runs, {}, TableFormat::terminal, 60);

  for (const std::string& line : split(text, '\n')) EXPECT_LE(display_width(line), 60);
  EXPECT_THAT(text, HasSubstr("  college_physics  4   25.00%, 4.6-69.9"));
  EXPECT_LT(text.find("two"), text.find("\n\nsubject"));
  EXPECT_LT(text.find("\n\nsubject"), text.find("three"));
  EXPECT_THAT(text_of(runs, {}, TableFormat::terminal, 200), HasSubstr("(1/4)"));
}

TEST(Breakdown, a_table_of_runs_has_a_bar_of_each_interval_where_there_is_room) {
  const std::vector<ScoredRun> runs = {run_of("one", three), run_of("two", three)};
  const Breakdown by_model{By::model};

  EXPECT_THAT(text_of(runs, by_model, TableFormat::terminal, 120), HasSubstr("──●──"));
  EXPECT_THAT(text_of(runs, by_model, TableFormat::terminal, 50), Not(HasSubstr("●")));
  EXPECT_THAT(text_of(runs, by_model), Not(HasSubstr("●")));
  EXPECT_THAT(text_of(runs, by_model, TableFormat::markdown, 120), Not(HasSubstr("●")));
}

TEST(Breakdown, a_bar_shows_the_interval_where_there_is_room) {
  const std::vector<ScoredRun> runs = {run_of("", three)};

  EXPECT_THAT(text_of(runs, {}, TableFormat::terminal, 100), HasSubstr("──●──"));
  EXPECT_THAT(text_of(runs, {}, TableFormat::terminal, 50), Not(HasSubstr("●")));
  EXPECT_THAT(text_of(runs, {}), Not(HasSubstr("●")));
  EXPECT_THAT(text_of(runs, {}, TableFormat::markdown, 100), Not(HasSubstr("●")));
}

TEST(Breakdown, several_runs_stand_beside_each_other_each_with_its_n_and_interval) {
  const std::string text =
      text_of({run_of("one", three), run_of("two", {{"anatomy", 0, 4}})}, {});

  EXPECT_THAT(text, HasSubstr("75.00% (3/4), 30.1-95.4  0.00% (0/4), 0.0-49.0\n"));
  EXPECT_THAT(text, HasSubstr("50.00% (2/4), 15.0-85.0                      -\n"));
}

TEST(Breakdown, csv_has_percent_and_json_has_shares_and_neither_adds_categories) {
  const std::vector<ScoredRun> runs = {run_of("one", three)};

  const std::string csv = text_of(runs, {}, TableFormat::csv);
  EXPECT_THAT(csv, HasSubstr("category,subject,n,correct,accuracy,ci_low,ci_high,"));
  EXPECT_THAT(csv, HasSubstr(",other,anatomy,4,3,75.00,30.06,95.44,1,0,0,0,0\n"));
  EXPECT_EQ(std::ranges::count(csv, '\n'), 4);
  EXPECT_THAT(text_of(runs, {}, TableFormat::json), HasSubstr(R"("accuracy":0.75,)"));
  EXPECT_EQ(std::ranges::count(text_of(runs, {By::category}, TableFormat::csv), '\n'),
            3);
}

TEST(Breakdown,
     what_is_in_no_category_stands_below_the_categories_and_all_add_up_to_n) {
  auto subjects = three;
  subjects.emplace_back("accounting", 1, 2);
  const ScoredRun run = run_of("", subjects);

  const std::string text = text_of({run}, {By::category});
  const std::string summary = summary_text(run, Language::en);

  EXPECT_THAT(text, HasSubstr("no category  2    50.00%"));
  EXPECT_LT(text.find("stem"), text.find("no category"));
  EXPECT_THAT(summary, HasSubstr("  stem         37.50% (3/8), 95 % CI 13.7-69.4\n"
                                 "  no category  50.00% (1/2), 95 % CI 9.5-90.5\n"));
  std::int64_t n = 0;
  for (const auto& [name, ledger] : by_category(run.account.tally, run.info.dataset))
    n += ledger.n();
  EXPECT_EQ(n, run.ended());
}

TEST(Breakdown, a_data_set_without_categories_has_its_subjects_alone) {
  ScoredRun run = run_of("", {{"kitchen", 1, 2}, {"garden", 2, 2}});
  run.info.dataset = "mine.csv";

  EXPECT_THAT(text_of({run}, {}), HasSubstr("garden   2   100.00%"));
  EXPECT_THAT(text_of({run}, {By::category}), HasSubstr("4    75.00%"));
}

TEST(Breakdown, a_failure_is_said_and_without_a_reply_there_is_no_accuracy) {
  ScoredRun run = run_of("", three);
  for (int i = 0; i < 3; ++i) run.account.tally.add("sociology", Mark::failed);
  run.account.tally.add("astronomy", Mark::failed);
  run.account.tally.add("astronomy", Mark::cut);

  const std::string text = text_of({run}, {});
  EXPECT_THAT(text, HasSubstr("accuracy    95 % CI  failed"));
  EXPECT_THAT(text, HasSubstr("  sociology         3         -          -       3\n"));
  EXPECT_THAT(text, HasSubstr("  astronomy         6    33.33%   9.7-70.0       1\n"));
  EXPECT_THAT(text_of({run, run}, {}), HasSubstr("- (3 failed)"));
  const std::string json = text_of({run}, {}, TableFormat::json);
  EXPECT_THAT(json,
              HasSubstr(R"("subject":"sociology","n":3,"correct":null,)"
                        R"("accuracy":null,"ci_low":null,"ci_high":null,)"
                        R"("wrong":0,"unread":0,"refused":0,"cut":0,"failed":3})"));
}

TEST(Breakdown, a_subject_stands_in_the_category_of_each_data_set) {
  const ScoredRun mmlu = run_of("mmlu", {{"anatomy", 1, 2}});
  ScoredRun cmmlu = run_of("cmmlu", {{"anatomy", 2, 2}});
  cmmlu.info.dataset = "haonan-li/cmmlu";

  const std::string csv = text_of({mmlu, cmmlu}, {}, TableFormat::csv);
  EXPECT_THAT(csv, HasSubstr(",other,anatomy,2,1,"));
  EXPECT_THAT(csv, HasSubstr(",stem,anatomy,2,2,"));
}

TEST(Breakdown, second_tries_are_said_below) {
  ScoredRun run = run_of("mine", three);
  run.account.second_tries = 2;
  run.info.again = {"cut"};

  EXPECT_THAT(
      text_of({run}, {}),
      HasSubstr("mine: 2 of the replies are second tries (asked again: cut)\n"));
}

TEST(Breakdown, an_unknown_word_is_told_which_there_are) {
  EXPECT_EQ(find_by("topic").error().message,
            "found topic, expected model, subject, category");
  EXPECT_EQ(find_sort("n").error().message, "found n, expected name, accuracy");
}

}  // namespace
}  // namespace proctor
