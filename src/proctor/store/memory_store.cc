#include <algorithm>
#include <cassert>
#include <map>
#include <unordered_set>

#include "proctor/store/claims.h"
#include "proctor/store/form.h"

namespace proctor {
namespace {

struct MemoryRun {
  RunInfo info;
  WallTime created{}, updated{};
  std::map<TrialId, std::vector<StoredAttempt>> attempts;
  std::optional<Claims> claims;  // of an open run
};

// The attempt that counts, or nullptr where none has a reply.
const StoredAttempt* result_of(const std::vector<StoredAttempt>& attempts) {
  const StoredAttempt* best = nullptr;
  for (const StoredAttempt& stored : attempts) {
    if (!stored.attempt.outcome) continue;
    if (best == nullptr || counts_before({stored.generation, stored.attempt.id},
                                         {best->generation, best->attempt.id})) {
      best = &stored;
    }
  }
  return best;
}

const StoredAttempt& newest_of(const std::vector<StoredAttempt>& attempts) {
  return *std::ranges::max_element(
      attempts, {}, [](const StoredAttempt& stored) { return stored.attempt.id; });
}

class MemoryStore : public Store {
 public:
  explicit MemoryStore(WallClock clock) : clock_(std::move(clock)) {}

  Status open(const Plan& plan) override {
    const WallTime now = clock_();
    const WallTime created = plan.created.value_or(now);
    datasets_.try_emplace(plan.info.key.dataset_digest, *plan.dataset);
    MemoryRun& run =
        runs_.try_emplace(plan.info.key.id(), MemoryRun{.created = created})
            .first->second;
    run.info = plan.info;
    if (plan.created) run.created = std::min(run.created, created);
    run.updated = std::max(run.updated, plan.updated.value_or(now));
    std::vector<TrialId> answered;
    for (const auto& [trial, attempts] : run.attempts) {
      const StoredAttempt* result = result_of(attempts);
      if (result != nullptr && result->generation >= plan.generation) {
        answered.push_back(trial);
      }
    }
    run.claims.emplace(answered);
    return {};
  }

  Result<std::vector<TrialId>> claim(const Plan& plan, std::size_t most) override {
    return opened(plan).claims->take(plan.trials, most);
  }

  Status append(const Plan& plan, std::span<const Completion> completions) override {
    MemoryRun& run = opened(plan);
    for (const Completion& completion : completions) {
      for (const Attempt& attempt : completion.attempts) {
        assert(!attempt.id.empty());
        run.updated = std::max(run.updated, attempt.started + attempt.latency);
        if (attempt.outcome) run.claims->answered(completion.trial);
        if (!ids_.insert(attempt.id).second) continue;
        run.attempts[completion.trial].push_back({.trial = completion.trial,
                                                  .generation = plan.generation,
                                                  .attempt = attempt});
      }
    }
    return {};
  }

  Status hide(const std::string& run_id, bool hidden) override {
    TRY(find(run_id));
    MemoryRun& run = runs_.at(run_id);
    run.info.hidden = hidden;
    run.updated = std::max(run.updated, clock_());
    return {};
  }

  Status remove(const std::string& run_id) override {
    TRY(find(run_id));
    const auto run = runs_.extract(run_id);
    for (const auto& [trial, attempts] : run.mapped().attempts) {
      for (const StoredAttempt& stored : attempts) ids_.erase(stored.attempt.id);
    }
    const std::string& digest = run.mapped().info.key.dataset_digest;
    const bool is_used = std::ranges::any_of(runs_, [&](const auto& other) {
      return other.second.info.key.dataset_digest == digest;
    });
    if (!is_used) datasets_.erase(digest);
    return {};
  }

  Result<std::vector<StoredRun>> runs() override {
    std::vector<StoredRun> listed;
    for (const auto& [id, run] : runs_) {
      StoredRun stored{
          .id = id, .info = run.info, .created = run.created, .updated = run.updated};
      for (const auto& [trial, attempts] : run.attempts) {
        if (result_of(attempts) != nullptr) ++stored.results;
        stored.attempts += static_cast<std::int64_t>(attempts.size());
        for (const StoredAttempt& attempt : attempts) {
          stored.generation = std::max(stored.generation, attempt.generation);
        }
      }
      listed.push_back(std::move(stored));
    }
    std::ranges::stable_sort(listed, std::ranges::greater{}, &StoredRun::updated);
    return listed;
  }

  Result<Dataset> questions(const std::string& run_id) override {
    const MemoryRun& run = *TRY(find(run_id));
    Dataset dataset = datasets_.at(run.info.key.dataset_digest);
    dataset.name = run.info.dataset;
    dataset.split = run.info.split;
    dataset.revision = run.info.revision;
    dataset.digest = run.info.key.dataset_digest;
    return dataset;
  }

  Result<std::vector<SubjectReplies>> subjects(const std::string& run_id) override {
    const MemoryRun& run = *TRY(find(run_id));
    const auto& questions = datasets_.at(run.info.key.dataset_digest).questions;
    std::unordered_set<std::uint32_t> replied;
    for (const auto& [trial, attempts] : run.attempts) {
      if (result_of(attempts) != nullptr) replied.insert(trial.ordinal);
    }
    std::map<std::string, SubjectReplies> subjects;
    for (std::uint32_t i = 0; i < questions.size(); ++i) {
      SubjectReplies& subject = subjects[questions[i].subject];
      subject.name = questions[i].subject;
      ++subject.questions;
      subject.replied += replied.contains(i) ? 1 : 0;
    }
    std::vector<SubjectReplies> listed;
    for (auto& [name, subject] : subjects) listed.push_back(std::move(subject));
    return listed;
  }

  Status results(const std::string& run_id, bool with_bodies,
                 const std::function<Status(StoredResult)>& see) override {
    const MemoryRun& run = *TRY(find(run_id));
    for (const auto& [trial, attempts] : run.attempts) {
      const StoredAttempt* result = result_of(attempts);
      const StoredAttempt& stored = result != nullptr ? *result : newest_of(attempts);
      StoredResult seen{.trial = trial,
                        .attempt = stored.attempt,
                        .attempts = static_cast<std::int64_t>(attempts.size()),
                        .generation = stored.generation};
      if (!with_bodies) {
        seen.attempt.request.clear();
        seen.attempt.response.clear();
      }
      TRY(see(std::move(seen)));
    }
    return {};
  }

  Result<std::vector<ReplySource>> sources(const std::string& run_id) override {
    const MemoryRun& run = *TRY(find(run_id));
    std::map<std::pair<std::string, std::string>, std::int64_t> counts;
    for (const auto& [trial, attempts] : run.attempts) {
      const StoredAttempt* result = result_of(attempts);
      if (result == nullptr) continue;
      const Reply& reply = *result->attempt.outcome;
      ++counts[{reply.model, reply.build}];
    }
    std::vector<ReplySource> sources;
    for (const auto& [source, replies] : counts)
      sources.push_back({source.first, source.second, replies});
    return sources;
  }

  Status attempts(const std::string& run_id,
                  const std::function<Status(StoredAttempt)>& see) override {
    const MemoryRun& run = *TRY(find(run_id));
    std::vector<StoredAttempt> all;
    for (const auto& [trial, attempts] : run.attempts) {
      all.insert(all.end(), attempts.begin(), attempts.end());
    }
    std::ranges::sort(all, {}, [](const StoredAttempt& stored) {
      return std::tuple(stored.generation, stored.trial, stored.attempt.id);
    });
    for (StoredAttempt& stored : all) TRY(see(std::move(stored)));
    return {};
  }

  Result<std::vector<Trouble>> verify() override {
    std::vector<Trouble> troubles;
    for (const auto& [digest, dataset] : datasets_) {
      if (digest_of(dataset.questions) != digest) {
        troubles.push_back({fmt::format("data set {}", short_id(digest)),
                            "its questions have another digest"});
      }
    }
    return troubles;
  }

 private:
  MemoryRun& opened(const Plan& plan) {
    const auto run = std::ranges::find_if(runs_, [&](const auto& entry) {
      return entry.second.info.key == plan.info.key;
    });
    assert(run != runs_.end() && run->second.claims.has_value());
    return run->second;
  }

  Result<const MemoryRun*> find(const std::string& run_id) const {
    const auto run = runs_.find(run_id);
    if (run == runs_.end()) {
      return fail(Fault::store, "no run {} in this store", short_id(run_id));
    }
    return &run->second;
  }

  WallClock clock_;
  std::map<std::string, MemoryRun> runs_;    // by id
  std::map<std::string, Dataset> datasets_;  // by digest
  std::unordered_set<std::string> ids_;      // of all attempts
};

}  // namespace

std::unique_ptr<Store> make_memory_store(WallClock clock) {
  return std::make_unique<MemoryStore>(std::move(clock));
}

}  // namespace proctor
