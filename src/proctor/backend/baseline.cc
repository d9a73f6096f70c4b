// Answers that need no model: what a score is to be measured against.
#include <algorithm>

#include "proctor/backend/attempt_id.h"

namespace proctor {
namespace {

std::size_t length_of(std::string_view choice) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < choice.size(); ++count) next_code_point(choice, at);
  return count;
}

class Baseline final : public Backend {
 public:
  Baseline(std::string name, std::uint64_t seed, std::uint64_t id_seed, WallClock clock)
      : name_(std::move(name)), seed_(seed), ids_(id_seed), clock_(std::move(clock)) {}

  std::size_t room() const override { return most_at_once - done_.size(); }

  void start(TrialId trial, Prompt prompt) override {
    const WallTime now = clock_();
    Attempt attempt;
    attempt.id = ids_.next(now);
    attempt.started = now;
    Reply reply;
    reply.text = std::string(1, letter_for(trial, prompt));
    reply.finish_reason = "stop";
    reply.model = "baseline/" + name_;
    attempt.outcome = std::move(reply);
    done_.push_back({trial, {std::move(attempt)}});
  }

  std::vector<Completion> wait(TimePoint) override { return std::exchange(done_, {}); }
  std::optional<Error> fatal() const override { return std::nullopt; }
  void cancel(Cancel) override {}

 private:
  static constexpr std::size_t most_at_once = 1024;

  char letter_for(TrialId trial, const Prompt& prompt) const {
    if (name_ == "random") {
      const std::uint64_t place = std::uint64_t{trial.ordinal} << 32U;
      return prompt.labels[mixed(seed_ + mixed(place)) % prompt.labels.size()];
    }
    if (name_ == "longest") {  // the first of equals
      const auto longest = std::ranges::max_element(prompt.choices, {}, length_of);
      return prompt.labels[static_cast<std::size_t>(longest - prompt.choices.begin())];
    }
    return name_[0];
  }

  std::string name_;
  std::uint64_t seed_;
  AttemptIds ids_;
  WallClock clock_;
  std::vector<Completion> done_;
};

}  // namespace

Result<std::unique_ptr<Backend>> make_baseline(std::string_view name,
                                               std::uint64_t seed,
                                               std::uint64_t id_seed, WallClock clock) {
  const bool is_letter = name.size() == 1 && name[0] >= 'A' && name[0] <= 'Z';
  if (!is_letter && name != "random" && name != "longest") {
    return fail(Fault::usage,
                "baseline/{}: no such baseline; there are random, longest and a letter",
                name);
  }
  return std::make_unique<Baseline>(std::string(name), seed, id_seed, std::move(clock));
}

}  // namespace proctor
