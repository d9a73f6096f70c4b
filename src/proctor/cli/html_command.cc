#include "proctor/cli/specs.h"
#include "proctor/page/page.h"

namespace proctor {

Result<int> html_command(const Arguments& arguments, World& world) {
  const bool as_json = arguments.has("--json");
  if (!as_json && !arguments.has("--output"))
    return fail(Fault::usage, "-o is missing: an .html file");
  const std::filesystem::path path = arguments.get("--output").value_or("");
  if (!as_json && path.has_extension() && path.extension() != ".html")
    return fail(Fault::usage, "-o: found {}, expected .html", path.string());
  const auto store = TRY(open_for_reading(arguments));
  std::vector<StoredRun> runs;
  for (const std::string& name : arguments.positional)
    runs.push_back(TRY(run_called(*store, name, among_of(arguments), world.console)));
  if (runs.empty()) {
    MeantRuns meant = TRY(meant_runs(*store, among_of(arguments)));
    tell_hidden(meant.hidden, world.console);
    runs = std::move(meant.runs);
  }
  const Page page = TRY(run_page(*store, runs,
                                 {.language = world.console.language(),
                                  .made = system_time(),
                                  .version = PROCTOR_VERSION,
                                  .look = look_of(arguments),
                                  .command = command_again}));
  world.console.print(as_json ? page.json + "\n" : page.html);
  world.console.sum_up(page.about);
  return complete;
}

}  // namespace proctor
