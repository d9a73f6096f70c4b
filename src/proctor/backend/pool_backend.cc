#include <algorithm>
#include <cassert>
#include <deque>
#include <map>

#include "proctor/backend/backend.h"

namespace proctor {
namespace {

using Seconds = std::chrono::duration<double>;
using std::chrono::milliseconds;

// One server, and how it has done. Its name and its maker outlive its backend.
class Member {
 public:
  explicit Member(Endpoint endpoint)
      : endpoint_(std::move(endpoint)), backend_(endpoint_.make()) {}

  const std::string& name() const { return endpoint_.name; }
  bool is_out() const { return out_.has_value(); }
  const std::optional<Error>& out() const { return out_; }
  void leave_out(Error error) { out_ = std::move(error); }

  int failures() const { return failures_; }
  TimePoint open_at() const { return open_at_; }
  // By how long it takes; nothing before its first reply.
  std::optional<Seconds> usual() const { return usual_; }
  std::size_t under_way() const { return sent_.size(); }
  TimePoint sent(TrialId trial) const { return sent_.at(trial); }
  bool has(TrialId trial) const { return sent_.contains(trial); }

  // One that has failed is asked one question, once its pause is over.
  std::size_t room(TimePoint now) const {
    if (out_ || now < open_at_) return 0;
    if (failures_ > 0) return sent_.empty() ? 1 : 0;
    return backend_->room();
  }
  void start(TrialId trial, Prompt prompt, TimePoint now) {
    if (backend_->fatal())
      backend_ = endpoint_.make();  // the half-open circuit's probe
    sent_[trial] = now;
    backend_->start(trial, std::move(prompt));
  }
  std::vector<Completion> wait(TimePoint until) { return backend_->wait(until); }
  std::optional<Error> fatal() const { return backend_->fatal(); }
  void cancel(Cancel what) { backend_->cancel(what); }

  void answered(TrialId trial, TimePoint now) {
    constexpr double weight = 0.2;
    const Seconds took = now - sent_.at(trial);
    usual_ = usual_ ? (1 - weight) * *usual_ + weight * took : took;
    sent_.erase(trial);
    failures_ = 0;
  }
  void failed(TrialId trial, TimePoint now) {
    constexpr milliseconds shortest{500}, longest{30'000};
    const bool is_of_before = now < open_at_ || sent_.at(trial) < open_at_;
    sent_.erase(trial);
    if (failures_ > 0 && is_of_before) return;  // one outage is counted once
    const milliseconds pause = shortest * (1 << std::min(failures_, 6));
    ++failures_;
    open_at_ = now + std::min(pause, longest);
  }
  void refused(TrialId trial) { sent_.erase(trial); }

 private:
  Endpoint endpoint_;
  std::unique_ptr<Backend> backend_;
  std::map<TrialId, TimePoint> sent_;
  std::optional<Error> out_;
  int failures_ = 0;  // since its last reply
  TimePoint open_at_{};
  std::optional<Seconds> usual_;
};

class Pool final : public Backend {
 public:
  Pool(OpenEndpoints open, PoolOptions options)
      : open_(std::move(open)), options_(std::move(options)) {}

  std::size_t room() const override {
    if (fatal_ || is_cancelled_) return 0;
    std::size_t room = 0;
    for (const auto& member : members_) room += member->room(now());
    const std::size_t free = room > queue_.size() ? room - queue_.size() : 0;
    return trials_.empty() ? std::max<std::size_t>(1, free) : free;
  }

  void start(TrialId trial, Prompt prompt) override {
    trials_[trial] = {.prompt = std::move(prompt)};
    queue_.push_back(trial);
    if (open_) open_members();
    hand_out();
  }

  std::vector<Completion> wait(TimePoint until) override {
    if (fatal_) end_queued();  // what was started after it
    hand_out();
    if (room() > 0) ask_twice();
    while (true) {
      for (const auto& member : members_) take_from(*member, now());
      give_up_if_nobody_is_left();
      hand_out();
      if (!done_.empty() || trials_.empty() || now() >= until) break;
      doze(until);
    }
    return std::exchange(done_, {});
  }

  std::optional<Error> fatal() const override { return fatal_; }

  void cancel(Cancel what) override {
    is_cancelled_ = true;
    end_queued();
    for (const auto& member : members_) member->cancel(what);
  }

 private:
  struct Asked {
    Prompt prompt;
    std::vector<Attempt> attempts = {};
    int copies = 0;  // under way
  };

  TimePoint now() const { return options_.clock.now(); }

  void open_members() {
    auto endpoints = std::exchange(open_, {})();
    if (!endpoints) fatal_ = endpoints.error();
    if (fatal_) return end_queued();
    assert(!endpoints->empty());
    for (Endpoint& endpoint : *endpoints)
      members_.push_back(std::make_unique<Member>(std::move(endpoint)));
  }

  // The one that has the most of its room left, of those that have not failed.
  Member* freest(TimePoint time) const {
    Member* best = nullptr;
    double most = 0;
    for (const auto& member : members_) {
      const auto room = static_cast<double>(member->room(time));
      const double share = room / (room + static_cast<double>(member->under_way()) + 1);
      if (room == 0 || share <= most) continue;
      most = share;
      best = member.get();
    }
    return best;
  }

  void hand_out() {
    while (!queue_.empty() && !fatal_ && !is_cancelled_) {
      const TimePoint time = now();
      Member* member = freest(time);
      if (member == nullptr) return;
      send(*member, queue_.front(), time);
      queue_.pop_front();
    }
  }

  void send(Member& member, TrialId trial, TimePoint time) {
    Asked& asked = trials_.at(trial);
    ++asked.copies;
    member.start(trial, asked.prompt, time);
  }

  // How much longer it is likely to take, seen from a server that takes `usual`; of one
  // that is silent for twice as long as it takes there is no end.
  static Seconds left(const Member& member, TrialId trial, TimePoint time,
                      Seconds usual) {
    constexpr double patience = 2;
    const Seconds its = member.usual().value_or(usual),
                  so_far = time - member.sent(trial);
    if (so_far > patience * its) return Seconds::max();
    return std::max(Seconds(0), its - so_far);
  }

  // The tail of a run: the slowest server's last questions would hold up its end.
  void ask_twice() {
    const TimePoint time = now();
    if (is_cancelled_ || !queue_.empty()) return;
    for (const auto& slow : members_) {
      for (const auto& [trial, asked] : trials_) {
        if (asked.copies != 1 || !slow->has(trial)) continue;
        Member* quick = nullptr;
        for (const auto& other : members_) {
          const bool may = other != slow && other->usual() && other->failures() == 0 &&
                           other->room(time) > 0;
          if (may && (quick == nullptr || *other->usual() < *quick->usual()))
            quick = other.get();
        }
        if (quick == nullptr) return;
        if (left(*slow, trial, time, *quick->usual()) > *quick->usual())
          send(*quick, trial, time);
      }
    }
  }

  void take_from(Member& member, TimePoint until) {
    for (Completion& completion : member.wait(until)) receive(member, completion);
    const auto fatal = member.fatal();
    // Nobody there, or a server that is down, may come back.
    if (!fatal || fatal->fault == Fault::network || member.is_out() || is_cancelled_)
      return;
    member.leave_out(*fatal);
    say(member, fmt::format("{}; going on without it", fatal->message));
  }

  void receive(Member& member, Completion& completion) {
    const TimePoint time = now();
    const TrialId trial = completion.trial;
    const auto& outcome = completion.attempts.back().outcome;
    const Fault fault = outcome ? Fault::rejected : outcome.error().fault;
    const bool may_pass = !outcome && fault == Fault::network;
    const bool was_out = member.failures() > 0;
    if (outcome) {
      member.answered(trial, time);
      has_answered_ = true;
      if (was_out) say(member, "it answers again");
    } else if (may_pass) {
      member.failed(trial, time);
      last_failure_ = outcome.error().message;
      if (!was_out) say(member, fmt::format("{}; the others are asked", last_failure_));
    } else {
      member.refused(trial);
    }
    const auto found = trials_.find(trial);
    if (found == trials_.end()) return;  // the other copy was first
    Asked& asked = found->second;
    --asked.copies;
    std::ranges::move(completion.attempts, std::back_inserter(asked.attempts));
    if (!outcome && asked.copies > 0) return;
    // What a server refuses for good says nothing of the question.
    const bool is_others = fault == Fault::denied || fault == Fault::cancelled;
    const bool has_tries =
        std::ssize(asked.attempts) <= static_cast<std::ptrdiff_t>(options_.retries);
    if (!outcome && !is_cancelled_ && !fatal_ &&
        (is_others || (may_pass && has_tries))) {
      if (is_others) asked.attempts.pop_back();
      queue_.push_front(trial);
      return;
    }
    done_.push_back({trial, std::move(asked.attempts)});
    trials_.erase(found);
  }

  void give_up_if_nobody_is_left() {
    if (fatal_ || is_cancelled_ || members_.empty()) return;
    const bool all_out = std::ranges::all_of(
        members_, [](const auto& member) { return member->is_out(); });
    const bool all_fail = std::ranges::all_of(members_, [&](const auto& member) {
      return member->is_out() || member->failures() > options_.retries;
    });
    if (!all_fail) return;
    fatal_ = members_.back()->out();
    if (!all_out) {
      fatal_ = {has_answered_ ? Fault::cancelled : Fault::network,
                fmt::format("none of the {} servers answers: {}", members_.size(),
                            last_failure_)};
    }
    end_queued();
  }

  void end_queued() {
    for (const TrialId trial : std::exchange(queue_, {})) {
      Asked& asked = trials_.at(trial);
      if (asked.attempts.empty()) {
        Attempt never;
        never.started = options_.clock.wall();
        never.outcome = fail(Fault::cancelled, "stopped before it was asked");
        asked.attempts.push_back(std::move(never));
      }
      done_.push_back({trial, std::move(asked.attempts)});
      trials_.erase(trial);
    }
  }

  // There is no waiting for several at once: each in turn, for a moment.
  void doze(TimePoint until) {
    constexpr milliseconds a_moment{2}, most{50};
    const TimePoint time = now();
    for (std::size_t i = 0; i < members_.size(); ++i) {
      Member& member = *members_[turn_++ % members_.size()];
      if (member.under_way() == 0) continue;
      take_from(member, std::min(until, time + a_moment));
      return;
    }
    options_.clock.sleep_until(std::min(until, time + most));
  }

  void say(const Member& member, std::string_view what) const {
    if (options_.talk) options_.talk(fmt::format("{}: {}", member.name(), what));
  }

  OpenEndpoints open_;  // until it is called
  PoolOptions options_;
  std::vector<std::unique_ptr<Member>> members_;
  std::map<TrialId, Asked> trials_;  // that have not come back
  std::deque<TrialId> queue_;        // of these, those that nobody is asked
  std::vector<Completion> done_;
  std::optional<Error> fatal_;
  std::string last_failure_;
  bool has_answered_ = false;
  bool is_cancelled_ = false;
  std::size_t turn_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_pool(OpenEndpoints open, PoolOptions options) {
  return std::make_unique<Pool>(std::move(open), std::move(options));
}

}  // namespace proctor
