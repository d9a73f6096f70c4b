#include "proctor/cli/options.h"

#include <algorithm>
#include <array>
#include <set>
#include <stdexcept>

// toml++ asserts what some malformed files break: here that is the file's error.
[[noreturn]] static void refuse_toml() {
  throw std::invalid_argument("malformed");
}
#define TOML_ASSERT(claim) ((claim) ? void() : refuse_toml())
#define TOML_HEADER_ONLY 1
#include <toml++/toml.h>
#include <CLI/CLI.hpp>

namespace proctor {
namespace {

std::vector<std::string> names_for(Command command) {
  std::vector<std::string> names = {"--help"};
  for (const Option& option : options()) {
    if (option.belongs_to(command)) names.emplace_back(option.name);
  }
  return names;
}

const Option* find_option(std::string_view name, Command command) {
  for (const Option& option : options()) {
    if (option.is_called(name) && option.belongs_to(command)) return &option;
  }
  return nullptr;
}

// What CLI11 fills: a place for each option's values.
struct Place {
  const Option* option;
  std::vector<std::string> values;
  std::int64_t times = 0;
};

Status unknown_option(std::string_view word, const CommandText& command) {
  const std::string name(word.substr(0, word.find('=')));
  return fail(Fault::usage, "{}: no such option of proctor {}{}", name, command.name,
              suggestion(name, names_for(command.command)));
}

bool takes_models(Command command) {
  const auto text = std::ranges::find(commands(), command, &CommandText::command);
  return text->arguments.starts_with("[MODEL");
}

// Those whose value may be several, with commas between.
bool takes_list(const Option& option) {
  constexpr std::array<std::string_view, 3> lists = {"--protocol", "--subject",
                                                     "--again"};
  return std::ranges::find(lists, option.name) != lists.end();
}

// What a key says: one value, or each of a list; of a flag "" where it is true.
Result<std::vector<std::string>> texts_in(const toml::node& node, bool is_flag,
                                          const std::string& place,
                                          std::string_view key) {
  std::vector<std::string> texts;
  const auto add = [&](const toml::node& value) -> Status {
    const auto text = value.value_exact<std::string>();
    const auto number = value.value_exact<std::int64_t>();
    const auto decimal = value.value_exact<double>();
    if (is_flag) {
      const auto flag = value.value_exact<bool>();
      if (!flag)
        return fail(Fault::usage, "{}: {}: expected true or false", place, key);
      if (*flag) texts.emplace_back();
    } else if (text || number || decimal) {
      texts.push_back(text     ? *text
                      : number ? fmt::format("{}", *number)
                               : fmt::format("{}", *decimal));
    } else {
      return fail(Fault::usage, "{}: {}: expected a text or a number", place, key);
    }
    return {};
  };
  const toml::array* list = node.as_array();
  if (list == nullptr) {
    TRY(add(node));
    return texts;
  }
  if (list->empty())
    return fail(Fault::usage, "{}: {}: found an empty list", place, key);
  for (const toml::node& each : *list) TRY(add(each));
  return texts;
}

// What the command line has said: names of options, and "models".
using Said = std::set<std::string_view>;

// Whether the command line has said it, or what it goes against.
bool is_said(std::string_view name, const Said& said) {
  constexpr std::array<std::array<std::string_view, 3>, 5> against = {{
      {"--format", "--output", "--json"},
      {"--json", "--output", "--format"},
      {"--limit", "--sample", ""},
      {"--sample", "--limit", ""},
      {"--type", "models", ""},
  }};
  const auto row = std::ranges::find(against, name, [](auto& one) { return one[0]; });
  const auto is_here = [&](std::string_view other) { return said.contains(other); };
  return is_here(name) || (row != against.end() && std::ranges::any_of(*row, is_here));
}

// One name, two options: in a file that serves several commands it has the meaning of
// run, or of tables.
bool is_named_otherwise(const Option& option) {
  if (option.name == "--format") return option.belongs_to(Command::chart);
  const bool is_run_s =
      option.name == "--limit" || option.name == "--columns" || option.name == "--show";
  return is_run_s && !option.belongs_to(Command::run);
}

// A file's options stand behind the command line's.
Status read_config(const std::string& path, const Said& said, Arguments& arguments) {
  const std::string content = TRY(read_file(path).in("--config"));
  toml::table table;
  try {
    table = toml::parse(content, path);
  } catch (const toml::parse_error& error) {
    return fail(Fault::usage, "{}: line {}: {}", path, error.source().begin.line,
                error.description());
  } catch (const std::invalid_argument&) {
    return fail(Fault::usage, "{}: not TOML: a value is missing", path);
  }
  for (const auto& [toml_key, node] : table) {
    const std::string_view key = toml_key.str();
    const auto place = fmt::format("{}: line {}", path, node.source().begin.line);
    if (key == "models") {
      const std::vector<std::string> names = TRY(texts_in(node, false, place, key));
      if (takes_models(arguments.command) && !said.contains(key) &&
          !said.contains("--type"))
        arguments.positional = names;
      continue;
    }
    const std::string written = "--" + std::string(key);
    const Option* option = find_option(written, arguments.command);
    if (option == nullptr) {
      // One file may serve several commands.
      if (std::ranges::any_of(options(),
                              [&](auto& one) { return one.is_called(written); }))
        continue;
      std::vector<std::string> names = names_for(arguments.command);
      names.emplace_back("--models");
      return fail(Fault::usage, "{}: {}: no such option{}", place, key,
                  suggestion(written, names));
    }
    const std::string name(option->name);
    std::vector<std::string> values =
        TRY(texts_in(node, option->value.empty(), place, key));
    if (is_said(name, said) || is_named_otherwise(*option)) continue;
    if (arguments.has(name))
      return fail(Fault::usage, "{}: {}: is {}, which the file has said", place, key,
                  name.substr(2));
    if (node.is_array() && takes_list(*option)) values = {join(values, ",")};
    if (node.is_array() && !takes_list(*option) && !option->repeats)
      return fail(Fault::usage, "{}: {}: expected a text or a number", place, key);
    for (std::string& value : values) arguments.add(name, std::move(value));
  }
  return {};
}

Result<Arguments> parse_command(const CommandText& command, const ManualCommand& manual,
                                std::vector<std::string> words) {
  CLI::App app;
  app.allow_extras();
  app.set_help_flag();
  std::vector<Place> places;
  places.reserve(options().size());  // CLI11 keeps references
  for (const Option& option : options()) {
    if (!option.belongs_to(command.command)) continue;
    Place& place = places.emplace_back(Place{&option, {}, 0});
    std::string names(option.name);
    if (!option.also.empty()) names = fmt::format("{},{}", option.also, names);
    if (option.value.empty()) {
      app.add_flag(names, place.times);
    } else {
      auto* added = app.add_option(names, place.values)->allow_extra_args(false);
      added->type_size(1)->expected(1);
      added->multi_option_policy(option.repeats ? CLI::MultiOptionPolicy::TakeAll
                                                : CLI::MultiOptionPolicy::TakeLast);
    }
  }
  TRY(check_words(manual, words));
  std::ranges::reverse(words);  // CLI11 takes them from the back
  try {
    app.parse(words);
  } catch (const CLI::Error& error) {
    return fail(Fault::usage, "{}", error.what());
  }
  Arguments arguments;
  arguments.command = command.command;
  for (std::string& word : app.remaining()) {
    if (word.size() > 1 && word[0] == '-') TRY(unknown_option(word, command));
    arguments.positional.push_back(std::move(word));
  }
  Said said;
  if (!arguments.positional.empty()) said.insert("models");
  for (const Place& place : places) {
    if (!place.values.empty() || place.times != 0) said.insert(place.option->name);
    for (const std::string& value : place.values)
      arguments.add(place.option->name, value);
    if (place.times > 0) arguments.add(place.option->name, "");
  }
  if (const auto config = arguments.get("--config"))
    TRY(read_config(*config, said, arguments));
  return arguments;
}

bool asks_for_help(std::string_view word) {
  return word == "--help" || word == "-h";
}

// "proctor --json report" is "proctor report --json".
std::vector<std::string> command_first(std::span<const std::string> given) {
  std::vector<std::string> words(given.begin(), given.end());
  std::size_t at = 0;
  while (at < words.size() && words[at].starts_with('-') && !asks_for_help(words[at])) {
    if (words[at] == "--version" || words[at] == "-V")
      words[at] = "version";
    else
      at += takes_value(words[at]) ? 2 : 1;
  }
  const auto command = words.begin() + static_cast<std::ptrdiff_t>(at);
  if (at < words.size()) std::rotate(words.begin(), command, command + 1);
  return words;
}

}  // namespace

std::string with_flags(std::string_view text) {
  std::string out;
  for (auto from = text.find('`'); from != text.npos; from = text.find('`')) {
    const auto to = text.find('`', from + 1);
    if (to == text.npos) break;
    const std::string_view flag = flag_of(text.substr(from + 1, to - from - 1));
    out.append(text.substr(0, flag.empty() ? to : from)).append(flag);
    text.remove_prefix(flag.empty() ? to : to + 1);
  }
  return out.append(text);
}

bool takes_option(std::string_view name, Command command) {
  return find_option(name, command) != nullptr;
}

bool takes_value(std::string_view name) {
  const auto found = std::ranges::find_if(
      options(), [&](const Option& option) { return option.is_called(name); });
  return found != options().end() && !found->value.empty();
}

bool Arguments::has(std::string_view option) const {
  return values_.find(option) != values_.end();
}

std::optional<std::string> Arguments::get(std::string_view option) const {
  const auto found = values_.find(option);
  if (found == values_.end()) return std::nullopt;
  return found->second.back();
}

std::vector<std::string> Arguments::all(std::string_view option) const {
  const auto found = values_.find(option);
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

void Arguments::add(std::string_view option, std::string value) {
  values_[std::string(option)].push_back(std::move(value));
}

void Arguments::expand_home(const std::string& home) {
  const auto expand = [&](std::string& value) {
    if (value == "~" || value.starts_with("~/")) value.replace(0, 1, home);
    value = replace_all(std::move(value), ",~/", "," + home + "/");
  };
  std::ranges::for_each(positional, expand);
  expand(usual_store);
  for (const Option& option : options()) {
    constexpr std::array<std::string_view, 6> paths = {"FILE", "PATH", "DIR",
                                                       "D",    "P",    "STORE"};
    const auto found = values_.find(option.name);
    const bool is_path = std::ranges::find(paths, option.value) != paths.end() ||
                         option.name == "--chat-template";
    if (found == values_.end() || !is_path) continue;
    std::ranges::for_each(found->second, expand);
  }
}

Result<Parsed> parse_arguments(std::span<const std::string> given, Language language) {
  std::vector<std::string> words = command_first(given);
  const std::vector<ManualCommand> written = manual();
  const bool asks_help = !words.empty() && words[0] == "help";
  if (asks_help) words.erase(words.begin());
  if (words.empty() || asks_for_help(words[0]))
    return Parsed{.text = program_help(written, language)};
  const std::string& name = words[0];
  const auto found = std::ranges::find(written, name, &ManualCommand::name);
  if (found == written.end()) {
    std::vector<std::string> names = {"help"};
    for (const CommandText& command : commands()) names.emplace_back(command.name);
    const std::string hint = suggestion(name, names);
    if (name.starts_with('-'))
      return fail(Fault::usage, "{}: expected a command; see proctor --help", name);
    return fail(Fault::usage, "{}: no such command{}", name,
                hint.empty() ? "; see proctor --help" : hint);
  }
  // "proctor run help" means no model of that name: there is none without a provider.
  if (asks_help || std::ranges::any_of(words, asks_for_help) ||
      (words.size() == 2 && words[1] == "help")) {
    return Parsed{.text = command_help(*found, language)};
  }
  const CommandText& command = commands()[found - written.begin()];
  return Parsed{.arguments = TRY(
                    parse_command(command, *found, {words.begin() + 1, words.end()}))};
}

}  // namespace proctor
