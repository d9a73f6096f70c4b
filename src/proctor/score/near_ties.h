// What the rounding of a computation can do to a score. Part of score.h.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/score/count.h"
#include "proctor/score/paired.h"

namespace proctor {

// How sure the answer to a question is whose letters were scored: in nats, how far the
// likeliest letter is before others. Infinite where there is no such letter.
struct Lead {
  static constexpr double none = std::numeric_limits<double>::infinity();

  bool is_right = false;
  double over_next = none;  // before the next letter
  // Before the likeliest letter with which a right answer were wrong, or a wrong one
  // right. Never less than `over_next`.
  double over_other_mark = none;
};

// `logprobs` by letter, those that are known; `right`: the letters that count as right.
// Of equals the first is the answer.
Lead lead_of(const std::map<std::string, double>& logprobs, std::string_view right);

// Answers whose two likeliest letters are nearer than the error of the arithmetic, so
// that it may have decided.
struct NearTies {
  std::int64_t scored = 0;  // answers of which the letters' likelihoods are known
  std::int64_t n = 0;       // of them nearly ties
  // Of these: right that would be wrong the other way, and wrong that would be right.
  // Between two wrong letters nothing changes.
  std::int64_t could_lose = 0, could_gain = 0;

  // The share of `count`, of which these answers are a part, when all that could be
  // lost are, and when all that could be gained are.
  Interval bounds(const Count& count) const;
};
NearTies near_ties(std::span<const Lead> leads, double error);

// What near ties can do to the difference of two runs over the same questions.
struct NearPairs {
  std::int64_t down = 0, up = 0;  // marks that could change B's share less A's so

  // A question of both; whether each one's mark could be the other one.
  void add(bool a_right, bool a_could_change, bool b_right, bool b_could_change);
  // Of pairs.difference(), all of them falling one way or the other.
  Interval bounds(const Pairs& pairs) const;
};

// Whether 0 lies within: the difference may be the arithmetic's alone.
bool may_be_none(const Interval& difference);

}  // namespace proctor
