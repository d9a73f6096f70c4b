#include "proctor/page/page_pairs.h"

#include <algorithm>

namespace proctor {
namespace {

bool has_reply(const PageRun& run, std::uint32_t place) {
  const std::uint8_t mark = run.columns.mark[place];
  return mark != PageColumns::not_asked &&
         mark != static_cast<std::uint8_t>(Mark::failed);
}

bool is_right(const PageRun& run, std::uint32_t place) {
  return run.columns.mark[place] == static_cast<std::uint8_t>(Mark::right);
}

}  // namespace

std::size_t pair_index(std::size_t a, std::size_t b, std::size_t runs) {
  const auto [low, high] = std::minmax(a, b);
  return low * runs - low * (low + 1) / 2 + high - low - 1;
}

std::vector<PagePairs> pairs_of(std::span<const PageRun> runs,
                                std::span<const std::uint32_t> rows,
                                std::span<const std::uint16_t> subjects,
                                std::size_t count) {
  std::vector<PagePairs> pairs;
  for (std::size_t a = 0; a < runs.size(); ++a) {
    for (std::size_t b = a + 1; b < runs.size(); ++b) {
      PagePairs& pair = pairs.emplace_back();
      pair.by_subject.resize(count);
      for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::uint32_t place = rows[row];
        if (!has_reply(runs[a], place) || !has_reply(runs[b], place)) continue;
        pair.by_subject[subjects[row]].add(is_right(runs[a], place),
                                           is_right(runs[b], place));
      }
      for (const Pairs& of_subject : pair.by_subject) pair.all += of_subject;
    }
  }
  return pairs;
}

RunGroups groups_of(std::span<const PageRun> runs, std::span<const PagePairs> pairs) {
  RunGroups found;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    if (runs[i].scored.has_reply()) found.order.push_back(i);
  }
  const auto share = [&](std::size_t i) {
    return runs[i].scored.ledger().count().share().value_or(0);
  };
  std::ranges::stable_sort(found.order, std::ranges::greater(), share);
  const auto are_alike = [&](std::size_t a, std::size_t b) {
    const Pairs& pair = pairs[pair_index(a, b, runs.size())].all;
    return pair.n() > 0 && !is_beyond_chance(pair);
  };
  std::size_t reached = 0;
  const auto& order = found.order;
  for (std::size_t first = 0; first < order.size(); ++first) {
    std::size_t last = first + 1;  // behind the group's last
    const auto joins = [&](std::size_t i) {
      return std::ranges::all_of(
          order.begin() + static_cast<std::ptrdiff_t>(first),
          order.begin() + static_cast<std::ptrdiff_t>(i),
          [&](std::size_t one) { return are_alike(one, order[i]); });
    };
    while (last < order.size() && joins(last)) ++last;
    if (last <= reached) continue;  // all of it is in the group before
    reached = last;
    found.groups.emplace_back(order.begin() + static_cast<std::ptrdiff_t>(first),
                              order.begin() + static_cast<std::ptrdiff_t>(last));
  }
  return found;
}

}  // namespace proctor
