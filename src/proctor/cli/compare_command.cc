#include "proctor/cli/specs.h"

namespace proctor {
namespace {

Result<ComparedRuns> compared(Store& store, const Arguments& arguments,
                              Console& console) {
  const auto stored = [&](std::size_t at) {
    return run_called(store, arguments.positional[at], among_of(arguments), console);
  };
  const Look look = look_of(arguments);
  const StoredRun a = TRY(stored(0)), b = TRY(stored(1));
  ComparedRuns runs{.a = TRY(read_marked_run(store, a, look))};
  runs.b = TRY(read_marked_run(store, b, look));
  TRY(check_has_reply(runs.a.run));
  TRY(check_has_reply(runs.b.run));
  runs.comparison = compare_runs(runs.a, runs.b);
  if (arguments.has("--show"))
    runs.parted = TRY(parted_questions(store, runs.a, runs.b));
  if (!arguments.has("--explain")) return runs;
  runs.explanation = TRY(explain(store, a, runs.a, runs.b, renamed));
  if (runs.explanation->needs_run_between()) {
    runs.next = TRY(command_between(store, runs.a.run, runs.b.run, takes_value)) +
                store_option(arguments);
  }
  return runs;
}

}  // namespace

Result<int> compare_command(const Arguments& arguments, World& world) {
  const TableFormat format = TRY(format_of(arguments));
  TRY(expect_words(arguments, 2, "two runs", "; proctor list runs"));
  const auto store = TRY(open_for_reading(arguments));
  const auto most = TRY(arguments.number("--limit", number_ranges.limit));
  if (most && !arguments.has("--show"))
    return fail(Fault::usage,
                "--limit: expected --show beside it; nothing else is a list");
  for (const char* const option : {"--show", "--explain"}) {
    if (format == TableFormat::csv && arguments.has(option))
      return fail(Fault::usage,
                  "{}: csv has the subjects alone; expected json, or -o FILE.md",
                  option);
  }
  ComparedRuns runs = TRY(compared(*store, arguments, world.console));
  if (most) runs.most_shown = static_cast<std::size_t>(*most);
  Console& console = world.console;
  console.print(comparison_in(format, runs, console.language(), console.table_width(),
                              console.ink()));
  return complete;
}

}  // namespace proctor
