#include "proctor/store/postgres_schema.h"

namespace proctor {

std::span<const EmbeddedFile> postgres_schema_files();  // schema_postgres.sql
namespace {

constexpr int schema_version = 2;
constexpr std::int64_t lock_of_schema = 0x50726374;  // "Prct"

}  // namespace

Result<bool> has_store(Postgres& database) {
  PgRows found = TRY(database.query(
      "SELECT count(*) FILTER (WHERE attname IN ('schema', 'made_by')) FROM "
      "pg_attribute WHERE attrelid = to_regclass('proctor') HAVING count(*) > 0"));
  if (!TRY(found.step())) return false;
  if (found.number_at(0) != 2) {
    return fail(
        Fault::data,
        "{}: expected a Proctor store, found another program's table \"proctor\"; "
        "give the store a schema of its own: ?options=-csearch_path%3DNAME",
        database.shown());
  }
  PgRows row = TRY(database.query("SELECT schema, made_by FROM proctor"));
  if (!TRY(row.step()) || row.number_at(0) == schema_version) return true;
  return fail(
      Fault::store,
      "{}: has schema {} (made by {}), this Proctor knows schema {}; use a newer "
      "Proctor or name another store with `store`",
      database.shown(), row.number_at(0), for_terminal_line(row.text_at(1)),
      schema_version);
}

Status make_store(Postgres& database) {
  if (TRY(has_store(database))) return {};
  auto change = TRY(Postgres::Change::begin(database));
  TRY(database.execute("SELECT pg_advisory_xact_lock($1)",
                       PgValues().number(lock_of_schema)));
  if (TRY(has_store(database))) return {};
  PgRows place = TRY(database.query("SELECT current_schema()"));
  if (!TRY(place.step()) || place.is_null(0)) {
    return fail(
        Fault::store,
        "{}: there is no schema to make tables in: none of search_path is there; "
        "CREATE SCHEMA makes one",
        database.shown());
  }
  TRY(database.run_script(std::string(postgres_schema_files().front().content)));
  TRY(database.execute(
      "INSERT INTO proctor (schema, made_by) VALUES ($1, $2)",
      PgValues().number(schema_version).text("Proctor " PROCTOR_VERSION)));
  return change.commit();
}

}  // namespace proctor
