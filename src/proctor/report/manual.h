// What is said of a command line, from the table of its commands and options: help, a
// page for man, completions, a configuration to begin with. Part of report.h.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/report/language.h"

namespace proctor {

struct ManualOption {
  std::string_view name;   // "--output"
  std::string_view also;   // "-o", or empty
  std::string_view value;  // "FILE"; empty: a flag
  std::string_view group;  // a heading in --help; empty: before all headings
  std::string_view about;  // one line, its default in it
  bool repeats = false;    // may be given several times
  bool is_rare = false;    // --help has its name alone
};
struct ManualCommand {
  std::string_view name;
  std::string_view arguments;  // "[MODEL…]"
  std::string_view about;      // one line
  std::string_view examples;   // a line each
  std::vector<ManualOption> options;

  std::string usage() const;  // "proctor run [MODEL…]"
};

// Fault::usage for an option without its value, or with an empty one where that means
// nothing: what it takes, and an example; for a value behind a flag; for a word that is
// empty, or an empty name in a list of them.
Status check_words(const ManualCommand& command, std::span<const std::string> words);

std::string program_help(std::span<const ManualCommand> commands, Language language);
// One screen: examples first, then the options with their defaults.
std::string command_help(const ManualCommand& command, Language language);
// bash, zsh or fish.
Result<std::string> completions(std::span<const ManualCommand> commands,
                                std::string_view shell);
// proctor.1, as troff reads it, in UTF-8.
std::string manual_page(std::span<const ManualCommand> commands, Language language);
// A TOML file for --config: what is asked most, and a comment for every other option.
std::string configuration(const ManualCommand& run);
// docs/cli.md and docs/ja/cli.md.
std::string manual_markdown(std::span<const ManualCommand> commands, Language language);

}  // namespace proctor
