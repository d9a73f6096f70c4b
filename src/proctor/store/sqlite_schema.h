// Which schema a file has; how a store of schema 1 is read, and brought to today's.
#pragma once

#include <filesystem>

#include "proctor/store/sqlite.h"

namespace proctor {

enum class Content { nothing, schema_1, store };

// Fault::data for another program's file, Fault::store for a newer schema.
Result<Content> identify(const Database& database);

// Makes an empty file a store. Another process may be doing the same.
Status create(const Database& database);

// Lets whoever reads schema 1 by this connection see today's tables: views that go with
// it. The file stays as it is.
Status read_as_current(const Database& database);

// Brings `file`, open in `database`, from schema 1 to today's in one transaction. A
// copy of what it was stays beside it: FILE.schema1, or FILE.schema1.2 where there is
// one; `talk` is told. Nobody can ask a run meanwhile; Fault::store where one is being
// asked.
Status migrate(const Database& database, const std::filesystem::path& file,
               const Talk& talk);

// The journal that stores have: whoever reads is not in the way of whoever writes.
Status use_wal(const Database& database);

}  // namespace proctor
