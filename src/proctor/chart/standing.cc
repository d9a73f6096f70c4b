#include "proctor/chart/layout.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

#include "proctor/chart/style.h"

namespace proctor {
namespace {

constexpr Extent least_canvas = {720, 432};
constexpr double least_slot = 10;  // a bar's share of the width

// What stands around the plot.
struct Titles {
  MeasuredText heading, subtitle, x_axis, y_axis;
  double tick_width;  // of the widest number on the y axis
};

Titles titles_of(const ChartWords& words, const Measure& measure) {
  const auto text = [&](const std::string& line) { return measured(line, measure); };
  return {text(words.title), text(words.subtitle),
          text(words.x_label.empty() ? words.models : words.x_label),
          text(words.y_label.empty() ? words.accuracy : words.y_label),
          tick_size * measure("100").width};
}

// Everything that is known before the drawing starts.
struct ChartPlan {
  const std::vector<Bar>& bars;
  const std::vector<BarTexts>& texts;
  ChartKind kind = ChartKind::seed;  // whose bars have colours, and labels that slant
  Extent canvas = least_canvas;
  LabelStyle labels = {};
  ValueStyle values = {};
  double left = 0, right = 0, top = 0, bottom = 0;  // the axis's 100 and its 0
  double slot = 0;

  double middle(std::size_t i) const {
    return left + slot * (static_cast<double>(i) + 0.5);
  }
  double y(double percent) const { return bottom - percent / 100 * (bottom - top); }
};

void add_grid(Picture& picture, const ChartPlan& plan, const Measure& measure) {
  for (const int tick : ticks) {
    const double y = plan.y(tick);
    picture.grid.push_back(grid_line(tick, {plan.left, y}, {plan.right, y}));
    picture.texts.push_back(placed(Part::tick,
                                   measured(fmt::format("{}", tick), measure),
                                   tick_size, {plan.left - 7, y}, {1, 0.5}, soft_ink));
  }
}

void add_bar(Picture& picture, const ChartPlan& plan, std::size_t i) {
  const Bar& bar = plan.bars[i];
  const double half = std::min(0.31 * plan.slot, 44.0);
  const double x = plan.middle(i);
  picture.bars.push_back({x - half, plan.y(bar.percent), x + half, plan.bottom,
                          series_paint(plan.kind == ChartKind::seed ? i : 0),
                          bar.is_partial});
  if (!bar.interval) return;
  add_bar_whisker(picture, plan.kind, {x, plan.y(100 * bar.interval->low)},
                  {x, plan.y(100 * bar.interval->high)}, {std::min(5.0, 0.5 * half), 0},
                  plan.slot < 20 ? 0.7 : 1);
}

void add_value(Picture& picture, const ChartPlan& plan, std::size_t i) {
  const BarTexts& texts = plan.texts[i];
  const ValueStyle& style = plan.values;
  const double x = plan.middle(i);
  const double y = plan.y(upper_end(plan.bars[i])) - value_gap;
  const double n_size = n_ratio * style.size;
  const bool with_n = style.with_n && !texts.n.text.empty();
  const double value_line = style.size * texts.value.unit.height;
  const double n_line = with_n ? n_size * texts.n.unit.height : 0;
  if (style.turned) {
    const double start = x - (value_line + n_line) / 2;
    picture.texts.push_back(
        placed(Part::value, texts.value, style.size, {start, y}, {0, 0}, ink, -90));
    if (with_n) {
      picture.texts.push_back(placed(Part::n, texts.n, n_size, {start + value_line, y},
                                     {0, 0}, soft_ink, -90));
    }
    return;
  }
  picture.texts.push_back(
      placed(Part::value, texts.value, style.size, {x, y - n_line}, {0.5, 1}, ink));
  if (with_n) {
    picture.texts.push_back(
        placed(Part::n, texts.n, n_size, {x, y}, {0.5, 1}, soft_ink));
  }
}

void add_label(Picture& picture, const ChartPlan& plan, std::size_t i) {
  const LabelStyle& style = plan.labels;
  const BarTexts& texts = plan.texts[i];
  const Point end = {plan.middle(i), plan.bottom + label_gap + style.above()};
  if (!style.is_slanted) {
    PlacedText label = placed(Part::label, texts.label, style.size, end, {0.5, 0}, ink);
    cut_to(label, style.length);
    picture.texts.push_back(std::move(label));
    if (texts.method.text.empty()) return;
    PlacedText method = placed(Part::method, texts.method, method_ratio * style.size,
                               {end.x, end.y + style.first}, {0.5, 0}, soft_ink);
    cut_to(method, style.length);
    picture.texts.push_back(std::move(method));
    return;
  }
  PlacedText label = placed(Part::label, style.two_lines ? texts.label : texts.joined,
                            style.size, end, {1, 0.5}, ink, -45);
  cut_to(label, style.length);
  picture.texts.push_back(label);
  if (!style.two_lines || texts.method.text.empty()) return;
  const double down = slant * style.first / 2;
  PlacedText method = placed(Part::method, texts.method, method_ratio * style.size,
                             {end.x + down, end.y + down}, {1, 0}, soft_ink, -45);
  cut_to(method, style.length);
  picture.texts.push_back(method);
}

// How far the labels reach to the left of their bars, met by moving the plot's left
// side: middle(i) = left + (right - left) * share must be `reach` from the edge.
double left_for_labels(const std::vector<BarTexts>& texts, const LabelStyle& style,
                       double right) {
  double left = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const double reach = edge + slant * (style.length_of(texts[i]) + style.first / 2);
    const double share =
        (static_cast<double>(i) + 0.5) / static_cast<double>(texts.size());
    left = std::max(left, (reach - right * share) / (1 - share));
  }
  return left;
}

// Across: what the y axis needs, unless a slanting label needs more.
void plan_across(ChartPlan& plan, const Titles& titles, double label_height) {
  const auto count = static_cast<double>(plan.bars.size());
  plan.left =
      edge + axis_title_size * titles.y_axis.unit.height + 8 + titles.tick_width + 7;
  plan.canvas.width =
      std::max(plan.canvas.width, plan.left + 80 + right_margin + count * least_slot);
  plan.right = plan.canvas.width - right_margin;
  // A larger left margin makes the slots narrower and the letters smaller, which makes
  // the margin smaller again: the widest margin met is taken, which is room enough.
  for (int pass = 0; pass < 8; ++pass) {
    plan.slot = (plan.right - plan.left) / count;
    if (plan.kind != ChartKind::seed) {
      plan.labels = upright_label_style(plan.texts, plan.slot);
      break;
    }
    plan.labels = label_style(plan.texts, {plan.slot, label_height});
    const double needed = left_for_labels(plan.texts, plan.labels, plan.right);
    if (needed <= plan.left) break;
    plan.left = needed;
  }
  plan.slot = (plan.right - plan.left) / count;
  plan.values = value_style(plan.bars, plan.texts, plan.slot);
}

// Down: the heading, at least half the height for the plot, the labels, the axis title.
ChartPlan plan_of(const Chart& chart, const std::vector<BarTexts>& texts,
                  const Titles& titles) {
  const std::vector<Bar>& bars = chart.bars;
  ChartPlan plan{bars, texts, chart.kind};
  plan.canvas.width = chart.width;
  const double plot_top = below_titles(titles.heading, titles.subtitle) + 10;
  const double foot =
      plan.canvas.height - edge + 2 - axis_title_size * titles.x_axis.unit.height - 6;
  plan_across(plan, titles, foot - plot_top - plan.canvas.height / 2);
  double longest = 0;
  for (const BarTexts& bar : texts)
    longest = std::max(longest, plan.labels.length_of(bar));
  plan.labels.length = longest;
  plan.bottom = foot - label_gap - plan.labels.above() - plan.labels.below();
  // The axis ends at 100; what stands above a bar makes it shorter where it must.
  double height = plan.bottom - plot_top - 4;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double above = value_gap + plan.values.height_of(texts[i]);
    const double share = upper_end(bars[i]) / 100;
    if (share > 0) height = std::min(height, (plan.bottom - plot_top - above) / share);
  }
  plan.top = plan.bottom - height;
  return plan;
}

// The one below stands in the middle, or where a note of that width leaves room.
void add_axis_titles(Picture& picture, const ChartPlan& plan, const Titles& titles,
                     double note_width) {
  PlacedText beside =
      placed(Part::axis_title, titles.y_axis, axis_title_size,
             {plan.left - 7 - titles.tick_width - 8, (plan.top + plan.bottom) / 2},
             {0.5, 1}, ink, -90);
  cut_to(beside, plan.bottom - plan.top);
  picture.texts.push_back(std::move(beside));
  PlacedText below = placed(Part::axis_title, titles.x_axis, axis_title_size,
                            {0, plan.canvas.height - edge + 2}, {0.5, 1}, ink);
  const double end = plan.right - note_width - right_margin / 2;
  cut_to(below, end - edge);
  below.anchor.x = std::min((plan.left + plan.right) / 2, end - below.extent.width / 2);
  picture.texts.push_back(std::move(below));
}

}  // namespace

std::array<Point, 4> corners(const PlacedText& text) {
  const double radians = text.turn * std::numbers::pi / 180;
  const double cosine = std::cos(radians), sine = std::sin(radians);
  const auto corner = [&](double across, double down) {
    const double x = (across - text.align.x) * text.extent.width;
    const double y = (down - text.align.y) * text.extent.height;
    return Point{text.anchor.x + x * cosine - y * sine,
                 text.anchor.y + x * sine + y * cosine};
  };
  return {corner(0, 0), corner(1, 0), corner(1, 1), corner(0, 1)};
}

Picture standing_layout(const Chart& chart, const ChartWords& words,
                        const Measure& measure) {
  const std::vector<Bar>& bars = chart.bars;
  assert(!bars.empty());
  const std::vector<BarTexts> texts = texts_of(bars, measure);
  const Titles titles = titles_of(words, measure);
  const ChartPlan plan = plan_of(chart, texts, titles);
  Picture picture{.canvas = plan.canvas,
                  .plot = {plan.left, plan.top, plan.right, plan.bottom, {}}};
  const double centre = (plan.left + plan.right) / 2;
  add_heading(picture, titles.heading, titles.subtitle, centre);
  add_grid(picture, plan, measure);
  if (chart.chance) {
    const double y = plan.y(*chart.chance);
    picture.grid.push_back(chance_line({plan.left, y}, {plan.right, y}));
  }
  const std::string note = note_of(chart, plan.values.with_n, words);
  add_axis_titles(picture, plan, titles, note_size * measure(note).width);
  for (std::size_t i = 0; i < bars.size(); ++i) {
    add_bar(picture, plan, i);
    add_value(picture, plan, i);
    add_label(picture, plan, i);
  }
  add_note(picture, note, measure);
  return picture;
}

bool is_better_lying(const Picture& standing) {
  constexpr double readable = 7.5;
  return standing.bars.size() == 1 ||
         std::ranges::any_of(standing.texts, [](const PlacedText& text) {
           return (text.part == Part::label || text.part == Part::method ||
                   text.part == Part::value) &&
                  (text.cut ||
                   text.size <
                       readable * (text.part == Part::method ? method_ratio : 1));
         });
}

}  // namespace proctor
