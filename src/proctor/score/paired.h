// Two runs over the same questions. Part of score.h.
#pragma once

#include <cstdint>

#include "proctor/score/count.h"

namespace proctor {

// How the questions that both runs answered came out.
struct Pairs {
  std::int64_t both = 0, only_a = 0, only_b = 0, neither = 0;

  void add(bool a, bool b);
  Pairs& operator+=(const Pairs& other);
  std::int64_t n() const { return both + only_a + only_b + neither; }
  Count a() const { return {both + only_a, n()}; }
  Count b() const { return {both + only_b, n()}; }
  // B's share minus A's; 0 where there are none.
  double difference() const;
};

// Tango (1998), the score interval of `difference()` at 95 %: what Wilson's is for one
// share. Within [-1, 1]; all of it for n = 0.
Interval tango(const Pairs& pairs, double z = z_95);

// McNemar's test, exact and two-sided: of the questions that only one run got right, as
// uneven a split or more, if either were as likely. 1 where there are none.
double mcnemar_p(const Pairs& pairs);

// Whether the difference is more than chance by both the test and the interval, which
// may differ by a hair.
bool is_beyond_chance(const Pairs& pairs);

}  // namespace proctor
