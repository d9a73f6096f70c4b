// The store's tables, as schema.sql has them.
#pragma once

namespace proctor {

extern const char* const store_schema;

}  // namespace proctor
