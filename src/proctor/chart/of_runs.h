// What the kinds of charts take of runs, and the points that they make of it. Not for
// other folders.
#pragma once

#include "proctor/chart/chart.h"

namespace proctor {

struct KindInput {
  Store& store;
  std::span<const ScoredRun> runs;
  const RunTitles& titles;
  const ChartWish& wish;
};

// Each adds to chart.points, a series a run. All, the categories and their subjects;
// the best subjects first.
void add_subjects(Chart& chart, const KindInput& input);
// Sets chart.cost, too.
Status add_costs(Chart& chart, const KindInput& input);
// A point a bin; sets the series' errors.
Status add_calibration(Chart& chart, const KindInput& input);
Status add_progress(Chart& chart, const KindInput& input);
// Takes the first run out of the series: what others gain on it.
Status add_differences(Chart& chart, const KindInput& input);

// A subject's category, as its data set has it; empty for none.
std::string group_of(const std::string& subject, const ScoredRun& run);

}  // namespace proctor
