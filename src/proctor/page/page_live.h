// What a page that is served knows beside its figures. Not for other folders; these
// include page.h.
#pragma once

#include <span>
#include <vector>

#include "proctor/page/page_json.h"
#include "proctor/page/page_run.h"

namespace proctor {

// How each run came to its numbers, what ended last, which runs there are, and the
// digests of the parts.
PageJson live_json(std::span<const PageRun> runs, std::span<const StoredRun> stored,
                   std::span<const PagePart> parts);

}  // namespace proctor
