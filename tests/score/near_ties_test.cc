#include <algorithm>
#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "proctor/score/score.h"

namespace proctor {
namespace {

using Logprobs = std::map<std::string, double>;

TEST(NearTies, a_lead_is_the_distance_of_the_two_likeliest_letters) {
  const Lead lead = lead_of({{"A", -3}, {"B", -1}, {"C", -1.25}, {"D", -2}}, "B");

  EXPECT_TRUE(lead.is_right);
  EXPECT_DOUBLE_EQ(lead.over_next, 0.25);
  EXPECT_DOUBLE_EQ(lead.over_other_mark, 0.25);
}

TEST(NearTies, a_wrong_answer_is_as_near_to_being_right_as_the_right_letter_is) {
  const Lead lead = lead_of({{"A", -3}, {"B", -1}, {"C", -1.25}, {"D", -2}}, "D");

  EXPECT_FALSE(lead.is_right);
  EXPECT_DOUBLE_EQ(lead.over_next, 0.25);
  EXPECT_DOUBLE_EQ(lead.over_other_mark, 1);
}

TEST(NearTies, between_two_right_letters_no_mark_is_at_stake) {
  const Lead lead = lead_of({{"A", -3}, {"B", -1}, {"C", -1.25}}, "BC");

  EXPECT_DOUBLE_EQ(lead.over_next, 0.25);
  EXPECT_DOUBLE_EQ(lead.over_other_mark, 2);
}

TEST(NearTies, of_equal_letters_the_first_is_the_answer) {
  const Lead lead = lead_of({{"A", -1}, {"B", -1}}, "A");

  EXPECT_TRUE(lead.is_right);
  EXPECT_EQ(lead.over_next, 0);
}

TEST(NearTies, a_letter_alone_and_what_is_no_number_have_no_lead) {
  EXPECT_EQ(lead_of({}, "A").over_next, Lead::none);
  EXPECT_EQ(lead_of({{"A", -1}}, "A").over_next, Lead::none);
  EXPECT_EQ(lead_of({{"A", std::nan("")}, {"B", -1}}, "A").over_next, Lead::none);
  EXPECT_EQ(lead_of({{"A", -INFINITY}, {"B", -INFINITY}}, "A").over_next, Lead::none);
}

TEST(NearTies, a_tie_of_two_wrong_letters_moves_no_score) {
  const std::array leads = {lead_of({{"A", -1}, {"B", -1.01}, {"C", -9}}, "C")};
  const NearTies ties = near_ties(leads, 0.1);

  EXPECT_EQ(ties.n, 1);
  EXPECT_DOUBLE_EQ(ties.bounds({0, 1}).low, 0);
  EXPECT_DOUBLE_EQ(ties.bounds({0, 1}).high, 0);
}

// Answers of every kind: the letter that is right stands at all distances.
std::vector<std::pair<Logprobs, char>> an_exam() {
  std::vector<std::pair<Logprobs, char>> exam;
  for (int i = 0; i < 200; ++i) {
    Logprobs logprobs;
    for (int letter = 0; letter < 4; ++letter)
      logprobs[std::string(1, static_cast<char>('A' + letter))] =
          -1 - 0.01 * ((i * 37 + letter * letter * 29 + letter * i) % 101);
    exam.emplace_back(std::move(logprobs), static_cast<char>('A' + i % 4));
  }
  return exam;
}

bool answers_right(const Logprobs& logprobs, char right) {
  const auto best =
      std::ranges::max_element(logprobs, {}, &Logprobs::value_type::second);
  return best->first.front() == right;
}

// The marks when each letter is moved by up to half the error, to the best or the
// worst.
Count marked_at_its(bool best, double error) {
  Count count;
  for (auto [logprobs, right] : an_exam()) {
    for (auto& [letter, value] : logprobs) {
      const bool is_right = letter.front() == right;
      value += (is_right == best ? 0.5 : -0.5) * error;
    }
    count += {answers_right(logprobs, right) ? 1 : 0, 1};
  }
  return count;
}

TEST(NearTies,
     moving_every_letter_against_the_score_by_half_the_error_gives_the_bounds) {
  constexpr double error = 0.155;  // no distance is just as far
  std::vector<Lead> leads;
  Count count;
  for (const auto& [logprobs, right] : an_exam()) {
    leads.push_back(lead_of(logprobs, std::string(1, right)));
    count += {answers_right(logprobs, right) ? 1 : 0, 1};
  }

  const Interval bounds = near_ties(leads, error).bounds(count);

  EXPECT_DOUBLE_EQ(bounds.low, marked_at_its(false, error).share().value());
  EXPECT_DOUBLE_EQ(bounds.high, marked_at_its(true, error).share().value());
  EXPECT_LT(bounds.low, count.share().value());
  EXPECT_GT(bounds.high, count.share().value());
}

TEST(NearTies, the_difference_of_two_runs_is_bounded_by_all_that_could_change) {
  Pairs pairs;
  NearPairs near;
  const auto add = [&](bool a, bool a_near, bool b, bool b_near) {
    pairs.add(a, b);
    near.add(a, a_near, b, b_near);
  };
  add(true, false, true, false);
  add(false, false, true, true);  // B could lose it
  add(true, true, false, false);  // A could lose it
  add(false, true, false, true);  // each could gain it

  EXPECT_DOUBLE_EQ(near.bounds(pairs).low, -0.5);
  EXPECT_DOUBLE_EQ(near.bounds(pairs).high, 0.5);
}

TEST(NearTies, a_difference_is_beyond_the_arithmetic_where_no_way_makes_it_none) {
  EXPECT_TRUE(may_be_none({-0.01, 0.04}));
  EXPECT_TRUE(may_be_none({0, 0.04}));
  EXPECT_FALSE(may_be_none({0.01, 0.04}));
  EXPECT_FALSE(may_be_none({-0.04, -0.01}));
}

}  // namespace
}  // namespace proctor
