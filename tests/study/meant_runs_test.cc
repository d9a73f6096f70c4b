#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study/made_store.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Runs of several exams, the oldest first.
class MeantRuns : public testing::Test {
 protected:
  StoredRun add(std::string model, const Dataset& exam, std::string_view replies) {
    return made_.add(exam, replies, {.key = {.model = std::move(model)}});
  }
  static std::vector<std::string> models_of(const ScoredRuns& scored) {
    std::vector<std::string> models;
    for (const ScoredRun& run : scored.runs) models.push_back(run.info.key.model);
    return models;
  }

  MadeStore made_;
  Dataset both_ = exam_of({"anatomy", "virology"});
  Dataset other_ = exam_of({"astronomy"});
};

TEST_F(MeantRuns, without_a_name_all_are_meant_the_oldest_first) {
  add("first", both_, "AA");
  add("second", other_, "B");

  const auto scored = score_runs(made_.store(), {}, Among::shown, {});

  ASSERT_TRUE(scored);
  EXPECT_THAT(models_of(*scored), ElementsAre("first", "second"));
  EXPECT_EQ(scored->runs[0].ledger().right, 2);
}

TEST_F(MeantRuns, all_that_are_meant_are_had_without_being_read) {
  add("first", both_, "AA");
  add("second", other_, "B");
  add("nothing", other_, "!");

  const auto shown = meant_runs(made_.store(), Among::shown);

  ASSERT_TRUE(shown);
  ASSERT_EQ(shown->runs.size(), 2U);
  EXPECT_EQ(shown->runs.front().info.key.model, "first");
  EXPECT_EQ(shown->runs.back().info.key.model, "second");
  EXPECT_EQ(shown->hidden, 1U);
}

TEST_F(MeantRuns, forgotten_ones_and_those_without_a_reply_are_hidden) {
  add("answered", both_, "AA");
  add("silent", other_, "!");
  ASSERT_TRUE(made_.store().hide(add("forgotten", both_, "AA").id, true));

  const auto shown = score_runs(made_.store(), {}, Among::shown, {});
  const auto all = score_runs(made_.store(), {}, Among::all, {});
  const auto listed = list_runs(made_.store(), Among::shown);

  ASSERT_TRUE(shown && all && listed);
  EXPECT_THAT(models_of(*shown), ElementsAre("answered"));
  EXPECT_EQ(shown->hidden, 2U);
  EXPECT_THAT(models_of(*all), ElementsAre("answered", "silent", "forgotten"));
  EXPECT_EQ(all->hidden, 0U);
  EXPECT_EQ(listed->runs.size(), 1U);
  EXPECT_EQ(listed->hidden, 2U);
}

TEST_F(MeantRuns, those_that_answered_nothing_of_a_subject_are_counted_apart) {
  add("has it", both_, "AA");
  add("was not asked it", both_, "A.");
  add("has no such subject", other_, "A");

  const auto scored =
      score_runs(made_.store(), {}, Among::shown, {.subjects = "virology"});

  ASSERT_TRUE(scored);
  EXPECT_THAT(models_of(*scored), ElementsAre("has it"));
  EXPECT_EQ(scored->elsewhere, 2U);
  EXPECT_EQ(scored->hidden, 0U);
}

TEST_F(MeantRuns, a_subject_that_no_run_has_is_an_error) {
  add("first", both_, "AA");

  const auto scored =
      score_runs(made_.store(), {}, Among::shown, {.subjects = "virologi"});

  ASSERT_FALSE(scored);
  EXPECT_EQ(scored.error().fault, Fault::usage);
  EXPECT_THAT(scored.error().message, HasSubstr("virology"));
}

TEST_F(MeantRuns, a_subject_that_a_run_has_but_nobody_was_asked_is_none) {
  add("first", both_, "A.");

  const auto scored =
      score_runs(made_.store(), {}, Among::shown, {.subjects = "virology"});

  ASSERT_TRUE(scored);
  EXPECT_TRUE(scored->runs.empty());
  EXPECT_EQ(scored->elsewhere, 1U);
}

TEST_F(MeantRuns, named_ones_keep_the_order_of_their_names_hidden_or_not) {
  const StoredRun first = add("first", both_, "AA");
  const StoredRun second = add("second", other_, "A");
  ASSERT_TRUE(made_.store().hide(first.id, true));

  const auto scored =
      score_runs(made_.store(), {second.id, first.id}, Among::shown, {});

  ASSERT_TRUE(scored);
  EXPECT_THAT(models_of(*scored), ElementsAre("second", "first"));
  EXPECT_EQ(scored->hidden, 0U);
}

TEST_F(MeantRuns, a_name_that_no_run_has_is_an_error) {
  add("first", both_, "AA");

  EXPECT_FALSE(score_runs(made_.store(), {"nobody"}, Among::shown, {}));
}

TEST_F(MeantRuns, are_listed_by_what_their_replies_are_about_the_last_written_first) {
  add("first", both_, "AA");
  add("second", both_, "A.");

  const auto listed = list_runs(made_.store(), Among::shown);

  ASSERT_TRUE(listed);
  ASSERT_EQ(listed->runs.size(), 2U);
  EXPECT_EQ(listed->runs[0].run.info.key.model, "second");
  EXPECT_EQ(listed->runs[0].subjects, "anatomy");
  EXPECT_EQ(listed->runs[1].subjects, "all");
}

}  // namespace
}  // namespace proctor
