// A model that is a function of the test's: a real small backend without a socket.
#pragma once

#include <cassert>
#include <deque>

#include "proctor/backend/attempt_id.h"
#include "proctor/backend/backend.h"

namespace proctor {

// What a question comes to: the outcomes of its tries, at least one.
using Behaviour = std::function<std::vector<Result<Reply>>(TrialId, const Prompt&)>;

inline Reply says(std::string_view text, std::string_view finish_reason = "stop") {
  return {.text = std::string(text), .finish_reason = std::string(finish_reason)};
}

class FakeBackend final : public Backend {
 public:
  FakeBackend(std::size_t most, Behaviour behave, std::uint64_t id_seed = 1)
      : most_(most), behave_(std::move(behave)), ids_(id_seed) {}

  std::size_t room() const override {
    return fatal_ || drained_ ? 0 : most_ - under_way_.size();
  }

  void start(TrialId trial, Prompt prompt) override {
    assert(room() > 0);
    started_.push_back(trial);
    prompts_.push_back(prompt);
    under_way_.push_back({trial, std::move(prompt)});
  }

  // One at a time, the newest first: nobody may count on an order.
  std::vector<Completion> wait(TimePoint until) override {
    if (!called_off_.empty()) return std::exchange(called_off_, {});
    if (under_way_.empty()) return {};
    if (clock_) {
      const bool is_late = next_ > until;
      clock_->sleep_until(is_late ? until : next_);
      if (is_late) return {};
      next_ += each_;
    }
    const UnderWay ended = std::move(under_way_.back());
    under_way_.pop_back();
    Completion completion{.trial = ended.trial, .attempts = {}};
    for (auto& outcome : behave_(ended.trial, ended.prompt)) {
      if (!outcome && outcome.error().fault == Fault::denied) fatal_ = outcome.error();
      completion.attempts.push_back(attempt_of(std::move(outcome)));
    }
    std::vector<Completion> done;
    done.push_back(std::move(completion));
    return done;
  }

  std::optional<Error> fatal() const override { return fatal_; }

  void cancel(Cancel what) override {
    drained_ = true;
    cancels_.push_back(what);
    if (what != Cancel::all) return;
    for (const UnderWay& each : under_way_) {
      Completion& completion = called_off_.emplace_back();
      completion.trial = each.trial;
      completion.attempts.push_back(attempt_of(fail(Fault::cancelled, "called off")));
    }
    under_way_.clear();
  }

  // From now on one question ends after each such time.
  void takes(std::chrono::milliseconds each, const Clock& clock) {
    clock_ = clock;
    each_ = each;
    next_ = clock.now() + each;
  }

  const std::vector<TrialId>& started() const { return started_; }
  const std::vector<Prompt>& prompts() const { return prompts_; }
  const std::vector<Cancel>& cancels() const { return cancels_; }

 private:
  struct UnderWay {
    TrialId trial;
    Prompt prompt;
  };

  Attempt attempt_of(Result<Reply> outcome) {
    Attempt attempt;
    attempt.id = ids_.next(WallTime{std::chrono::seconds(1'700'000'000)});
    attempt.started = WallTime{std::chrono::seconds(1'700'000'000)};
    attempt.outcome = std::move(outcome);
    return attempt;
  }

  std::size_t most_;
  Behaviour behave_;
  AttemptIds ids_;
  std::deque<UnderWay> under_way_;
  std::vector<Completion> called_off_;
  std::vector<TrialId> started_;
  std::vector<Prompt> prompts_;
  std::vector<Cancel> cancels_;
  std::optional<Error> fatal_;
  bool drained_ = false;
  std::optional<Clock> clock_;
  std::chrono::milliseconds each_{};
  TimePoint next_{};
};

}  // namespace proctor
