// Many processes share a run: docs/store.md, "Many askers".
#include <algorithm>
#include <random>

#include "proctor/store/postgres_store.h"
#include "proctor/store/run_lock.h"

namespace proctor {
namespace {

TimePoint now() {
  return std::chrono::steady_clock::now();
}

// Says whether others could take this process for dead: by the server's clock, for this
// machine's may have slept, too.
constexpr std::string_view renew =
    "UPDATE asker a SET expires = now() + $2 * interval '1 millisecond' FROM (SELECT "
    "id, "
    "expires <= now() AS was_dead FROM asker WHERE id = $1) before WHERE a.id = "
    "before.id RETURNING before.was_dead, set_config('synchronous_commit', 'off', "
    "true)";

// One statement, so that a trial has one holder; SKIP LOCKED, so that nobody waits for
// who leases at the same moment. `seen` is the lease as the statement found it: where
// somebody else has leased it since, PostgreSQL locks the newer row and looks at the
// conditions again with that one, but with the asker of the older, so that a lease just
// taken looks like one whose holder is gone. Its epoch tells. It need not be on disk: a
// lease that a crash forgets is a trial that is free.
constexpr std::string_view lease_sql =
    "WITH free AS (SELECT l.ordinal FROM unnest($3::bigint[]) WITH ORDINALITY w "
    "(ordinal, place) JOIN lease seen ON seen.run = $1 AND seen.generation = $2 AND "
    "seen.ordinal = w.ordinal JOIN lease l ON l.run = $1 AND l.generation = $2 AND "
    "l.ordinal = w.ordinal AND l.epoch = seen.epoch LEFT JOIN asker a ON a.id = "
    "seen.asker WHERE NOT l.ended AND (a.id IS NULL OR a.expires <= now()) AND NOT "
    "EXISTS (SELECT FROM result r WHERE r.run = $1 AND r.ordinal = w.ordinal AND "
    "r.generation >= $2) ORDER BY w.place LIMIT $4 FOR UPDATE OF l SKIP LOCKED) UPDATE "
    "lease l SET asker = $5, epoch = epoch + 1 FROM free WHERE l.run = $1 AND "
    "l.generation = $2 AND l.ordinal = free.ordinal RETURNING l.ordinal, "
    "set_config('synchronous_commit', 'off', true)";

}  // namespace

std::string new_asker_id() {
  std::random_device chance;
  std::string id;
  for (int i = 0; i < 4; ++i) id += fmt::format("{:08x}", chance());
  return id;
}

// ---- Coming and going -------------------------------------------------------------

Status PostgresStore::join(const Plan& plan, SharedRun& run) {
  const std::string name = this_process();
  TRY(database_.execute("DELETE FROM asker WHERE run = $1 AND expires <= now()",
                        PgValues().number(run.number)));
  TRY(database_.execute(
      "INSERT INTO asker (id, run, name, expires) VALUES ($1, $2, $3, now() + $4 * "
      "interval '1 millisecond') ON CONFLICT (id) DO UPDATE SET expires = "
      "excluded.expires",
      PgValues().text(run.asker).number(run.number).bytes(name).number(silence())));
  std::vector<std::uint32_t> ordinals;
  for (const TrialId trial : plan.trials) ordinals.push_back(trial.ordinal);
  TRY(database_.execute(
      "INSERT INTO lease (run, generation, ordinal) SELECT DISTINCT $1, $2, o FROM "
      "unnest($3::bigint[]) o WHERE NOT EXISTS (SELECT FROM result r WHERE r.run = $1 "
      "AND r.ordinal = o AND r.generation >= $2) ORDER BY o ON CONFLICT DO NOTHING",
      PgValues().number(run.number).number(run.generation).numbers(ordinals)));
  run.connection = database_.connections();
  run.renewed = now();
  return {};
}

// After a silence so long that others took this process for dead, or where a server
// took over that knows nothing of it.
Status PostgresStore::rejoin(const Plan& plan, SharedRun& run) {
  auto change = TRY(Postgres::Change::begin(database_));
  TRY(lock_run(run.id));
  run.number = TRY(keep_run(plan, run.id));
  TRY(join(plan, run));
  return change.commit();
}

Status PostgresStore::stay(const Plan& plan, SharedRun& run) {
  const bool is_known = run.connection == database_.connections();
  if (plan.trials.empty()) return {};
  if (is_known && now() - run.renewed < sharing_.silence / 4) return {};
  const TimePoint asked = now();
  PgRows row =
      TRY(database_.query(renew, PgValues().text(run.asker).number(silence())));
  const bool is_listed = TRY(row.step());
  const bool was_dead = !is_listed || row.number_at(0) != 0;
  if (!is_listed) TRY(rejoin(plan, run));
  run.connection = database_.connections();
  run.renewed = asked;
  return was_dead ? give_back_unit(run) : Status();
}

// What was not begun yet: others may be at it.
Status PostgresStore::give_back_unit(SharedRun& run) {
  std::vector<std::uint32_t> ordinals;
  for (const TrialId trial : run.unit) ordinals.push_back(trial.ordinal);
  TRY(database_.execute(
      "UPDATE lease SET asker = NULL WHERE run = $1 AND generation = $2 AND asker = $3 "
      "AND ordinal = ANY ($4)",
      PgValues()
          .number(run.number)
          .number(run.generation)
          .text(run.asker)
          .numbers(ordinals)));
  for (const std::uint32_t ordinal : ordinals) run.taken.erase(ordinal);
  run.unit.clear();
  run.window = 0;
  return {};
}

Status PostgresStore::leave(SharedRun& run) {
  auto change = TRY(Postgres::Change::begin(database_));
  TRY(lock_run(run.id));
  const auto with_run = [&] { return PgValues().number(run.number); };
  TRY(
      database_.execute("UPDATE lease SET asker = NULL WHERE run = $1 AND asker = $2 "
                        "AND NOT ended",
                        with_run().text(run.asker)));
  TRY(database_.execute(
      "DELETE FROM asker WHERE run = $1 AND (id = $2 OR expires <= now())",
      with_run().text(run.asker)));
  TRY(
      database_.execute("DELETE FROM lease WHERE run = $1 AND NOT EXISTS (SELECT FROM "
                        "asker WHERE run = $1)",
                        with_run()));
  TRY(database_.execute(
      "UPDATE activity SET written = greatest(written, (SELECT max(started + latency) "
      "FROM attempt WHERE run = $1)) WHERE run = $1",
      with_run()));
  return change.commit();
}

// ---- Claiming ---------------------------------------------------------------------

Result<std::vector<std::uint32_t>> PostgresStore::unanswered(const Plan& plan,
                                                             const SharedRun& run) {
  PgRows row = TRY(
      database_.query("SELECT ordinal FROM result WHERE run = $1 AND generation >= $2",
                      PgValues().number(run.number).number(run.generation)));
  std::unordered_set<std::uint32_t> seen;
  while (TRY(row.step())) seen.insert(static_cast<std::uint32_t>(row.number_at(0)));
  std::vector<std::uint32_t> left;
  for (const TrialId trial : plan.trials) {
    if (seen.insert(trial.ordinal).second) left.push_back(trial.ordinal);
  }
  return left;
}

Result<std::vector<TrialId>> PostgresStore::claim(const Plan& plan, std::size_t most) {
  SharedRun& run = opened(plan);
  TRY(stay(plan, run));
  std::vector<TrialId> claimed;
  if (most > 0 && run.unit.empty()) TRY(lease_unit(run, most));
  while (claimed.size() < most && !run.unit.empty()) {
    claimed.push_back(run.unit.front());
    run.unit.pop_front();
  }
  return claimed;
}

// Goes through the plan a window at a time: where one has nothing free, the next. At
// its end once more through what has not ended yet, for others give back and die.
Status PostgresStore::lease_unit(SharedRun& run, std::size_t most) {
  constexpr std::size_t width = 256;
  const std::size_t wanted = std::max(sharing_.unit, std::min(most, 4 * sharing_.unit));
  bool has_looked_again = false;
  while (true) {
    if (run.window >= run.left.size()) {
      const auto pause = std::min<std::chrono::milliseconds>(
          std::chrono::milliseconds(500), sharing_.silence / 4);
      if (has_looked_again || now() - run.looked < pause) return {};
      TRY(look_again(run));
      has_looked_again = true;
      continue;
    }
    std::vector<std::uint32_t> window;
    std::size_t end = run.window;
    for (; end < run.left.size() && window.size() < width; ++end) {
      if (!run.taken.contains(run.left[end])) window.push_back(run.left[end]);
    }
    PgRows row =
        TRY(database_.query(lease_sql, PgValues()
                                           .number(run.number)
                                           .number(run.generation)
                                           .numbers(window)
                                           .number(static_cast<std::int64_t>(wanted))
                                           .text(run.asker)));
    std::unordered_set<std::uint32_t> leased;
    while (TRY(row.step())) leased.insert(static_cast<std::uint32_t>(row.number_at(0)));
    for (const std::uint32_t ordinal : window) {
      if (leased.contains(ordinal)) run.unit.push_back({.ordinal = ordinal});
    }
    run.taken.insert(leased.begin(), leased.end());
    if (leased.size() < wanted) run.window = end;
    if (!leased.empty()) return {};
  }
}

Status PostgresStore::look_again(SharedRun& run) {
  std::erase_if(run.left,
                [&](std::uint32_t ordinal) { return run.taken.contains(ordinal); });
  PgRows row = TRY(database_.query(
      "SELECT l.ordinal FROM unnest($3::bigint[]) WITH ORDINALITY w (ordinal, place) "
      "JOIN lease l ON l.run = $1 AND l.generation = $2 AND l.ordinal = w.ordinal "
      "WHERE "
      "NOT l.ended AND NOT EXISTS (SELECT FROM result r WHERE r.run = $1 AND r.ordinal "
      "= l.ordinal AND r.generation >= $2) ORDER BY w.place",
      PgValues().number(run.number).number(run.generation).numbers(run.left)));
  run.left.clear();
  while (TRY(row.step()))
    run.left.push_back(static_cast<std::uint32_t>(row.number_at(0)));
  run.window = 0;
  run.looked = now();
  return {};
}

Result<std::size_t> PostgresStore::asked_elsewhere(const Plan& plan) {
  SharedRun& run = opened(plan);
  if (run.window >= run.left.size() && run.looked == TimePoint{}) TRY(look_again(run));
  return run.left.size();
}

}  // namespace proctor
