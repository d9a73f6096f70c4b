#include "proctor/store/postgres_store.h"

#include <algorithm>
#include <cassert>

#include "proctor/store/form.h"
#include "proctor/store/postgres_schema.h"
#include "proctor/store/rows.h"
#include "proctor/store/run_lock.h"

namespace proctor {
namespace {

constexpr const char* insert_attempt = "insert_attempt";

// The smallest id of the highest generation, whatever comes first; nothing where the
// attempt was kept already.
constexpr std::string_view insert_attempt_sql =
    "WITH kept AS (INSERT INTO attempt (id, run, ordinal, repeat, rotation, "
    "generation, "
    "started, latency, status, fault, message, finish_reason, model, build, "
    "prompt_tokens, reply_tokens, decoded_tokens, thought_tokens, logprobs, sha256, "
    "text, reasoning, request, response) VALUES ($1, $2, $3, 0, 0, $4, $5, $6, $7, $8, "
    "$9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22) "
    "ON CONFLICT (id) DO NOTHING RETURNING id, run, ordinal, generation, fault) "
    "INSERT INTO result (run, ordinal, repeat, rotation, generation, attempt) SELECT "
    "run, ordinal, 0, 0, generation, id FROM kept WHERE fault IS NULL ON CONFLICT "
    "(run, "
    "ordinal, repeat, rotation) DO UPDATE SET generation = excluded.generation, "
    "attempt "
    "= excluded.attempt WHERE excluded.generation > result.generation OR "
    "(excluded.generation = result.generation AND excluded.attempt < result.attempt)";

std::int64_t count_of(WallTime time) {
  return time.time_since_epoch().count();
}

PgStatement statement_for(const SharedRun& run, TrialId trial, int generation,
                          const Attempt& attempt, std::deque<std::string>& texts) {
  const Reply* const reply = attempt.outcome ? &*attempt.outcome : nullptr;
  const auto keep = [&](std::string text) -> std::string_view {
    return texts.emplace_back(std::move(text));
  };
  const std::string_view logprobs =
      reply != nullptr ? keep(logprobs_json(reply->logprobs)) : "";
  const std::string_view sum =
      keep(attempt_sum(run.id, trial, generation, attempt, logprobs));
  PgStatement statement{.prepared = insert_attempt};
  PgValues& row = statement.values;
  row.bytes(attempt.id).number(run.number).number(trial.ordinal).number(generation);
  row.number(count_of(attempt.started)).number(attempt.latency.count());
  row.number(attempt.status);
  if (reply != nullptr) {
    row.null_text().null_bytes();
    row.bytes(reply->finish_reason).bytes(reply->model).bytes(reply->build);
    row.number(reply->tokens.prompt).number(reply->tokens.reply);
    row.number(reply->tokens.decoded).number(reply->tokens.thought).bytes(logprobs);
    row.text(sum).bytes(reply->text).bytes(reply->reasoning);
  } else {
    const Error& error = attempt.outcome.error();
    row.text(name_of(error.fault)).bytes(error.message);
    for (int column = 0; column < 3; ++column) row.null_bytes();
    for (int column = 0; column < 4; ++column) row.number(std::nullopt);
    row.null_bytes().text(sum).null_bytes().null_bytes();
  }
  row.bytes(attempt.request).bytes(attempt.response);
  return statement;
}

// Where only a row's lateness is at stake, processes must not wait for each other.
PgStatement touch(std::int64_t run, std::int64_t written, std::int64_t late_by) {
  return {
      .sql = "UPDATE activity SET written = $2 WHERE run = $1 AND written < $2 - $3",
      .values = PgValues().number(run).number(written).number(late_by)};
}

}  // namespace

// ---- Opening ----------------------------------------------------------------------

PostgresStore::~PostgresStore() {
  for (SharedRun& run : runs_) {
    if (!database_.is_alive()) return;
    (void)leave(run);
  }
}

Status PostgresStore::check_can_write() const {
  if (mode_ == OpenMode::read_write) return {};
  return fail(Fault::store, "{}: was opened for reading only", database_.shown());
}

Status PostgresStore::open(const Plan& plan) {
  TRY(check_can_write());
  SharedRun fresh{.id = plan.info.key.id(),
                  .asker = new_asker_id(),
                  .key = plan.info.key,
                  .generation = plan.generation};
  const auto former = std::ranges::find(runs_, fresh.id, &SharedRun::id);
  if (former != runs_.end()) {
    TRY(leave(*former));
    runs_.erase(former);
  }
  // Others who append meanwhile may be in the way: a deadlock, which the server ends.
  constexpr int tries = 5;
  Status status;
  for (int i = 0; i < tries; ++i) {
    status = begin_asking(plan, fresh);
    if (status || status.error().fault != Fault::network) break;
  }
  TRY(std::move(status));
  fresh.left = TRY(unanswered(plan, fresh));
  runs_.push_back(std::move(fresh));
  return {};
}

Status PostgresStore::begin_asking(const Plan& plan, SharedRun& run) {
  auto change = TRY(Postgres::Change::begin(database_));
  TRY(lock_run(run.id));
  run.number = TRY(keep_run(plan, run.id));
  if (!plan.trials.empty()) {
    // What failed is asked again by whoever asks from now on.
    TRY(
        database_.execute("UPDATE lease SET asker = NULL, ended = false WHERE run = $1 "
                          "AND generation = $2 AND ended",
                          PgValues().number(run.number).number(run.generation)));
    TRY(join(plan, run));
  }
  return change.commit();
}

SharedRun& PostgresStore::opened(const Plan& plan) {
  const auto run = std::ranges::find(runs_, plan.info.key, &SharedRun::key);
  assert(run != runs_.end());
  return *run;
}

Status PostgresStore::lock_run(const std::string& run_id) {
  const auto number = static_cast<std::int64_t>(
      std::strtoull(run_id.substr(0, 15).c_str(), nullptr, 16));
  return database_.execute("SELECT pg_advisory_xact_lock($1)",
                           PgValues().number(number));
}

// ---- What is kept of a run --------------------------------------------------------

Result<std::int64_t> PostgresStore::keep_dataset(const Plan& plan) {
  const std::string& digest = plan.info.key.dataset_digest;
  const std::string_view find = "SELECT number FROM dataset WHERE digest = $1";
  PgRows found = TRY(database_.query(find, PgValues().text(digest)));
  if (TRY(found.step())) return found.number_at(0);

  Dataset dataset = *plan.dataset;
  dataset.digest = digest;
  const std::string sum = dataset_sum(dataset);
  // Another run's first asker may be at it: then this waits for it.
  PgRows made = TRY(database_.query(
      "INSERT INTO dataset (digest, name, split, revision, n, sha256) VALUES ($1, $2, "
      "$3, $4, $5, $6) ON CONFLICT (digest) DO NOTHING RETURNING number",
      PgValues()
          .text(digest)
          .bytes(dataset.name)
          .bytes(dataset.split)
          .bytes(dataset.revision)
          .number(static_cast<std::int64_t>(dataset.questions.size()))
          .text(sum)));
  if (TRY(made.step())) {
    TRY(keep_questions(made.number_at(0), dataset));
    return made.number_at(0);
  }
  found = TRY(database_.query(find, PgValues().text(digest)));
  TRY(found.step());
  return found.number_at(0);
}

Status PostgresStore::keep_questions(std::int64_t number, const Dataset& dataset) {
  constexpr std::size_t most = 1000;
  for (std::size_t first = 0; first < dataset.questions.size(); first += most) {
    std::vector<std::uint32_t> ordinals, positions;
    std::vector<std::string> ids, subjects, texts, choices, rights, worked, sums;
    const std::size_t end = std::min(first + most, dataset.questions.size());
    for (std::size_t at = first; at < end; ++at) {
      const Question& asked = dataset.questions[at];
      const auto ordinal = static_cast<std::uint32_t>(at);
      ordinals.push_back(ordinal);
      positions.push_back(static_cast<std::uint32_t>(asked.index));
      ids.push_back(asked.id);
      subjects.push_back(asked.subject);
      texts.push_back(asked.text);
      choices.push_back(choices_json(asked.choices));
      rights.push_back(right_choices_json(asked));
      worked.push_back(asked.worked);
      sums.push_back(question_sum(dataset.digest, ordinal, asked));
    }
    TRY(database_.execute(
        "INSERT INTO question (dataset, ordinal, id, subject, position, text, choices, "
        "right_choices, worked, sha256) SELECT $1, * FROM unnest($2::bigint[], "
        "$3::bytea[], $4::bytea[], $5::bigint[], $6::bytea[], $7::bytea[], "
        "$8::bytea[], $9::bytea[], $10::text[])",
        PgValues()
            .number(number)
            .numbers(ordinals)
            .many_bytes(ids)
            .many_bytes(subjects)
            .numbers(positions)
            .many_bytes(texts)
            .many_bytes(choices)
            .many_bytes(rights)
            .many_bytes(worked)
            .texts(sums)));
  }
  return {};
}

Result<std::int64_t> PostgresStore::keep_run(const Plan& plan, const std::string& id) {
  const WallTime now = clock_();
  const std::int64_t created = count_of(plan.created.value_or(now));
  const RunInfo& info = plan.info;
  const std::int64_t dataset = TRY(keep_dataset(plan));
  const std::string key = info.key.canonical_json(), json = info_json(info);
  const std::string sum = run_sum(id, key, json, info, created);
  PgRows made = TRY(database_.query(
      "INSERT INTO run (id, dataset, key, info, dropped, repeats, rotations, created, "
      "sha256) VALUES ($1, $2, $3, $4, $5, 1, 1, $6, $7) ON CONFLICT (id) DO NOTHING "
      "RETURNING number",
      PgValues()
          .text(id)
          .number(dataset)
          .bytes(key)
          .bytes(json)
          .number(info.dropped)
          .number(created)
          .text(sum)));
  if (!TRY(made.step())) {
    if (plan.created)
      TRY(database_.execute("UPDATE run SET created = least(created, $1) WHERE id = $2",
                            PgValues().number(created).text(id)));
    TRY(write_info(id, info));
  }
  const std::int64_t number = TRY(number_of(id));
  TRY(database_.execute(
      "INSERT INTO activity (run, written) VALUES ($1, $2) ON CONFLICT (run) DO UPDATE "
      "SET written = greatest(activity.written, excluded.written)",
      PgValues().number(number).number(count_of(plan.updated.value_or(now)))));
  return number;
}

Status PostgresStore::write_info(const std::string& run_id, const RunInfo& info) {
  PgRows row = TRY(database_.query("SELECT key, created FROM run WHERE id = $1",
                                   PgValues().text(run_id)));
  if (!TRY(row.step())) return no_run(run_id);
  const std::string json = info_json(info);
  const std::string sum = run_sum(run_id, row.text_at(0), json, info, row.number_at(1));
  return database_.execute(
      "UPDATE run SET info = $1, dropped = $2, sha256 = $3 WHERE id = $4",
      PgValues().bytes(json).number(info.dropped).text(sum).text(run_id));
}

Status PostgresStore::append(const Plan& plan,
                             std::span<const Completion> completions) {
  SharedRun& run = opened(plan);
  if (completions.empty()) return {};
  TRY(database_.ready());
  TRY(stay(plan, run));
  if (prepared_ != database_.connections()) {
    TRY(database_.prepare(insert_attempt, insert_attempt_sql));
    prepared_ = database_.connections();
  }
  std::deque<std::string> texts;
  std::vector<PgStatement> statements;
  std::vector<std::uint32_t> replied, failed;
  WallTime updated{};
  for (const Completion& completion : completions) {
    bool has_reply = false;
    for (const Attempt& attempt : completion.attempts) {
      assert(!attempt.id.empty());
      statements.push_back(
          statement_for(run, completion.trial, plan.generation, attempt, texts));
      updated = std::max(updated, attempt.started + attempt.latency);
      has_reply = has_reply || attempt.outcome;
    }
    (has_reply ? replied : failed).push_back(completion.trial.ordinal);
  }
  // A reply ends a trial, whoever has it now; a failure does so by its holder's word
  // alone, so that one that comes late ends nothing of another's.
  statements.push_back(
      {.sql = "UPDATE lease SET ended = true WHERE run = $1 AND generation = $2 AND "
              "(ordinal = ANY ($3) OR (ordinal = ANY ($4) AND asker = $5))",
       .values = PgValues()
                     .number(run.number)
                     .number(plan.generation)
                     .numbers(replied)
                     .numbers(failed)
                     .text(run.asker)});
  statements.push_back(touch(run.number, count_of(updated), 1'000'000));
  TRY(database_.commit(statements));
  for (const std::uint32_t ordinal : replied) run.taken.insert(ordinal);
  return {};
}

// ---- Forgetting -------------------------------------------------------------------

Status PostgresStore::check_nobody_asks(const std::string& run_id) {
  PgRows row = TRY(database_.query(
      "SELECT a.name FROM asker a JOIN run r ON r.number = a.run WHERE r.id = $1 AND "
      "a.expires > now() LIMIT 1",
      PgValues().text(run_id)));
  if (!TRY(row.step())) return {};
  return fail(Fault::store, "{} by {}; wait for it or stop it",
              fmt::format("run {} is being asked", short_id(run_id)),
              for_terminal_line(row.text_at(0)));
}

Status PostgresStore::hide(const std::string& run_id, bool hidden) {
  TRY(check_can_write());
  auto change = TRY(Postgres::Change::begin(database_));
  TRY(lock_run(run_id));
  TRY(check_nobody_asks(run_id));
  PgRows row = TRY(database_.query(
      fmt::format("SELECT {}, r.number FROM run r WHERE r.id = $1", run_columns),
      PgValues().text(run_id)));
  if (!TRY(row.step())) return no_run(run_id);
  RunInfo info = TRY(read_run(row).in(fmt::format("run {}", short_id(run_id))));
  info.hidden = hidden;
  TRY(write_info(run_id, info));
  const PgStatement touched =
      touch(row.number_at(run_column_count), count_of(clock_()), 0);
  TRY(database_.execute(touched.sql, touched.values));
  return change.commit();
}

Status PostgresStore::remove(const std::string& run_id) {
  TRY(check_can_write());
  const std::int64_t number = TRY(number_of(run_id));
  auto change = TRY(Postgres::Change::begin(database_));
  TRY(lock_run(run_id));
  TRY(check_nobody_asks(run_id));
  PgRows of = TRY(database_.query("SELECT dataset FROM run WHERE number = $1",
                                  PgValues().number(number)));
  if (!TRY(of.step())) return no_run(run_id);
  const std::int64_t dataset = of.number_at(0);
  // The trigger lets this run's attempts go, until the end of the change.
  const std::string word = std::to_string(number);
  TRY(database_.execute("SELECT set_config('proctor.forgets', $1, true)",
                        PgValues().text(word)));
  for (const std::string_view table :
       {"lease", "asker", "result", "attempt", "activity"})
    TRY(database_.execute(fmt::format("DELETE FROM {} WHERE run = $1", table),
                          PgValues().number(number)));
  TRY(database_.execute("DELETE FROM run WHERE number = $1",
                        PgValues().number(number)));
  // The lock that a new run of this data set would need keeps it from coming meanwhile.
  TRY(database_.execute("SELECT FROM dataset WHERE number = $1 FOR UPDATE",
                        PgValues().number(dataset)));
  PgRows others = TRY(database_.query("SELECT FROM run WHERE dataset = $1 LIMIT 1",
                                      PgValues().number(dataset)));
  if (!TRY(others.step())) {
    TRY(database_.execute("DELETE FROM question WHERE dataset = $1",
                          PgValues().number(dataset)));
    TRY(database_.execute("DELETE FROM dataset WHERE number = $1",
                          PgValues().number(dataset)));
  }
  TRY(change.commit());
  // It is gone already; its space is overwritten as the server sees fit. Not an owner's
  // right only costs that.
  (void)database_.execute(fmt::format("VACUUM {}", "attempt"));
  return {};
}

// ---- By its address ---------------------------------------------------------------

Result<std::unique_ptr<Store>> open_postgres_store(const std::string& url,
                                                   OpenMode mode,
                                                   const StoreWorld& world,
                                                   Sharing sharing) {
  const auto open = [&]() -> Result<std::unique_ptr<Store>> {
    Postgres database =
        TRY(Postgres::open(url, shown_store(url), {.is_stopped = world.is_stopped}));
    if (mode == OpenMode::read_write) {
      TRY(make_store(database));
    } else if (!TRY(has_store(database))) {
      return fail(Fault::store,
                  "{}: no such store; proctor run makes one, `store` or PROCTOR_STORE "
                  "names another",
                  database.shown());
    }
    return std::make_unique<PostgresStore>(std::move(database), mode, world.clock,
                                           sharing);
  };
  auto store = open();
  // Nothing waits for a store that was never there.
  if (!store && store.error().fault == Fault::network)
    return fail(Fault::store, "{}", store.error().message);
  return store;
}

}  // namespace proctor
