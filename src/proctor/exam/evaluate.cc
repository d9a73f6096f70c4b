#include "proctor/exam/evaluate.h"

#include <unistd.h>

#include "proctor/exam/applicable.h"
#include "proctor/exam/evaluation.h"
#include "proctor/exam/run_name.h"
#include "proctor/exam/second_tries.h"

namespace proctor {
namespace {

// Stops when it is asked to, and when somebody asks another token to.
class LinkedStop {
 public:
  explicit LinkedStop(const std::stop_token& other)
      : link_(other, [this] { source_.request_stop(); }) {}
  void stop() { source_.request_stop(); }
  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  std::stop_callback<std::function<void()>> link_;
};

// What all of the exam's questions came to, where only some were asked again.
Result<ScoredRun> scored_in_all(const Exam& exam, const ScoredRun& some, Store& store) {
  const StoredRun run = TRY(find_run(store, some.id, Among::all));
  ScoredRun scored = TRY(score_stored_run(
      store, run, *exam.dataset, {.reader = some.extract, .ordinals = exam.selection},
      false, {}));
  const std::int64_t failed = some.ledger().failed;
  scored.reused = scored.ended() - (some.ended() - some.reused - failed);
  scored.failed_again = failed;
  scored.failure = some.failure;
  return scored;
}

// Paid answers that a server does not take: a file that `merge` copies from.
Result<std::string> keep_beside(const Plan& plan,
                                std::span<const Completion> completions) {
  const std::string name = fmt::format("proctor-unkept-{}.db", ::getpid());
  const auto store = TRY(open_sqlite_store(name, OpenMode::read_write));
  TRY(store->open(plan));
  TRY(store->append(plan, completions));
  return name;
}

// Whether the model could be told so, and is not yet.
bool takes_reasoning(const std::string& word, Exam exam, const OpenModel& model) {
  if (exam.protocol.sampling.reasoning == word) return false;
  exam.protocol.sampling.reasoning = word;
  if (!check_can_be_sent(exam, model.choice)) return false;
  return !model.engine || model.engine->can_chat(word);
}

}  // namespace

Result<RunEnd> run_exam(const Exam& exam, const OpenModel& model, const RunNotes& notes,
                        Store& store, const ExamWorld& world, const RunWatch& watch) {
  const Answerer there = TRY(who_is_there(model, world));
  const std::unique_ptr<Backend> backend = TRY(ask_model(model, there, exam, world));
  const Evaluation evaluation =
      TRY(named_evaluation(exam, model, there, notes, store, world.talk));
  TRY(store.open(evaluation.plan));
  const std::string left_out = left_out_of(exam, model.choice);
  if (!left_out.empty() && world.talk) {
    world.talk(fmt::format("{} is not sent {}", for_terminal_line(model.choice.title()),
                           left_out));
  }
  if (exam.shard && world.talk) {
    world.talk(fmt::format("part {} of {}: {} of {} questions", exam.shard->at,
                           exam.shard->of, evaluation.plan.trials.size(),
                           exam.selection.size()));
  }
  if (watch.begins) watch.begins(evaluation);

  const TimePoint started = std::chrono::steady_clock::now();
  LinkedStop stop(watch.stop), stop_now(watch.stop_now);
  std::optional<Error> death;
  std::string failure;  // the newest
  Watch inner{.talk = world.talk, .rescue = keep_beside};
  inner.saw = [&](const Graded& graded, const Progress& progress) {
    const auto& outcome = graded.attempt->outcome;
    if (!outcome) failure = outcome.error().message;
    if (watch.saw) watch.saw(graded, progress);
  };
  inner.tick = [&](const Progress& progress) {
    if (watch.tick) watch.tick(progress);
    if (model.server && !death) death = model.server->death();
    if (!death) return;
    stop_now.stop();
    stop.stop();
  };
  Outcome outcome =
      TRY(run(evaluation, *backend, store, inner, stop.token(), stop_now.token()));
  if (model.server && !death) death = model.server->death();
  if (death) outcome.fatal = death;
  const auto took = std::chrono::floor<std::chrono::milliseconds>(
      std::chrono::steady_clock::now() - started);
  const Progress& progress = outcome.progress;
  ScoredRun scored{.info = evaluation.plan.info,
                   .id = evaluation.plan.info.key.id(),
                   .extract = evaluation.plan.info.extract,
                   .subjects = subjects_title(progress.account.tally, *exam.dataset),
                   .account = progress.account,
                   .planned = progress.planned,
                   .reused = progress.reused,
                   .failure = failure};
  if (!notes.again.empty()) scored = TRY(scored_in_all(exam, scored, store));
  scored.requests = progress.requests;
  scored.seconds = static_cast<double>(took.count()) / 1000;
  scored.asked = progress.ended() - progress.reused;
  scored.can_stop_thinking =
      scored.account.thoughts_only > 0 && takes_reasoning("off", exam, model);
  if (outcome.fatal) scored.fatal = outcome.fatal->message;
  scored.stored = 0;
  for (const SubjectReplies& subject : TRY(store.subjects(scored.id)))
    scored.stored += subject.replied;
  return RunEnd{std::move(scored), std::move(outcome), death.has_value()};
}

Result<std::vector<ScoredRun>> evaluate(const RunSpec& spec, Store& store,
                                        const ExamWorld& world, const RunWatch& watch) {
  // Before a file is fetched for it.
  TRY(check_numbers(spec.model));
  TRY(check_numbers(spec.exam));
  const ModelSpec named = TRY(with_file_here(spec.model, world));
  const ModelChoice choice = TRY(choose_model(named, world.environment, true));
  TRY(check_applies(named, spec.exam, std::span(&choice, 1)));
  TRY(check_second_tries(spec.notes));
  const std::vector<Exam> exams = TRY(prepare_exams(spec.exam, world));
  TRY(check_applies(named, exams));
  for (const Exam& exam : exams) TRY(check_can_be_sent(exam, choice));
  const OpenModel model = TRY(open_model(choice, world));
  std::vector<ScoredRun> runs;
  for (const Exam& exam : exams) {
    RunEnd end = TRY(run_exam(exam, model, spec.notes, store, world, watch));
    runs.push_back(std::move(end.scored));
    if (end.outcome.fatal || end.outcome.interrupted) break;
  }
  return runs;
}

}  // namespace proctor
