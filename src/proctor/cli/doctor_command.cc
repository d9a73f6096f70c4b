#include <algorithm>

#include "proctor/cli/specs.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using State = Finding::State;

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

// What it gives, and what it may not: names, never values.
std::optional<Finding> dotenv_finding(const Arguments& arguments,
                                      const Environment& environment) {
  std::error_code unknown;
  if (std::filesystem::is_directory(".env", unknown)) {
    return Finding{State::absent, ".env", "a folder; no key is taken from it"};
  }
  const auto dotenv =
      read_dotenv(".env", dotenv_names(model_texts(arguments)), environment);
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
      fine ? State::fine : State::wrong, "fonts",
      fine ? "Japanese text can be drawn"
           : "no font for Japanese; install fonts-noto-cjk or fonts-ipaexfont-gothic"};
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

}  // namespace

Result<int> doctor_command(const Arguments& arguments, World& world) {
  std::vector<Finding> findings = {
      {State::fine, "proctor", std::string(python_strip(version_text()))},
  };
  const auto add = [&](std::vector<Finding> more) {
    std::ranges::move(more, std::back_inserter(findings));
  };
  add(findings_of_machine(arguments.get("--cache-dir").value_or(""),
                          world.environment));
  findings.push_back(font_finding());
  if (auto finding = dotenv_finding(arguments, world.environment)) {
    findings.push_back(*std::move(finding));
  }
  add(findings_of_keys(world.environment));
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
      findings.push_back(finding_of_server(choice, settings.timeout.value_or(patience),
                                           world.environment));
    } else if (!choice.file.empty()) {
      auto [of_file, json] =
          findings_of_file(choice.file, digest_cache(world.environment));
      add(std::move(of_file));
      files.push_back(json_with_flags(json));
    }
  }
  bool all_fine = true;
  Table table{{{"", Align::left, 4}, {"what", Align::left, 8}, {"found"}}, {}};
  for (const Finding& finding : findings) {
    all_fine = all_fine && finding.state != State::wrong;
    // A server's reply is only in what is fine.
    table.rows.push_back(
        {std::string(sign_of(finding.state)), finding.what,
         finding.state == State::fine ? finding.words : with_flags(finding.words)});
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
