#include <algorithm>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/exam/exam.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// Questions of that many bytes each.
class Shards : public testing::Test {
 protected:
  Evaluation of_lengths(const std::vector<std::size_t>& lengths) {
    for (std::size_t i = 0; i < lengths.size(); ++i) {
      dataset_.questions.push_back({.id = fmt::format("{}", i),
                                    .subject = "law",
                                    .text = std::string(lengths[i], 'x'),
                                    .choices = {"a", "b"}});
    }
    Evaluation evaluation{.protocol = find_protocol("seed").value()};
    evaluation.protocol.scoring = Scoring::letters;
    evaluation.plan.dataset = &dataset_;
    for (std::uint32_t i = 0; i < lengths.size(); ++i)
      evaluation.plan.trials.push_back({i});
    return evaluation;
  }

  static std::vector<std::uint32_t> part(const Evaluation& evaluation, int at, int of) {
    std::vector<std::uint32_t> ordinals;
    for (const TrialId trial : shard_of(evaluation, {at, of}))
      ordinals.push_back(trial.ordinal);
    return ordinals;
  }

  Dataset dataset_;
};

TEST_F(Shards, together_are_the_plan_in_its_order) {
  std::vector<std::size_t> lengths;
  for (std::size_t i = 0; i < 97; ++i) lengths.push_back(1 + i * i % 301);
  const Evaluation evaluation = of_lengths(lengths);
  std::vector<std::uint32_t> whole(97);
  std::iota(whole.begin(), whole.end(), 0U);

  for (const int of : {1, 2, 7, 96, 97, 500}) {
    std::vector<std::uint32_t> all;
    for (int at = 1; at <= of; ++at)
      std::ranges::copy(part(evaluation, at, of), std::back_inserter(all));
    EXPECT_EQ(all, whole) << of;
  }
}

TEST_F(Shards, are_cut_where_their_tokens_are_even) {
  // One long question is as much as ten short ones.
  std::vector<std::size_t> lengths(11, 4000);
  lengths[0] = 40000;
  const Evaluation evaluation = of_lengths(lengths);

  EXPECT_THAT(part(evaluation, 1, 2), ElementsAre(0U));
  EXPECT_THAT(part(evaluation, 2, 2),
              ElementsAre(1U, 2U, 3U, 4U, 5U, 6U, 7U, 8U, 9U, 10U));
}

TEST_F(Shards, count_the_tokens_that_a_reply_may_have) {
  Evaluation evaluation = of_lengths({400});
  const double scored = about_tokens(evaluation, {0});
  evaluation.protocol.scoring = Scoring::generate;
  evaluation.protocol.sampling.max_tokens = 5;
  const double short_reply = about_tokens(evaluation, {0});
  evaluation.protocol.sampling.max_tokens.reset();

  EXPECT_GE(scored, 100);
  EXPECT_EQ(short_reply, scored + 5);
  EXPECT_EQ(about_tokens(evaluation, {0}), scored + 256);
}

TEST(Shard, is_one_of_several) {
  const auto shard = parse_shard("3/8");
  ASSERT_TRUE(shard);
  EXPECT_EQ(shard->at, 3);
  EXPECT_EQ(shard->of, 8);
  for (const char* const none : {"", "3", "/", "3/", "0/8", "9/8", "3/8/1", "3 /8",
                                 "-1/8", "99999999999/99999999999"}) {
    const auto found = parse_shard(none);
    ASSERT_FALSE(found) << none;
    EXPECT_THAT(found.error().message, HasSubstr("expected K/N"));
  }
}

}  // namespace
}  // namespace proctor
