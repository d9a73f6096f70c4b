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

// What earlier runs of this plan have answered, in its generation or a later one. Their
// failures are asked again.
Status reuse_answers(const Evaluation& evaluation, Store& store, const Watch& watch,
                     Progress& progress, Authors& authors,
                     const std::stop_token& stop) {
  const auto& trials = evaluation.plan.trials;
  std::vector<TrialId> wanted(trials.begin(), trials.end());
  std::ranges::sort(wanted);
  TimePoint ticked = watch.clock.now();
  const auto see = [&](const StoredResult& result) -> Status {
    const TimePoint now = watch.clock.now();
    if (watch.tick && now - ticked >= watch.interval) {
      ticked = now;
      watch.tick(progress);
    }
    if (stop.stop_requested()) {
      return fail(Fault::cancelled, "nothing was asked yet");
    }
    if (result.attempt.outcome) authors.wrote(*result.attempt.outcome);
    const bool counts =
        result.attempt.outcome && result.generation >= evaluation.plan.generation;
    if (!counts || !std::ranges::binary_search(wanted, result.trial)) return {};
    Graded graded = grade(evaluation, result.trial, result.attempt);
    graded.attempts = result.attempts;
    graded.is_second_try = result.generation > 0;
    ++progress.reused;
    progress.account.add(graded);
    tell(watch, graded, progress);
    return {};
  };
  return store.results(evaluation.plan.info.key.id(), false, see);
}

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
  const Plan& plan = evaluation.plan;
  Outcome outcome;
  Progress& progress = outcome.progress;
  progress.planned = static_cast<std::int64_t>(plan.trials.size());
  Authors authors(evaluation);
  TRY(reuse_answers(evaluation, store, watch, progress, authors, stop));
  if (!evaluation.mixed && progress.reused < progress.planned)
    outcome.fatal = authors.of_another_build();
  while (true) {
    if (stop.stop_requested() && !outcome.interrupted) {
      outcome.interrupted = true;
      backend.cancel(Cancel::waiting);
    }
    if (stop_now.stop_requested()) backend.cancel(Cancel::all);
    if (!outcome.interrupted && !outcome.fatal &&
        !backend.fatal()) {  // start as many as there is room for
      for (const TrialId trial : TRY(store.claim(plan, backend.room()))) {
        backend.start(trial, prompt_for(evaluation, trial));
        ++progress.under_way;
      }
    }
    if (progress.under_way == 0) break;
    std::vector<Completion> completions;  // what has come back
    std::vector<bool> ended;
    for (Completion& done : backend.wait(watch.clock.now() + watch.interval)) {
      assert(!done.attempts.empty());
      --progress.under_way;
      const bool cancelled = was_cancelled(done);
      drop_cancelled(done);
      if (done.attempts.empty()) continue;
      auto fatal = turn_away(evaluation, authors, done.attempts);
      if (fatal && !outcome.fatal) {
        outcome.fatal = std::move(fatal);
        backend.cancel(Cancel::waiting);  // what is on its way may be paid for
      }
      progress.requests += static_cast<std::int64_t>(done.attempts.size());
      completions.push_back(std::move(done));
      ended.push_back(!cancelled);
    }
    if (!completions.empty())
      TRY(store.append(plan, completions));  // keep it before it is told
    for (std::size_t i = 0; i < completions.size(); ++i) {
      if (!ended[i]) continue;
      Graded graded =
          grade(evaluation, completions[i].trial, completions[i].attempts.back());
      graded.attempts = static_cast<std::int64_t>(completions[i].attempts.size());
      graded.is_second_try = plan.generation > 0;
      progress.account.add(graded);
      tell(watch, graded, progress);
    }
    if (watch.tick) watch.tick(progress);
  }
  if (!outcome.fatal) outcome.fatal = backend.fatal();
  return outcome;
}

}  // namespace proctor
