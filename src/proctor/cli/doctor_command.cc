#include <algorithm>

#include <unistd.h>

#include "proctor/cli/commands.h"
#include "proctor/cli/evaluation.h"
#include "proctor/engine/engine.h"

namespace proctor {
namespace {

struct Finding {
  bool is_fine;
  std::string what, words;
};

std::filesystem::path cache_folder(const Arguments& arguments,
                                   const Environment& environment) {
  if (const auto given = arguments.get("--cache-dir")) return *given;
  if (const auto hub = environment.get("HF_HUB_CACHE")) return *hub;
  if (const auto home = environment.get("HF_HOME")) return *home + "/hub";
  return environment.get("HOME").value_or("/tmp") + "/.cache/huggingface/hub";
}

// The nearest folder above that is there must be writable.
Finding cache_finding(const std::filesystem::path& cache) {
  std::filesystem::path there = cache;
  while (!there.empty() && !std::filesystem::exists(there)) there = there.parent_path();
  const bool writable = ::access(there.c_str(), W_OK) == 0;
  return {writable, "cache",
          fmt::format("{}{}", cache.string(), writable ? "" : ": cannot be written")};
}

Finding font_finding() {
  const bool fine = can_draw(Language::ja);
  return {
      fine, "fonts",
      fine ? "Japanese text can be drawn"
           : "no font for Japanese; install fonts-noto-cjk or fonts-ipaexfont-gothic"};
}

Finding parquet_finding() {
  const bool fine = parquet_is_available();
  return {fine, "parquet",
          fine
              ? "Parquet files are read by Arrow"
              : "no Arrow: data sets come row by row; install pyarrow and build again"};
}

Finding engine_finding() {
  const auto version = llama_version_text();
  return {true, "engine",
          version ? fmt::format("GGUF files are run by llama.cpp {}", *version)
                  : "built without llama.cpp: GGUF files need a server"};
}

std::vector<Finding> key_findings(const Environment& environment) {
  std::vector<Finding> findings;
  for (const Provider& provider : providers()) {
    if (!provider.key_is_needed) continue;
    const auto variables = key_variables_of(provider, {});
    const bool is_set =
        std::ranges::any_of(variables, [&](const std::string& variable) {
          return environment.get(variable).has_value();
        });
    findings.push_back(
        {true, fmt::format("key of {}", provider.name),
         fmt::format("{} is {}", join(variables, " or "), is_set ? "set" : "not set")});
  }
  return findings;
}

// One small question, so that "it answers" is not guessed.
Finding server_finding(const ModelChoice& choice, World& world) {
  // A base model would go on for as long as it may.
  const Prompt prompt{.messages = {{"user", "Answer with the letter A."}},
                      .sampling = {.max_tokens = 64},
                      .labels = "A",
                      .choices = {"A"}};
  HttpBackendOptions options{.concurrency = 1, .retries = 1};
  options.deadlines.total = std::chrono::seconds(60);
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
    return {false, choice.title(), attempt.outcome.error().message + hint};
  }
  return {true, choice.title(),
          fmt::format("answers \"{}\" in {:.2f} s{}{}",
                      fit(for_terminal_line(attempt.outcome->text), 40),
                      static_cast<double>(attempt.latency.count()) / 1e6,
                      attempt.outcome->model.empty() ? "" : ", says it is ",
                      for_terminal_line(attempt.outcome->model))};
}

}  // namespace

Result<int> doctor_command(const Arguments& arguments, World& world) {
  std::vector<Finding> findings = {
      {true, "proctor", std::string(python_strip(version_text()))},
      cache_finding(cache_folder(arguments, world.environment)),
      parquet_finding(),
      engine_finding(),
      font_finding(),
  };
  for (Finding& finding : key_findings(world.environment)) {
    findings.push_back(std::move(finding));
  }
  const bool names_model = !arguments.positional.empty() || arguments.has("--type");
  if (names_model) {
    for (const std::string& spec : TRY(model_specs(arguments))) {
      const ModelChoice choice =
          TRY(choose_model(spec, arguments, world.environment, true));
      if (choice.provider != nullptr) findings.push_back(server_finding(choice, world));
    }
  }
  bool all_fine = true;
  Table table{{{"", Align::left, 4}, {"what", Align::left, 8}, {"found"}}, {}};
  for (const Finding& finding : findings) {
    all_fine = all_fine && finding.is_fine;
    table.rows.push_back({finding.is_fine ? "ok" : "!", finding.what, finding.words});
  }
  world.console.print(table_text(
      table, arguments.has("--json") ? TableFormat::json : TableFormat::terminal,
      100'000));
  return all_fine ? complete : broke;
}

}  // namespace proctor
