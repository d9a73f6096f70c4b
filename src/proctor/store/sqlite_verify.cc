#include "proctor/store/sqlite_rows.h"
#include "proctor/store/sqlite_schema.h"
#include "proctor/store/verify.h"

namespace proctor {
namespace {

Status note_damage(const Database& database, std::vector<Trouble>& troubles) {
  SqlStatement file = TRY(database.prepare("PRAGMA integrity_check"));
  while (TRY(file.step())) {
    if (file.text_at(0) != "ok")
      troubles.push_back({"file", std::string(file.text_at(0))});
  }
  return {};
}

Status note_lost_references(const Database& database, std::vector<Trouble>& troubles) {
  SqlStatement check = TRY(database.prepare("PRAGMA foreign_key_check"));
  while (TRY(check.step())) {
    troubles.push_back(
        {fmt::format("table {}, row {}", check.text_at(0), check.text_at(1)),
         fmt::format("points to a row of {} that is not there", check.text_at(2))});
  }
  return {};
}

struct SqliteRows {
  const Database& database;
  Result<SqlStatement> rows(std::string_view sql) const {
    return database.prepare(sql);
  }
};

Result<std::vector<Trouble>> verify_all(const Database& database) {
  const bool is_schema_1 = TRY(identify(database)) == Content::schema_1;
  std::vector<Trouble> troubles;
  TRY(noted(note_damage(database, troubles), troubles));
  TRY(noted(note_lost_references(database, troubles), troubles));
  SqliteRows source{database};
  return Verifier(source, std::move(troubles), is_schema_1).all();
}

}  // namespace

Result<std::vector<Trouble>> verify_sqlite(const Database& database) {
  // One snapshot, so that a process that is writing meanwhile is no trouble.
  TRY(database.execute("BEGIN"));
  Result<std::vector<Trouble>> troubles = verify_all(database);
  (void)database.execute("ROLLBACK");
  return troubles;
}

}  // namespace proctor
