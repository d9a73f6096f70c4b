#include "proctor/exam/second_tries.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

using Json = nlohmann::json;

constexpr std::string_view sampling = "sampling", limit = "max_tokens";

RunKey without_limit(RunKey key) {
  Json protocol = Json::parse(key.protocol, nullptr, false);
  if (!protocol.is_object() || !protocol.contains(sampling) ||
      !protocol[sampling].is_object())
    return key;
  protocol[sampling].erase(limit);
  key.protocol = protocol.dump(-1, ' ', false, Json::error_handler_t::replace);
  return key;
}

bool has_another_limit(const Evaluation& evaluation) {
  return evaluation.plan.info.key.protocol != identity_of(evaluation.protocol);
}

// "cut, unread", "cut, of at most 4,096 tokens".
std::string words_of(const Evaluation& evaluation, std::span<const Mark> marks) {
  std::vector<std::string> words;
  for (const Mark mark : marks) words.emplace_back(name_of(mark));
  const auto& tokens = evaluation.protocol.sampling.max_tokens;
  if (has_another_limit(evaluation) && tokens)
    words.push_back(fmt::format("of at most {} tokens", with_thousands(*tokens)));
  return join(words, ", ");
}

Result<StoredRun> stored_run(Store& store, const std::string& id) {
  for (StoredRun& run : TRY(store.runs()))
    if (run.id == id) return std::move(run);
  return fail(Fault::usage, "`again`: the store has no run {}", id.substr(0, 8));
}

}  // namespace

Status check_second_tries(const RunNotes& notes) {
  for (const Mark mark : notes.again) {
    if (mark != Mark::right && mark != Mark::wrong) continue;
    return fail(Fault::usage,
                "`again`: found {}, expected unread, refused, cut or failed; answers "
                "that are asked again until they suit measure nothing",
                name_of(mark));
  }
  return {};
}

Result<RunName> name_of_second_tries(Store& store, const RunKey& today,
                                     const Answerer& there) {
  RunName name = TRY(name_in_store(store, today, there));
  const std::vector<StoredRun> runs = TRY(store.runs());
  const auto is_stored = [&](const StoredRun& run) { return run.id == name.key.id(); };
  if (std::ranges::any_of(runs, is_stored)) return name;
  const RunKey wanted = without_limit(today);
  const StoredRun* most = nullptr;
  for (const StoredRun& run : runs) {
    if (without_limit(renamed(run.info.key)) != wanted) continue;
    if (most == nullptr || run.results > most->results) most = &run;
  }
  if (most != nullptr) return RunName{most->info.key, ""};
  return fail(Fault::usage,
              "`again`: the store has no run of this model that was asked the same; "
              "without it the questions are asked for the first time");
}

Status plan_second_tries(Evaluation& evaluation, const ModelChoice& choice,
                         std::span<const Mark> marks, Store& store) {
  Plan& plan = evaluation.plan;
  const StoredRun run = TRY(stored_run(store, plan.info.key.id()));
  const bool is_same = choice.is_in_process() && !has_another_limit(evaluation);
  const bool only_failed =
      std::ranges::all_of(marks, [](Mark mark) { return mark == Mark::failed; });
  if (is_same && !only_failed) {
    return fail(Fault::usage,
                "`again`: a .gguf in this process writes the same reply again; set "
                "another `max_tokens`");
  }
  std::vector<TrialId> planned = std::move(plan.trials), marked;
  std::ranges::sort(planned);
  TRY(store.results(run.id, false, [&](const StoredResult& result) -> Status {
    if (!std::ranges::binary_search(planned, result.trial)) return {};
    const Question& question = plan.dataset->questions[result.trial.ordinal];
    const Graded graded =
        grade(*evaluation.reader, question, result.trial, result.attempt);
    if (std::ranges::find(marks, graded.mark) != marks.end())
      marked.push_back(result.trial);
    return {};
  }));
  plan.trials = std::move(marked);
  plan.generation = run.generation + 1;
  // Its own command and limit still name the run.
  plan.info.command = run.info.command;
  const std::string words = words_of(evaluation, marks);
  if (!plan.trials.empty() &&
      std::ranges::find(plan.info.again, words) == plan.info.again.end())
    plan.info.again.push_back(words);
  return {};
}

}  // namespace proctor
