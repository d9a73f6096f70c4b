#include <algorithm>
#include <cassert>
#include <cmath>

#include "proctor/chart/points.h"
#include "proctor/chart/style.h"

namespace proctor {
namespace {

constexpr double label_size = 9, figure_size = 8.5, indent = 9;
constexpr double between_dots = 6.5;
constexpr std::size_t many_rows = 25;  // the axis has its numbers above, too

// Everything that is known before the drawing starts.
struct DotPlan {
  const Chart& chart;
  std::vector<PointRow> rows = {};
  std::vector<std::string> figures = {};  // at the right of each row
  double row = 0, left = 0, right = 0, top = 0;
  double low = 0, high = 1;  // of the axis
  double step = 0.2;         // between its lines

  double x(double value) const {
    return left + (value - low) / (high - low) * (right - left);
  }
  double middle(std::size_t i) const {
    return top + row * (static_cast<double>(i) + 0.5);
  }
  double bottom() const { return top + row * static_cast<double>(rows.size()); }
};

// From the lowest end to the highest, and 0 in it.
void plan_differences(DotPlan& plan) {
  double low = -0.02, high = 0.02;
  for (const ChartPoint& point : plan.chart.points) {
    low = std::min(low, point.interval.low);
    high = std::max(high, point.interval.high);
  }
  const double span = high - low;
  plan.step = span <= 0.2 ? 0.02 : span <= 0.5 ? 0.05 : span <= 1 ? 0.1 : 0.25;
  plan.low = std::max(-1.0, plan.step * std::floor(low / plan.step + 1e-9));
  plan.high = std::min(1.0, plan.step * std::ceil(high / plan.step - 1e-9));
}

std::string figure_of(const Chart& chart, const PointRow& row) {
  if (chart.series.size() > 1) return row.n_text();
  return value_text(chart, *row.first) + "  " + row.n_text();
}

DotPlan plan_of(const Chart& chart, const Measure& measure, double top) {
  DotPlan plan{chart, rows_of(chart)};
  if (chart.kind == ChartKind::compare) plan_differences(plan);
  double label = 0, figure = 0, line = 0;
  for (const PointRow& row : plan.rows) {
    plan.figures.push_back(figure_of(chart, row));
    const Extent words = measure(for_terminal_line(row.first->label));
    label = std::max(label, label_size * words.width + (row.is_below() ? indent : 0));
    line = std::max(line, label_size * words.height);
    figure = std::max(figure, figure_size * measure(plan.figures.back()).width);
  }
  const auto series = static_cast<double>(chart.series.size());
  plan.row = std::max(line + 3, series > 1 ? 6 + between_dots * series : 0);
  plan.left = edge + std::min(label, 0.4 * chart.width) + 9;
  plan.right = chart.width - edge - figure - 9;
  plan.top = top;
  // Numbers of the axis that stand apart.
  while (plan.right - plan.left < 30 * (plan.high - plan.low) / plan.step)
    plan.step *= 2;
  return plan;
}

void add_grid(Picture& picture, const DotPlan& plan, const Measure& measure) {
  const bool is_difference = plan.chart.kind == ChartKind::compare;
  const auto first = static_cast<int>(std::ceil(plan.low / plan.step - 1e-9));
  const auto last = static_cast<int>(std::floor(plan.high / plan.step + 1e-9));
  for (int i = first; i <= last; ++i) {
    const double value = i * plan.step;
    const double x = plan.x(value);
    const bool is_zero = std::abs(value) < 1e-9;
    picture.grid.push_back(
        grid_line(is_zero ? 0 : 1, {x, plan.top}, {x, plan.bottom()}));
    const MeasuredText number = measured(
        is_difference && !is_zero ? fmt::format("{:+.0f}", 100 * value)
                                  : fmt::format("{:.0f}", std::abs(100 * value)),
        measure);
    picture.texts.push_back(placed(Part::tick, number, tick_size,
                                   {x, plan.bottom() + 4}, {0.5, 0}, soft_ink));
    if (plan.rows.size() > many_rows)
      picture.texts.push_back(
          placed(Part::tick, number, tick_size, {x, plan.top - 3}, {0.5, 1}, soft_ink));
  }
  // What is drawn over all is the axis: here the line at 0.
  std::ranges::stable_partition(picture.grid,
                                [](const Stroke& line) { return line.width > 0.8; });
  if (!plan.chart.chance) return;
  const double x = plan.x(*plan.chart.chance / 100);
  picture.grid.push_back(chance_line({x, plan.top}, {x, plan.bottom()}));
}

void add_points(Picture& picture, const DotPlan& plan, std::size_t i) {
  const PointRow& row = plan.rows[i];
  const auto series = static_cast<double>(row.points.size());
  for (std::size_t k = 0; k < row.points.size(); ++k) {
    const ChartPoint* const point = row.points[k];
    if (point == nullptr) continue;
    const double y =
        plan.middle(i) + between_dots * (static_cast<double>(k) - (series - 1) / 2);
    picture.whiskers.push_back({{plan.x(point->interval.low), y},
                                {plan.x(point->interval.high), y},
                                1.2,
                                series_paint(k)});
    picture.dots.push_back({{plan.x(point->value), y}, 2.6, k});
  }
}

void add_texts(Picture& picture, const DotPlan& plan, std::size_t i,
               const Measure& measure) {
  const PointRow& row = plan.rows[i];
  const double y = plan.middle(i);
  const double from = edge + (row.is_below() ? indent : 0);
  PlacedText label =
      placed(Part::label, measured(for_terminal_line(row.first->label), measure),
             label_size, {from, y}, {0, 0.5}, row.is_below() ? soft_ink : ink);
  cut_to(label, plan.left - 9 - from);
  picture.texts.push_back(std::move(label));
  picture.texts.push_back(placed(Part::legend, measured(plan.figures[i], measure),
                                 figure_size, {plan.chart.width - edge, y}, {1, 0.5},
                                 row.is_below() ? soft_ink : ink));
}

}  // namespace

Picture rows_layout(const Chart& chart, const ChartWords& words,
                    const Measure& measure) {
  assert(!chart.points.empty());
  Picture picture{.canvas = {chart.width, 0}};
  double top = add_top(picture, chart, words, measure);
  const double numbers = 5 + tick_size * measure("0").height;
  if (rows_of(chart).size() > many_rows) top += numbers;
  const DotPlan plan = plan_of(chart, measure, top + 2);
  const double bottom = plan.bottom();
  picture.plot = {plan.left, plan.top, plan.right, bottom, {}};
  add_grid(picture, plan, measure);
  for (std::size_t i = 0; i < plan.rows.size(); ++i) {
    const bool begins_group = plan.rows[i].first->is_total && i > 0;
    if (begins_group) {
      const double y = plan.top + plan.row * static_cast<double>(i);
      picture.grid.push_back({{edge, y}, {chart.width - edge, y}, 0.5, grid_colour});
    }
    add_points(picture, plan, i);
    add_texts(picture, plan, i, measure);
  }
  add_bottom(picture, chart, words, measure,
             {(plan.left + plan.right) / 2, bottom + numbers + 2});
  return picture;
}

}  // namespace proctor
