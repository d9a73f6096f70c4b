// How a run's accuracy came to be, question by question as they ended. Part of study.h.
#pragma once

#include <cstdint>
#include <vector>

#include "proctor/score/score.h"

namespace proctor {

struct EndedQuestion {
  WallTime at{};  // when its reply came, or when it was given up
  std::uint32_t ordinal = 0;
  Mark mark = Mark::failed;

  auto operator<=>(const EndedQuestion&) const = default;
};

// Right answers of the first n questions that ended, for at most `most` values of n:
// evenly apart, ascending, the last of them all. n counts as a ledger does. Requires
// most > 0.
std::vector<Count> running_counts(std::vector<EndedQuestion> ended, std::size_t most);

}  // namespace proctor
