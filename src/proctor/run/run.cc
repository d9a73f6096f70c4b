#include "proctor/run/run.h"

#include <algorithm>
#include <cassert>
#include <unordered_set>

namespace proctor {
namespace {

const Question& question_of(const Evaluation& evaluation, TrialId trial) {
  assert(trial.ordinal < evaluation.plan.dataset->questions.size());
  return evaluation.plan.dataset->questions[trial.ordinal];
}

Graded grade(const Evaluation& evaluation, TrialId trial, const Attempt& attempt) {
  return grade(*evaluation.reader, question_of(evaluation, trial), trial, attempt);
}

// A try that was called off says nothing about the question.
void drop_cancelled(Completion& completion) {
  std::erase_if(completion.attempts, [](const Attempt& attempt) {
    return !attempt.outcome && attempt.outcome.error().fault == Fault::cancelled;
  });
}

bool was_cancelled(const Completion& completion) {
  const auto& outcome = completion.attempts.back().outcome;
  return !outcome && outcome.error().fault == Fault::cancelled;
}

void tell(const Watch& watch, const Graded& graded, const Progress& progress) {
  if (watch.saw) watch.saw(graded, progress);
}

// "A (60), B (40)", the most first.
std::string counted(const std::map<std::string, std::int64_t>& words) {
  std::vector<std::pair<std::int64_t, std::string>> order;
  for (const auto& [word, n] : words) order.emplace_back(-n, word);
  std::ranges::sort(order);
  std::vector<std::string> parts;
  for (const auto& [n, word] : order)
    parts.push_back(fmt::format("{} ({})", for_terminal_line(word), -n));
  return join(parts, ", ");
}

// Who wrote the replies of a run. What comes first is the run's word: some proxies
// answer with a longer name than they were asked for.
class Authors {
 public:
  explicit Authors(const Evaluation& evaluation)
      : key_(evaluation.plan.info.key), there_(evaluation.answerer) {}

  void wrote(const Reply& reply) {
    const std::string model = model_said(key_.model, reply.model);
    if (!model.empty()) ++models_[model];
    if (!reply.build.empty()) ++builds_[reply.build];
  }

  // Why nothing may be asked, or nothing.
  std::optional<Error> of_another_build() const {
    if (there_.build.empty() || builds_.empty() || builds_.contains(there_.build))
      return std::nullopt;
    return Error{
        Fault::usage,
        fmt::format("the stored replies are of build {}, and build {} is there "
                    "now; start the other one again, take another `store`, or "
                    "go on with `mixed`",
                    counted(builds_), for_terminal_line(there_.build))};
  }

  // What a reply is kept as that nobody of these wrote, or nothing.
  std::optional<Error> stranger(const Reply& reply) const {
    const std::string model = model_said(key_.model, reply.model);
    if (!model.empty() && !is_known(model)) {
      const std::string then =
          models_.empty() ? for_terminal_line(there_.model) : counted(models_);
      return failure(model, then);
    }
    // Where a server does not tell its build, the word is a cloud's fingerprint.
    if (there_.build.empty() || reply.build.empty() || reply.build == there_.build ||
        builds_.empty() || builds_.contains(reply.build)) {
      return std::nullopt;
    }
    return failure("build " + reply.build, "build " + counted(builds_));
  }

 private:
  bool is_known(const std::string& model) const {
    const auto& names = there_.names;
    if (models_.contains(model) || std::ranges::find(names, model) != names.end())
      return true;
    // A server that knew its file's name before says another's: that is no alias.
    const bool is_other_file = !names.empty() && model.ends_with(".gguf");
    return models_.empty() && !is_other_file;
  }

  static Error failure(std::string_view now, std::string_view then) {
    return {Fault::rejected,
            fmt::format("answered by {}, expected {}", for_terminal_line(now), then)};
  }

  const RunKey& key_;
  const Answerer& there_;
  std::map<std::string, std::int64_t> models_, builds_;
};

// A reply of somebody else is kept as a failure, and the run is to end.
std::optional<Error> turn_away(const Evaluation& evaluation, Authors& authors,
                               std::vector<Attempt>& attempts) {
  std::optional<Error> fatal;
  for (Attempt& attempt : attempts) {
    if (!attempt.outcome) continue;
    const auto error =
        evaluation.mixed ? std::nullopt : authors.stranger(*attempt.outcome);
    if (!error) {
      authors.wrote(*attempt.outcome);
      continue;
    }
    attempt.outcome = tl::unexpected(*error);
    fatal = Error{Fault::usage,
                  fmt::format("{}: start that one again and give the same command, "
                              "take another `store`, or go on with `mixed`",
                              error->message)};
  }
  return fatal;
}

// A shared store that is away: its server restarts, or has no room.
class Absence {
 public:
  Absence(const Store& store, const Watch& watch) : store_(store), watch_(watch) {}

  bool is_on() const { return since_.has_value(); }
  bool is_due() const { return !is_on() || watch_.clock.now() >= next_; }
  // Waits longer each time. The error where it will not pass, or has lasted too long.
  Status bear(const Error& error) {
    const bool may_pass = store_.is_shared() && error.fault == Fault::network;
    const TimePoint now = watch_.clock.now();
    if (!may_pass || (is_on() && now - *since_ > watch_.patience))
      return tl::unexpected(error);
    if (!is_on()) {
      since_ = now;
      pause_ = std::chrono::milliseconds(250);
      if (watch_.talk)
        watch_.talk(
            fmt::format("{}; nothing is asked until the store is there again, "
                        "for {} minutes at most",
                        error.message, watch_.patience.count()));
    }
    pause_ = std::min(2 * pause_, std::chrono::milliseconds(15'000));
    next_ = now + pause_;
    error_ = error;
    return {};
  }
  void over() {
    if (is_on() && watch_.talk) watch_.talk("the store is there again");
    since_.reset();
  }
  const Error& error() const { return error_; }

 private:
  const Store& store_;
  const Watch& watch_;
  std::optional<TimePoint> since_;
  TimePoint next_{};
  std::chrono::milliseconds pause_{};
  Error error_;
};

// One run's questions, from the plan to the account.
class Asking {
 public:
  Asking(const Evaluation& evaluation, Backend& backend, Store& store,
         const Watch& watch)
      : evaluation_(evaluation),
        plan_(evaluation.plan),
        backend_(backend),
        store_(store),
        watch_(watch),
        authors_(evaluation),
        away_(store, watch) {
    progress().planned = static_cast<std::int64_t>(plan_.trials.size());
  }

  Result<Outcome> all(const std::stop_token& stop, const std::stop_token& stop_now) {
    TRY(reuse_answers(stop, false));
    if (!evaluation_.mixed && progress().reused < progress().planned)
      outcome_.fatal = authors_.of_another_build();
    while (true) {
      heed(stop, stop_now);
      // A store that takes no answers may still know what is to be asked.
      if (away_.is_due() && (returned_.empty() || !away_.is_on()))
        TRY(borne(start_some()));
      if (progress().under_way == 0 && returned_.empty() && TRY(is_over())) break;
      receive();
      if (!returned_.empty() && away_.is_due()) TRY(borne(keep()));
      if (watch_.tick) watch_.tick(progress());
      if (away_.is_on() && outcome_.interrupted && progress().under_way == 0)
        return given_up(away_.error());
    }
    if (!outcome_.fatal) outcome_.fatal = backend_.fatal();
    return std::move(outcome_);
  }

 private:
  Progress& progress() { return outcome_.progress; }
  bool may_ask() const {
    return !outcome_.interrupted && !outcome_.fatal && !backend_.fatal() &&
           !away_.is_on();
  }

  void heed(const std::stop_token& stop, const std::stop_token& stop_now) {
    if (stop.stop_requested() && !outcome_.interrupted) {
      outcome_.interrupted = true;
      backend_.cancel(Cancel::waiting);
    }
    if (stop_now.stop_requested()) backend_.cancel(Cancel::all);
  }

  // As many as there is room for; with none, the store hears that this process is
  // there.
  Status start_some() {
    for (const TrialId trial :
         TRY(store_.claim(plan_, may_ask() ? backend_.room() : 0))) {
      backend_.start(trial, prompt_for(evaluation_, trial));
      ++progress().under_way;
    }
    return {};
  }

  // Nothing is on its way. What others ask is awaited: they may die of it.
  Result<bool> is_over() {
    if (!store_.is_shared()) return true;
    if (!away_.is_due()) return false;
    const auto over = is_over_for_all();
    if (over) return over;
    TRY(borne(tl::unexpected(over.error())));
    return false;
  }
  Result<bool> is_over_for_all() {
    const std::size_t elsewhere =
        may_ask() ? TRY(store_.asked_elsewhere(plan_)) : std::size_t{0};
    if (elsewhere == 0) {
      TRY(reuse_answers({}, may_ask()));
      return true;
    }
    if (!std::exchange(waits_, true) && watch_.talk)
      watch_.talk(fmt::format("waiting for {} question{} that other processes ask",
                              elsewhere, elsewhere == 1 ? "" : "s"));
    return false;
  }

  // What has come back.
  void receive() {
    const TimePoint until = watch_.clock.now() + watch_.interval;
    if (progress().under_way == 0) return watch_.clock.sleep_until(until);
    for (Completion& done : backend_.wait(until)) {
      assert(!done.attempts.empty());
      --progress().under_way;
      const bool cancelled = was_cancelled(done);
      drop_cancelled(done);
      if (done.attempts.empty()) continue;
      auto fatal = turn_away(evaluation_, authors_, done.attempts);
      if (fatal && !outcome_.fatal) {
        outcome_.fatal = std::move(fatal);
        backend_.cancel(Cancel::waiting);  // what is on its way may be paid for
      }
      progress().requests += static_cast<std::int64_t>(done.attempts.size());
      returned_.push_back(std::move(done));
      has_ended_.push_back(!cancelled);
    }
  }

  // Before it is told.
  Status keep() {
    TRY(store_.append(plan_, returned_));
    const std::vector<Completion> kept = std::exchange(returned_, {});
    const std::vector<bool> ended = std::exchange(has_ended_, {});
    for (std::size_t i = 0; i < kept.size(); ++i) {
      if (!ended[i]) continue;
      Graded graded = grade(evaluation_, kept[i].trial, kept[i].attempts.back());
      graded.attempts = static_cast<std::int64_t>(kept[i].attempts.size());
      graded.is_second_try = plan_.generation > 0;
      told_.insert(kept[i].trial.ordinal);
      progress().account.add(graded);
      tell(watch_, graded, progress());
    }
    return {};
  }

  // What this plan's questions have come to that was not told: by earlier runs, whose
  // failures are asked again, and at the end by other processes. A reply of the plan's
  // generation or a later one counts.
  Status reuse_answers(const std::stop_token& stop, bool with_failures) {
    std::vector<TrialId> wanted(plan_.trials.begin(), plan_.trials.end());
    std::ranges::sort(wanted);
    TimePoint ticked = watch_.clock.now();
    const auto see = [&](const StoredResult& result) -> Status {
      const TimePoint now = watch_.clock.now();
      if (watch_.tick && now - ticked >= watch_.interval) {
        ticked = now;
        watch_.tick(progress());
      }
      if (stop.stop_requested()) return fail(Fault::cancelled, "nothing was asked yet");
      const bool has_reply = result.attempt.outcome.has_value();
      const bool counts =
          has_reply ? result.generation >= plan_.generation : with_failures;
      const bool is_new = !told_.contains(result.trial.ordinal);
      if (has_reply && is_new) authors_.wrote(*result.attempt.outcome);
      if (!counts || !is_new || !std::ranges::binary_search(wanted, result.trial))
        return {};
      told_.insert(result.trial.ordinal);
      Graded graded = grade(evaluation_, result.trial, result.attempt);
      graded.attempts = result.attempts;
      graded.is_second_try = result.generation > 0;
      ++progress().reused;
      progress().account.add(graded);
      tell(watch_, graded, progress());
      return {};
    };
    return store_.results(plan_.info.key.id(), false, see);
  }

  // An error that may pass is waited for.
  Status borne(Status status) {
    if (status) {
      away_.over();
      return {};
    }
    Status passes = away_.bear(status.error());
    if (passes) return {};
    return given_up(passes.error());
  }

  // What cannot be kept is put beside the store.
  tl::unexpected<Error> given_up(Error error) {
    if (returned_.empty() || !watch_.rescue || !store_.is_shared())
      return tl::unexpected(std::move(error));
    const std::size_t n = returned_.size();
    const auto place = watch_.rescue(plan_, returned_);
    error.message += place ? fmt::format(
                                 "; {} answer{} went to {} instead: proctor "
                                 "merge takes what is there",
                                 n, n == 1 ? "" : "s", *place)
                           : fmt::format("; {} answer{} could not be kept ({})", n,
                                         n == 1 ? "" : "s", place.error().message);
    return tl::unexpected(std::move(error));
  }

  const Evaluation& evaluation_;
  const Plan& plan_;
  Backend& backend_;
  Store& store_;
  const Watch& watch_;
  Outcome outcome_;
  Authors authors_;
  Absence away_;
  std::vector<Completion> returned_;        // and not kept yet
  std::vector<bool> has_ended_;             // of each: it was not called off
  std::unordered_set<std::uint32_t> told_;  // ordinals
  bool waits_ = false;
};

}  // namespace

Prompt prompt_for(const Evaluation& evaluation, TrialId trial) {
  const Question& question = question_of(evaluation, trial);
  const auto shots = evaluation.shots.find(question.subject);
  return render(evaluation.protocol,
                shots == evaluation.shots.end()
                    ? std::span<const Question>{}
                    : std::span<const Question>(shots->second),
                question);
}

Result<Outcome> run(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch, std::stop_token stop,
                    std::stop_token stop_now) {
  return Asking(evaluation, backend, store, watch).all(stop, stop_now);
}

}  // namespace proctor
