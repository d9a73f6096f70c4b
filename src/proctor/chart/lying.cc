#include <algorithm>
#include <cassert>

#include "proctor/chart/style.h"

namespace proctor {
namespace {

constexpr double most_for_labels = 320;  // a longer one is cut
constexpr double label_size = 10;
constexpr std::size_t few_rows = 30;

// Everything that is known before the drawing starts. The axis runs to the right.
struct RowsPlan {
  std::vector<Bar> bars;
  ChartKind kind;
  std::vector<BarTexts> texts;
  double size = label_size, row = 0;
  double label_line = 0, method_line = 0;
  double left = 0, right = 0, top = 0;  // the axis's 0 and 100; the first row

  double x(double percent) const { return left + percent / 100 * (right - left); }
  double middle(std::size_t i) const {
    return top + row * (static_cast<double>(i) + 0.5);
  }
  double bottom() const { return top + row * static_cast<double>(bars.size()); }
};

std::vector<Bar> best_first(std::vector<Bar> bars) {
  std::ranges::stable_sort(bars, std::ranges::greater(), &Bar::percent);
  return bars;
}

// "40.00%  n = 100", on one line.
MeasuredText value_of(const BarTexts& texts, const Measure& measure) {
  if (texts.n.text.empty()) return texts.value;
  return measured(texts.value.text + "  " + texts.n.text, measure);
}

RowsPlan plan_of(const Chart& chart, const Measure& measure, double top) {
  RowsPlan plan{.bars = best_first(chart.bars), .kind = chart.kind};
  plan.texts = texts_of(plan.bars, measure);
  plan.size = plan.bars.size() > few_rows ? label_size - 1 : label_size;
  double label = 0, value = 0;
  for (BarTexts& texts : plan.texts) {
    texts.value = value_of(texts, measure);
    value = std::max(value, plan.size * texts.value.unit.width);
    label = std::max({label, plan.size * texts.label.unit.width,
                      method_ratio * plan.size * texts.method.unit.width});
    plan.label_line = std::max(plan.label_line, plan.size * texts.label.unit.height);
    plan.method_line =
        std::max(plan.method_line, method_ratio * plan.size * texts.method.unit.height);
  }
  plan.row = plan.label_line + plan.method_line + (plan.size < label_size ? 3 : 6);
  plan.left = edge + std::min({label, most_for_labels, 0.45 * chart.width}) + 7;
  plan.right = chart.width - edge - value_gap - value;
  plan.top = top;
  return plan;
}

void add_grid(Picture& picture, const RowsPlan& plan, const Chart& chart,
              const Measure& measure) {
  for (const int tick : ticks) {
    const double x = plan.x(tick);
    picture.grid.push_back(grid_line(tick, {x, plan.top}, {x, plan.bottom()}));
    const bool is_narrow = plan.right - plan.left < 150;
    if (is_narrow && tick % 100 != 0) continue;
    picture.texts.push_back(
        placed(Part::tick, measured(fmt::format("{}", tick), measure), tick_size,
               {x, plan.bottom() + 4}, {0.5, 0}, soft_ink));
  }
  if (!chart.chance) return;
  const double x = plan.x(*chart.chance);
  picture.grid.push_back(chance_line({x, plan.top}, {x, plan.bottom()}));
}

void add_row(Picture& picture, const RowsPlan& plan, std::size_t i) {
  const Bar& bar = plan.bars[i];
  const BarTexts& texts = plan.texts[i];
  const double y = plan.middle(i), half = 0.31 * plan.row;
  picture.bars.push_back({plan.left, y - half, plan.x(bar.percent), y + half,
                          series_paint(0), bar.is_partial});
  if (bar.interval) {
    add_bar_whisker(picture, plan.kind, {plan.x(100 * bar.interval->low), y},
                    {plan.x(100 * bar.interval->high), y}, {0, 0.5 * half}, 1);
  }
  picture.texts.push_back(placed(Part::value, texts.value, plan.size,
                                 {plan.x(upper_end(bar)) + value_gap, y}, {0, 0.5},
                                 ink));
  const double room = plan.left - 7 - edge;
  const bool has_method = !texts.method.text.empty();
  const double start = y - (plan.label_line + (has_method ? plan.method_line : 0)) / 2;
  PlacedText label =
      placed(Part::label, texts.label, plan.size, {plan.left - 7, start}, {1, 0}, ink);
  cut_to(label, room);
  picture.texts.push_back(std::move(label));
  if (!has_method) return;
  PlacedText method =
      placed(Part::method, texts.method, method_ratio * plan.size,
             {plan.left - 7, start + plan.label_line}, {1, 0}, soft_ink);
  cut_to(method, room);
  picture.texts.push_back(std::move(method));
}

}  // namespace

Picture lying_layout(const Chart& chart, const ChartWords& words,
                     const Measure& measure) {
  assert(!chart.bars.empty());
  const auto text = [&](const std::string& line) { return measured(line, measure); };
  const MeasuredText heading = text(words.title), subtitle = text(words.subtitle);
  const MeasuredText below =
      text(words.y_label.empty() ? words.accuracy : words.y_label);
  const MeasuredText beside = text(words.x_label);
  // Above the labels, where a table has its title.
  const double head = beside.text.empty() ? 0 : tick_size * beside.unit.height;
  const RowsPlan plan =
      plan_of(chart, measure, below_titles(heading, subtitle) + 10 + head);
  const std::string note = note_of(chart, true, words);
  const double numbers = 4 + tick_size * measure("0").height;
  const double axis = 4 + axis_title_size * below.unit.height;
  const double notes = note.empty() ? 0 : note_size * measure(note).height + 2;
  const double bottom = plan.bottom();
  Picture picture{.canvas = {chart.width, bottom + numbers + axis + notes + edge},
                  .plot = {plan.left, plan.top, chart.width - edge, bottom, {}}};
  add_heading(picture, heading, subtitle, chart.width / 2);
  add_grid(picture, plan, chart, measure);
  const double centre = (plan.left + plan.right) / 2;
  PlacedText values = placed(Part::axis_title, below, axis_title_size,
                             {centre, bottom + numbers + 4}, {0.5, 0}, ink);
  cut_to(values, 2 * std::min(centre, chart.width - centre) - 2 * edge);
  picture.texts.push_back(std::move(values));
  if (head > 0) {
    PlacedText title = placed(Part::axis_title, beside, tick_size,
                              {plan.left - 7, plan.top}, {1, 1}, soft_ink);
    cut_to(title, plan.left - 7 - edge);
    picture.texts.push_back(std::move(title));
  }
  for (std::size_t i = 0; i < plan.bars.size(); ++i) add_row(picture, plan, i);
  add_note(picture, note, measure);
  return picture;
}

}  // namespace proctor
