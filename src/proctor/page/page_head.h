// What a page shows at once: all its figures, and the columns it is filtered by. Not
// for other folders; these include page.h.
#pragma once

#include <string>
#include <vector>

#include "proctor/page/page_json.h"
#include "proctor/page/page_run.h"

namespace proctor {

struct PageHead {
  std::string title;
  PageJson json;
  std::vector<PagePart> parts;  // columns and pairs
};
PageHead page_head(const std::vector<PageRun>& runs, const PageQuestions& questions,
                   const PageSetting& setting, Packer& packer);

}  // namespace proctor
