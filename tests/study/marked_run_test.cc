#include <gtest/gtest.h>

#include "study/made_store.h"

namespace proctor {
namespace {

class CompareRuns : public testing::Test {
 protected:
  static RunInfo of_model(std::string name) {
    return {.key = {.model = std::move(name), .protocol = protocol_of("?", 0)}};
  }
  Comparison compared(std::string_view a, std::string_view b) {
    return compare_runs(made_.marked(made_.add(exam_, a, of_model("a"))),
                        made_.marked(made_.add(exam_, b, of_model("b"))));
  }

  MadeStore made_;
  Dataset exam_ = exam_of({"anatomy", "anatomy", "anatomy", "virology", "virology"});
};

TEST_F(CompareRuns, pairs_the_marks_question_by_question) {
  const Comparison comparison = compared("AABAB", "ABABB");

  EXPECT_EQ(comparison.pairs.both, 1);
  EXPECT_EQ(comparison.pairs.only_a, 2);
  EXPECT_EQ(comparison.pairs.only_b, 1);
  EXPECT_EQ(comparison.pairs.neither, 1);
  EXPECT_EQ(comparison.by_subject.at("anatomy").n(), 3);
  EXPECT_EQ(comparison.by_subject.at("anatomy").only_b, 1);
  EXPECT_EQ(comparison.by_subject.at("virology").only_a, 1);
}

TEST_F(CompareRuns, a_question_without_a_reply_says_nothing_of_either) {
  const Comparison comparison = compared("!AAAA", "A!AAA");

  EXPECT_EQ(comparison.pairs.n(), 3);
  EXPECT_EQ(comparison.of_a.failed, 1);
  EXPECT_EQ(comparison.of_b.failed, 1);
  EXPECT_EQ(comparison.of_a.sum(), 1);
}

TEST_F(CompareRuns, a_question_without_a_reply_in_either_is_missed_by_nobody) {
  const Comparison comparison = compared("!AAAA", "!AAA.");

  EXPECT_EQ(comparison.pairs.n(), 3);
  EXPECT_EQ(comparison.of_a.failed, 0);
  EXPECT_EQ(comparison.of_a.not_asked, 1);
  EXPECT_EQ(comparison.of_b.sum(), 0);
}

TEST_F(CompareRuns, a_question_that_failed_in_both_is_counted_once_for_both) {
  const Comparison comparison = compared("!!AAA", "!A!AA");

  EXPECT_EQ(comparison.failed_in_both, 1);
  EXPECT_EQ(comparison.of_a.failed, 1);
  EXPECT_EQ(comparison.of_b.failed, 1);
  EXPECT_EQ(comparison.pairs.n(), 2);
}

TEST_F(CompareRuns, what_was_asked_in_one_alone_has_no_partner) {
  const Comparison comparison = compared("AAA..", "A..AA");

  EXPECT_EQ(comparison.pairs.n(), 1);
  EXPECT_EQ(comparison.of_a.not_asked, 2);
  EXPECT_EQ(comparison.of_b.not_asked, 2);
  EXPECT_EQ(comparison.of_a.no_such_question, 0);
}

TEST_F(CompareRuns, a_question_is_matched_by_what_it_is_and_not_by_where_it_stands) {
  Dataset shorter = exam_;
  shorter.questions.erase(shorter.questions.begin());
  shorter.digest = digest_of(shorter.questions);
  const MarkedRun a = made_.marked(made_.add(exam_, "BABAA", of_model("a")));
  const MarkedRun b = made_.marked(made_.add(shorter, "ABAA", of_model("b")));

  const Comparison comparison = compare_runs(a, b);

  EXPECT_EQ(comparison.pairs.both, 3);
  EXPECT_EQ(comparison.pairs.neither, 1);
  EXPECT_EQ(comparison.of_a.no_such_question, 1);
  EXPECT_EQ(comparison.of_b.sum(), 0);
}

TEST_F(CompareRuns, questions_that_are_alike_in_all_are_told_apart_by_their_order) {
  exam_.questions[1] = exam_.questions[0];
  exam_.digest = digest_of(exam_.questions);

  const Comparison comparison = compared("ABAAA", "BAAAA");

  EXPECT_EQ(comparison.pairs.n(), 5);
  EXPECT_EQ(comparison.pairs.only_a, 1);
  EXPECT_EQ(comparison.pairs.only_b, 1);
}

TEST_F(CompareRuns, a_key_that_was_corrected_makes_another_question) {
  Dataset corrected = exam_;
  corrected.questions[0].right = 1;
  corrected.digest = digest_of(corrected.questions);
  const MarkedRun a = made_.marked(made_.add(exam_, "AAAAA", of_model("a")));
  const MarkedRun b = made_.marked(made_.add(corrected, "AAAAA", of_model("b")));

  EXPECT_EQ(compare_runs(a, b).pairs.n(), 4);
}

TEST(PartedQuestions,
     are_those_that_one_run_got_right_and_those_with_two_letters_first) {
  MadeStore store;
  const Dataset exam = exam_of({"a", "b", "c", "d", "e"});
  RunInfo other;
  other.key.model = "other";
  const MarkedRun one = store.marked(store.add(exam, "AAB!A", {}));
  const MarkedRun two = store.marked(
      store.add(exam, {{0, "-"}, {1, "B"}, {2, "A"}, {3, "A"}, {4, "A"}}, other));

  const auto parted = parted_questions(store.store(), one, two);

  ASSERT_TRUE(parted);
  ASSERT_EQ(parted->size(), 3U);
  EXPECT_EQ((*parted)[0].question.id, "b/1");
  EXPECT_TRUE((*parted)[0].only_a());
  EXPECT_EQ((*parted)[0].b.letter, 'B');
  EXPECT_EQ((*parted)[1].question.id, "c/2");
  EXPECT_FALSE((*parted)[1].only_a());
  EXPECT_EQ((*parted)[2].question.id, "a/0");
  EXPECT_FALSE((*parted)[2].b.letter);
}

}  // namespace
}  // namespace proctor
