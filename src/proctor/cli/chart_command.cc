#include <algorithm>
#include <functional>

#include "proctor/cli/output.h"
#include "proctor/cli/stored_runs.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

Bar bar_of(const ScoredRun& run) {
  const Count count = run.ledger().count();
  return {.label = run.info.name.empty() ? run.model_title() : run.info.name,
          .method = run.info.note,
          .percent = 100 * count.share().value_or(0),
          .interval = wilson(count),
          .right = count.right,
          .n = count.n};
}

Status add_runs(const Arguments& arguments, const std::vector<std::string>& names,
                Console& console, std::vector<Bar>& bars) {
  const auto store = TRY(open_for_reading(arguments));
  std::vector<ScoredRun> runs = TRY(scored_runs(*store, arguments, names, console));
  // A bar without a reply would be a bar of nothing: 0 %.
  if (names.empty()) std::erase_if(runs, std::not_fn(&ScoredRun::has_reply));
  for (const ScoredRun& run : runs) TRY(check_has_reply(run));
  // Bars of different exams are not to be compared unawares.
  const bool differ = std::ranges::any_of(runs, [&](const ScoredRun& run) {
    return exam_title(run) != exam_title(runs.front());
  });
  for (const ScoredRun& run : runs) {
    Bar bar = bar_of(run);
    if (differ) {
      bar.method = bar.method.empty()
                       ? exam_title(run)
                       : fmt::format("{}, {}", bar.method, exam_title(run));
    }
    bars.push_back(std::move(bar));
  }
  return {};
}

// --format's, else what the file's ending says.
Result<ImageFormat> format_of(const Arguments& arguments, const std::string& path) {
  const auto named = arguments.get("--format");
  if (!named) {
    const auto format = image_format_of(path).in("-o");
    if (format) return *format;
    return fail(Fault::usage, "{}; or say which by --format", format.error().message);
  }
  if (const auto format = image_format_of("chart." + *named)) return *format;
  return fail(Fault::usage, "--format: found {}, expected jpg, png, svg or pdf",
              *named);
}

}  // namespace

Result<int> chart_command(const Arguments& arguments, World& world) {
  const auto path = arguments.get("--output");
  if (!path)
    return fail(Fault::usage, "-o is missing: a .jpg, .png, .svg or .pdf file");
  const ImageFormat format = TRY(format_of(arguments, *path));
  TRY(check_output(arguments));
  Chart chart{.language = TRY(language_of(arguments)),
              .title = arguments.get("--title").value_or("")};
  std::vector<std::string> runs;
  for (const std::string& name : arguments.positional) {
    if (!name.ends_with(".csv")) {
      runs.push_back(name);
      continue;
    }
    const std::string content = TRY(read_file(name));
    for (Bar& bar : TRY(read_bars_csv(content).in(name))) {
      chart.bars.push_back(std::move(bar));
    }
  }
  if (!runs.empty() || arguments.positional.empty()) {
    TRY(add_runs(arguments, runs, world.console, chart.bars));
  }
  if (chart.bars.empty()) {
    return fail(Fault::usage, "there is nothing to draw: no run has an answer yet");
  }
  const std::string image = TRY(chart_image(
      chart, format, [&](std::string_view line) { world.console.say(line); }));
  TRY(write_output(arguments, world, image));
  world.console.say(fmt::format("{}: {} bar{}", *path, chart.bars.size(),
                                chart.bars.size() == 1 ? "" : "s"));
  return complete;
}

}  // namespace proctor
