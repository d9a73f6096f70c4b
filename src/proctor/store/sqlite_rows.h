// How the tables of schema.sql become structs, and the checks of `verify`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "proctor/store/rows.h"
#include "proctor/store/sqlite.h"

namespace proctor {

// Of a run that is there; its key stays as it is.
Status write_info(const Database& database, const std::string& run_id,
                  const RunInfo& info);

// All that is wrong with a store; see Store::verify.
Result<std::vector<Trouble>> verify_sqlite(const Database& database);

}  // namespace proctor
