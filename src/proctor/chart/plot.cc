#include <algorithm>
#include <cassert>
#include <cmath>

#include "proctor/chart/points.h"
#include "proctor/chart/style.h"

namespace proctor {
namespace {

constexpr double name_size = 8.5, number_size = 7.5, dot_radius = 3.6;

// An axis from one end to the other, and where it has numbers.
struct Axis {
  double low = 0, high = 1;
  bool is_logarithmic = false;
  std::vector<double> ticks = {};

  double share(double value) const {
    return is_logarithmic ? std::log(value / low) / std::log(high / low)
                          : (value - low) / (high - low);
  }
};

// 1, 2 or 5 times a power of ten: about `parts` of them make `span`.
double round_step(double span, int parts) {
  const double rough = span / parts;
  const double power = std::pow(10, std::floor(std::log10(rough)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (factor * power >= rough) return factor * power;
  }
  return 10 * power;
}

Axis linear(double low, double high, int parts) {
  Axis axis{low, high};
  const double step = round_step(high - low, parts);
  const double end = std::floor(high / step + 1e-9);
  for (double i = std::ceil(low / step - 1e-9); i <= end; ++i)
    axis.ticks.push_back(i == 0 ? 0 : i * step);  // no "-0"
  return axis;
}

Axis logarithmic(double low, double high) {
  Axis axis{low, high, true};
  for (double power = std::pow(10, std::floor(std::log10(low))); power <= high;
       power *= 10) {
    for (const double factor : {1.0, 2.0, 5.0}) {
      if (factor * power >= low && factor * power <= high)
        axis.ticks.push_back(factor * power);
    }
  }
  return axis;
}

// Round tens around all intervals.
Axis values_axis(const Chart& chart) {
  double low = 1, high = 0;
  for (const ChartPoint& point : chart.points) {
    // The first questions say next to nothing: what is far off is not drawn.
    const bool is_early = 20 * point.n < chart.series[point.series].count.n;
    if (chart.kind == ChartKind::progress && is_early) continue;
    low = std::min(low, point.interval.low);
    high = std::max(high, point.interval.high);
  }
  if (chart.chance) low = std::min(low, *chart.chance / 100);
  if (chart.kind == ChartKind::calibration) low = 0, high = 1;
  low = std::clamp(std::floor(10 * low + 1e-9) / 10, 0.0, 0.9);
  high = std::clamp(std::ceil(10 * high - 1e-9) / 10, low + 0.1, 1.0);
  return linear(low, high, 6);
}

Axis x_axis(const Chart& chart) {
  if (chart.kind == ChartKind::calibration) return linear(0, 1, 6);
  double low = *chart.points.front().x, high = low;
  for (const ChartPoint& point : chart.points) {
    low = std::min(low, *point.x);
    high = std::max(high, *point.x);
  }
  if (chart.kind == ChartKind::progress) return linear(0, std::max(high, 2.0), 6);
  if (low > 0 && high / low > 8) return logarithmic(low / 1.5, high * 1.5);
  const double pad = high > low ? 0.12 * (high - low) : std::max(0.5 * high, 0.5);
  return linear(std::max(0.0, low - pad), high + pad, 5);
}

struct PlotPlan {
  const Chart& chart;
  Axis across = {}, up = {};
  double left = 0, right = 0, top = 0, bottom = 0;

  double x(double value) const { return left + across.share(value) * (right - left); }
  double y(double value) const {
    return bottom - std::clamp(up.share(value), 0.0, 1.0) * (bottom - top);
  }
};

std::string tick_text(const Chart& chart, double x) {
  if (chart.kind == ChartKind::calibration) return fmt::format("{:.0f}", 100 * x);
  if (chart.kind == ChartKind::pareto && chart.cost == RunCost::size)
    return x_text(chart, x);
  if (chart.kind == ChartKind::progress)
    return with_thousands(static_cast<std::int64_t>(std::lround(x)));
  return fmt::format("{:.4g}", x);
}

void add_axes(Picture& picture, const PlotPlan& plan, const ChartWords& words,
              const Measure& measure) {
  picture.grid.push_back(
      grid_line(0, {plan.left, plan.bottom}, {plan.right, plan.bottom}));
  for (const double tick : plan.up.ticks) {
    const double y = plan.y(tick);
    if (y < plan.bottom - 1)
      picture.grid.push_back(grid_line(1, {plan.left, y}, {plan.right, y}));
    picture.texts.push_back(placed(Part::tick,
                                   measured(fmt::format("{:.0f}", 100 * tick), measure),
                                   tick_size, {plan.left - 7, y}, {1, 0.5}, soft_ink));
  }
  double last = 0;  // where the number before ends
  for (const double tick : plan.across.ticks) {
    const double x = plan.x(tick);
    picture.grid.push_back(grid_line(1, {x, plan.top}, {x, plan.bottom}));
    PlacedText number =
        placed(Part::tick, measured(tick_text(plan.chart, tick), measure), tick_size,
               {x, plan.bottom + 4}, {0.5, 0}, soft_ink);
    const double half = number.extent.width / 2;
    if (x - half < last || x + half > plan.chart.width - 4) continue;
    last = x + half + 6;
    picture.texts.push_back(std::move(number));
  }
  PlacedText beside =
      placed(Part::axis_title,
             measured(words.y_label.empty() ? words.accuracy : words.y_label, measure),
             axis_title_size, {plan.left - 30, (plan.top + plan.bottom) / 2}, {0.5, 1},
             ink, -90);
  cut_to(beside, plan.bottom - plan.top);
  picture.texts.push_back(std::move(beside));
  if (!plan.chart.chance || plan.chart.kind == ChartKind::calibration) return;
  const double y = plan.y(*plan.chart.chance / 100);
  picture.grid.push_back(chance_line({plan.left, y}, {plan.right, y}));
}

// Of each series the points, as they come.
std::vector<std::vector<const ChartPoint*>> by_series(const Chart& chart) {
  std::vector<std::vector<const ChartPoint*>> series(chart.series.size());
  for (const ChartPoint& point : chart.points) series[point.series].push_back(&point);
  return series;
}

void add_progress(Picture& picture, const PlotPlan& plan) {
  const auto series = by_series(plan.chart);
  for (std::size_t k = 0; k < series.size(); ++k) {
    Path band{{}, series_paint(k), true};
    band.paint.opacity = std::min(0.2, 0.4 / static_cast<double>(series.size()));
    for (const ChartPoint* point : series[k])
      band.points.push_back({plan.x(*point->x), plan.y(point->interval.high)});
    for (auto point = series[k].rbegin(); point != series[k].rend(); ++point)
      band.points.push_back({plan.x(*(*point)->x), plan.y((*point)->interval.low)});
    picture.paths.push_back(std::move(band));
  }
  for (std::size_t k = 0; k < series.size(); ++k) {
    Path line{{}, series_paint(k)};
    for (const ChartPoint* point : series[k]) {
      if (point->value >= plan.up.low && point->value <= plan.up.high)
        line.points.push_back({plan.x(*point->x), plan.y(point->value)});
    }
    picture.dots.push_back({line.points.back(), dot_radius, k});
    picture.paths.push_back(std::move(line));
  }
}

// From each of the best to the next, right and then up.
void add_frontier(Picture& picture, const PlotPlan& plan) {
  std::vector<const ChartPoint*> best;
  for (const ChartPoint& point : plan.chart.points) {
    if (point.is_best) best.push_back(&point);
  }
  std::ranges::sort(best, {}, [](const ChartPoint* point) { return *point->x; });
  Path path{{}, soft_ink, false, true};
  for (const ChartPoint* point : best) {
    const Point at = {plan.x(*point->x), plan.y(point->value)};
    if (!path.points.empty()) path.points.push_back({at.x, path.points.back().y});
    path.points.push_back(at);
  }
  if (path.points.empty()) return;
  path.points.push_back({plan.right, path.points.back().y});
  picture.paths.push_back(std::move(path));
}

void add_dots(Picture& picture, const PlotPlan& plan) {
  for (const ChartPoint& point : plan.chart.points) {
    const double x = plan.x(*point.x);
    add_whisker(picture, {x, plan.y(point.interval.low)},
                {x, plan.y(point.interval.high)}, {2.5, 0}, 1.1,
                series_paint(point.series));
    picture.dots.push_back({{x, plan.y(point.value)}, dot_radius, point.series});
  }
}

// Beside its dot, where there is room; what finds none stands in the lines below.
void add_number(Picture& picture, const PlotPlan& plan, Point at,
                const MeasuredText& text) {
  const double away = dot_radius + 3;
  for (const auto& [dx, dy] :
       {std::pair{1, -1}, {1, 1}, {-1, -1}, {-1, 1}, {1, 0}, {-1, 0}}) {
    const PlacedText number =
        placed(Part::n, text, number_size, {at.x + dx * away, at.y + dy * away},
               {dx > 0 ? 0.0 : 1.0, dy == 0  ? 0.5
                                    : dy < 0 ? 1.0
                                             : 0.0},
               ink);
    const auto box = corners(number);
    const bool is_inside = box[0].x >= plan.left && box[2].x <= plan.right &&
                           box[0].y >= plan.top && box[2].y <= plan.bottom;
    if (!is_inside || !is_free(picture, {box[0].x, box[0].y, box[2].x, box[2].y, {}}))
      continue;
    picture.texts.push_back(number);
    return;
  }
}

void add_numbers(Picture& picture, const PlotPlan& plan, const Measure& measure) {
  const Chart& chart = plan.chart;
  if (chart.kind == ChartKind::pareto && chart.series.size() == 1) return;
  for (const ChartPoint& point : chart.points) {
    const std::string text = chart.kind == ChartKind::pareto
                                 ? std::to_string(point.series + 1)
                                 : with_thousands(point.n);
    add_number(picture, plan, {plan.x(*point.x), plan.y(point.value)},
               measured(text, measure));
  }
}

std::string figures_of(const Chart& chart, std::size_t series) {
  const Count& count = chart.series[series].count;
  std::string text = accuracy_text(count) + ", " + interval_text(wilson(count));
  if (chart.kind == ChartKind::pareto) {
    const auto point = std::ranges::find(chart.points, series, &ChartPoint::series);
    text += "; " + x_text(chart, *point->x);
  }
  if (const auto error = chart.series[series].error)
    text += fmt::format("; ECE {:.3f}", *error);
  return text;
}

// A line a series: its dot, number, name and figures. Where the last ends.
double add_lines(Picture& picture, const Chart& chart, const Measure& measure,
                 double top) {
  const double line = name_size * measure("0").height + 3;
  const double left = edge + 12;
  double y = top + line / 2;
  for (std::size_t k = 0; k < chart.series.size(); ++k) {
    const bool is_numbered = chart.kind == ChartKind::pareto && chart.series.size() > 1;
    const std::string name =
        (is_numbered ? fmt::format("{}  ", k + 1) : "") + chart.series[k].name();
    PlacedText figures = placed(Part::legend, measured(figures_of(chart, k), measure),
                                name_size, {}, {1, 0.5}, soft_ink);
    PlacedText words = placed(Part::legend, measured(for_terminal_line(name), measure),
                              name_size, {left, y}, {0, 0.5}, ink);
    picture.dots.push_back({{edge + 4, y}, dot_radius, k});
    const double room = chart.width - edge - left - figures.extent.width - 12;
    if (room < std::min(words.extent.width, 0.3 * chart.width)) {
      cut_to(words, chart.width - edge - left);
      y += line;
      figures.align.x = 0;
      figures.anchor = {left, y};
    } else {
      cut_to(words, room);
      figures.anchor = {chart.width - edge, y};
    }
    cut_to(figures, chart.width - edge - left);
    picture.texts.push_back(std::move(words));
    picture.texts.push_back(std::move(figures));
    y += line;
  }
  return y - line / 2;
}

}  // namespace

Picture plot_layout(const Chart& chart, const ChartWords& words,
                    const Measure& measure) {
  assert(!chart.points.empty());
  Picture picture{.canvas = {chart.width, 0}};
  PlotPlan plan{chart, x_axis(chart), values_axis(chart)};
  plan.top = add_top(picture, chart, words, measure) + 4;
  plan.bottom = plan.top + std::clamp(0.42 * chart.width, 200.0, 340.0);
  plan.left = edge + axis_title_size * measure("0").height + 30;
  plan.right = chart.width - right_margin;
  picture.plot = {plan.left, plan.top, plan.right, plan.bottom, {}};
  add_axes(picture, plan, words, measure);
  if (chart.kind == ChartKind::calibration) {
    picture.paths.push_back(
        {{{plan.x(0), plan.y(0)}, {plan.x(1), plan.y(1)}}, soft_ink, false, true});
  }
  if (chart.kind == ChartKind::progress) {
    add_progress(picture, plan);
  } else {
    if (chart.kind == ChartKind::pareto) add_frontier(picture, plan);
    add_dots(picture, plan);
    add_numbers(picture, plan, measure);
  }
  ChartWords below = words;
  below.y_label = words.x_label.empty() ? words.models : words.x_label;
  const double numbers = plan.bottom + 5 + tick_size * measure("0").height;
  add_bottom(picture, chart, below, measure, {(plan.left + plan.right) / 2, numbers});
  const double lines = picture.canvas.height - edge + 8;
  picture.canvas.height = add_lines(picture, chart, measure, lines) + edge;
  return picture;
}

}  // namespace proctor
