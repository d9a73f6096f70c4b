#include "proctor/store/form.h"
#include "proctor/store/postgres_store.h"
#include "proctor/store/verify.h"

namespace proctor {
namespace {

struct PostgresRows {
  Postgres& database;
  Result<PgCursor> rows(std::string_view sql) const { return PgCursor(database, sql); }
};

}  // namespace

Result<std::vector<StoredRun>> PostgresStore::runs() {
  PgRows row = TRY(database_.query(
      fmt::format("SELECT {}, r.id, r.created, coalesce(t.written, r.created) AS "
                  "updated, (SELECT count(*) FROM result WHERE run = r.number), "
                  "(SELECT count(*) FROM attempt WHERE run = r.number), "
                  "(SELECT coalesce(max(generation), 0) FROM attempt WHERE run = "
                  "r.number) FROM run r LEFT JOIN activity t ON t.run = r.number ORDER "
                  "BY updated DESC, r.id",
                  run_columns)));
  return read_runs(row, database_.shown());
}

Result<std::int64_t> PostgresStore::number_of(const std::string& run_id) {
  PgRows row = TRY(
      database_.query("SELECT number FROM run WHERE id = $1", PgValues().text(run_id)));
  if (TRY(row.step())) return row.number_at(0);
  return no_run(run_id);
}

tl::unexpected<Error> PostgresStore::no_run(const std::string& run_id) const {
  return fail(Fault::store, "{}: no run {} in this store", database_.shown(),
              short_id(run_id));
}

Result<std::vector<SubjectReplies>> PostgresStore::subjects(const std::string& run_id) {
  const std::int64_t number = TRY(number_of(run_id));
  PgRows row = TRY(database_.query(
      "SELECT subject, count(*), count(*) FILTER (WHERE EXISTS (SELECT FROM result "
      "WHERE run = $1 AND result.ordinal = question.ordinal)) FROM question WHERE "
      "dataset = (SELECT dataset FROM run WHERE number = $1) GROUP BY subject ORDER BY "
      "subject",
      PgValues().number(number)));
  return read_subjects(row);
}

Result<Dataset> PostgresStore::questions(const std::string& run_id) {
  PgRows run = TRY(database_.query(
      fmt::format("SELECT {}, d.number, d.digest FROM run r JOIN dataset d ON d.number "
                  "= r.dataset WHERE r.id = $1",
                  run_columns),
      PgValues().text(run_id)));
  if (!TRY(run.step())) return no_run(run_id);
  const RunInfo info = TRY(read_run(run).in(database_.shown()));
  Dataset dataset{.name = info.dataset,
                  .split = info.split,
                  .revision = info.revision,
                  .digest = std::string(run.text_at(run_column_count + 1))};
  PgRows row = TRY(database_.query(
      fmt::format("SELECT {} FROM question WHERE dataset = $1 ORDER BY ordinal",
                  question_columns),
      PgValues().number(run.number_at(run_column_count))));
  dataset.questions = TRY(read_questions(row, database_.shown()));
  return dataset;
}

Status PostgresStore::results(const std::string& run_id, bool with_bodies,
                              const std::function<Status(StoredResult)>& see) {
  const std::int64_t number = TRY(number_of(run_id));
  const auto snapshot = TRY(Postgres::Snapshot::begin(database_));
  // Ids begin with the time, so the greatest is the newest.
  constexpr int tries = attempt_column_count;
  PgCursor row(
      database_,
      fmt::format(
          "SELECT {}{} FROM (SELECT ordinal, count(*) AS attempts FROM attempt WHERE "
          "run = $1 GROUP BY ordinal) t LEFT JOIN result r ON r.run = $1 AND r.ordinal "
          "= "
          "t.ordinal JOIN attempt a ON a.id = coalesce(r.attempt, (SELECT b.id FROM "
          "attempt b WHERE b.run = $1 AND b.ordinal = t.ordinal ORDER BY b.id DESC "
          "LIMIT "
          "1)) ORDER BY t.ordinal",
          attempt_columns,
          with_bodies ? ", a.request, a.response, t.attempts" : ", t.attempts"));
  row.number(number);
  while (TRY(row.step())) {
    StoredAttempt stored = TRY(read_attempt(row, with_bodies).in(database_.shown()));
    TRY(see({.trial = stored.trial,
             .attempt = std::move(stored.attempt),
             .attempts = row.number_at(with_bodies ? tries + 2 : tries),
             .generation = stored.generation}));
  }
  return {};
}

Result<std::vector<ReplySource>> PostgresStore::sources(const std::string& run_id) {
  const std::int64_t number = TRY(number_of(run_id));
  PgRows row = TRY(database_.query(
      "SELECT coalesce(a.model, ''), coalesce(a.build, ''), count(*) FROM result r "
      "JOIN "
      "attempt a ON a.id = r.attempt WHERE r.run = $1 GROUP BY 1, 2 ORDER BY 1, 2",
      PgValues().number(number)));
  std::vector<ReplySource> sources;
  while (TRY(row.step())) {
    sources.push_back(
        {std::string(row.text_at(0)), std::string(row.text_at(1)), row.number_at(2)});
  }
  return sources;
}

Status PostgresStore::attempts(const std::string& run_id,
                               const std::function<Status(StoredAttempt)>& see) {
  const std::int64_t number = TRY(number_of(run_id));
  const auto snapshot = TRY(Postgres::Snapshot::begin(database_));
  PgCursor row(
      database_,
      fmt::format("SELECT {}, a.request, a.response FROM attempt a WHERE a.run "
                  "= $1 ORDER BY a.generation, a.ordinal, a.id",
                  attempt_columns));
  row.number(number);
  while (TRY(row.step())) {
    StoredAttempt stored = TRY(read_attempt(row, true).in(database_.shown()));
    TRY(see(std::move(stored)));
  }
  return {};
}

// What refers to nothing the server itself does not let be.
Result<std::vector<Trouble>> PostgresStore::verify() {
  const auto snapshot = TRY(Postgres::Snapshot::begin(database_));
  PostgresRows source{database_};
  return Verifier(source, {}).all();
}

}  // namespace proctor
