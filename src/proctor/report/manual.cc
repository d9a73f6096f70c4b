#include "proctor/report/manual.h"

#include <algorithm>
#include <array>

#include "proctor/report/phrases.h"
#include "proctor/report/wrap.h"

namespace proctor {
namespace {

std::string left_of(const ManualOption& option) {
  std::string text(option.also.empty() ? "" : fmt::format("{}, ", option.also));
  text += option.name;
  if (!option.value.empty()) text += fmt::format(" {}", option.value);
  return text;
}

std::vector<std::string_view> groups_of(const ManualCommand& command) {
  std::vector<std::string_view> groups;
  for (const ManualOption& option : command.options) {
    if (!option.is_rare && std::ranges::find(groups, option.group) == groups.end())
      groups.push_back(option.group);
  }
  return groups;
}

// What may stand behind an option: by its name, or by its name and its value's; else by
// its value's; else it is what its line begins with: "jpg, png, svg or pdf".
constexpr std::pair<std::string_view, std::string_view> example_values[] = {
    {"--type", "ollama"},
    {"--base-url", "http://localhost:8080"},
    {"--api-key-env", "MY_API_KEY"},
    {"--header", "'X-Team: exams'"},
    {"--extra-body", "'{\"top_p\": 1}'"},
    {"--engine", "server"},
    {"--serve", "'vllm serve {model} --port {port}'"},
    {"--dataset", "sample"},
    {"--subject", "anatomy,stem"},
    {"--columns C", "question=Q,choices=A+B+C+D,answer=K"},
    {"--columns A[,B]", "model,n,accuracy"},
    {"--protocol", "seed,mmlu"},
    {"--shots-from", "dev.jsonl"},
    {"--system", "'Be brief.'"},
    {"--temperature", "0"},
    {"--stop", "'###'"},
    {"--again", "cut,failed"},
    {"--precision", "f32"},
    {"--chat-template", "chatml"},
    {"--template-date", "today"},
    {"--extract", "proctor"},
    {"--labels", "ABCDE"},
    {"--store", "exams.db"},
    {"--into", "all.db"},
    {"--name", "before"},
    {"--note", "'macOS M2, 16 GB'"},
    {"--question", "17"},
    {"--output", "proctor.json"},
    {"--by", "subject"},
    {"--sort", "accuracy"},
    {"--title", "'MMLU, anatomy'"},
    {"--x-label", "Model"},
    {"--y-label", "'Accuracy, %'"},
    {"--config", "exam.toml"},
    {"DIR", "~/.cache/exams"},
    {"I", "0"},
    {"K", "5"},
    {"N", "10"},
    {"S", "600"},
};

std::string_view example_value(const ManualOption& option) {
  const std::string both = fmt::format("{} {}", option.name, option.value);
  for (const std::string_view key : {std::string_view(both), option.name, option.value})
    for (const auto& [name, example] : example_values)
      if (name == key) return example;
  return option.about.substr(0, option.about.find_first_of(", "));
}

constexpr int help_width = 80;

// "  --limit N         the first N questions": what goes on stands below its beginning.
std::string help_row(std::string_view left, int column, std::string_view about) {
  const std::string row = fmt::format("  {} {}", pad(left, column), about);
  return wrapped(row, help_width, column + 3) + "\n";
}

const ManualOption* option_called(const ManualCommand& command, std::string_view word) {
  const auto found =
      std::ranges::find_if(command.options, [&](const ManualOption& one) {
        return word == one.name || (!one.also.empty() && word == one.also);
      });
  return found == command.options.end() ? nullptr : &*found;
}

tl::unexpected<Error> value_is_missing(const ManualOption& option) {
  return fail(Fault::usage, "{}: expected {} behind it: {}; for example {} {}",
              option.name, option.value, option.about, option.name,
              example_value(option));
}

// A text may be empty, and what ends a reply; behind "=" nothing is no value.
Status check_value(const ManualOption& option, std::string_view value,
                   bool is_behind_equals) {
  if (option.value.empty())
    return fail(Fault::usage, "{}: found {} behind it, expected nothing", option.name,
                value);
  const bool may_be_empty = option.value == "TEXT" || option.name == "--stop";
  if (value.empty() && (is_behind_equals || !may_be_empty))
    return value_is_missing(option);
  const bool is_list = option.name == "--protocol" || option.name == "--again";
  const std::string between = fmt::format(",{},", value);
  if (is_list && between.find(",,") != between.npos)
    return fail(Fault::usage, "{}: found an empty name in {}, expected {}", option.name,
                value, "names with commas between");
  return {};
}

// What a RUN is, where a command takes one.
constexpr std::string_view run_text =
    "RUN: last, last~1 (the one before it), a --name, or the first digits of an id "
    "(list runs).";

bool takes_runs(const ManualCommand& command) {
  return command.arguments.find("RUN") != std::string_view::npos;
}

std::string_view full_stop(Language language) {
  return language == Language::ja ? "。" : ".";
}

// What begins with a dot would be a request.
std::string roff(std::string_view text) {
  return (text.starts_with('.') ? "\\&" : "") +
         replace_all(replace_all(std::string(text), "\\", "\\e"), "-", "\\-");
}

// "proctor list models|runs" takes one of two words.
std::vector<std::string> words_of(const ManualCommand& command) {
  std::vector<std::string> words = split(command.arguments, '|');
  const bool are_words =
      words.size() > 1 && std::ranges::all_of(words, [](auto& word) {
        return std::ranges::all_of(word, [](char c) { return c >= 'a' && c <= 'z'; });
      });
  return are_words ? words : std::vector<std::string>{};
}

std::string bash_completions(std::span<const ManualCommand> commands) {
  std::string text = "_proctor() {\n  local words\n  case ${COMP_WORDS[1]} in\n";
  std::string names;
  for (const ManualCommand& command : commands) {
    names += fmt::format("{} ", command.name);
    text += fmt::format("    {}) words=\"", command.name);
    for (const std::string& word : words_of(command)) text += word + " ";
    for (const ManualOption& option : command.options)
      text += fmt::format("{} ", option.name);
    text += "--help\" ;;\n";
  }
  return text + "    *) words=\"" + names +
         "help --help --version\" ;;\n  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"${COMP_WORDS[COMP_CWORD]}\"))\n}\n"
         "complete -o default -F _proctor proctor\n";
}

// Sourced, or from a folder of $fpath: there the file itself is the function's first
// call.
std::string zsh_completions(std::span<const ManualCommand> commands) {
  const auto described = [](std::string_view name, std::string_view about) {
    return fmt::format(" '{}:{}'", name, replace_all(std::string(about), "'", "'\\''"));
  };
  std::string names, cases;
  for (const ManualCommand& command : commands) {
    names += described(command.name, command.about);
    cases += fmt::format("    {}) words_of=({}) options=(", command.name,
                         join(words_of(command), " "));
    for (const ManualOption& option : command.options)
      cases +=
          described(option.name, replace_all(std::string(option.about), ":", "\\:"));
    cases += " '--help:what it takes') ;;\n";
  }
  return "#compdef proctor\ncompdef _proctor proctor\n_proctor() {\n"
         "  local -a commands options words_of\n  commands=(" +
         names +
         ")\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    "
         "return\n  fi\n  case $words[2] in\n" +
         cases +
         "  esac\n  compadd -a words_of\n  _describe -o option options\n  _files\n}\n"
         "if [ \"$funcstack[1]\" = _proctor ]; then _proctor \"$@\"; fi\n";
}

std::string fish_completions(std::span<const ManualCommand> commands) {
  const auto quoted = [](std::string_view text) {
    return replace_all(replace_all(std::string(text), "\\", "\\\\"), "'", "\\'");
  };
  std::string text;
  for (const ManualCommand& command : commands) {
    text += fmt::format("complete -c proctor -n __fish_use_subcommand -a {} -d '{}'\n",
                        command.name, quoted(command.about));
    const auto seen = fmt::format(
        "complete -c proctor -n '__fish_seen_subcommand_from {}'", command.name);
    for (const std::string& word : words_of(command))
      text += fmt::format("{} -a {}\n", seen, word);
    for (const ManualOption& option : command.options) {
      const std::string also(option.also.starts_with("--") ? "" : option.also);
      text += fmt::format("{} -l {}{}{} -d '{}'\n", seen, option.name.substr(2),
                          also.empty() ? "" : " -s " + also.substr(1),
                          option.value.empty() ? "" : " -r", quoted(option.about));
    }
  }
  return text;
}

// What few need, by name: help fits a screen.
std::string rare_options(const ManualCommand& command, Language language) {
  std::vector<std::string> names;
  for (const ManualOption& option : command.options)
    if (option.is_rare) names.push_back(left_of(option));
  if (names.empty()) return "";
  return "\n" +
         wrapped(translated(language,
                            fmt::format("{}: see proctor man", join(names, ", "))),
                 help_width, 2) +
         "\n";
}

}  // namespace

std::string ManualCommand::usage() const {
  return fmt::format("proctor {}{}{}", name, arguments.empty() ? "" : " ", arguments);
}

Status check_words(const ManualCommand& command, std::span<const std::string> words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string_view word = words[i];
    const std::size_t equals = word.starts_with("--") ? word.find('=') : word.npos;
    const ManualOption* const option = option_called(command, word.substr(0, equals));
    if (word.empty())
      return fail(Fault::usage, "proctor {}: found an empty word, expected {}",
                  command.name,
                  command.arguments.empty() ? "options alone" : command.arguments);
    if (option == nullptr) continue;
    if (equals != word.npos) {
      TRY(check_value(*option, word.substr(equals + 1), true));
    } else if (!option->value.empty()) {
      const bool is_there =
          i + 1 < words.size() && option_called(command, words[i + 1]) == nullptr;
      if (!is_there) return value_is_missing(*option);
      TRY(check_value(*option, words[++i], false));
    }
  }
  return {};
}

std::string program_help(std::span<const ManualCommand> commands, Language language) {
  const auto say = [&](std::string_view english) {
    return translated(language, english);
  };
  std::string text =
      say("proctor puts multiple-choice exams (MMLU and its family) to language "
          "models.\n\n");
  const auto row = [&](std::string_view left, int column, std::string_view about) {
    text += help_row(left, column, say(about));
  };
  row("proctor run ollama/mistral:7b", 42, "100 questions to a model of ollama's");
  row("proctor run --type llama", 42, "to a llama-server on port 8080");
  text += "  proctor run deepseek/deepseek-chat --subject all\n";
  row("proctor report", 42, "the runs so far, as a table");
  row("proctor chart -o accuracy.png", 42, "and as a picture");
  text += say("\nCommands:\n");
  for (const ManualCommand& command : commands) row(command.name, 11, command.about);
  text +=
      say("\nproctor COMMAND --help lists a command's options; proctor --version.\n");
  return wrapped(text, help_width);
}

std::string command_help(const ManualCommand& command, Language language) {
  const std::string usage = command.usage();
  std::string about = translated(language, command.about);
  about += full_stop(language);
  const bool on_one_line = display_width(usage + about) <= help_width - 2;
  std::string text =
      fmt::format("{}{}{}\n  {}\n", usage, on_one_line ? ": " : "\n", about,
                  replace_all(std::string(command.examples), "\n", "\n  "));
  if (takes_runs(command)) text += "\n" + translated(language, run_text) + "\n";
  text = wrapped(text, help_width);
  for (const std::string_view group : groups_of(command)) {
    text += group.empty() ? "\n" : fmt::format("\n{}:\n", translated(language, group));
    for (const ManualOption& option : command.options) {
      if (option.group != group || option.is_rare) continue;
      text += help_row(left_of(option), 17, translated(language, option.about));
    }
  }
  return text + rare_options(command, language);
}

Result<std::string> completions(std::span<const ManualCommand> commands,
                                std::string_view shell) {
  if (shell == "bash") return bash_completions(commands);
  if (shell == "fish") return fish_completions(commands);
  if (shell == "zsh") return zsh_completions(commands);
  return fail(Fault::usage, "found {}, expected bash, zsh or fish",
              shell.empty() ? "nothing" : shell);
}

std::string manual_page(std::span<const ManualCommand> commands, Language language) {
  std::string text = in_language(
      language,
      ".TH PROCTOR 1\n.SH NAME\nproctor \\- multiple-choice exams for language models\n"
      ".SH SYNOPSIS\n.B proctor\n.I COMMAND\n[options]\n.SH COMMANDS\n",
      ".TH PROCTOR 1\n.SH 名前\nproctor \\- 言語モデルの多肢選択式試験\n"
      ".SH 書式\n.B proctor\n.I COMMAND\n[オプション]\n.SH コマンド\n");
  for (const ManualCommand& command : commands) {
    text += fmt::format(".SS {}\n{}{}\n", roff(command.usage()),
                        roff(translated(language, command.about)), full_stop(language));
    for (const ManualOption& option : command.options) {
      text += fmt::format(".TP\n.B {}\n{}\n", roff(left_of(option)),
                          roff(translated(language, option.about)));
    }
  }
  return text;
}

std::string configuration(const ManualCommand& run) {
  std::string text =
      R"(# proctor run --config FILE asks what this says. A key is an option's long name without --,
# and the command line wins. Other commands take from it what they know: store, lang, ….
# A path may begin with ~. Keys for APIs belong in the environment or in .env, so that
# this file can be shared.

# models = ["ollama/mistral:7b", "~/models/model.gguf", "hf:OWNER/REPO:Q4_K_M"]
models = ["baseline/longest"]
dataset = ["sample"]  # each of them; "cais/mmlu", or a file or folder of yours
protocol = ["seed"]   # each of them, on each data set
subject = ["all"]
# store = "proctor.db"  # default: $PROCTOR_STORE, or ./proctor.db
)";
  constexpr std::array<std::string_view, 6> above = {
      "--dataset", "--protocol", "--subject", "--store", "--config", "--dry-run"};
  for (const std::string_view group : groups_of(run)) {
    text += group.empty() ? "" : fmt::format("\n# ---- {} ----\n", group);
    for (const ManualOption& option : run.options) {
      if (option.group != group || std::ranges::find(above, option.name) != above.end())
        continue;
      const std::string value = replace_all(std::string(option.value), "'", "");
      const std::string word = value.empty()    ? "true"
                               : option.repeats ? fmt::format("[\"{}\"]", value)
                                                : fmt::format("\"{}\"", value);
      text +=
          fmt::format("# {} = {}  # {}\n", option.name.substr(2), word, option.about);
    }
  }
  return text;
}

std::string manual_markdown(std::span<const ManualCommand> commands,
                            Language language) {
  std::string text = in_language(
      language,
      "# The command line\n\nMade from the program's own table by `proctor list "
      "manual`; `proctor COMMAND --help` says the same.\n",
      "# コマンドライン\n\n`proctor list manual --lang ja` "
      "がプログラム自身の表から書き出したものです。`proctor COMMAND --help` "
      "でも同じ内容が表示されます。\n");
  for (const ManualCommand& command : commands) {
    text += fmt::format("\n## {}\n\n{}{}\n\n```\n{}\n```\n", command.usage(),
                        translated(language, command.about), full_stop(language),
                        command.examples);
    if (!command.options.empty())
      text += in_language(language, "\n| option | |\n|---|---|\n",
                          "\n| オプション | |\n|---|---|\n");
    for (const ManualOption& option : command.options) {
      text += fmt::format("| `{}` | {} |\n", left_of(option),
                          replace_all(translated(language, option.about), "|", "\\|"));
    }
  }
  return text;
}

}  // namespace proctor
