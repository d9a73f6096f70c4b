#include "proctor/cli/dry_run.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/cli/asked_model.h"
#include "proctor/cli/commands.h"
#include "proctor/cli/hub_download.h"
#include "proctor/cli/run_name.h"
#include "proctor/cli/stored_runs.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::int64_t bytes_a_token = 4;  // of English, roughly

struct Forecast {
  std::string id;  // empty: not known before the server answers, or the file is there
  std::int64_t stored = 0, to_ask = 0, prompt_tokens = 0;
  bool is_exact = false;  // the tokens
};

std::int64_t bytes_of(const Prompt& prompt) {
  std::size_t bytes = prompt.text.size();
  for (const Message& message : prompt.messages) bytes += message.content.size();
  return static_cast<std::int64_t>(bytes);
}

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
    if (!outcome || !std::ranges::binary_search(planned, result.trial)) return {};
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

bool is_in_process(const ModelChoice& choice) {
  return choice.provider == nullptr && !choice.file.empty();
}

Result<Forecast> forecast_of(Evaluation evaluation, const ModelChoice& choice,
                             const Answerer& there, bool is_known, Store& store,
                             const Arguments& arguments, World& world) {
  RunKey& key = evaluation.plan.info.key;
  const RunKey today = key;
  key = TRY(name_in_store(store, today, there)).key;
  const Kept kept = TRY(kept_of(store, evaluation));
  const std::vector<Prompt> prompts = prompts_to_ask(evaluation, kept);
  Forecast out{.stored = static_cast<std::int64_t>(kept.answered.size()),
               .to_ask = static_cast<std::int64_t>(prompts.size()),
               .prompt_tokens = about_tokens(prompts, kept),
               .is_exact = prompts.empty()};
  if (is_known || !(key == today) || out.stored > 0) out.id = key.id();
  if (is_known && is_in_process(choice) && !prompts.empty()) {
    out.prompt_tokens = TRY(tokens_of_file(choice, prompts, arguments, world));
    out.is_exact = true;
  }
  return out;
}

void print(const Forecast& forecast, const Evaluation& evaluation,
           const ModelChoice& choice, bool as_json, World& world) {
  const RunInfo& info = evaluation.plan.info;
  const auto planned = static_cast<std::int64_t>(evaluation.plan.trials.size());
  if (as_json) {
    const Json json = {{"run", forecast.id.empty() ? Json(nullptr) : Json(forecast.id)},
                       {"model", choice.title()},
                       {"dataset", info.dataset},
                       {"subjects", info.subjects},
                       {"protocol", info.protocol},
                       {"extract", info.extract},
                       {"planned", planned},
                       {"stored", forecast.stored},
                       {"to_ask", forecast.to_ask},
                       {"prompt_tokens", forecast.prompt_tokens},
                       {"prompt_tokens_exact", forecast.is_exact}};
    world.console.print(json.dump(-1, ' ', false, Json::error_handler_t::replace) +
                        "\n");
    return;
  }
  world.console.print(fmt::format(
      "{}: {} planned, {} stored, {} to ask, {}{} prompt tokens; {} ({}), protocol {}, "
      "reader {}, run {}\n",
      for_terminal_line(choice.title()), with_thousands(planned),
      with_thousands(forecast.stored), with_thousands(forecast.to_ask),
      forecast.is_exact ? "" : "about ", with_thousands(forecast.prompt_tokens),
      for_terminal_line(info.dataset), for_terminal_line(info.subjects), info.protocol,
      info.extract, forecast.id.empty() ? "not known yet" : forecast.id.substr(0, 8)));
}

// A model of the hub whose file is here already; nothing is downloaded.
void find_on_disk(ModelChoice& choice, const Arguments& arguments, World& world) {
  if (!is_hub_model(choice.file.string())) return;
  Environment offline = world.environment;
  offline.add_defaults({{"HF_HUB_OFFLINE", "1"}});
  World here{world.console, offline};
  if (const auto path = download_model(choice.file.string(), arguments, here)) {
    choice.file = *path;
    choice.model.name = choice.file.filename().string();
  }
}

Result<std::unique_ptr<Store>> store_to_read(const Arguments& arguments) {
  std::error_code error;
  if (!std::filesystem::exists(store_path(arguments), error))
    return make_memory_store();
  return open_for_reading(arguments);
}

}  // namespace

Status tell_dry_run(const std::vector<ModelChoice>& choices,
                    const std::vector<Exam>& exams, const Arguments& arguments,
                    World& world) {
  const auto store = TRY(store_to_read(arguments));
  for (ModelChoice choice : choices) {
    find_on_disk(choice, arguments, world);
    const bool is_absent = is_hub_model(choice.file.string());
    const EngineIdentity identity =
        is_absent ? EngineIdentity()
                  : TRY(identity_beforehand(choice, arguments, world));
    Answerer there{.is_there = true};
    if (choice.provider != nullptr && choice.serve.empty()) {
      HttpClient http(http_options(world.environment, 1));
      there = who_answers(*choice.provider, choice.model, http);
    }
    for (const Exam& exam : exams) {
      const std::string& engine = identity.of(exam);
      const Evaluation evaluation = evaluation_of(
          exam, choice, arguments, engine.empty() ? server_in_name(there) : engine);
      const Forecast forecast =
          TRY(forecast_of(evaluation, choice, there, there.is_there && !is_absent,
                          *store, arguments, world));
      print(forecast, evaluation, choice, arguments.has("--json"), world);
    }
  }
  return {};
}

}  // namespace proctor
