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

constexpr std::size_t most_reasons = 100;

void count_empty(const Reply& reply, Mark mark, Progress& progress) {
  if (mark != Mark::unread && mark != Mark::cut) return;
  if (reply.finish_reason == "scored" || !python_strip(reply.text).empty()) return;
  ++progress.empty;
  if (reply.reasoning.empty() && reply.tokens.thought.value_or(0) == 0) return;
  ++progress.thoughts_only;
  progress.thoughts_cut += mark == Mark::cut ? 1 : 0;
}

void tell(const Watch& watch, const Graded& graded, const Progress& progress) {
  if (watch.saw) watch.saw(graded, progress);
}

// What earlier runs of this plan have answered. Their failures are asked again.
Status reuse_answers(const Evaluation& evaluation, Store& store, const Watch& watch,
                     Progress& progress) {
  const auto& trials = evaluation.plan.trials;
  std::vector<TrialId> wanted(trials.begin(), trials.end());
  std::ranges::sort(wanted);
  const auto see = [&](const StoredResult& result) -> Status {
    if (!result.attempt.outcome || !std::ranges::binary_search(wanted, result.trial)) {
      return {};
    }
    Graded graded = grade(evaluation, result.trial, result.attempt);
    graded.attempts = result.attempts;
    ++progress.reused;
    count_graded(graded, progress);
    tell(watch, graded, progress);
    return {};
  };
  const RunKey& key = evaluation.plan.info.key;
  // The engine's bodies tell what it computed; nobody else's are needed.
  return store.results(key.id(), !key.engine.empty(), see);
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

MarkedAnswer mark_reply(const Extractor& extractor, const Question& question,
                        const Reply& reply) {
  const std::string labels = labels_of(question.choices.size());
  MarkedAnswer marked;
  marked.answer = extractor.read({.reply = reply.text,
                                  .labels = labels,
                                  .choices = question.choices,
                                  .finish_reason = reply.finish_reason});
  // Of several right choices the one that was named is the key.
  const auto letter = marked.answer.letter;
  const bool names_right = letter && is_right(question, *letter);
  marked.mark =
      mark_of(marked.answer, names_right ? *letter : letter_of(question.right),
              reply.finish_reason);
  return marked;
}

Graded grade(const Evaluation& evaluation, TrialId trial, const Attempt& attempt) {
  const Question& question = question_of(evaluation, trial);
  Graded graded{
      .trial = trial, .question = &question, .attempt = &attempt, .attempts = 1};
  if (!attempt.outcome) return graded;
  const MarkedAnswer read =
      mark_reply(*evaluation.extractor, question, *attempt.outcome);
  graded.answer = read.answer;
  graded.mark = read.mark;
  return graded;
}

void count_graded(const Graded& graded, Progress& progress) {
  progress.tally.add(graded.question->subject, graded.mark);
  if (!graded.attempt->outcome) {
    const std::string& why = graded.attempt->outcome.error().message;
    if (progress.reasons.size() < most_reasons || progress.reasons.contains(why)) {
      ++progress.reasons[why];
    }
    return;
  }
  const Reply& reply = *graded.attempt->outcome;
  const Tokens& tokens = reply.tokens;
  count_empty(reply, graded.mark, progress);
  if (reply.finish_reason == "scored") {
    const std::size_t known = reply.logprobs.size();
    progress.unknown_letters += known < graded.question->choices.size() ? 1 : 0;
    progress.no_letters += known == 0 ? 1 : 0;
  }
  progress.prompt_tokens += tokens.prompt.value_or(0);
  progress.reply_tokens += tokens.reply.value_or(0);
  progress.decoded_tokens += decoded_tokens(*graded.attempt).value_or(0);
}

Result<Outcome> run(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch, std::stop_token stop,
                    std::stop_token stop_now) {
  const Plan& plan = evaluation.plan;
  Outcome outcome;
  Progress& progress = outcome.progress;
  progress.planned = static_cast<std::int64_t>(plan.trials.size());
  TRY(reuse_answers(evaluation, store, watch, progress));
  while (true) {
    if (stop.stop_requested() && !outcome.interrupted) {
      outcome.interrupted = true;
      backend.cancel(Cancel::waiting);
    }
    if (stop_now.stop_requested()) backend.cancel(Cancel::all);
    if (!outcome.interrupted &&
        !backend.fatal()) {  // start as many as there is room for
      for (const TrialId trial : TRY(store.claim(plan, backend.room()))) {
        backend.start(trial, prompt_for(evaluation, trial));
        ++progress.under_way;
      }
    }
    if (progress.under_way == 0) break;
    std::vector<Record> records;  // what has come back
    std::vector<bool> ended;
    for (Completion& done :
         backend.wait(std::chrono::steady_clock::now() + watch.interval)) {
      assert(!done.attempts.empty());
      --progress.under_way;
      const bool cancelled = was_cancelled(done);
      drop_cancelled(done);
      if (done.attempts.empty()) continue;
      progress.requests += static_cast<std::int64_t>(done.attempts.size());
      records.push_back({done.trial, std::move(done.attempts)});
      ended.push_back(!cancelled);
    }
    if (!records.empty())
      TRY(store.append(plan, records));  // keep it before it is told
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!ended[i]) continue;
      Graded graded = grade(evaluation, records[i].trial, records[i].attempts.back());
      graded.attempts = static_cast<std::int64_t>(records[i].attempts.size());
      count_graded(graded, progress);
      tell(watch, graded, progress);
    }
    if (watch.tick) watch.tick(progress);
  }
  outcome.fatal = backend.fatal();
  return outcome;
}

}  // namespace proctor
