// Stands for PostgreSQL in a Proctor that was built without libpq.
#include "proctor/store/store.h"

namespace proctor {

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url, OpenMode,
                                                   const StoreWorld&, Sharing) {
  return fail(Fault::store,
              "{}: this Proctor was built without PostgreSQL; build it where libpq is, "
              "or name a file with `store`",
              shown_store(url));
}

}  // namespace proctor
