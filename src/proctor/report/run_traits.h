// What is said of a run, in tables and charts: by some of it runs are told apart. Not
// for other folders but for the type's name.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/report/language.h"
#include "proctor/report/table.h"
#include "proctor/study/study.h"

namespace proctor {

struct RunTrait {
  enum class Kind {
    score,   // always stands in a table
    trait,   // where runs differ in it; else once for all
    count,   // where any run has some
    chosen,  // where it is asked for by name
  };
  // Whether charts say it: where all runs have the same, too; where they differ; never.
  enum class InCharts { always, if_different, never };

  std::string_view english, japanese;
  Kind kind;
  std::string (*of)(const ScoredRun& run, Language language);  // empty: not known
  Align align = Align::left;
  int least_width = 0;       // of its column
  bool needs_title = false;  // the word alone says nothing: "shots 5"
  InCharts in_charts = InCharts::never;
  std::string_view word = {};  // by which it is asked for; empty: the English title
  // Where more is to be said of a run in a table of those; or null.
  std::string (*beside)(std::span<const ScoredRun>, const ScoredRun& run) = nullptr;

  std::string title(Language language) const {
    return std::string(language == Language::ja ? japanese : english);
  }
  std::string cell(std::span<const ScoredRun> runs, const ScoredRun& run,
                   Language language) const {
    return beside != nullptr ? beside(runs, run) : of(run, language);
  }
  // For a sentence; empty where nothing is known.
  std::string said_of(const ScoredRun& run, Language language) const;
  bool differs(std::span<const ScoredRun> runs, Language language) const;
};
// In the order in which tables have them.
std::span<const RunTrait> run_traits();

// The columns of a table of runs, and what is said once for all of them.
struct ChosenTraits {
  std::vector<const RunTrait*> columns, alike;
};
// Columns: the scores, and what tells the runs apart. Where there is `little_room`, no
// shots, reader, threads or date that tell none apart which the others do not.
ChosenTraits choose_traits(std::span<const ScoredRun> runs, Language language,
                           bool little_room);
// Columns: those of "model,accuracy", in that order. Fault::usage with the nearest.
Result<ChosenTraits> find_traits(std::string_view names);

}  // namespace proctor
