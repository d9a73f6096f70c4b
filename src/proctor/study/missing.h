// What a run was to ask and has no reply to. Part of study.h.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "proctor/store/store.h"

namespace proctor {

struct Missing {
  std::int64_t planned = 0, replies = 0;  // questions; replies that are not there
  std::map<std::string, std::int64_t> subjects;  // of those, by subject
};
// Of what was last asked for (RunInfo::selection); a failure is no reply.
Result<Missing> missing_of(Store& store, const StoredRun& run);

}  // namespace proctor
