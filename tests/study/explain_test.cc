#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "study/made_store.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class Explain : public testing::Test {
 protected:
  // A run of one model under a protocol.
  StoredRun run(std::string_view replies, std::string protocol,
                std::string extract = "first-letter", std::string aggregation = "") {
    return made_.add(exam_, replies,
                     {.key = {.model = "m", .protocol = std::move(protocol)},
                      .extract = std::move(extract),
                      .aggregation = std::move(aggregation)});
  }
  Result<Explanation> explained(const StoredRun& a, const StoredRun& b) {
    return explain(made_.store(), a, made_.marked(a), made_.marked(b),
                   [](RunKey key) { return key; });
  }
  static std::vector<Cause> causes_of(const Explanation& explanation) {
    std::vector<Cause> causes;
    for (const ExplainedPart& part : explanation.parts) causes.push_back(part.cause);
    return causes;
  }

  MadeStore made_;
  Dataset exam_ = exam_of({"anatomy", "anatomy", "anatomy", "virology"});
};

TEST_F(Explain, the_prompt_s_part_is_the_difference_where_nothing_else_differs) {
  const auto out = explained(run("AABB", protocol_of("Q", 0)),
                             run("ABBB", protocol_of("Question", 0)));

  ASSERT_TRUE(out);
  EXPECT_THAT(causes_of(*out),
              ElementsAre(Cause::reading, Cause::prompt, Cause::averaging));
  EXPECT_DOUBLE_EQ(out->parts[1].points, -0.25);
  EXPECT_DOUBLE_EQ(out->total, -0.25);
  EXPECT_FALSE(out->has_same_prompt);
  EXPECT_FALSE(out->has_other_differences);
  EXPECT_EQ(out->n, 4);
}

TEST_F(Explain, reading_is_what_the_other_reader_finds_in_the_same_replies) {
  const std::map<std::uint32_t, std::string> replies = {
      {0, "The answer is A."}, {1, "A"}, {2, "B"}, {3, "The answer is B."}};
  const StoredRun a = made_.add(
      exam_, replies, {.key = {.model = "m", .protocol = protocol_of("Q", 0)}});
  const StoredRun b =
      made_.add(exam_, replies,
                {.key = {.model = "m", .protocol = protocol_of("Question", 0)},
                 .extract = "proctor"});

  const auto out = explained(a, b);

  ASSERT_TRUE(out);
  EXPECT_EQ(out->parts[0].cause, Cause::reading);
  EXPECT_EQ(out->parts[0].before, "first-letter");
  EXPECT_EQ(out->parts[0].after, "proctor");
  EXPECT_DOUBLE_EQ(out->parts[0].points, 0.25);
  EXPECT_DOUBLE_EQ(out->parts[1].points, 0);
}

TEST_F(Explain, shots_alone_are_counted) {
  const auto out =
      explained(run("AABB", protocol_of("Q", 2)), run("AAAB", protocol_of("Q", 5)));

  ASSERT_TRUE(out);
  EXPECT_EQ(out->parts[1].cause, Cause::shots);
  EXPECT_EQ(out->parts[1].before, "2");
  EXPECT_EQ(out->parts[1].after, "5");
  EXPECT_DOUBLE_EQ(out->parts[1].points, 0.25);
  EXPECT_TRUE(out->has_same_prompt);
}

TEST_F(Explain, where_no_shot_is_shown_it_is_all_the_same_whence_they_would_come) {
  std::string elsewhere = protocol_of("Q", 0);
  elsewhere.replace(elsewhere.find("\"dev\""), 5, "\"file\"");

  const auto out = explained(run("AABB", protocol_of("Q", 0)), run("AABB", elsewhere));

  ASSERT_TRUE(out);
  EXPECT_EQ(out->parts[1].cause, Cause::prompt);
  EXPECT_TRUE(out->has_same_prompt);
}

TEST_F(Explain, prompt_and_shots_are_one_part_without_a_run_between) {
  const auto out = explained(run("AABB", protocol_of("Q", 0)),
                             run("ABAA", protocol_of("Question", 5)));

  ASSERT_TRUE(out);
  EXPECT_THAT(causes_of(*out),
              ElementsAre(Cause::reading, Cause::prompt_and_shots, Cause::averaging));
  EXPECT_TRUE(out->needs_run_between());
}

TEST_F(Explain, a_run_with_b_s_prompt_and_a_s_shots_parts_them) {
  const StoredRun between = run("AAAB", protocol_of("Question", 0));

  const auto out = explained(run("AABB", protocol_of("Q", 0)),
                             run("BBBA", protocol_of("Question", 5)));

  ASSERT_TRUE(out);
  EXPECT_THAT(causes_of(*out), ElementsAre(Cause::reading, Cause::prompt, Cause::shots,
                                           Cause::averaging));
  EXPECT_DOUBLE_EQ(out->parts[1].points, 0.25);
  EXPECT_EQ(out->parts[1].before, "A");
  EXPECT_EQ(out->parts[1].after, "run " + between.id.substr(0, 8));
  EXPECT_DOUBLE_EQ(out->parts[2].points, -0.5);
  EXPECT_FALSE(out->needs_run_between());
}

TEST_F(Explain, a_run_with_a_s_prompt_and_b_s_shots_does_as_well_and_shots_come_first) {
  run("AAAB", protocol_of("Q", 5));

  const auto out = explained(run("AABB", protocol_of("Q", 0)),
                             run("BBBA", protocol_of("Question", 5)));

  ASSERT_TRUE(out);
  EXPECT_THAT(causes_of(*out), ElementsAre(Cause::reading, Cause::shots, Cause::prompt,
                                           Cause::averaging));
}

TEST_F(Explain, of_two_runs_between_the_one_with_b_s_prompt_is_taken) {
  const StoredRun with_prompt = run("AAAB", protocol_of("Question", 0));
  run("AAAB", protocol_of("Q", 5));

  const auto out = explained(run("AABB", protocol_of("Q", 0)),
                             run("BBBA", protocol_of("Question", 5)));

  ASSERT_TRUE(out);
  EXPECT_EQ(out->parts[1].cause, Cause::prompt);
  EXPECT_EQ(out->parts[1].after, "run " + with_prompt.id.substr(0, 8));
}

TEST_F(Explain, only_questions_that_the_run_between_answered_count) {
  run("AA..", protocol_of("Question", 0));

  const auto out = explained(run("AABB", protocol_of("Q", 0)),
                             run("BBBA", protocol_of("Question", 5)));

  ASSERT_TRUE(out);
  EXPECT_EQ(out->n, 2);
  EXPECT_DOUBLE_EQ(out->total, -1);
}

TEST_F(Explain, a_run_between_that_answered_none_of_them_is_none) {
  run("...A", protocol_of("Question", 0));

  const auto out = explained(run("AAB.", protocol_of("Q", 0)),
                             run("BBB.", protocol_of("Question", 5)));

  ASSERT_TRUE(out);
  EXPECT_EQ(out->n, 3);
  EXPECT_TRUE(out->needs_run_between());
}

TEST_F(Explain, a_run_between_is_known_by_the_key_it_would_have_today) {
  made_.add(
      exam_, "AAAB",
      {.key = {
           .model = "m", .base_url = "old", .protocol = protocol_of("Question", 0)}});
  const StoredRun a = run("AABB", protocol_of("Q", 0));
  const StoredRun b = run("BBBA", protocol_of("Question", 5));
  const auto of_today = [](RunKey key) {
    key.base_url.clear();
    return key;
  };

  const auto as_stored = explained(a, b);
  const auto as_today =
      explain(made_.store(), a, made_.marked(a), made_.marked(b), of_today);

  ASSERT_TRUE(as_stored && as_today);
  EXPECT_TRUE(as_stored->needs_run_between());
  EXPECT_FALSE(as_today->needs_run_between());
}

TEST_F(Explain, reading_has_no_part_where_one_run_scored_letters) {
  const auto out = explained(run("AABB", protocol_of("Q", 0, "letters")),
                             run("ABBB", protocol_of("Q", 0)));

  ASSERT_TRUE(out);
  EXPECT_THAT(causes_of(*out), ElementsAre(Cause::prompt, Cause::averaging));
  EXPECT_EQ(out->scoring_a, "letters");
  EXPECT_EQ(out->scoring_b, "generate");
}

TEST_F(Explain, averaging_is_what_each_harness_adds_to_the_share) {
  // 2 of anatomy's 3 and virology's 1: 3/4 of all, and a mean of (2/3 + 1) / 2.
  const auto out =
      explained(run("AABA", protocol_of("Q", 0)),
                run("AABA", protocol_of("Question", 0), "first-letter", "helm"));

  ASSERT_TRUE(out);
  const ExplainedPart& part = out->parts.back();
  EXPECT_EQ(part.cause, Cause::averaging);
  EXPECT_NEAR(part.points, (2.0 / 3 + 1) / 2 - 3.0 / 4, 1e-12);
  EXPECT_EQ(part.before, "questions");
  EXPECT_EQ(part.after, "subjects");
  EXPECT_FALSE(part.pairs);
  EXPECT_DOUBLE_EQ(out->from, 3.0 / 4);
  EXPECT_NEAR(out->to - out->from, out->total, 1e-12);
}

TEST_F(Explain, another_address_is_told) {
  const StoredRun a = run("AABB", protocol_of("Q", 0));
  const StoredRun b = made_.add(
      exam_, "AABB",
      {.key = {.model = "m", .base_url = "there", .protocol = protocol_of("Q", 0)}});

  EXPECT_TRUE(explained(a, b)->has_other_differences);
}

TEST_F(Explain, two_models_are_not_explained) {
  const StoredRun a = run("AABB", protocol_of("Q", 0));
  const StoredRun b = made_.add(
      exam_, "AABB", {.key = {.model = "other", .protocol = protocol_of("Q", 0)}});

  const auto out = explained(a, b);

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().fault, Fault::usage);
  EXPECT_THAT(out.error().message, HasSubstr("found fake/m and fake/other"));
}

TEST_F(Explain, runs_without_a_common_question_are_not_explained) {
  const auto out = explained(run("AA..", protocol_of("Q", 0)),
                             run("..AA", protocol_of("Question", 0)));

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().fault, Fault::usage);
}

TEST_F(Explain, a_protocol_that_cannot_be_read_is_an_error) {
  const auto out =
      explained(run("AABB", "{\"scoring\":\"generate\"}"), run("AABB", "{}"));

  ASSERT_FALSE(out);
  EXPECT_EQ(out.error().fault, Fault::data);
}

TEST(RoundedPoints, sum_to_the_total_s_and_the_part_that_lost_most_takes_the_rest) {
  // 0.003, 0.004 and 0.003 points: each rounds to 0.00, their sum is 0.01.
  Explanation explanation{.parts = {{.cause = Cause::reading, .points = 0.000'03},
                                    {.cause = Cause::prompt, .points = 0.000'04},
                                    {.cause = Cause::averaging, .points = 0.000'03}},
                          .total = 0.000'1};

  EXPECT_THAT(rounded_points(explanation), ElementsAre(0, 0.01, 0));

  for (ExplainedPart& part : explanation.parts) part.points = -part.points;
  explanation.total = -explanation.total;
  EXPECT_THAT(rounded_points(explanation), ElementsAre(0, -0.01, 0));
}

}  // namespace
}  // namespace proctor
