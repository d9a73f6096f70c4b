// Every two runs of a page on their common questions. Not for other folders; these
// include page.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "proctor/page/page_run.h"

namespace proctor {

// Two runs' questions that have a reply in both, in all and by the subject's number.
struct PagePairs {
  Pairs all;
  std::vector<Pairs> by_subject;
};
// (0, 1), (0, 2), … (1, 2), …; `subjects`: the number of each row's subject, of so many
// as there are.
std::vector<PagePairs> pairs_of(std::span<const PageRun> runs,
                                std::span<const std::uint32_t> rows,
                                std::span<const std::uint16_t> subjects,
                                std::size_t count);
std::size_t pair_index(std::size_t a, std::size_t b, std::size_t runs);

// The runs, best first, and which of them cannot be told apart: as many neighbours in
// that order as differ by no more than chance, each two of them; a run may be in
// several such groups.
struct RunGroups {
  std::vector<std::size_t> order;
  std::vector<std::vector<std::size_t>> groups;
};
RunGroups groups_of(std::span<const PageRun> runs, std::span<const PagePairs> pairs);

}  // namespace proctor
