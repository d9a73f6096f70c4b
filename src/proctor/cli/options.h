// The one table of commands and options: parsing, --help, did-you-mean, completions and
// the manual come from it. Not for other folders.
#pragma once

#include <charconv>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/exam/exam.h"
#include "proctor/report/report.h"

namespace proctor {

enum class Command : unsigned {
  run,
  submit,
  report,
  chart,
  html,
  view,
  show,
  compare,
  rescore,
  audit,
  doctor,
  exporting,
  importing,
  forget,
  merge,
  prompt,
  extract,
  verify,
  list,
  completing,
  man,
  version,
  init,
};

class Arguments;
struct World;

struct CommandText {
  Command command;
  Result<int> (*function)(const Arguments& arguments, World& world);
  std::string_view name;
  std::string_view arguments;  // "[MODEL…]"
  std::string_view about;      // one line
  std::string_view examples;   // lines of "command  # what it does"
};
std::span<const CommandText> commands();

struct Option {
  std::string_view name;   // "--dataset"
  std::string_view value;  // "D"; empty: a flag
  std::string_view group;  // a heading in --help
  unsigned commands = 0;   // bits of Command
  std::string_view about;  // one line, its default in it
  std::string_view field;  // of a spec that it sets, where that is called otherwise
  std::string_view also;   // another name: "-o", "--reader"; or empty
  bool repeats = false;    // may be given several times

  bool is_called(std::string_view word) const {
    return word == name || (!also.empty() && word == also);
  }
  bool belongs_to(Command command) const {
    return (commands >> static_cast<unsigned>(command) & 1U) != 0;
  }
};
std::span<const Option> options();
// The option that sets a field of a spec, "--max-tokens" of max_tokens, or what else
// the library's messages name; or empty.
std::string_view flag_of(std::string_view field);
// A message of the library for whoever sits at a command line: `max_tokens` is
// --max-tokens. Not for what somebody else has written: a reply, a question.
std::string with_flags(std::string_view text);
bool takes_option(std::string_view name, Command command);
// Whether that is an option's name, and a value follows it.
bool takes_value(std::string_view name);

// What stood on the command line (and, behind it, in --config's file).
class Arguments {
 public:
  Command command = Command::run;
  std::vector<std::string> positional;
  std::string usual_store = "proctor.db";  // $PROCTOR_STORE, where that is set

  bool has(std::string_view option) const;
  std::optional<std::string> get(std::string_view option) const;
  std::vector<std::string> all(std::string_view option) const;
  // The value as a number of the range; Fault::usage names the option, what was found
  // and what was expected.
  template <class T>
  Result<std::optional<T>> number(std::string_view option, NumberRange<T> range) const {
    const auto text = get(option);
    if (!text) return std::optional<T>{};
    T value{};
    const char* const end = text->data() + text->size();
    const auto [stop, error] = std::from_chars(text->data(), end, value);
    if (error == std::errc{} && stop == end && range.has(value)) return value;
    return fail(Fault::usage, "{}: found {}, expected a {}number from {} to {}", option,
                *text, std::is_integral_v<T> ? "whole " : "", range.least, range.most);
  }
  void add(std::string_view option, std::string value);
  // ~ and ~/… of what names a file is the home folder, where no shell saw it: behind
  // --option=, in --config's file and in a variable.
  void expand_home(const std::string& home);

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> values_;
};

// What main() was given, without the program's name. A Fault::usage error for anything
// unknown, with the nearest name. nullopt: help was asked for, and `text` is to be
// printed.
struct Parsed {
  std::optional<Arguments> arguments;
  std::string text;
};
Result<Parsed> parse_arguments(std::span<const std::string> words, Language language);

// All of it as `report` writes it down: help, completions, the manual.
std::vector<ManualCommand> manual();

}  // namespace proctor
