#include "proctor/store/sqlite_schema.h"

#include <thread>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proctor/store/run_lock.h"
#include "proctor/store/sqlite_rows.h"

namespace proctor {

std::span<const EmbeddedFile> schema_files();  // schema.sql, compiled in
namespace {

namespace fs = std::filesystem;

constexpr int application_id = 0x50726374;  // "Prct", bytes 68 to 71 of the file
constexpr int schema_version = 2;

Status make_tables(const Database& database) {
  TRY(database.execute(std::string(schema_files().front().content)));
  return database.execute(
      fmt::format("INSERT INTO proctor (schema, made_by) VALUES ({0}, 'Proctor {1}');"
                  "PRAGMA application_id = {2}; PRAGMA user_version = {0}",
                  schema_version, PROCTOR_VERSION, application_id));
}

// Today's tables, column for column, of the tables of schema 1 in the database of that
// name. Several right choices were one number there: the data set's own, plus 32 times
// the set of the others, A being bit 0. (More than 26 bits are damage, to be seen.)
// What an engine in this process computed stood in its response alone, and the
// questions left out in the run's info, which keeps them here, as its SHA-256 is of
// them.
Status show_schema_1(const Database& database, std::string_view from) {
  return database.execute(fmt::format(
      R"sql(
CREATE TEMP VIEW question AS
  SELECT dataset, ordinal, id, subject, position, text, choices,
    CASE WHEN right_choice BETWEEN 0 AND 31 THEN '[' || right_choice || ']'
    ELSE (WITH RECURSIVE choice (n) AS
            (SELECT 0 UNION ALL SELECT n + 1 FROM choice WHERE n < 57)
          SELECT '[' || (right_choice % 32) || coalesce(group_concat(',' || n, ''), '')
            || ']' FROM choice WHERE right_choice / 32 >> n & 1)
    END AS right_choices, worked, sha256
  FROM {0}.question;
CREATE TEMP VIEW run AS
  SELECT number, id, dataset, key, info,
    CASE WHEN json_valid(info)
      THEN coalesce(json_extract(info, '$.dropped'), 0) ELSE 0 END AS dropped,
    1 AS repeats, 1 AS rotations, created, sha256
  FROM {0}.run;
CREATE TEMP VIEW activity AS SELECT run, updated AS written FROM {0}.activity;
CREATE TEMP VIEW attempt AS
  SELECT number, id, run, ordinal, repeat, rotation, generation, started, latency,
    status, fault, message, finish_reason, model, build, prompt_tokens, reply_tokens,
    CASE WHEN status = 0 AND fault IS NULL AND json_valid(CAST(response AS TEXT))
      THEN CASE json_type(CAST(response AS TEXT), '$.tokens.decoded')
        WHEN 'integer' THEN json_extract(CAST(response AS TEXT), '$.tokens.decoded') END
    END AS decoded_tokens, NULL AS thought_tokens,
    logprobs, sha256, text, reasoning, request, response
  FROM {0}.attempt;
)sql",
      from));
}

constexpr const char* hide_schema_1 =
    "DROP VIEW temp.question; DROP VIEW temp.run; DROP VIEW temp.activity; "
    "DROP VIEW temp.attempt";

// ---- The copy of the old file -----------------------------------------------------

Status to_disk(const fs::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const int result = descriptor < 0 ? -1 : ::fsync(descriptor);
  const int number = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (result == 0) return {};
  return fail(Fault::io, "{}: {}", path.string(), system_says(number));
}

// The first of FILE.schema1, FILE.schema1.2, … that is not there.
fs::path free_name(const fs::path& file) {
  const std::string name = file.string() + ".schema1";
  std::error_code error;
  if (!fs::exists(fs::symlink_status(name, error))) return name;
  int number = 2;
  const auto numbered = [&] { return fmt::format("{}.{}", name, number); };
  while (fs::exists(fs::symlink_status(numbered(), error))) ++number;
  return numbered();
}

// Has its name from the moment that it is whole; taken away again unless it is kept.
class OldCopy {
 public:
  explicit OldCopy(const fs::path& file)
      : file_(file), path_(file.string() + ".schema1.part") {}
  OldCopy(const OldCopy&) = delete;
  OldCopy& operator=(const OldCopy&) = delete;
  ~OldCopy() {
    std::error_code error;
    if (!is_kept_) fs::remove(path_, error);
  }

  // By a connection of its own: the other is in a transaction already, so that nothing
  // can be written behind the copy's back.
  Status make(const std::string& shown) const {
    ::unlink(path_.c_str());  // of a process that was killed
    const int made = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                            S_IRUSR | S_IWUSR);
    if (made < 0) {
      return fail(Fault::io, "{}: {}", path_.string(), system_says(errno));
    }
    // With the store's own rights from its first byte on, and whose it is where we may.
    struct stat facts {};
    if (::stat(file_.c_str(), &facts) == 0) {
      const int given = ::fchown(made, facts.st_uid, facts.st_gid);
      (void)given;
      ::fchmod(made, facts.st_mode & 0777U);
    }
    ::close(made);
    const Database store = TRY(Database::open(
        file_.string(), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX, shown));
    SqlStatement copy = TRY(store.prepare("VACUUM INTO ?"));
    const std::string path = path_.string();
    TRY(copy.text(path).run());
    return to_disk(path_);
  }
  Status name() {
    const fs::path name = free_name(file_);
    std::error_code error;
    fs::rename(path_, name, error);
    if (error) {
      return fail(Fault::io, "{}: {}", name.string(), system_says(error.value()));
    }
    path_ = name;
    return to_disk(fs::absolute(path_).parent_path());
  }
  void keep() { is_kept_ = true; }
  const fs::path& path() const { return path_; }

 private:
  fs::path file_, path_;
  bool is_kept_ = false;
};

// ---- From schema 1 to today's -----------------------------------------------------

// A row that was damaged keeps the sum that does not fit.
Status renew_run_sums(const Database& database) {
  SqlStatement row = TRY(database.prepare(
      fmt::format("SELECT {}, r.id, r.created, r.sha256 FROM temp.run r WHERE "
                  "r.dropped <> 0",
                  run_columns)));
  while (TRY(row.step())) {
    const Result<RunInfo> info = read_run(row);
    if (!info) continue;
    const std::string id(row.text_at(run_column_count));
    const std::string sum =
        run_sum(id, row.text_at(0), row.text_at(1), in_schema_1(*info),
                row.number_at(run_column_count + 1));
    if (sum != row.text_at(run_column_count + 2)) continue;
    TRY(write_info(database, id, *info));
  }
  return {};
}

Status renew_attempt_sums(const Database& database) {
  SqlStatement row = TRY(database.prepare(fmt::format(
      "SELECT {}, a.request, a.response, r.id, a.number FROM temp.attempt a JOIN "
      "temp.run r ON r.number = a.run WHERE a.decoded_tokens IS NOT NULL",
      attempt_columns)));
  SqlStatement update =
      TRY(database.prepare("UPDATE main.attempt SET sha256 = ? WHERE number = ?"));
  while (TRY(row.step())) {
    const Result<StoredAttempt> stored = read_attempt(row, true);
    if (!stored) continue;
    const std::string run_id(row.text_at(attempt_column_count + 2));
    if (attempt_sum(run_id, in_schema_1(*stored)) != row.text_at(attempt_sum_column)) {
      continue;
    }
    const std::string sum = attempt_sum(run_id, *stored);
    TRY(update.text(sum).number(row.number_at(attempt_column_count + 3)).run());
  }
  return {};
}

// Requires that the copy is attached as `old`.
Status rebuild(const Database& database) {
  TRY(database.execute(
      "DROP TABLE result; DROP TABLE attempt; DROP TABLE activity; DROP TABLE run; "
      "DROP TABLE question; DROP TABLE dataset; DROP TABLE proctor"));
  TRY(make_tables(database));
  TRY(show_schema_1(database, "old"));
  TRY(
      database.execute("INSERT INTO main.dataset SELECT * FROM old.dataset;"
                       "INSERT INTO main.question SELECT * FROM temp.question;"
                       "INSERT INTO main.run SELECT * FROM temp.run;"
                       "INSERT INTO main.activity SELECT * FROM old.activity;"
                       "INSERT INTO main.attempt SELECT * FROM temp.attempt;"
                       "INSERT INTO main.result SELECT * FROM old.result"));
  TRY(renew_run_sums(database));
  TRY(renew_attempt_sums(database));
  return database.execute(hide_schema_1);
}

Status migrate_locked(const Database& database, const fs::path& file,
                      const Talk& talk) {
  OldCopy copy(file);
  // Memory must not have to hold what is copied.
  TRY(database.execute("PRAGMA temp_store = FILE"));
  const Unguarded unguarded = TRY(Unguarded::begin(database));
  {
    Transaction transaction = TRY(Transaction::begin(database));
    if (TRY(identify(database)) == Content::store) return {};  // another was faster
    TRY(copy.make(database.shown()));
    SqlStatement attach = TRY(database.prepare("ATTACH ? AS old"));
    const std::string path = copy.path().string();
    TRY(attach.text(path).run());
    TRY(rebuild(database));
    TRY(copy.name());
    TRY(transaction.commit());
  }
  copy.keep();
  if (talk) {
    const fs::path kept =
        fs::path(database.shown()).replace_filename(copy.path().filename());
    talk(for_terminal_line(
        fmt::format("{}: brought from schema 1 to {}; as it was it is kept in {}",
                    database.shown(), schema_version, kept.string())));
  }
  return database.execute("DETACH old");
}

}  // namespace

Status use_wal(const Database& database) {
  // Another process may be doing the same at this moment; then busy is not the end.
  constexpr int most_tries = 200;
  for (int attempt = 0;; ++attempt) {
    const auto mode = database.value_of("PRAGMA journal_mode = WAL");
    if (mode) return {};
    if (mode.error().fault != Fault::store || attempt == most_tries) {
      return tl::unexpected(mode.error());
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Result<Content> identify(const Database& database) {
  const std::string id = TRY(database.value_of("PRAGMA application_id"));
  const std::string version = TRY(database.value_of("PRAGMA user_version"));
  const std::string tables = TRY(database.value_of(
      "SELECT group_concat(name, ', ') FROM (SELECT name FROM sqlite_schema LIMIT 5)"));
  if (id == "0" && version == "0" && tables.empty()) return Content::nothing;
  if (id != std::to_string(application_id)) {
    return fail(Fault::data,
                "{}: expected a Proctor store, found another program's SQLite database "
                "({})",
                database.shown(), for_terminal_line(tables));
  }
  if (version == std::to_string(schema_version)) return Content::store;
  if (version == "1") return Content::schema_1;
  // Nobody knows what tables a newer schema has.
  const auto maker = database.value_of("SELECT made_by FROM proctor");
  return fail(Fault::store,
              "{}: has schema {}{}, this Proctor knows schemas 1 to {}; use a newer "
              "Proctor or name another store with `store`",
              database.shown(), for_terminal_line(version),
              maker ? fmt::format(" (made by {})", for_terminal_line(*maker)) : "",
              schema_version);
}

Status create(const Database& database) {
  TRY(database.execute("PRAGMA page_size = 16384"));
  TRY(use_wal(database));
  Transaction transaction = TRY(Transaction::begin(database));
  if (TRY(identify(database)) == Content::store) return {};
  TRY(make_tables(database));
  return transaction.commit();
}

Status read_as_current(const Database& database) {
  TRY(database.execute("PRAGMA query_only = OFF"));
  TRY(show_schema_1(database, "main"));
  return database.execute("PRAGMA query_only = ON");
}

Status migrate(const Database& database, const fs::path& file, const Talk& talk) {
  const std::string doing =
      fmt::format("bringing {} from schema 1 to {}, with a copy of it beside it",
                  database.shown(), schema_version);
  const RunLock lock = TRY(RunLock::take_all(file).in(doing));
  return migrate_locked(database, file, talk).in(doing);
}

}  // namespace proctor
