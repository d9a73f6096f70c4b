#include "proctor/exam/forecast.h"

#include <algorithm>

#include "proctor/exam/evaluation.h"
#include "proctor/exam/open_model.h"
#include "proctor/exam/run_name.h"
#include "proctor/exam/second_tries.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

// What the store has of the run.
struct Kept {
  std::vector<TrialId> answered;
  std::int64_t tokens = 0, bytes = 0;  // of prompts whose tokens were counted
};

Result<Kept> kept_of(Store& store, const Evaluation& evaluation) {
  Kept kept;
  const std::string id = evaluation.plan.info.key.id();
  const auto runs = TRY(store.runs());
  if (std::ranges::find(runs, id, &StoredRun::id) == runs.end()) return kept;
  std::vector<TrialId> planned = evaluation.plan.trials;
  std::ranges::sort(planned);
  TRY(store.results(id, false, [&](const StoredResult& result) -> Status {
    const auto& outcome = result.attempt.outcome;
    if (!outcome || result.generation < evaluation.plan.generation ||
        !std::ranges::binary_search(planned, result.trial))
      return {};
    kept.answered.push_back(result.trial);
    if (!outcome->tokens.prompt) return {};
    kept.tokens += *outcome->tokens.prompt;
    kept.bytes += bytes_of(prompt_for(evaluation, result.trial));
    return {};
  }));
  std::ranges::sort(kept.answered);
  return kept;
}

std::vector<Prompt> prompts_to_ask(const Evaluation& evaluation, const Kept& kept) {
  std::vector<Prompt> prompts;
  for (const TrialId trial : evaluation.plan.trials) {
    if (!std::ranges::binary_search(kept.answered, trial))
      prompts.push_back(prompt_for(evaluation, trial));
  }
  return prompts;
}

// By the run's own replies where it has some, else by the bytes.
std::int64_t about_tokens(const std::vector<Prompt>& prompts, const Kept& kept) {
  std::int64_t bytes = 0;
  for (const Prompt& prompt : prompts) bytes += bytes_of(prompt);
  if (kept.bytes == 0 || kept.tokens == 0) return bytes / bytes_a_token;
  return static_cast<std::int64_t>(static_cast<double>(bytes) *
                                   static_cast<double>(kept.tokens) /
                                   static_cast<double>(kept.bytes));
}

// What is known of a model before any exam.
struct Beforehand {
  ModelChoice choice;
  EngineIdentity identity;
  Answerer there{.is_there = true};
  bool is_known = true;  // who would answer
};

Result<RunForecast> forecast_of(const Exam& exam, const Beforehand& model, Store& store,
                                const RunNotes& notes, const ExamWorld& world) {
  Evaluation evaluation = evaluation_of(
      exam, model.choice, notes, engine_in_name(model.identity, exam, model.there));
  RunKey& key = evaluation.plan.info.key;
  const RunKey today = key;
  if (notes.again.empty()) {
    key = TRY(name_in_store(store, today, model.there)).key;
  } else {
    const RunName name =
        TRY(name_of_second_tries(store, today, model.there, notes.again));
    key = name.key;
    TRY(plan_second_tries(evaluation, model.choice, notes.again, *name.stored, store));
  }
  const Kept kept = TRY(kept_of(store, evaluation));
  const std::vector<Prompt> prompts = prompts_to_ask(evaluation, kept);
  RunForecast out{.model = model.choice.title(),
                  .info = evaluation.plan.info,
                  .planned = static_cast<std::int64_t>(evaluation.plan.trials.size()),
                  .stored = static_cast<std::int64_t>(kept.answered.size()),
                  .to_ask = static_cast<std::int64_t>(prompts.size()),
                  .prompt_tokens = about_tokens(prompts, kept),
                  .is_exact = prompts.empty()};
  if (model.is_known || !(key == today) || out.stored > 0) out.id = key.id();
  if (model.is_known && model.choice.is_in_process() && !prompts.empty()) {
    out.prompt_tokens = TRY(tokens_of_file(model.choice, prompts, world));
    out.is_exact = true;
  }
  return out;
}

// A model of the hub whose file is here already; nothing is downloaded.
void find_on_disk(ModelChoice& choice, const ExamWorld& world) {
  Environment offline = world.environment;
  offline.add_defaults({{"HF_HUB_OFFLINE", "1"}});
  const auto found =
      with_file_here(choice.spec, {.environment = offline, .talk = world.talk});
  if (!found) return;
  choice.file = found->name;
  choice.model.name = choice.file.filename().string();
}

}  // namespace

std::int64_t bytes_of(const Prompt& prompt) {
  std::size_t bytes = prompt.text.size();
  for (const Message& message : prompt.messages) bytes += message.content.size();
  return static_cast<std::int64_t>(bytes);
}

Result<std::vector<RunForecast>> forecast_runs(const ModelChoice& choice,
                                               std::span<const Exam> exams,
                                               Store& store, const RunNotes& notes,
                                               const ExamWorld& world) {
  Beforehand model{.choice = choice};
  if (is_hub_model(choice.file.string())) find_on_disk(model.choice, world);
  const bool is_absent = is_hub_model(model.choice.file.string());
  if (!is_absent) model.identity = TRY(identity_beforehand(model.choice, world));
  if (choice.provider != nullptr && choice.serve.empty()) {
    HttpClient http(http_options(world.environment, 1));
    model.there = who_answers(*choice.provider, choice.model, http);
  }
  model.is_known = model.there.is_there && !is_absent;
  std::vector<RunForecast> runs;
  for (const Exam& exam : exams)
    runs.push_back(TRY(forecast_of(exam, model, store, notes, world)));
  return runs;
}

}  // namespace proctor
