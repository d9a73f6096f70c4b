#include "proctor/exam/checkup.h"

#include <unistd.h>

#include "proctor/dataset/dataset.h"
#include "proctor/engine/engine.h"
#include "proctor/exam/dotenv.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using State = Finding::State;

State fine_if(bool is_fine) {
  return is_fine ? State::fine : State::wrong;
}

// The nearest folder above that is there must be writable.
Finding cache_finding(const std::string& cache_dir, const Environment& environment) {
  const auto cache = hub_cache(environment, cache_dir);
  if (!cache) return {State::wrong, "cache", cache.error().message};
  std::error_code error;
  std::filesystem::path there = std::filesystem::absolute(*cache, error);
  while (!std::filesystem::exists(there, error) && !error &&
         there.has_relative_path()) {
    there = there.parent_path();
  }
  if (error) {
    return {State::wrong, "cache",
            fmt::format("{}: {}", cache->string(), system_says(error.value()))};
  }
  const bool writable = ::access(there.c_str(), W_OK) == 0;
  return {fine_if(writable), "cache",
          fmt::format("{}{}", cache->string(), writable ? "" : ": cannot be written")};
}

Finding parquet_finding() {
  const bool fine = parquet_is_available();
  return {fine_if(fine), "parquet",
          fine
              ? "Parquet files are read by Arrow"
              : "no Arrow: data sets come row by row; install pyarrow and build again"};
}

Finding engine_finding() {
  const auto found = find_engine();
  // Whoever asks servers alone needs none.
  const bool is_absent = !found && found.error().fault == Fault::usage;
  return {is_absent ? State::absent : fine_if(found.has_value()), "engine",
          found ? fmt::format("GGUF files are run by llama.cpp {} ({})", found->version,
                              found->plugin.string())
                : found.error().message};
}

}  // namespace

std::vector<Finding> findings_of_machine(const std::string& cache_dir,
                                         const Environment& environment) {
  return {cache_finding(cache_dir, environment), parquet_finding(), engine_finding()};
}

std::vector<Finding> findings_of_keys(const Environment& environment) {
  std::vector<Finding> findings;
  std::size_t needed = 0;
  for (const Provider& provider : providers()) {
    if (!provider.key_is_needed) continue;
    ++needed;
    const ModelSpec usual;
    if (!has_key(provider, usual, environment)) continue;
    findings.push_back(
        {State::fine, fmt::format("key of {}", provider.name),
         fmt::format("{} is set", join(key_variables_of(provider, usual), " or "))});
  }
  if (findings.size() < needed) {
    const std::string_view others = findings.empty() ? "keys" : "other keys";
    findings.push_back({State::absent, std::string(others),
                        fmt::format("of {} providers not set: proctor list models "
                                    "names their variables",
                                    needed - findings.size())});
  }
  return findings;
}

// One small question, so that "it answers" is not guessed.
std::vector<Finding> findings_of_dotenv(const std::filesystem::path& file,
                                        const ModelSpec& model,
                                        const Environment& environment) {
  const std::string name = file.string();
  std::error_code unknown;
  if (std::filesystem::is_directory(file, unknown))
    return {{State::absent, name, "a folder; no key is taken from it"}};
  const auto dotenv = read_dotenv(file, dotenv_names(model), environment);
  if (!dotenv) return {{State::wrong, name, dotenv.error().message}};
  std::vector<std::string> words, given;
  for (const auto& [key, value] : dotenv->keys) given.push_back(key);
  if (!given.empty()) words.push_back("gives " + join(given, ", "));
  if (!dotenv->ignored.empty()) {
    words.push_back(
        fmt::format("ignored: {} (it gives keys and nothing else; set them "
                    "in the environment)",
                    join(dotenv->ignored, ", ")));
  }
  if (words.empty()) return {};
  return {{given.empty() ? State::absent : State::fine, name, join(words, "; ")}};
}

Status check_is_on_disk(const ModelChoice& choice) {
  const std::string name = choice.file.string();
  if (!is_hub_model(name)) return {};
  return fail(Fault::usage,
              "{}: the doctor looks at files that are here; proctor run {} --limit 1 "
              "fetches it, then name the .gguf",
              name, name);
}

Finding finding_of_server(const ModelChoice& choice, std::chrono::milliseconds most,
                          const Environment& environment) {
  // A base model would go on for as long as it may.
  const Prompt prompt{.messages = {{"user", "Answer with the letter A."}},
                      .sampling = {.max_tokens = 64},
                      .labels = "A",
                      .choices = {"A"}};
  HttpBackendOptions options{.concurrency = 1, .retries = 1};
  options.deadlines.total = most;
  const auto backend = make_http_backend(*choice.provider, choice.model, options,
                                         http_options(environment, 1));
  backend->start({}, prompt);
  std::vector<Completion> done;
  while (done.empty()) {
    done = backend->wait(std::chrono::steady_clock::now() + std::chrono::seconds(1));
  }
  const Attempt& attempt = done.front().attempts.back();
  if (!attempt.outcome) {
    const std::string hint =
        attempt.status == 0 ? fmt::format("; {}", choice.provider->hint) : "";
    return {State::wrong, choice.title(), attempt.outcome.error().message + hint};
  }
  HttpClient http(http_options(environment, 1));
  const std::string who = title_of(who_answers(*choice.provider, choice.model, http));
  const std::string says =
      who.empty() ? for_terminal_line(attempt.outcome->model) : who;
  return {State::fine, choice.title(),
          fmt::format("answers \"{}\" in {:.2f} s{}{}",
                      fit(for_terminal_line(attempt.outcome->text), 40),
                      static_cast<double>(attempt.latency.count()) / 1e6,
                      says.empty() ? "" : ", says it is ", says)};
}

}  // namespace proctor
