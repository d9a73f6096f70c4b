// Which schema a database has, and how it gets one.
#pragma once

#include "proctor/store/postgres.h"

namespace proctor {

// Whether there is a store. Fault::store where it is a newer one, Fault::data where the
// tables are another program's.
Result<bool> has_store(Postgres& database);

// Makes the tables where there are none. Others may be doing the same.
Status make_store(Postgres& database);

}  // namespace proctor
