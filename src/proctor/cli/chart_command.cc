#include <algorithm>
#include <functional>

#include "proctor/chart/chart.h"
#include "proctor/cli/specs.h"

namespace proctor {
namespace {

Result<Chart> chart_of_runs(const Arguments& arguments,
                            const std::vector<std::string>& names, Language language,
                            Console& console) {
  const auto store = TRY(open_for_reading(arguments));
  std::vector<ScoredRun> runs = TRY(runs_meant(*store, arguments, names, console));
  // A bar without a reply would be a bar of nothing: 0 %.
  if (names.empty() && std::erase_if(runs, std::not_fn(&ScoredRun::has_reply)) > 0)
    console.tell("runs without a reply are left out");
  for (const ScoredRun& run : runs) TRY(check_has_reply(run));
  return chart_of(runs, language);
}

// --format's, else what the file's ending says.
Result<ImageFormat> format_of(const Arguments& arguments, const std::string& path) {
  const auto named = arguments.get("--format");
  const auto format = image_format_of(named ? "chart." + *named : path);
  if (format) return *format;
  if (named)
    return fail(Fault::usage, "--format: found {}, expected jpg, png, svg or pdf",
                *named);
  return fail(Fault::usage, "-o: {}; or say which by --format", format.error().message);
}

}  // namespace

Result<int> chart_command(const Arguments& arguments, World& world) {
  const auto path = arguments.get("--output");
  if (!path)
    return fail(Fault::usage, "-o is missing: a .jpg, .png, .svg or .pdf file");
  const ImageFormat format = TRY(format_of(arguments, *path));
  const Output output = TRY(output_of(arguments));
  TRY(check_output(output));
  if (!output.to_file() && arguments.has("--open"))
    return fail(Fault::usage, "--open: stdout cannot be opened; name a file by -o");
  if (!output.to_file() && arguments.has("--json"))
    return fail(Fault::usage, "--json: stdout is the picture's; name a file by -o");
  const Language language = world.console.language();
  std::vector<std::string> runs;
  std::vector<Bar> of_files;
  for (const std::string& name : arguments.positional) {
    if (!name.ends_with(".csv")) {
      runs.push_back(name);
      continue;
    }
    const std::string content = TRY(read_file(name));
    std::ranges::move(TRY(read_bars_csv(content).in(name)),
                      std::back_inserter(of_files));
  }
  Chart chart = chart_of({}, language);
  if (!runs.empty() || of_files.empty())
    chart = TRY(chart_of_runs(arguments, runs, language, world.console));
  if (std::erase_if(of_files, std::not_fn(&Bar::has_reply)) > 0)
    world.console.tell("lines without a reply are left out");
  add_bars(chart, std::move(of_files));
  chart.title = arguments.get("--title").value_or(chart.title);
  chart.x_label = arguments.get("--x-label").value_or("");
  chart.y_label = arguments.get("--y-label").value_or("");
  if (chart.bars.empty()) {
    return fail(Fault::usage, "there is nothing to draw: no run has an answer yet");
  }
  const std::string image = TRY(chart_image(
      chart, format, [&](std::string_view line) { world.console.tell(line); }));
  if (!output.to_file()) {
    world.console.print(image);
    return complete;
  }
  TRY(write_file(*path, image).in("-o"));
  world.console.tell(fmt::format("{}: {} bar{}", *path, chart.bars.size(),
                                 chart.bars.size() == 1 ? "" : "s"));
  if (arguments.has("--json")) world.console.print(chart_json(chart, *path) + "\n");
  if (arguments.has("--open")) TRY(open_file(*path, world.environment).in("--open"));
  return complete;
}

}  // namespace proctor
