#include "proctor/store/sqlite_rows.h"

namespace proctor {

Status write_info(const Database& database, const std::string& run_id,
                  const RunInfo& info) {
  SqlStatement find =
      TRY(database.prepare("SELECT number, key, created FROM main.run WHERE id = ?"));
  find.text(run_id);
  if (!TRY(find.step())) {
    return fail(Fault::data, "{}: run {} is not there", database.shown(),
                short_id(run_id));
  }
  const std::int64_t number = find.number_at(0);
  const std::string json = info_json(info);
  const std::string sum =
      run_sum(run_id, find.text_at(1), json, info, find.number_at(2));
  find.reset();
  SqlStatement update =
      TRY(database.prepare("UPDATE main.run SET info = ?, dropped = ?, sha256 = ? "
                           "WHERE number = ?"));
  return update.text(json).number(info.dropped).text(sum).number(number).run();
}

}  // namespace proctor
