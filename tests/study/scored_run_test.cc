#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/question/question.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

using testing::HasSubstr;

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
    const std::vector<Completion> completions = {
        Completion{.trial = {1}, .attempts = {attempt}}};
    EXPECT_TRUE(store_->append(plan, completions));
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
  EXPECT_EQ(as_kept->ledger().right, 0);
  EXPECT_EQ(as_asked->extract, "proctor");
  EXPECT_EQ(as_asked->ledger().right, 1);
  EXPECT_EQ(as_asked->planned, 3);
}

TEST_F(ScoreStoredRun, is_called_by_what_is_counted_not_by_what_was_asked_for) {
  EXPECT_EQ(scored({})->subjects, "astronomy");
}

TEST_F(ScoreStoredRun, counts_the_subjects_that_are_asked_for) {
  const auto two = scored({.subjects = "astronomy,virology"});
  const auto none = scored({.subjects = "other"});

  EXPECT_EQ(two->ended(), 1);
  EXPECT_EQ(two->planned, 2);
  EXPECT_EQ(none->ended(), 0);
  EXPECT_EQ(none->planned, 2);
  EXPECT_EQ(none->stored, 1);
}

TEST_F(ScoreStoredRun, a_subject_that_is_not_there_is_told_the_nearest) {
  const auto wrong = scored({.subjects = "virologi"});

  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().fault, Fault::usage);
  EXPECT_THAT(wrong.error().message, HasSubstr("`subjects`: virologi"));
  EXPECT_THAT(wrong.error().message, HasSubstr("virology"));
}

WallTime second(double number) {
  return WallTime(Microseconds(static_cast<std::int64_t>(1e6 * number)));
}

TEST(TimeCovered, counts_what_overlaps_once_and_pauses_not_at_all) {
  EXPECT_EQ(time_covered({{second(10), second(12)},
                          {second(1), second(4)},
                          {second(2), second(3)},
                          {second(3), second(5)}}),
            std::chrono::seconds(6));
  EXPECT_EQ(time_covered({}), Microseconds(0));
}

TEST(TimeCovered, a_try_that_ends_before_it_starts_took_no_time) {
  EXPECT_EQ(time_covered({{second(5), second(3)}, {second(6), second(7)}}),
            std::chrono::seconds(1));
}

TEST_F(ScoreStoredRun, says_how_long_the_stored_tries_took) {
  Plan plan{.info = store_->runs()->front().info,
            .dataset = &dataset_,
            .trials = {{0}, {1}, {2}}};
  Attempt attempt;
  attempt.id = "2";
  attempt.outcome = Reply{.text = "B"};
  attempt.started = second(100);
  attempt.latency = std::chrono::milliseconds(500);
  const std::vector<Completion> completions = {
      Completion{.trial = {2}, .attempts = {attempt}}};
  ASSERT_TRUE(store_->append(plan, completions));

  const auto run = scored({});

  ASSERT_TRUE(run);
  EXPECT_DOUBLE_EQ(run->seconds, 0.5);
  EXPECT_EQ(run->asked, 2);
  EXPECT_DOUBLE_EQ(run->rate().value_or(0), 4);
}

TEST(ShotsOf, is_what_the_run_s_protocol_says) {
  EXPECT_EQ(shots_of({.protocol = R"({"shots":{"count":5}})"}), 5);
  EXPECT_EQ(shots_of({.protocol = R"({"shots":{"count":"5"}})"}), std::nullopt);
  EXPECT_EQ(shots_of({.protocol = R"({"shots":5})"}), std::nullopt);
  EXPECT_EQ(shots_of({.protocol = "not JSON"}), std::nullopt);
}

TEST(ScoringOf, is_what_the_run_s_protocol_says) {
  EXPECT_EQ(scoring_of({.protocol = R"({"scoring":"letters"})"}), "letters");
  EXPECT_EQ(scoring_of({.protocol = R"({"texts":"\"scoring\":\"generate\""})"}), "");
  EXPECT_EQ(scoring_of({.protocol = R"({"scoring":1})"}), "");
  EXPECT_EQ(scoring_of({.protocol = "no JSON"}), "");
}

}  // namespace
}  // namespace proctor
