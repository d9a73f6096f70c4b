#include "proctor/exam/second_tries.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

using Json = nlohmann::json;

RunKey without_limit(RunKey key) {
  constexpr std::string_view limit[] = {"max_tokens"};
  return without_sampling(std::move(key), limit);
}

std::optional<int> limit_of(const RunKey& key) {
  const Json protocol = Json::parse(key.protocol, nullptr, false);
  const Json::json_pointer limit("/sampling/max_tokens");
  if (!protocol.contains(limit) || !protocol[limit].is_number_integer())
    return std::nullopt;
  return protocol[limit].get<int>();
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

bool has(std::span<const Mark> marks, Mark mark) {
  return std::ranges::find(marks, mark) != marks.end();
}

// Fault::usage where the same reply would come, or one that is cut for certain.
Status check_may_differ(const Evaluation& evaluation, const ModelChoice& choice,
                        std::span<const Mark> marks) {
  const bool only_failed = has(marks, Mark::failed) && marks.size() == 1;
  if (choice.is_in_process() && !has_another_limit(evaluation) && !only_failed) {
    return fail(Fault::usage,
                "`again`: a .gguf in this process writes the same reply again; set "
                "another `max_tokens`");
  }
  const auto first = limit_of(evaluation.plan.info.key);
  const auto now = evaluation.protocol.sampling.max_tokens;
  if (!has(marks, Mark::cut) || !first || !now || *now >= *first) return {};
  return fail(Fault::usage,
              "`max_tokens`: {} cuts again what {} has cut; expected more", *now,
              *first);
}

// Whether a mark says that a letter was read.
bool is_read(Mark mark) {
  return mark == Mark::right || mark == Mark::wrong;
}

}  // namespace

Status check_second_tries(const RunNotes& notes) {
  for (const Mark mark : notes.again) {
    if (!is_read(mark)) continue;
    return fail(Fault::usage,
                "`again`: found {}, expected unread, refused, cut or failed; answers "
                "that are asked again until they suit measure nothing",
                name_of(mark));
  }
  return {};
}

Result<RunName> name_of_second_tries(Store& store, const RunKey& today,
                                     const Answerer& there,
                                     std::span<const Mark> marks) {
  RunName name = TRY(name_in_store(store, today, there));
  const bool has_it = name.stored && name.stored->attempts > 0 &&
                      (name.stored->results > 0 || has(marks, Mark::failed));
  if (has_it) return name;
  std::vector<StoredRun> runs = TRY(store.runs());
  const RunKey wanted = without_limit(today);
  std::erase_if(runs, [&](const StoredRun& run) {
    return run.attempts == 0 || without_limit(renamed(run.info.key)) != wanted;
  });
  const auto most = std::ranges::max_element(runs, {}, &StoredRun::results);
  if (most != runs.end()) {
    const std::string said =
        runs.size() == 1 ? ""
                         : fmt::format(
                               "{} runs differ in the limit of tokens alone: run {} "
                               "has the most replies",
                               runs.size(), most->id.substr(0, 8));
    return RunName{most->info.key, said, *most};
  }
  return fail(Fault::usage,
              "`again`: the store has no run of this model that was asked the same; "
              "without it the questions are asked for the first time");
}

Status plan_second_tries(Evaluation& evaluation, const ModelChoice& choice,
                         std::span<const Mark> marks, const StoredRun& run,
                         Store& store) {
  Plan& plan = evaluation.plan;
  TRY(check_may_differ(evaluation, choice, marks));
  // What the run's own reader has read is an answer, whoever reads it today.
  const auto own = find_reader(run.info.extract);
  std::vector<TrialId> planned = std::move(plan.trials), marked;
  std::ranges::sort(planned);
  TRY(store.results(run.id, false, [&](const StoredResult& result) -> Status {
    if (!std::ranges::binary_search(planned, result.trial)) return {};
    const Question& question = plan.dataset->questions[result.trial.ordinal];
    const auto mark_by = [&](const Reader& reader) {
      return grade(reader, question, result.trial, result.attempt).mark;
    };
    const bool is_meant = has(marks, mark_by(*evaluation.reader));
    if (is_meant && !(own && is_read(mark_by(**own)))) marked.push_back(result.trial);
    return {};
  }));
  plan.trials = std::move(marked);
  plan.generation = run.generation + 1;
  // The run stays what it was: its limit names it, and what it was to ask is still so.
  plan.info.command = run.info.command;
  plan.info.selection = run.info.selection;
  plan.info.subjects = run.info.subjects;
  const std::string words = words_of(evaluation, marks);
  if (!plan.trials.empty() &&
      std::ranges::find(plan.info.again, words) == plan.info.again.end())
    plan.info.again.push_back(words);
  return {};
}

}  // namespace proctor
