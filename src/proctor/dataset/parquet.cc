#include "proctor/dataset/dataset.h"

namespace proctor {

Result<std::vector<Question>> read_parquet(const std::filesystem::path& path,
                                           const std::optional<Columns>&,
                                           const std::string&, const std::string&) {
  return fail(Fault::usage, "{}: Parquet is not read yet", path.string());
}
bool parquet_is_available() {
  return false;
}

}  // namespace proctor
