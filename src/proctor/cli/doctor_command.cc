#include <algorithm>

#include <unistd.h>

#include "proctor/cli/commands.h"
#include "proctor/cli/dotenv.h"
#include "proctor/cli/file_findings.h"
#include "proctor/cli/specs.h"
#include "proctor/dataset/dataset.h"
#include "proctor/engine/engine.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

State fine_if(bool is_fine) {
  return is_fine ? State::fine : State::wrong;
}

std::string_view sign_of(State state) {
  switch (state) {
    case State::fine:
      return "ok";
    case State::absent:
      return "-";
    case State::doubtful:
      return "?";
    case State::wrong:
      break;
  }
  return "!";
}

// The nearest folder above that is there must be writable.
Finding cache_finding(const Arguments& arguments, const Environment& environment) {
  const auto cache = hub_cache(environment, arguments.get("--cache-dir").value_or(""));
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

// What it gives, and what it may not: names, never values.
std::optional<Finding> dotenv_finding(const Arguments& arguments,
                                      const Environment& environment) {
  std::error_code unknown;
  if (std::filesystem::is_directory(".env", unknown)) {
    return Finding{State::absent, ".env", "a folder; no key is taken from it"};
  }
  const auto dotenv = read_dotenv(".env", dotenv_names(arguments), environment);
  if (!dotenv) return Finding{State::wrong, ".env", dotenv.error().message};
  std::vector<std::string> words, given;
  for (const auto& [name, value] : dotenv->keys) given.push_back(name);
  if (!given.empty()) words.push_back("gives " + join(given, ", "));
  if (!dotenv->ignored.empty()) {
    words.push_back(
        fmt::format("ignored: {} (it gives keys and nothing else; set them "
                    "in the environment)",
                    join(dotenv->ignored, ", ")));
  }
  if (words.empty()) return std::nullopt;
  return Finding{given.empty() ? State::absent : State::fine, ".env",
                 join(words, "; ")};
}

Finding font_finding() {
  const bool fine = can_draw(Language::ja);
  return {
      fine_if(fine), "fonts",
      fine ? "Japanese text can be drawn"
           : "no font for Japanese; install fonts-noto-cjk or fonts-ipaexfont-gothic"};
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

std::vector<Finding> key_findings(const Environment& environment) {
  std::vector<Finding> findings;
  std::size_t needed = 0;
  for (const Provider& provider : providers()) {
    if (!provider.key_is_needed) continue;
    ++needed;
    const auto variables = key_variables_of(provider, ModelSpec());
    const bool is_set =
        std::ranges::any_of(variables, [&](const std::string& variable) {
          return environment.get(variable).has_value();
        });
    if (!is_set) continue;
    findings.push_back({State::fine, fmt::format("key of {}", provider.name),
                        fmt::format("{} is set", join(variables, " or "))});
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

// A name of the hub is no file before a run has fetched it.
Status check_is_here(const ModelChoice& choice) {
  const std::string name = choice.file.string();
  if (!is_hub_model(name)) return {};
  return fail(Fault::usage,
              "{}: the doctor looks at files that are here; proctor run {} --limit 1 "
              "fetches it, then name the .gguf",
              name, name);
}

// One small question, so that "it answers" is not guessed.
Finding server_finding(const ModelChoice& choice, std::chrono::milliseconds most,
                       World& world) {
  // A base model would go on for as long as it may.
  const Prompt prompt{.messages = {{"user", "Answer with the letter A."}},
                      .sampling = {.max_tokens = 64},
                      .labels = "A",
                      .choices = {"A"}};
  HttpBackendOptions options{.concurrency = 1, .retries = 1};
  options.deadlines.total = most;
  const auto backend = make_http_backend(*choice.provider, choice.model, options,
                                         http_options(world.environment, 1));
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
  HttpClient http(http_options(world.environment, 1));
  const std::string who = title_of(who_answers(*choice.provider, choice.model, http));
  const std::string says =
      who.empty() ? for_terminal_line(attempt.outcome->model) : who;
  return {State::fine, choice.title(),
          fmt::format("answers \"{}\" in {:.2f} s{}{}",
                      fit(for_terminal_line(attempt.outcome->text), 40),
                      static_cast<double>(attempt.latency.count()) / 1e6,
                      says.empty() ? "" : ", says it is ", says)};
}

}  // namespace

Result<int> doctor_command(const Arguments& arguments, World& world) {
  std::vector<Finding> findings = {
      {State::fine, "proctor", std::string(python_strip(version_text()))},
      cache_finding(arguments, world.environment),
      parquet_finding(),
      engine_finding(),
      font_finding(),
  };
  if (auto finding = dotenv_finding(arguments, world.environment)) {
    findings.push_back(*std::move(finding));
  }
  for (Finding& finding : key_findings(world.environment)) {
    findings.push_back(std::move(finding));
  }
  const ModelSpec settings = TRY(model_settings(arguments));
  const ExamSpec asked = TRY(exam_spec(arguments));
  std::vector<ModelChoice> choices;
  if (!arguments.positional.empty() || arguments.has("--type")) {
    for (const ModelSpec& spec : TRY(model_specs(arguments)))
      choices.push_back(TRY(choose_model(spec, world.environment, true)));
  }
  TRY(check_applies(settings, asked, choices));
  constexpr std::chrono::milliseconds patience{60'000};
  for (const ModelChoice& choice : choices) TRY(check_is_here(choice));
  std::vector<std::string> files;  // as JSON
  for (const ModelChoice& choice : choices) {
    if (const std::string line = where_asked(choice); !line.empty())
      world.console.say(line);
    if (choice.provider != nullptr) {
      findings.push_back(
          server_finding(choice, settings.timeout.value_or(patience), world));
    } else if (!choice.file.empty()) {
      auto [of_file, json] =
          findings_of_file(choice.file, digest_cache(world.environment));
      std::ranges::move(of_file, std::back_inserter(findings));
      files.push_back(std::move(json));
    }
  }
  bool all_fine = true;
  Table table{{{"", Align::left, 4}, {"what", Align::left, 8}, {"found"}}, {}};
  for (const Finding& finding : findings) {
    all_fine = all_fine && finding.state != State::wrong;
    table.rows.push_back(
        {std::string(sign_of(finding.state)), finding.what, finding.words});
  }
  world.console.print(table_text(
      table, arguments.has("--json") ? TableFormat::json : TableFormat::terminal,
      100'000));
  if (arguments.has("--json")) {
    for (const std::string& json : files) world.console.print(json + "\n");
  }
  return all_fine ? complete : broke;
}

}  // namespace proctor
