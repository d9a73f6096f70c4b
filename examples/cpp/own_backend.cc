// A backend of one's own: whatever answers a prompt can be examined.
#include <cstdio>

#include <proctor/proctor.h>

using namespace proctor;

// Always says B. A real one would start a request, and wait for some.
class AlwaysB final : public Backend {
 public:
  std::size_t room() const override { return 1; }
  void start(TrialId trial, Prompt) override {
    Attempt attempt;
    attempt.id = std::to_string(trial.ordinal);
    attempt.outcome = Reply{.text = "B", .finish_reason = "stop"};
    ended_.push_back({trial, {attempt}});
  }
  std::vector<Completion> wait(TimePoint) override { return std::exchange(ended_, {}); }
  std::optional<Error> fatal() const override { return {}; }
  void cancel(Cancel) override {}

 private:
  std::vector<Completion> ended_;
};

int main() {
  const Environment environment;
  const auto exam = prepare_exam({.dataset = "sample"}, {environment});
  if (!exam) return 2;
  const Evaluation evaluation = evaluation_of(*exam, {.model = {.name = "always-b"}});
  const auto store = make_memory_store();
  AlwaysB backend;
  if (!store->open(evaluation.plan)) return 1;
  const auto outcome = run(evaluation, backend, *store, {});
  if (!outcome) return 1;
  const Count count = outcome->progress.account.tally.ledger.count();
  std::printf("%d of %d\n", int(count.right), int(count.n));
}
