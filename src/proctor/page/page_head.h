// What a page shows at once: all its figures, and the columns it is filtered by. Not
// for other folders; these include page.h.
#pragma once

#include <string>
#include <vector>

#include "proctor/page/page_run.h"

namespace proctor {

struct PageParts {
  std::string title;
  std::string head;      // JSON
  std::string elements;  // columns and pairs, packed
};
PageParts page_parts(const std::vector<PageRun>& runs, const PageQuestions& questions,
                     const PageSetting& setting, Packer& packer);

}  // namespace proctor
