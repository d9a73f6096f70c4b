#include "proctor/cli/cli.h"

#include <algorithm>
#include <csignal>

#include <sys/resource.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif
#include <unistd.h>

#include "proctor/cli/specs.h"
#include "proctor/engine/engine.h"

namespace proctor {
namespace {

// What is the program's to say of its process, and no library's.
void settle_process() {
  // Keys live in memory: no core file may hold one.
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe must not end a run that is paid for
  // What broke has said so; a shell's "Aborted" tells nobody more.
  std::signal(SIGABRT, [](int) { ::_exit(broke); });
#ifdef __linux__
  // What a server's own children leave behind comes to us, who wait for it.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
}

// Whether the command asks a model whose key is needed and not set.
bool asks_without_a_key(const Arguments& arguments, const Environment& environment) {
  const bool asks = arguments.command == Command::run && !arguments.has("--dry-run");
  const bool checks = arguments.command == Command::doctor &&
                      (!arguments.positional.empty() || arguments.has("--type"));
  const auto names = model_names(arguments);
  if (!names || (!asks && !checks)) return false;
  ModelSpec spec = model_texts(arguments);
  return std::ranges::any_of(*names, [&](const std::string& name) {
    spec.name = name;
    return lacks_a_key(spec, environment);
  });
}

// Adds what .env gives to the environment; a variable that is set wins. An error only
// where a model that is named needs a key that is not set: otherwise the command goes
// on without the file.
Status take_dotenv(const Arguments& arguments, World& world) {
  const auto names = dotenv_names(model_texts(arguments));
  const auto dotenv = read_dotenv(".env", names, world.environment);
  if (dotenv) {
    world.environment.add_defaults(dotenv->keys);
    return {};
  }
  const Error& error = dotenv.error();
  if (asks_without_a_key(arguments, world.environment)) {
    return fail(Fault::usage, "{}; no key can be taken from it, and none is set",
                error.message);
  }
  // `python -m venv .env` is no mistake.
  std::error_code unknown;
  if (!std::filesystem::is_directory(".env", unknown))
    world.console.tell(error.message + "; nothing of it is used");
  return {};
}

// Before the words are understood, so that what is wrong with them is said in it.
Result<Language> language_of(std::span<const std::string> words,
                             const Environment& environment) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == "--lang" && i + 1 < words.size())
      return language_named(words[i + 1]).in("--lang");
    if (words[i].starts_with("--lang="))
      return language_named(words[i].substr(7)).in("--lang");
  }
  return language_of(environment);
}

Result<int> act(std::span<const std::string> words, World& world) {
  if (std::ranges::find(words, "--json") != words.end())
    world.console.complain_in_json();
  if (const auto usual = language_of(world.environment)) world.console.speak(*usual);
  world.console.speak(TRY(language_of(words, world.environment)));
  Parsed parsed = TRY(parse_arguments(words, world.console.language()));
  if (!parsed.arguments) {
    world.console.print(parsed.text);
    return complete;
  }
  // It may stand in --config's file.
  if (const auto name = parsed.arguments->get("--lang"))
    world.console.speak(TRY(language_named(*name).in("--lang")));
  if (parsed.arguments->has("--json")) world.console.complain_in_json();
  if (const auto store = world.environment.get("PROCTOR_STORE");
      store && !store->empty())
    parsed.arguments->usual_store = *store;
  if (const auto home = world.environment.get("HOME"))
    parsed.arguments->expand_home(*home);
  const Command command = parsed.arguments->command;
  if (command == Command::run || command == Command::prompt ||
      command == Command::doctor) {
    TRY(take_dotenv(*parsed.arguments, world));
  }
  Secrets secrets = secrets_given(model_texts(*parsed.arguments), world.environment);
  for (const std::string& word : words) secrets.add(store_secrets(word));
  secrets.add(store_secrets(store_path(*parsed.arguments)));
  world.console.hide(std::move(secrets));
  const bool is_read = takes_option("--color", command);
  TRY(world.console.colour(
      parsed.arguments->get("--color").value_or(is_read ? "auto" : "never")));
  if (is_read) world.console.hold_for_pager();
  const auto text = std::ranges::find(commands(), command, &CommandText::command);
  const auto function = [&] { return text->function(*parsed.arguments, world); };
  // A picture is a file's from the start, and some exports are folders.
  if (command == Command::chart || parsed.arguments->get("--format") == "lm-eval")
    return function();
  return with_output(TRY(output_of(*parsed.arguments)), world.console, function);
}

}  // namespace

std::string version_text() {
  return "proctor " PROCTOR_VERSION "\n";
}

int main_of_proctor(int argc, char** argv) {
  settle_process();
  Language language = Language::en;
  const auto body = [&]() -> int {
    Environment environment = Environment::of_process();
    Console console(stdout, stderr, environment, with_flags);
    World world{console, environment};
    const std::vector<std::string> words(argv + 1, argv + argc);
    language = language_of(words, environment).value_or(language);
    Result<int> code = act(words, world);
    if (!code) {
      console.complain(code.error());
      code = misused;
    }
    if (const Status flushed = console.flush(); !flushed) {
      console.complain(flushed.error());
      return *code == complete ? broke : *code;
    }
    return *code;
  };
  return without_throwing(body, language);
}

}  // namespace proctor
