#include <algorithm>
#include <functional>

#include "proctor/chart/chart.h"
#include "proctor/cli/specs.h"

namespace proctor {
namespace {

// --format's, else what the file's ending says, else what the terminal can.
Result<ImageFormat> format_of(const Arguments& arguments, const Console& console) {
  const auto named = arguments.get("--format"), path = arguments.get("--output");
  if (named) {
    const ImageFormat format = TRY(find_image_format(*named).in("--format"));
    if (path || format == ImageFormat::text || is_for_terminal(format)) return format;
    return fail(Fault::usage, "-o is missing: a .{} file, or - for stdout", *named);
  }
  if (path) {
    const auto format = image_format_of(*path);
    if (format) return *format;
    return fail(Fault::usage, "-o: {}; or say which by --format",
                format.error().message);
  }
  constexpr std::array formats = {ImageFormat::text, ImageFormat::kitty,
                                  ImageFormat::sixel};
  return formats[static_cast<std::size_t>(console.graphics())];
}

// The runs that are meant, and the bars of files.
Result<Chart> chart_meant(const Arguments& arguments, Console& console) {
  ChartWish wish{.language = console.language(), .look = look_of(arguments)};
  std::vector<std::string> names = arguments.positional;
  std::vector<Bar> of_files = TRY(take_bars_files(names));
  const bool are_bars_alone = names.empty() && !of_files.empty();
  if (are_bars_alone) wish.kind = ChartKind::seed;
  if (const auto kind = arguments.get("--kind"))
    wish.kind = TRY(find_chart_kind(*kind).in("--kind"));
  if (const auto cost = arguments.get("--x"))
    wish.cost = TRY(find_cost(*cost).in("--x"));
  Chart chart = chart_of({}, wish.language);
  chart.kind = wish.kind;
  if (!of_files.empty() && !chart.has_bars())
    return fail(Fault::usage, "--kind: {} is of runs; a file has bars alone",
                name_of(wish.kind));
  if (!are_bars_alone) {
    const auto store = TRY(open_for_reading(arguments));
    auto runs = TRY(runs_meant(*store, arguments, names, console));
    // A bar without a reply would be a bar of nothing: 0 %.
    if (names.empty() && std::erase_if(runs, std::not_fn(&ScoredRun::has_reply)) > 0)
      console.tell("runs without a reply are left out");
    for (const ScoredRun& run : runs) TRY(check_has_reply(run));
    chart = TRY(chart_of_runs(*store, runs, wish));
  }
  if (std::erase_if(of_files, std::not_fn(&Bar::has_reply)) > 0)
    console.tell("lines without a reply are left out");
  add_bars(chart, std::move(of_files));
  if (chart.size() == 0)
    return fail(Fault::usage, "there is nothing to draw: no run has an answer yet");
  return chart;
}

// What is said of the chart itself.
Status dress(Chart& chart, const Arguments& arguments) {
  chart.title = arguments.get("--title").value_or(chart.title);
  chart.x_label = arguments.get("--x-label").value_or("");
  chart.y_label = arguments.get("--y-label").value_or("");
  if (const auto theme = arguments.get("--theme"))
    chart.theme = TRY(find_chart_theme(*theme).in("--theme"));
  const NumberRange<int> widths{240, 4000};
  chart.width = TRY(arguments.number("--width", widths)).value_or(720);
  return {};
}

}  // namespace

Result<int> chart_command(const Arguments& arguments, World& world) {
  Console& console = world.console;
  const ImageFormat format = TRY(format_of(arguments, console));
  const Output output = TRY(output_of(arguments));
  TRY(check_output(output));
  const bool is_json = arguments.has("--json");
  if (!output.to_file() && arguments.has("--open"))
    return fail(Fault::usage, "--open: stdout cannot be opened; name a file by -o");
  if (!output.to_file() && arguments.has("--output") && is_json)
    return fail(Fault::usage, "--json: stdout is the picture's; name a file by -o");
  Chart chart = TRY(chart_meant(arguments, console));
  TRY(dress(chart, arguments));
  if (is_for_terminal(format) && !arguments.has("--width"))
    chart.width = std::clamp(6 * console.width(), 240, 720);
  if (!output.to_file()) TRY(console.colour("auto"));
  const std::string image = TRY(chart_image(
      chart, format, [&](std::string_view line) { console.tell(line); },
      {console.width(), output.to_file() || console.writes_utf8(), console.ink()}));
  if (!output.to_file()) {
    console.print(is_json ? chart_json(chart, {}) + "\n" : image);
    return complete;
  }
  const std::string path = *arguments.get("--output");
  TRY(write_file(path, image).in("-o"));
  const std::string_view what = chart.has_bars() ? "bar" : "value";
  console.tell(fmt::format("{}: {} {}{}", path, chart.size(), what,
                           chart.size() == 1 ? "" : "s"));
  if (is_json) console.print(chart_json(chart, path) + "\n");
  if (arguments.has("--open")) TRY(open_file(path, world.environment).in("--open"));
  return complete;
}

}  // namespace proctor
