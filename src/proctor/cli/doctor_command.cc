#include <algorithm>

#include "proctor/chart/chart.h"
#include "proctor/cli/specs.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using State = Finding::State;

Finding font_finding() {
  const bool fine = can_draw(Language::ja);
  return {
      fine ? State::fine : State::wrong, "fonts",
      fine ? "Japanese text can be drawn"
           : "no font for Japanese; install fonts-noto-cjk or fonts-ipaexfont-gothic"};
}

}  // namespace

Result<int> doctor_command(const Arguments& arguments, World& world) {
  const TableFormat format = TRY(format_of(arguments));
  std::vector<Finding> findings = {
      {State::fine, "proctor", std::string(python_strip(version_text()))},
  };
  const auto add = [&](std::vector<Finding> more) {
    std::ranges::move(more, std::back_inserter(findings));
  };
  add(findings_of_machine(arguments.get("--cache-dir").value_or(""),
                          world.environment));
  findings.push_back(font_finding());
  add(findings_of_dotenv(".env", model_texts(arguments), world.environment));
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
  for (const ModelChoice& choice : choices) TRY(check_is_on_disk(choice));
  std::vector<std::string> files;  // as JSON
  for (const ModelChoice& choice : choices) {
    if (const std::string line = where_asked(choice); !line.empty())
      world.console.tell(line);
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
  Table table{{{.title = "", .least_width = 4, .key = "state"},
               {"what", Align::left, 8},
               {"found"}},
              {}};
  for (const Finding& finding : findings) {
    all_fine = all_fine && finding.state != State::wrong;
    // A server's reply is only in what is fine.
    table.rows.push_back(
        {std::string(sign_of(finding.state)), finding.what,
         finding.state == State::fine ? finding.words : with_flags(finding.words)});
  }
  world.console.print(
      table_text(translated(world.console.language(), table, format, {"what", "found"}),
                 format, 100'000));
  if (format == TableFormat::json) {
    for (const std::string& json : files) world.console.print(json + "\n");
  }
  return all_fine ? complete : broke;
}

}  // namespace proctor
