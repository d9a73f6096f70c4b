// Scores by run, by subject or by category, of one run or of several beside each other.
// Part of report.h.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "proctor/report/language.h"
#include "proctor/report/run_traits.h"
#include "proctor/report/table.h"
#include "proctor/study/study.h"

namespace proctor {

enum class By { model, subject, category };
// Fault::usage says which there are.
Result<By> find_by(std::string_view name);

enum class SortBy { name, accuracy };  // best first
Result<SortBy> find_sort(std::string_view name);

struct Breakdown {
  By by = By::subject;
  SortBy sort = SortBy::name;
  // Of By::model for people: find_traits(); empty: what tells the runs apart.
  ChosenTraits traits = {};
};

// By::model is runs_table(). Subjects stand under their categories, where the data set
// has some. A terminal (of `width` columns; 0 for a pipe) and Markdown get a line a
// subject, and of several runs a column each; on a terminal that has room a bar shows
// the interval of one run. csv and json get a line for each run and subject, with
// numbers in columns of their own.
std::string breakdown_text(std::span<const ScoredRun> runs, const Breakdown& breakdown,
                           TableFormat format, Language language, int width);

}  // namespace proctor
