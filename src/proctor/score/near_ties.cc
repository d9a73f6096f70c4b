#include "proctor/score/near_ties.h"

#include <algorithm>
#include <cmath>

namespace proctor {

Lead lead_of(const std::map<std::string, double>& logprobs, std::string_view right) {
  const auto is_right = [&](const std::string& letter) {
    return letter.size() == 1 && right.find(letter.front()) != std::string_view::npos;
  };
  const auto likeliest = std::ranges::max_element(logprobs, {}, [](const auto& each) {
    return std::isnan(each.second) ? -Lead::none : each.second;
  });
  Lead lead;
  if (likeliest == logprobs.end() || !std::isfinite(likeliest->second)) return lead;
  lead.is_right = is_right(likeliest->first);
  for (auto other = logprobs.begin(); other != logprobs.end(); ++other) {
    if (other == likeliest || std::isnan(other->second)) continue;
    const double distance = likeliest->second - other->second;
    lead.over_next = std::min(lead.over_next, distance);
    if (is_right(other->first) != lead.is_right)
      lead.over_other_mark = std::min(lead.over_other_mark, distance);
  }
  return lead;
}

NearTies near_ties(std::span<const Lead> leads, double error) {
  NearTies ties{.scored = static_cast<std::int64_t>(leads.size())};
  for (const Lead& lead : leads) {
    if (lead.over_next < error) ++ties.n;
    if (lead.over_other_mark < error)
      ++(lead.is_right ? ties.could_lose : ties.could_gain);
  }
  return ties;
}

Interval NearTies::bounds(const Count& count) const {
  if (count.n == 0) return {0, 1};
  const auto all = static_cast<double>(count.n);
  return {static_cast<double>(count.right - could_lose) / all,
          static_cast<double>(count.right + could_gain) / all};
}

void NearPairs::add(bool a_right, bool a_could_change, bool b_right,
                    bool b_could_change) {
  if (a_could_change) ++(a_right ? up : down);
  if (b_could_change) ++(b_right ? down : up);
}

Interval NearPairs::bounds(const Pairs& pairs) const {
  if (pairs.n() == 0) return {-1, 1};
  const auto n = static_cast<double>(pairs.n());
  const double d = pairs.difference();
  return {d - static_cast<double>(down) / n, d + static_cast<double>(up) / n};
}

bool may_be_none(const Interval& difference) {
  return difference.low <= 0 && difference.high >= 0;
}

}  // namespace proctor
