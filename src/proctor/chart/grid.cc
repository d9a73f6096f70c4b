#include <algorithm>
#include <cassert>

#include "proctor/chart/points.h"
#include "proctor/chart/style.h"

namespace proctor {
namespace {

constexpr double label_size = 9, method_size = 7.5, cell_size = 8, indent = 9,
                 gap = 0.75;
constexpr double least_cell = 16, most_cell = 110, most_turned = 170;

struct GridPlan {
  const Chart& chart;
  std::vector<PointRow> rows = {};
  std::vector<MeasuredText> labels = {}, methods = {};  // of the columns
  double row = 0, cell = 0, left = 0, top = 0, n_width = 0;
  double label_line = 0, method_line = 0;
  bool is_turned = false;

  double x(std::size_t series) const {
    return left + cell * static_cast<double>(series);
  }
  double y(std::size_t i) const { return top + row * static_cast<double>(i); }
  double right() const { return x(labels.size()); }
};

GridPlan plan_of(const Chart& chart, const Measure& measure, double top) {
  GridPlan plan{chart, rows_of(chart)};
  double label = 0, line = 0, name = 0;
  for (const PointRow& row : plan.rows) {
    const Extent words = measure(for_terminal_line(row.first->label));
    label = std::max(label, label_size * words.width + (row.is_below() ? indent : 0));
    line = std::max(line, label_size * words.height);
    plan.n_width = std::max(plan.n_width, cell_size * measure(row.n_text()).width);
  }
  for (const ChartSeries& series : chart.series) {
    plan.labels.push_back(measured(for_terminal_line(series.label), measure));
    plan.methods.push_back(measured(for_terminal_line(series.method), measure));
    name = std::max({name, label_size * plan.labels.back().unit.width,
                     method_size * plan.methods.back().unit.width});
    plan.label_line =
        std::max(plan.label_line, label_size * plan.labels.back().unit.height);
    plan.method_line =
        std::max(plan.method_line, method_size * plan.methods.back().unit.height);
  }
  plan.row = line + 3;
  plan.left = edge + std::min(label, 0.4 * chart.width) + 7;
  const double room = chart.width - edge - plan.n_width - 7 - plan.left;
  const double both = plan.label_line + plan.method_line;
  plan.cell = std::clamp(room / static_cast<double>(plan.labels.size()),
                         std::max(least_cell, both + 2), most_cell);
  plan.is_turned = name > plan.cell - 6;
  plan.top = top + (plan.is_turned ? std::min(name, most_turned) : both) + 8;
  return plan;
}

// Label and method, one below the other, or turned one beside the other.
void add_heads(Picture& picture, const GridPlan& plan) {
  const double both = plan.label_line + plan.method_line;
  const auto add = [&](Part part, const MeasuredText& words, double size, double down,
                       double x, Paint paint) {
    if (words.text.empty()) return;
    PlacedText text =
        plan.is_turned ? placed(part, words, size, {x - both / 2 + down, plan.top - 4},
                                {0, 0}, paint, -90)
                       : placed(part, words, size, {x, plan.top - 4 - both + down},
                                {0.5, 0}, paint);
    cut_to(text, plan.is_turned ? most_turned : plan.cell - 6);
    picture.texts.push_back(std::move(text));
  };
  for (std::size_t k = 0; k < plan.labels.size(); ++k) {
    const double x = plan.x(k) + plan.cell / 2;
    add(Part::label, plan.labels[k], label_size, 0, x, ink);
    add(Part::method, plan.methods[k], method_size, plan.label_line, x, soft_ink);
  }
}

void add_cell(Picture& picture, const GridPlan& plan, std::size_t i, std::size_t k,
              const Measure& measure) {
  const ChartPoint* const point = plan.rows[i].points[k];
  if (point == nullptr) return;
  const double left = plan.x(k), top = plan.y(i);
  picture.bars.push_back({left + gap,
                          top + gap,
                          left + plan.cell - gap,
                          top + plan.row - gap,
                          {Role::heat, point->value}});
  const MeasuredText text =
      measured(fmt::format("{:.0f}", 100 * point->value), measure);
  if (cell_size * text.unit.width > plan.cell - 4) return;
  picture.texts.push_back(placed(Part::cell, text, cell_size,
                                 {left + plan.cell / 2, top + plan.row / 2}, {0.5, 0.5},
                                 {Role::on_heat, point->value}));
}

void add_row(Picture& picture, const GridPlan& plan, std::size_t i,
             const Measure& measure) {
  const PointRow& row = plan.rows[i];
  const double y = plan.y(i) + plan.row / 2;
  const double from = edge + (row.is_below() ? indent : 0);
  const Paint paint = row.is_below() ? soft_ink : ink;
  PlacedText label =
      placed(Part::label, measured(for_terminal_line(row.first->label), measure),
             label_size, {from, y}, {0, 0.5}, paint);
  cut_to(label, plan.left - 7 - from);
  picture.texts.push_back(std::move(label));
  for (std::size_t k = 0; k < row.points.size(); ++k)
    add_cell(picture, plan, i, k, measure);
  picture.texts.push_back(placed(Part::n, measured(row.n_text(), measure), cell_size,
                                 {plan.right() + 7, y}, {0, 0.5}, paint));
}

// From 0 to 100; where it ends below.
double add_scale(Picture& picture, const GridPlan& plan, const Measure& measure,
                 double top) {
  constexpr int steps = 20;
  constexpr double height = 7;
  const double width = std::min(180.0, plan.chart.width - 2 * edge - 20);
  const double left = std::min(plan.left, plan.chart.width - edge - width - 10);
  for (int i = 0; i < steps; ++i) {
    picture.bars.push_back({left + width * i / steps,
                            top,
                            left + width * (i + 1) / steps,
                            top + height,
                            {Role::heat, (i + 0.5) / steps}});
  }
  for (const int tick : {0, 50, 100}) {
    picture.texts.push_back(
        placed(Part::tick, measured(fmt::format("{}", tick), measure), tick_size,
               {left + width * tick / 100, top + height + 2}, {0.5, 0}, soft_ink));
  }
  return top + height + 2 + tick_size * measure("0").height;
}

}  // namespace

Picture grid_layout(const Chart& chart, const ChartWords& words,
                    const Measure& measure) {
  assert(!chart.points.empty());
  Picture picture{.canvas = {chart.width, 0}};
  const double top = add_top(picture, chart, words, measure);
  const GridPlan plan = plan_of(chart, measure, top);
  picture.canvas.width = std::max(chart.width, plan.right() + 7 + plan.n_width + edge);
  picture.plot = {plan.left, plan.top, plan.right(), plan.y(plan.rows.size()), {}};
  picture.grid.push_back(
      {{plan.left, plan.top - 1.5}, {plan.right(), plan.top - 1.5}, 0.5, axis_colour});
  add_heads(picture, plan);
  for (std::size_t i = 0; i < plan.rows.size(); ++i) add_row(picture, plan, i, measure);
  const double below = add_scale(picture, plan, measure, picture.plot.bottom + 10);
  add_bottom(picture, chart, words, measure,
             {std::min(plan.left + 90, chart.width / 2), below + 1});
  return picture;
}

}  // namespace proctor
