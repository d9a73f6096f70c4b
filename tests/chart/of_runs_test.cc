#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/chart.h"
#include "study/made_store.h"

namespace proctor {
namespace {

using testing::HasSubstr;

class ChartOfRuns : public testing::Test {
 protected:
  // A letter a question; A is right.
  void add(const std::string& model, std::string_view letters) {
    RunInfo info;
    info.key.model = model;
    ids_.push_back(made_.add(exam_, letters, info).id);
  }
  Result<Chart> chart(ChartKind kind, std::optional<RunCost> cost = {}) {
    const auto scored = score_runs(made_.store(), ids_, Among::all, {});
    return chart_of_runs(made_.store(), scored->runs, {.kind = kind, .cost = cost});
  }

  Dataset exam_ = exam_of({"anatomy", "anatomy", "virology", "world_religions"});
  MadeStore made_;
  std::vector<std::string> ids_;
};

std::vector<std::string> labels_of(const Chart& chart) {
  std::vector<std::string> labels;
  for (const ChartPoint& point : chart.points) labels.push_back(point.label);
  return labels;
}

TEST_F(ChartOfRuns, subjects_stand_below_their_categories_the_best_first) {
  add("m", "BBAA");
  const Chart drawn = chart(ChartKind::subjects).value();

  EXPECT_THAT(labels_of(drawn),
              testing::ElementsAre("all", "humanities", "world_religions", "other",
                                   "virology", "anatomy"));
  EXPECT_EQ(drawn.points[0].right, 2);
  EXPECT_EQ(drawn.points[3].n, 3);
  EXPECT_DOUBLE_EQ(drawn.points[3].interval.low, wilson({1, 3}).low);
}

TEST_F(ChartOfRuns, a_subject_that_a_run_was_not_asked_has_no_point_of_it) {
  add("a", "AAAA");
  add("b", "AA..");
  const Chart drawn = chart(ChartKind::heatmap).value();

  for (const ChartPoint& point : drawn.points)
    EXPECT_FALSE(point.series == 1 && point.label == "virology");
}

TEST_F(ChartOfRuns, differences_are_those_of_compare) {
  add("a", "BBAA");
  add("b", "AABA");
  const Chart drawn = chart(ChartKind::compare).value();
  const Pairs all{.both = 1, .only_a = 1, .only_b = 2, .neither = 0};

  EXPECT_EQ(drawn.points[0].label, "all");
  EXPECT_DOUBLE_EQ(drawn.points[0].value, 0.25);
  EXPECT_DOUBLE_EQ(drawn.points[0].interval.low, tango(all).low);
  EXPECT_DOUBLE_EQ(drawn.points[0].interval.high, tango(all).high);
  EXPECT_EQ(drawn.series.size(), 1);
  EXPECT_EQ(drawn.base, "fake/a");
}

TEST_F(ChartOfRuns, a_difference_of_one_run_is_refused) {
  add("a", "AAAA");
  const auto drawn = chart(ChartKind::compare);

  ASSERT_FALSE(drawn);
  EXPECT_THAT(drawn.error().message, HasSubstr("found 1 run"));
}

TEST_F(ChartOfRuns, a_run_without_probabilities_is_named_with_what_gives_them) {
  add("a", "AAAA");
  const auto drawn = chart(ChartKind::calibration);

  ASSERT_FALSE(drawn);
  EXPECT_THAT(drawn.error().message,
              testing::AllOf(HasSubstr("run " + ids_[0].substr(0, 8)),
                             HasSubstr("found no probability of a letter in 4 replies"),
                             HasSubstr("mmlu")));
}

TEST_F(ChartOfRuns, a_run_without_that_cost_is_named_with_what_gives_it) {
  add("a.Q4_K_M.gguf", "AAAA");
  add("b", "AAAA");
  const auto drawn = chart(ChartKind::pareto, RunCost::bits);

  ASSERT_FALSE(drawn);
  EXPECT_THAT(drawn.error().message,
              testing::AllOf(HasSubstr("run " + ids_[1].substr(0, 8) + ": no bits"),
                             HasSubstr("a quantisation in its model's name")));
}

TEST_F(ChartOfRuns, none_is_better_than_the_best_and_costs_no_more) {
  add("small.Q2_K.gguf", "ABBB");
  add("dear.Q8_0.gguf", "AABB");
  add("good.Q4_K_M.gguf", "AAAB");
  const Chart drawn = chart(ChartKind::pareto).value();

  EXPECT_EQ(drawn.cost, RunCost::bits);
  EXPECT_EQ(drawn.points[0].x, 2);
  EXPECT_TRUE(drawn.points[0].is_best);
  EXPECT_FALSE(drawn.points[1].is_best);
  EXPECT_TRUE(drawn.points[2].is_best);
}

TEST_F(ChartOfRuns, progress_ends_at_what_the_run_came_to) {
  add("a", "ABA!");
  const Chart drawn = chart(ChartKind::progress).value();

  ASSERT_EQ(drawn.points.size(), 4);
  EXPECT_EQ(drawn.points.back().right, 2);
  EXPECT_EQ(drawn.points.back().n, 4);
}

TEST_F(ChartOfRuns, its_json_says_what_was_drawn) {
  add("a", "BBAA");
  EXPECT_THAT(
      chart_json(chart(ChartKind::subjects).value(), {}),
      testing::AllOf(HasSubstr(R"({"file":null,"kind":"subjects",)"),
                     HasSubstr(R"("label":"virology","category":"other",)"
                               R"("total":false,"n":1,"correct":1,"accuracy":1.0)")));
}

TEST(ChartKinds, a_mistyped_kind_lists_them) {
  const auto kind = find_chart_kind("pie");

  ASSERT_FALSE(kind);
  EXPECT_THAT(kind.error().message,
              HasSubstr("found pie, expected bars, subjects, heatmap"));
}

}  // namespace
}  // namespace proctor
