#include "proctor/report/runs_table.h"

#include "proctor/report/summary.h"

namespace proctor {

Table runs_table(std::span<const ScoredRun> runs, const ChosenTraits& chosen,
                 Language language) {
  Table table;
  for (const RunTrait* const trait : chosen.columns) {
    table.columns.push_back({.title = trait->title(language),
                             .align = trait->align,
                             .least_width = trait->least_width,
                             .keeps_end = trait->kind != RunTrait::Kind::count});
  }
  for (const ScoredRun& run : runs) {
    auto& row = table.rows.emplace_back();
    for (const RunTrait* const trait : chosen.columns)
      row.push_back(trait->cell(runs, run, language));
  }
  if (runs.empty()) return table;
  for (const RunTrait* const trait : chosen.alike) {
    std::string word = trait->said_of(runs.front(), language);
    if (!word.empty()) table.above.push_back(std::move(word));
  }
  return table;
}

Table runs_table(std::span<const ScoredRun> runs, Language language, int width) {
  Table table = runs_table(runs, choose_traits(runs, language, false), language);
  if (width == 0 || natural_width_of(table) <= width) return table;
  return runs_table(runs, choose_traits(runs, language, true), language);
}

Table listed_runs_table(std::span<const ListedRun> runs, Among among) {
  Table table{{{"run"},
               {"name"},
               {"model"},
               {"dataset"},
               {"subjects"},
               {"protocol"},
               {"answers", Align::right},
               {"written"}},
              {}};
  const bool all = among == Among::all;
  if (all) table.columns.push_back({"hidden"});
  for (const auto& [run, subjects] : runs) {
    const RunInfo& info = run.info;
    table.rows.push_back({run.id.substr(0, 8), info.name, model_name(info.key),
                          info.dataset, subjects, info.protocol,
                          fmt::format("{}", run.results), iso_time(run.updated)});
    if (!all) continue;
    const std::string why = info.hidden ? "forgotten" : "no reply";
    table.rows.back().push_back(run.is_shown() ? "" : why);
  }
  return table;
}

std::string listed_run_text(const ListedRun& listed) {
  const auto& [run, subjects] = listed;
  const RunInfo& info = run.info;
  return for_terminal_line(fmt::format(
      "run {} ({}{}, {}, {}, {} repl{})", run.id.substr(0, 8), model_name(info.key),
      info.name.empty() ? "" : fmt::format(" \"{}\"", info.name),
      subjects.empty() ? info.dataset : info.dataset + " " + subjects, info.protocol,
      with_thousands(run.results), run.results == 1 ? "y" : "ies"));
}

}  // namespace proctor
