// A chart's points as rows, and what is written of them. Not for other folders.
#pragma once

#include "proctor/chart/chart.h"

namespace proctor {

// What all series have at one subject, or one category.
struct PointRow {
  const ChartPoint* first = nullptr;
  std::vector<const ChartPoint*> points;  // by series; null where there is none

  bool is_below() const { return !first->is_total && !first->group.empty(); }
  // "n = 100", "n = 96–100".
  std::string n_text() const;
};
// In the order of the points, which outlive them.
std::vector<PointRow> rows_of(const Chart& chart);

// "62.00%"; of a difference "+3.20".
std::string value_text(const Chart& chart, const ChartPoint& point);
// "52.2-70.9", likewise.
std::string range_text(const Chart& chart, const ChartPoint& point);
// What stands on the x axis: "4.1 s", "3.8 GB", "40 %".
std::string x_text(const Chart& chart, double x);

}  // namespace proctor
