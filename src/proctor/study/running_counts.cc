#include "proctor/study/running_counts.h"

#include <algorithm>

namespace proctor {

std::vector<Count> running_counts(std::vector<EndedQuestion> ended, std::size_t most) {
  std::ranges::sort(ended);
  const std::size_t points = std::min(most, ended.size());
  std::vector<Count> counts;
  Count count;
  for (const EndedQuestion& question : ended) {
    count.right += question.mark == Mark::right ? 1 : 0;
    ++count.n;
    // The next point is due at the share of all that it is of the points.
    const std::size_t due = (counts.size() + 1) * ended.size() / points;
    if (static_cast<std::size_t>(count.n) == due) counts.push_back(count);
  }
  return counts;
}

}  // namespace proctor
