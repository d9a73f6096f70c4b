// A store in PostgreSQL. Part of store.h.
#pragma once

#include <deque>
#include <list>
#include <unordered_set>

#include "proctor/store/postgres.h"
#include "proctor/store/store.h"

namespace proctor {

// One run that this process asks beside others.
struct SharedRun {
  std::string id, asker;  // the asker is this process in this run, as nobody else is
  RunKey key;
  std::int64_t number = 0;
  int generation = 0;
  int connection = 0;               // the one by which it was last joined
  std::vector<std::uint32_t> left;  // ordinals of the plan, as far as is known here
  std::size_t window = 0;           // the first of `left` that may be free
  std::deque<TrialId> unit;         // leased, not yet given out
  std::unordered_set<std::uint32_t> taken;  // given out or leased, or ended by others
  TimePoint renewed{}, looked{};
};

// Of chance, so that no server that took over from another gives it twice.
std::string new_asker_id();

class PostgresStore : public Store {
 public:
  PostgresStore(Postgres database, OpenMode mode, WallClock clock, Sharing sharing)
      : database_(std::move(database)),
        mode_(mode),
        clock_(std::move(clock)),
        sharing_(sharing) {}
  PostgresStore(const PostgresStore&) = delete;
  PostgresStore& operator=(const PostgresStore&) = delete;
  ~PostgresStore() override;

  Status open(const Plan& plan) override;
  Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) override;
  bool is_shared() const override { return true; }
  Result<std::size_t> asked_elsewhere(const Plan& plan) override;
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
  Result<std::vector<Trouble>> verify() override;

 private:
  Status check_can_write() const;
  SharedRun& opened(const Plan& plan);
  Result<std::int64_t> number_of(const std::string& run_id);
  tl::unexpected<Error> no_run(const std::string& run_id) const;
  Status begin_asking(const Plan& plan, SharedRun& run);
  Status check_nobody_asks(const std::string& run_id);

  // Where it is not there yet.
  Result<std::int64_t> keep_dataset(const Plan& plan);
  Status keep_questions(std::int64_t dataset, const Dataset& questions);
  Result<std::int64_t> keep_run(const Plan& plan, const std::string& id);
  Status write_info(const std::string& run_id, const RunInfo& info);

  // Who else opens, joins or leaves the run waits until the change has ended.
  Status lock_run(const std::string& run_id);
  Status join(const Plan& plan, SharedRun& run);
  Status rejoin(const Plan& plan, SharedRun& run);
  Status stay(const Plan& plan, SharedRun& run);
  Status give_back_unit(SharedRun& run);
  Status leave(SharedRun& run);
  Result<std::vector<std::uint32_t>> unanswered(const Plan& plan, const SharedRun& run);
  Status lease_unit(SharedRun& run, std::size_t most);
  Status look_again(SharedRun& run);
  std::int64_t silence() const { return sharing_.silence.count(); }

  Postgres database_;
  OpenMode mode_;
  WallClock clock_;
  Sharing sharing_;
  int prepared_ = 0;  // the connection by which append's statement was
  std::list<SharedRun> runs_;
};

}  // namespace proctor
