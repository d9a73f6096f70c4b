#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/cli/specs.h"

namespace proctor {

Result<int> completions_command(const Arguments& arguments, World& world) {
  TRY(expect_words(arguments, 1, "bash, zsh or fish"));
  world.console.print(
      TRY(completions(manual(), arguments.positional[0]).in("completions")));
  return complete;
}

Result<int> man_command(const Arguments& arguments, World& world) {
  TRY(expect_words(arguments, 0, "no word"));
  const bool is_page = arguments.get("--output").value_or("").ends_with(".1");
  const auto form =
      is_page
          ? TableFormat::terminal
          : TRY(format_of(arguments, {TableFormat::terminal, TableFormat::markdown}));
  const auto page = form == TableFormat::markdown ? manual_markdown : manual_page;
  world.console.print(page(manual(), world.console.language()));
  if (world.console.out_is_terminal())
    world.console.say("as man reads it: proctor man | man -l -");
  return complete;
}

Result<int> version_command(const Arguments& arguments, World& world) {
  TRY(expect_words(arguments, 0, "no word"));
  const nlohmann::ordered_json json = {{"version", PROCTOR_VERSION}};
  world.console.print(arguments.has("--json") ? json.dump() + "\n" : version_text());
  return complete;
}

Result<int> init_command(const Arguments& arguments, World& world) {
  const auto& words = arguments.positional;
  if (words.size() > 1) TRY(expect_words(arguments, 1, "one file"));
  const std::string path = words.empty() ? "proctor.toml" : words[0];
  std::error_code error;
  if (std::filesystem::exists(std::filesystem::symlink_status(path, error)))
    return fail(Fault::usage, "{} is there already; nothing is overwritten", path);
  const auto written = manual();
  const auto run = std::ranges::find(written, "run", &ManualCommand::name);
  TRY(write_file(path, configuration(*run)));
  world.console.tell(fmt::format("{}: next: proctor run --config {}", path, path));
  const nlohmann::ordered_json json = {{"file", path}};
  if (arguments.has("--json")) world.console.print(json.dump() + "\n");
  return complete;
}

}  // namespace proctor
