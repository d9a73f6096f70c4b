#include <algorithm>
#include <cassert>
#include <fstream>
#include <list>

#include "proctor/store/claims.h"
#include "proctor/store/form.h"
#include "proctor/store/run_lock.h"
#include "proctor/store/sqlite.h"
#include "proctor/store/sqlite_rows.h"
#include "proctor/store/sqlite_schema.h"

namespace proctor {
namespace {

constexpr std::size_t long_response = 4U << 20U;

struct OpenRun {
  std::string id;
  RunKey key;
  RunLock lock;
  std::int64_t number = 0;
  Claims claims;
};

// Prepared once: preparing costs more than a small append.
struct Writing {
  SqlStatement insert_attempt, upsert_result, touch;
};

class SqliteStore : public Store {
 public:
  SqliteStore(Database database, std::filesystem::path path, OpenMode mode,
              WallClock clock)
      : database_(std::move(database)),
        path_(std::move(path)),
        mode_(mode),
        clock_(std::move(clock)) {}
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  ~SqliteStore() override;

  Status open(const Plan& plan) override;
  Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) override;
  Status append(const Plan& plan, std::span<const Completion> completions) override;
  Status hide(const std::string& run_id, bool hidden) override;
  Status remove(const std::string& run_id) override;
  Result<std::vector<StoredRun>> runs() override;
  Result<std::vector<SubjectReplies>> subjects(const std::string& run_id) override;
  Result<Dataset> questions(const std::string& run_id) override;
  Status results(const std::string& run_id, bool with_bodies,
                 const std::function<Status(StoredResult)>& see) override;
  Result<std::vector<ReplySource>> sources(const std::string& run_id) override;
  Status attempts(const std::string& run_id,
                  const std::function<Status(StoredAttempt)>& see) override;
  Result<std::vector<Trouble>> verify() override { return verify_sqlite(database_); }

 private:
  Status check_can_write() const;
  OpenRun& opened(const Plan& plan);
  Result<std::int64_t> number_of(const std::string& run_id);
  Result<std::int64_t> keep_dataset(const Plan& plan);
  Result<std::int64_t> keep_run(const Plan& plan, const std::string& id);
  tl::unexpected<Error> no_run(const std::string& run_id) const;
  Result<std::vector<TrialId>> answered(std::int64_t run, int generation);
  Result<StoredAttempt> attempt_of(SqlStatement& row, std::string_view id,
                                   bool with_bodies);
  Status prepare_writing();
  Status insert(const OpenRun& run, TrialId trial, int generation,
                const Attempt& attempt);

  Database database_;
  std::filesystem::path path_;
  OpenMode mode_;
  WallClock clock_;
  std::optional<Writing> writing_;
  std::list<OpenRun> open_runs_;
};

std::int64_t count_of(WallTime time) {
  return time.time_since_epoch().count();
}

// SQLite empties the log when the last one closes: beside a reader that stays, whoever
// copies the file alone would lose what was written. Where another is at work it is
// that one's to do.
SqliteStore::~SqliteStore() {
  if (mode_ != OpenMode::read_write) return;
  (void)database_.execute("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE)");
}

// ---- Writing ----------------------------------------------------------------------

Status SqliteStore::check_can_write() const {
  if (mode_ == OpenMode::read_write) return {};
  return fail(Fault::store, "{}: was opened for reading only", database_.shown());
}

Status SqliteStore::open(const Plan& plan) {
  TRY(check_can_write());
  TRY(prepare_writing());
  std::string id = plan.info.key.id();
  auto run = std::ranges::find(open_runs_, id, &OpenRun::id);
  std::optional<RunLock> lock;
  if (run == open_runs_.end()) lock = TRY(RunLock::take(path_, id));

  Transaction transaction = TRY(Transaction::begin(database_));
  const std::int64_t number = TRY(keep_run(plan, id));
  TRY(transaction.commit());
  Claims claims(TRY(answered(number, plan.generation)));

  if (run == open_runs_.end()) {
    open_runs_.push_back(
        {.id = std::move(id), .key = plan.info.key, .lock = *std::move(lock)});
    run = std::prev(open_runs_.end());
  }
  run->number = number;
  run->claims = std::move(claims);
  return {};
}

Status SqliteStore::prepare_writing() {
  if (writing_) return {};
  SqlStatement insert_attempt = TRY(database_.prepare(
      "INSERT INTO attempt (id, run, ordinal, repeat, rotation, generation, "
      "started, "
      "latency, status, fault, message, finish_reason, model, build, "
      "prompt_tokens, reply_tokens, decoded_tokens, thought_tokens, logprobs, "
      "sha256, text, reasoning, request, response) VALUES "
      "(?, ?, ?, 0, 0, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (id) DO NOTHING"));
  SqlStatement upsert_result = TRY(database_.prepare(
      "INSERT INTO result (run, ordinal, repeat, rotation, generation, attempt) "
      "VALUES (?, ?, 0, 0, ?, ?) ON CONFLICT (run, ordinal, repeat, rotation) "
      "DO UPDATE SET generation = excluded.generation, attempt = excluded.attempt "
      "WHERE excluded.generation > result.generation OR (excluded.generation = "
      "result.generation AND excluded.attempt < result.attempt)"));
  SqlStatement touch = TRY(database_.prepare(
      "INSERT INTO activity (run, written) VALUES (?, ?) ON CONFLICT (run) "
      "DO UPDATE SET written = max(written, excluded.written)"));
  writing_ = Writing{.insert_attempt = std::move(insert_attempt),
                     .upsert_result = std::move(upsert_result),
                     .touch = std::move(touch)};
  return {};
}

Result<std::int64_t> SqliteStore::keep_dataset(const Plan& plan) {
  const std::string& digest = plan.info.key.dataset_digest;
  SqlStatement find =
      TRY(database_.prepare("SELECT number FROM dataset WHERE digest = ?"));
  find.text(digest);
  if (TRY(find.step())) return find.number_at(0);

  Dataset dataset = *plan.dataset;
  dataset.digest = digest;
  const std::string sum = dataset_sum(dataset);
  SqlStatement insert = TRY(database_.prepare(
      "INSERT INTO dataset (digest, name, split, revision, n, sha256) "
      "VALUES (?, ?, ?, ?, ?, ?) RETURNING number"));
  insert.text(digest).text(dataset.name).text(dataset.split).text(dataset.revision);
  insert.number(static_cast<std::int64_t>(dataset.questions.size())).text(sum);
  TRY(insert.step());
  const std::int64_t number = insert.number_at(0);
  insert.reset();

  SqlStatement question = TRY(database_.prepare(
      fmt::format("INSERT INTO question (dataset, ordinal, {}, sha256) VALUES "
                  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                  question_columns)));
  for (std::size_t at = 0; at < dataset.questions.size(); ++at) {
    const Question& asked = dataset.questions[at];
    const auto ordinal = static_cast<std::uint32_t>(at);
    const std::string choices = choices_json(asked.choices);
    const std::string right_choices = right_choices_json(asked);
    const std::string question_digest = question_sum(digest, ordinal, asked);
    question.number(number).number(ordinal).text(asked.id).text(asked.subject);
    question.number(asked.index).text(asked.text).text(choices);
    question.text(right_choices);
    question.text(asked.worked).text(question_digest);
    TRY(question.run());
  }
  return number;
}

Result<std::int64_t> SqliteStore::keep_run(const Plan& plan, const std::string& id) {
  const WallTime now = clock_();
  const std::int64_t created = count_of(plan.created.value_or(now));
  const RunInfo& info = plan.info;
  const std::int64_t dataset = TRY(keep_dataset(plan));
  SqlStatement find = TRY(database_.prepare("SELECT number FROM run WHERE id = ?"));
  find.text(id);
  std::int64_t number = 0;
  if (TRY(find.step())) {
    number = find.number_at(0);
    find.reset();
    if (plan.created) {
      SqlStatement earlier = TRY(database_.prepare(
          "UPDATE run SET created = min(created, ?) WHERE number = ?"));
      TRY(earlier.number(created).number(number).run());
    }
    TRY(write_info(database_, id, info));
  } else {
    const std::string key = info.key.canonical_json();
    const std::string json = info_json(info);
    const std::string sum = run_sum(id, key, json, info, created);
    SqlStatement insert = TRY(database_.prepare(
        "INSERT INTO run (id, dataset, key, info, dropped, repeats, rotations, "
        "created, sha256) VALUES (?, ?, ?, ?, ?, 1, 1, ?, ?) RETURNING number"));
    insert.text(id).number(dataset).text(key).text(json).number(info.dropped);
    insert.number(created).text(sum);
    TRY(insert.step());
    number = insert.number_at(0);
    insert.reset();
  }
  const std::int64_t written = count_of(plan.updated.value_or(now));
  TRY(writing_->touch.number(number).number(written).run());
  return number;
}

Result<std::vector<TrialId>> SqliteStore::answered(std::int64_t run, int generation) {
  SqlStatement row = TRY(database_.prepare(
      "SELECT ordinal FROM result WHERE run = ? AND generation >= ?"));
  row.number(run).number(generation);
  std::vector<TrialId> trials;
  while (TRY(row.step())) {
    trials.push_back({.ordinal = static_cast<std::uint32_t>(row.number_at(0))});
  }
  return trials;
}

OpenRun& SqliteStore::opened(const Plan& plan) {
  const auto run = std::ranges::find(open_runs_, plan.info.key, &OpenRun::key);
  assert(run != open_runs_.end());
  return *run;
}

Result<std::vector<TrialId>> SqliteStore::claim(const Plan& plan, std::size_t most) {
  return opened(plan).claims.take(plan.trials, most);
}

Status SqliteStore::append(const Plan& plan, std::span<const Completion> completions) {
  OpenRun& run = opened(plan);
  if (completions.empty()) return {};
  WallTime updated{};
  Transaction transaction = TRY(Transaction::begin(database_));
  for (const Completion& completion : completions) {
    for (const Attempt& attempt : completion.attempts) {
      assert(!attempt.id.empty());
      TRY(insert(run, completion.trial, plan.generation, attempt));
      updated = std::max(updated, attempt.started + attempt.latency);
    }
  }
  TRY(writing_->touch.number(run.number).number(count_of(updated)).run());
  TRY(transaction.commit());
  for (const Completion& completion : completions) {
    for (const Attempt& attempt : completion.attempts) {
      if (attempt.outcome) run.claims.answered(completion.trial);
    }
  }
  return {};
}

Status SqliteStore::insert(const OpenRun& run, TrialId trial, int generation,
                           const Attempt& attempt) {
  const auto bind_trial = [&](SqlStatement& statement) {
    statement.number(run.number).number(trial.ordinal).number(generation);
  };
  const Reply* const reply = attempt.outcome ? &*attempt.outcome : nullptr;
  const std::string logprobs = reply != nullptr ? logprobs_json(reply->logprobs) : "";
  const std::string sum = attempt_sum(run.id, trial, generation, attempt, logprobs);

  SqlStatement& row = writing_->insert_attempt;
  row.exact_text(attempt.id);
  bind_trial(row);
  row.number(count_of(attempt.started)).number(attempt.latency.count());
  row.number(attempt.status);
  if (reply != nullptr) {
    row.null().null();
    row.text(reply->finish_reason).text(reply->model).text(reply->build);
    row.number(reply->tokens.prompt).number(reply->tokens.reply);
    row.number(reply->tokens.decoded).number(reply->tokens.thought).text(logprobs);
    row.text(sum).text(reply->text).text(reply->reasoning);
  } else {
    row.text(name_of(attempt.outcome.error().fault));
    row.text(attempt.outcome.error().message);
    for (int column = 0; column < 8; ++column) row.null();  // what a reply says
    row.text(sum).null().null();
  }
  row.text(attempt.request);
  const std::string& response = attempt.response;
  // An INSERT holds the row a second time; the last column can be written behind it.
  const bool is_long = response.size() > long_response;
  TRY((is_long ? row.room(response.size()) : row.blob(response)).run());

  const bool is_new = database_.changes() == 1;
  if (is_new && is_long) TRY(database_.fill("attempt", "response", response));
  if (reply == nullptr || !is_new) return {};
  SqlStatement& result = writing_->upsert_result;
  bind_trial(result);
  return result.exact_text(attempt.id).run();
}

// ---- Forgetting -------------------------------------------------------------------

Status SqliteStore::hide(const std::string& run_id, bool hidden) {
  TRY(check_can_write());
  const RunLock lock = TRY(RunLock::take(path_, run_id));
  Transaction transaction = TRY(Transaction::begin(database_));
  SqlStatement find = TRY(database_.prepare(
      fmt::format("SELECT {}, r.number FROM run r WHERE r.id = ?", run_columns)));
  find.text(run_id);
  if (!TRY(find.step())) return no_run(run_id);
  RunInfo info = TRY(read_run(find).in(fmt::format("run {}", short_id(run_id))));
  const std::int64_t number = find.number_at(run_column_count);
  find.reset();
  info.hidden = hidden;
  TRY(write_info(database_, run_id, info));
  TRY(prepare_writing());
  TRY(writing_->touch.number(number).number(count_of(clock_())).run());
  return transaction.commit();
}

Status SqliteStore::remove(const std::string& run_id) {
  TRY(check_can_write());
  const std::int64_t number = TRY(number_of(run_id));
  const RunLock lock = TRY(RunLock::take(path_, run_id));
  {
    // For each attempt that goes, SQLite would search all results, which have no index
    // by attempt. What is deleted is overwritten.
    const Unguarded unguarded = TRY(Unguarded::begin(database_));
    TRY(database_.execute("PRAGMA secure_delete = ON"));
    Transaction transaction = TRY(Transaction::begin(database_));
    const std::string dataset = TRY(database_.value_of(
        fmt::format("SELECT dataset FROM run WHERE number = {}", number)));
    for (const std::string_view table : {"result", "attempt", "activity"}) {
      TRY(database_.execute(
          fmt::format("DELETE FROM {} WHERE run = {}", table, number)));
    }
    TRY(database_.execute(fmt::format("DELETE FROM run WHERE number = {}", number)));
    const std::string others = TRY(database_.value_of(
        fmt::format("SELECT count(*) FROM run WHERE dataset = {}", dataset)));
    if (others == "0") {
      TRY(database_.execute(
          fmt::format("DELETE FROM question WHERE dataset = {0}; DELETE FROM dataset "
                      "WHERE number = {0}",
                      dataset)));
    }
    TRY(transaction.commit());
  }
  // It is gone already. Where others are at work the file keeps its size, and the log
  // its pages until they leave.
  (void)database_.execute("PRAGMA temp_store = FILE; VACUUM");
  (void)database_.execute("PRAGMA wal_checkpoint(TRUNCATE)");
  return {};
}

// ---- Reading ----------------------------------------------------------------------

Result<std::vector<StoredRun>> SqliteStore::runs() {
  SqlStatement row = TRY(database_.prepare(
      fmt::format("SELECT {}, r.id, r.created, coalesce(t.written, r.created) AS "
                  "updated, (SELECT count(*) FROM result WHERE run = r.number), "
                  "(SELECT count(*) FROM attempt WHERE run = r.number), "
                  "(SELECT max(generation) FROM attempt WHERE run = r.number) "
                  "FROM run r LEFT JOIN activity t ON t.run = r.number ORDER BY "
                  "updated DESC, r.id",
                  run_columns)));
  return read_runs(row, database_.shown());
}

Result<std::int64_t> SqliteStore::number_of(const std::string& run_id) {
  SqlStatement row = TRY(database_.prepare("SELECT number FROM run WHERE id = ?"));
  row.text(run_id);
  if (TRY(row.step())) return row.number_at(0);
  return no_run(run_id);
}

tl::unexpected<Error> SqliteStore::no_run(const std::string& run_id) const {
  return fail(Fault::store, "{}: no run {} in this store", database_.shown(),
              short_id(run_id));
}

Result<std::vector<SubjectReplies>> SqliteStore::subjects(const std::string& run_id) {
  const std::int64_t number = TRY(number_of(run_id));
  SqlStatement row = TRY(database_.prepare(
      "SELECT subject, count(*), sum(EXISTS (SELECT 1 FROM result WHERE run = ?1 AND "
      "result.ordinal = question.ordinal)) FROM question WHERE dataset = (SELECT "
      "dataset FROM run WHERE number = ?1) GROUP BY subject ORDER BY subject"));
  row.number(number);
  return read_subjects(row);
}

Result<Dataset> SqliteStore::questions(const std::string& run_id) {
  const std::int64_t number = TRY(number_of(run_id));
  SqlStatement run = TRY(
      database_.prepare(fmt::format("SELECT {}, d.number, d.digest FROM run r JOIN "
                                    "dataset d ON d.number = r.dataset WHERE r.number "
                                    "= ?",
                                    run_columns)));
  run.number(number);
  if (!TRY(run.step())) {
    return fail(Fault::data, "{}: run {} has no data set", database_.shown(),
                short_id(run_id));
  }
  const RunInfo info = TRY(read_run(run).in(database_.shown()));
  Dataset dataset{.name = info.dataset,
                  .split = info.split,
                  .revision = info.revision,
                  .digest = std::string(run.text_at(run_column_count + 1))};
  SqlStatement row = TRY(database_.prepare(fmt::format(
      "SELECT {} FROM question WHERE dataset = ? ORDER BY ordinal", question_columns)));
  row.number(run.number_at(run_column_count));
  dataset.questions = TRY(read_questions(row, database_.shown()));
  return dataset;
}

// Orders are found over ids alone and the attempts read one by one: a sort over whole
// rows would hold all bodies of a run in memory.
Result<StoredAttempt> SqliteStore::attempt_of(SqlStatement& row, std::string_view id,
                                              bool with_bodies) {
  row.exact_text(id);
  if (!TRY(row.step())) {
    return fail(Fault::data, "{}: attempt {} is not there", database_.shown(), id);
  }
  StoredAttempt stored = TRY(read_attempt(row, with_bodies).in(database_.shown()));
  row.reset();
  return stored;
}

Status SqliteStore::results(const std::string& run_id, bool with_bodies,
                            const std::function<Status(StoredResult)>& see) {
  const std::int64_t number = TRY(number_of(run_id));
  // The inner query never leaves the index attempt_trial. Ids begin with the time, so
  // the greatest is the newest.
  SqlStatement order = TRY(database_.prepare(
      "SELECT coalesce(r.attempt, t.newest), t.attempts FROM (SELECT ordinal, count(*) "
      "AS attempts, max(id) AS newest FROM attempt WHERE run = ?1 GROUP BY ordinal) t "
      "LEFT JOIN result r ON r.run = ?1 AND r.ordinal = t.ordinal ORDER BY t.ordinal"));
  SqlStatement row = TRY(database_.prepare(
      fmt::format("SELECT {}{} FROM attempt a WHERE a.id = ?", attempt_columns,
                  with_bodies ? ", a.request, a.response" : "")));
  order.number(number);
  while (TRY(order.step())) {
    StoredAttempt stored = TRY(attempt_of(row, order.text_at(0), with_bodies));
    TRY(see({.trial = stored.trial,
             .attempt = std::move(stored.attempt),
             .attempts = order.number_at(1),
             .generation = stored.generation}));
  }
  return {};
}

Result<std::vector<ReplySource>> SqliteStore::sources(const std::string& run_id) {
  const std::int64_t number = TRY(number_of(run_id));
  SqlStatement row = TRY(database_.prepare(
      "SELECT coalesce(a.model, ''), coalesce(a.build, ''), count(*) FROM result r "
      "JOIN attempt a ON a.id = r.attempt WHERE r.run = ? GROUP BY 1, 2 ORDER BY 1, "
      "2"));
  row.number(number);
  std::vector<ReplySource> sources;
  while (TRY(row.step())) {
    sources.push_back(
        {std::string(row.text_at(0)), std::string(row.text_at(1)), row.number_at(2)});
  }
  return sources;
}

Status SqliteStore::attempts(const std::string& run_id,
                             const std::function<Status(StoredAttempt)>& see) {
  const std::int64_t number = TRY(number_of(run_id));
  SqlStatement order =
      TRY(database_.prepare("SELECT id FROM attempt WHERE run = ? "
                            "ORDER BY generation, ordinal, id"));
  SqlStatement row = TRY(database_.prepare(
      fmt::format("SELECT {}, a.request, a.response FROM attempt a WHERE a.id = ?",
                  attempt_columns)));
  order.number(number);
  while (TRY(order.step())) {
    StoredAttempt stored = TRY(attempt_of(row, order.text_at(0), true));
    TRY(see(std::move(stored)));
  }
  return {};
}

// ---- Opening ----------------------------------------------------------------------

// What the file's first bytes say, before SQLite sees it.
Status check_file(const std::filesystem::path& path, OpenMode mode) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (std::filesystem::is_directory(status)) {
    return fail(Fault::store, "{}: is a folder; name a file with `store`",
                path.string());
  }
  if (!std::filesystem::exists(status)) {
    if (mode == OpenMode::read_only) {
      return fail(Fault::store,
                  "{}: no such store; proctor run makes one, `store` or PROCTOR_STORE "
                  "names another",
                  path.string());
    }
    const auto folder = std::filesystem::absolute(path, error).parent_path();
    if (std::filesystem::is_directory(folder, error)) return {};
    return fail(Fault::io,
                "{}: the folder {} does not exist; make it or name another store with "
                "`store`",
                path.string(), folder.string());
  }
  constexpr std::string_view magic("SQLite format 3\0", 16);
  std::string head(magic.size(), '\0');
  std::ifstream file(path, std::ios::binary);
  file.read(head.data(), static_cast<std::streamsize>(head.size()));
  head.resize(static_cast<std::size_t>(file.gcount()));
  // What cannot be read is SQLite's to explain.
  if (head.empty() || head == magic) return {};
  return fail(Fault::data,
              "{}: expected a Proctor store, found a file that begins with \"{}\"",
              path.string(), for_terminal_line(head));
}

constexpr const char* settings =
    "PRAGMA busy_timeout = 30000; PRAGMA foreign_keys = ON; PRAGMA synchronous = FULL; "
    "PRAGMA cell_size_check = ON; PRAGMA cache_size = -16384; "
    "PRAGMA wal_autocheckpoint = 1000; PRAGMA temp_store = MEMORY";

std::string file_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char byte : file.string()) {
    const bool plain = std::string_view("?#%").find(byte) == std::string_view::npos;
    uri += plain ? std::string(1, byte)
                 : fmt::format("%{:02X}", static_cast<unsigned char>(byte));
  }
  return uri + "?immutable=1";
}

// Opened for writing where that can be, so that the last reader leaves no -wal and -shm
// behind; query_only keeps it from changing a thing.
Result<Database> open_for_reading(const std::filesystem::path& file,
                                  std::string shown) {
  const auto usable = [](const Database& database) -> Status {
    TRY(database.execute(settings));
    TRY(database.execute("PRAGMA query_only = ON"));
    TRY(database.value_of("SELECT count(*) FROM sqlite_schema"));
    return {};
  };
  Database database = TRY(Database::open(
      file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, shown));
  const Status status = usable(database);
  if (status) return database;
  if (status.error().fault != Fault::io) return tl::unexpected(status.error());

  // A folder that cannot be written has no room for the -shm file. Without a -wal file
  // nobody is writing and all is in the file itself.
  for (const char* const log : {"-wal", "-journal"}) {
    std::error_code error;
    const auto waiting = std::filesystem::file_size(file.string() + log, error);
    if (error || waiting == 0) continue;
    return fail(Fault::io,
                "{}: its last answers are in {}{}, and the folder cannot be written; "
                "copy both files to a folder of yours and read them there",
                shown, shown, log);
  }
  Database still = TRY(Database::open(
      file_uri(file), SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI,
      shown));
  TRY(usable(still));
  return still;
}

Result<Database> open_for_writing(const std::filesystem::path& file,
                                  std::string shown) {
  Database database = TRY(Database::open(
      file.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
      shown));
  TRY(database.execute(settings));
  if (database.is_read_only()) {
    return fail(Fault::io,
                "{}: cannot be written; change its rights or name another store with "
                "`store`",
                shown);
  }
  return database;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite_store(const std::filesystem::path& store,
                                                 OpenMode mode, WallClock clock,
                                                 const Talk& talk) {
  TRY(check_file(store, mode));
  // Absolute, so that ":memory:" and a later change of folder have no meaning; and what
  // a link leads to, so that whoever comes by another name finds the same locks.
  std::error_code error;
  const auto absolute = std::filesystem::absolute(store, error);
  auto file = std::filesystem::weakly_canonical(absolute, error);
  if (error) file = absolute;
  Database database =
      TRY(mode == OpenMode::read_only ? open_for_reading(file, store.string())
                                      : open_for_writing(file, store.string()));
  const Content content = TRY(identify(database));
  if (mode == OpenMode::read_only) {
    if (content == Content::nothing) {
      return fail(Fault::store, "{}: is empty; proctor run makes it a store",
                  store.string());
    }
    if (content == Content::schema_1) TRY(read_as_current(database));
  } else if (content != Content::store) {
    TRY(content == Content::nothing ? create(database) : migrate(database, file, talk));
    // A new size of pages changes how many of them may be held.
    TRY(database.execute(settings));
  } else {
    TRY(use_wal(database));  // a copy that was made by VACUUM has another journal
  }
  return std::make_unique<SqliteStore>(std::move(database), file, mode,
                                       std::move(clock));
}

}  // namespace proctor
