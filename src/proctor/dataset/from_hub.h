// Data sets of the hub: which file of which repository holds a split.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proctor/dataset/dataset.h"

namespace proctor {

// owner/name, or owner/name:configuration.
bool is_hub_name(std::string_view name);

struct HubQuestions {
  std::string revision;  // the commit
  std::vector<Question> questions;
};
Result<HubQuestions> read_from_hub(const DatasetRequest& request,
                                   const std::string& split, HubWorld& world);

}  // namespace proctor
