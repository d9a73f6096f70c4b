#include <algorithm>

#include "proctor/cli/options.h"

namespace proctor {
namespace {

std::string left_of(const Option& option) {
  std::string text(option.also.empty() ? "" : fmt::format("{}, ", option.also));
  text += option.name;
  if (!option.value.empty()) text += fmt::format(" {}", option.value);
  return text;
}

std::vector<std::string_view> groups_of(Command command) {
  std::vector<std::string_view> groups;
  for (const Option& option : options()) {
    if (option.belongs_to(command) &&
        std::ranges::find(groups, option.group) == groups.end()) {
      groups.push_back(option.group);
    }
  }
  return groups;
}

// What a RUN is, where a command takes one.
constexpr std::string_view run_text =
    "RUN: last, last~1 (the one before it), a --name, or the first digits of an id "
    "(list runs).";

bool takes_runs(const CommandText& command) {
  return command.arguments.find("RUN") != std::string_view::npos;
}

std::string roff(std::string_view text) {
  return replace_all(replace_all(std::string(text), "\\", "\\e"), "-", "\\-");
}

}  // namespace

std::string help_of_program(Language language) {
  const auto say = [&](std::string_view english) {
    return translated(language, english);
  };
  std::string text =
      say("proctor puts multiple-choice exams (MMLU and its family) to language "
          "models.\n\n");
  const auto row = [&](std::string_view left, int width, std::string_view about) {
    text += fmt::format("  {:<{}} {}\n", left, width, say(about));
  };
  row("proctor run ollama/mistral:7b", 42, "100 questions to a model of ollama's");
  row("proctor run --type llama", 42, "to a llama-server on port 8080");
  text += "  proctor run deepseek/deepseek-chat --subject all\n";
  row("proctor report", 42, "the runs so far, as a table");
  row("proctor chart -o accuracy.png", 42, "and as a picture");
  text += say("\nCommands:\n");
  for (const CommandText& command : commands()) row(command.name, 9, command.about);
  return text + say("\nproctor COMMAND --help lists a command's options; proctor "
                    "--version.\n");
}

std::string help_of(const CommandText& command, Language language) {
  std::string text = fmt::format(
      "proctor {} {}\n{}{}\n\n  {}\n", command.name, command.arguments,
      translated(language, command.about), language == Language::ja ? "。" : ".",
      replace_all(std::string(command.examples), "\n", "\n  "));
  if (takes_runs(command)) text += fmt::format("\n{}\n", run_text);
  for (const std::string_view group : groups_of(command.command)) {
    text += fmt::format("\n{}:\n", translated(language, group));
    for (const Option& option : options()) {
      if (!option.belongs_to(command.command) || option.group != group) continue;
      text += fmt::format("  {} {}\n", pad(left_of(option), 20),
                          translated(language, option.about));
    }
  }
  return text;
}

Result<std::string> completions(std::string_view shell) {
  std::string text;
  if (shell == "bash") {
    text = "_proctor() {\n  local words\n  case ${COMP_WORDS[1]} in\n";
    for (const CommandText& command : commands()) {
      text += fmt::format("    {}) words=\"", command.name);
      for (const Option& option : options()) {
        if (option.belongs_to(command.command)) text += fmt::format("{} ", option.name);
      }
      text += "--help\" ;;\n";
    }
    text += "    *) words=\"";
    for (const CommandText& command : commands())
      text += fmt::format("{} ", command.name);
    text +=
        "--help --version\" ;;\n  esac\n"
        "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
        "complete -o default -F _proctor proctor\n";
    return text;
  }
  if (shell == "zsh") {
    const std::string bash = TRY(completions("bash"));
    return "#compdef proctor\nautoload -U +X bashcompinit && bashcompinit\n" + bash;
  }
  if (shell == "fish") {
    for (const CommandText& command : commands()) {
      text += fmt::format(
          "complete -c proctor -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
          replace_all(std::string(command.about), "'", "\\'"));
      for (const Option& option : options()) {
        if (!option.belongs_to(command.command)) continue;
        text += fmt::format(
            "complete -c proctor -n '__fish_seen_subcommand_from {}' -l {}{} -d '{}'\n",
            command.name, option.name.substr(2), option.value.empty() ? "" : " -r",
            replace_all(std::string(option.about), "'", "\\'"));
      }
    }
    return text;
  }
  return fail(Fault::usage, "found {}, expected bash, zsh or fish", shell);
}

std::string manual_page() {
  std::string text =
      ".TH PROCTOR 1\n.SH NAME\nproctor \\- multiple-choice exams for language models\n"
      ".SH SYNOPSIS\n.B proctor\n.I COMMAND\n[options]\n.SH COMMANDS\n";
  for (const CommandText& command : commands()) {
    text += fmt::format(".SS {} {}\n{}.\n", command.name, roff(command.arguments),
                        roff(command.about));
    for (const Option& option : options()) {
      if (!option.belongs_to(command.command)) continue;
      text +=
          fmt::format(".TP\n.B {}\n{}\n", roff(left_of(option)), roff(option.about));
    }
  }
  return text;
}

std::string manual_markdown() {
  std::string text =
      "# The command line\n\nMade from the program's own table by "
      "`proctor list manual`; `proctor COMMAND --help` says the same.\n";
  for (const CommandText& command : commands()) {
    text += fmt::format(
        "\n## proctor {} {}\n\n{}.\n\n```\n{}\n```\n\n| option | |\n|---|---|\n",
        command.name, command.arguments, command.about, command.examples);
    for (const Option& option : options()) {
      if (!option.belongs_to(command.command)) continue;
      text += fmt::format("| `{}` | {} |\n", left_of(option),
                          replace_all(std::string(option.about), "|", "\\|"));
    }
  }
  return text;
}

}  // namespace proctor
