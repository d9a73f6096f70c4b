#include "proctor/report/chart_layout.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numbers>

namespace proctor {
namespace {

constexpr Extent least_canvas = {720, 432};
constexpr double least_slot = 10;  // a bar's share of the width
constexpr double edge = 14;        // what stays empty along the canvas
constexpr double right_margin = 26;
constexpr double slant = 0.7071067811865476;  // sine and cosine of 45 degrees
constexpr double label_gap = 5;               // between the axis and its labels
constexpr double value_gap = 4;               // between a whisker and its value

constexpr double title_size = 15, axis_title_size = 11, tick_size = 9, note_size = 8;

constexpr Colour ink = {0.15, 0.16, 0.18};
constexpr Colour soft_ink = {0.42, 0.44, 0.47};
constexpr Colour axis_colour = {0.55, 0.57, 0.60};
constexpr Colour grid_colour = {0.90, 0.91, 0.92};
constexpr Colour whisker_colour = {0.25, 0.27, 0.30};

constexpr Colour css(unsigned rgb) {
  return {(rgb >> 16) / 255.0, (rgb >> 8 & 0xFF) / 255.0, (rgb & 0xFF) / 255.0};
}
// skyblue, lightcoral, lightgreen and gold, then their like.
constexpr std::array bar_colours = {css(0x87CEEB), css(0xF08080), css(0x90EE90),
                                    css(0xFFD700), css(0xDDA0DD), css(0xF4A460),
                                    css(0x7FD1C7), css(0xFFB6C1), css(0xB0C4DE),
                                    css(0xE6DC82), css(0xC9B6E4), css(0xDEB887)};

struct Text {
  std::string text;
  Extent unit;  // its extent at a font size of 1
};

struct BarTexts {
  Text label, method, joined, value, n;
};

double widest(const std::vector<BarTexts>& texts, Text BarTexts::*which) {
  double width = 0;
  for (const BarTexts& bar : texts) width = std::max(width, (bar.*which).unit.width);
  return width;
}

double tallest(const std::vector<BarTexts>& texts, Text BarTexts::*which) {
  double height = 0;
  for (const BarTexts& bar : texts) height = std::max(height, (bar.*which).unit.height);
  return height;
}

// ---- How labels and values are set, chosen before anything has a place ----

constexpr double method_ratio = 0.86;
constexpr double n_ratio = 0.82;

struct LabelStyle {
  double size = 10;
  bool two_lines = false;        // label and method; otherwise one line with both
  double first = 0, second = 0;  // the lines' heights
  double length = 0;             // where a longer label is cut

  // Distances from the anchor, the middle of the first line's right end.
  double above() const { return slant * first / 2; }
  double below() const { return slant * (length + first / 2 + second); }
};

struct ValueStyle {
  double size = 10;
  bool turned = false;
  bool with_n = true;
};

struct Room {
  double slot;          // between the middles of two bars
  double label_height;  // for labels below the axis
};

double longest_label(const std::vector<BarTexts>& texts, const LabelStyle& style) {
  if (!style.two_lines) return style.size * widest(texts, &BarTexts::joined);
  return style.size * std::max(widest(texts, &BarTexts::label),
                               method_ratio * widest(texts, &BarTexts::method));
}

LabelStyle label_style_at(const std::vector<BarTexts>& texts, double size,
                          bool two_lines) {
  LabelStyle style{.size = size, .two_lines = two_lines};
  style.first = size * tallest(texts, two_lines ? &BarTexts::label : &BarTexts::joined);
  if (two_lines) {
    style.second = size * method_ratio * tallest(texts, &BarTexts::method);
  }
  style.length = longest_label(texts, style);
  return style;
}

// The largest letters that neither touch the neighbour's nor are cut; where there are
// none, the largest of a readable size that are cut.
LabelStyle label_style(const std::vector<BarTexts>& texts, const Room& room) {
  const bool have_methods = widest(texts, &BarTexts::method) > 0;
  const auto apart = [&](const LabelStyle& style) {
    return texts.size() == 1 || style.first + style.second + 1 <= slant * room.slot;
  };
  std::optional<LabelStyle> cut;
  for (const bool two_lines : {true, false}) {
    if (two_lines && !have_methods) continue;
    const double least = two_lines ? 7.5 : 5;
    for (double size = 10; size >= least; size -= 0.25) {
      LabelStyle style = label_style_at(texts, size, two_lines);
      if (!apart(style)) continue;
      if (label_gap + style.above() + style.below() <= room.label_height) return style;
      if (!cut && size <= 8) cut = style;
      if (cut && size < 7.5) break;  // smaller letters would be worse than a cut
    }
    if (cut) break;
  }
  LabelStyle style = cut.value_or(label_style_at(texts, 5, false));
  const double spent =
      label_gap + style.above() + slant * (style.first / 2 + style.second);
  style.length = std::min(style.length, (room.label_height - spent) / slant);
  return style;
}

bool same_n(const std::vector<Bar>& bars) {
  return std::ranges::all_of(bars, [&](const Bar& bar) { return bar.n == bars[0].n; });
}

// Side by side where they fit, else turned upright. An n that all bars share may move
// to the note; others stay as long as there is room.
ValueStyle value_style(const std::vector<Bar>& bars, const std::vector<BarTexts>& texts,
                       double slot) {
  const double value = widest(texts, &BarTexts::value);
  const double n = n_ratio * widest(texts, &BarTexts::n);
  const double line = tallest(texts, &BarTexts::value);
  const double both_lines = line + n_ratio * tallest(texts, &BarTexts::n);
  const double room = slot - 3;
  for (const bool with_n : {true, false}) {
    if (!with_n && !same_n(bars)) continue;
    const double width = with_n ? std::max(value, n) : value;
    for (double size = 10; size >= 7.5; size -= 0.25) {
      if (size * width <= room) return {size, false, with_n};
    }
  }
  for (const bool with_n : {true, false}) {
    const double height = with_n ? both_lines : line;
    for (double size = 9; size >= (with_n ? 7 : 5); size -= 0.25) {
      if (size * height <= slot - 1) return {size, true, with_n};
    }
  }
  return {5, true, false};
}

// ---- Places ----

PlacedText placed(Part part, const Text& text, double size, Point anchor, Point align,
                  Colour colour, double turn = 0) {
  return {part,   text.text, size, {size * text.unit.width, size * text.unit.height},
          anchor, align,     turn, false,
          colour};
}

void cut_to(PlacedText& text, double width) {
  text.cut = text.extent.width > width + 0.01;
  if (text.cut) text.extent.width = width;
}

// Everything that is known before the drawing starts.
struct ChartPlan {
  const std::vector<Bar>& bars;
  const std::vector<BarTexts>& texts;
  LabelStyle labels;
  ValueStyle values;
  double left, right, top, bottom;  // top is the axis's 100, bottom its 0
  double slot;

  double middle(std::size_t i) const {
    return left + slot * (static_cast<double>(i) + 0.5);
  }
  double y(double percent) const { return bottom - percent / 100 * (bottom - top); }
};

double upper_end(const Bar& bar) {
  return std::max(bar.percent, bar.interval ? 100 * bar.interval->high : 0);
}

// What stands above a whisker.
double value_height(const BarTexts& texts, const ValueStyle& style) {
  if (style.turned) {
    const double n = style.with_n ? n_ratio * texts.n.unit.width : 0;
    return style.size * std::max(texts.value.unit.width, n);
  }
  const double n = style.with_n ? n_ratio * texts.n.unit.height : 0;
  return style.size * (texts.value.unit.height + n);
}

void add_grid(Picture& picture, const ChartPlan& plan, const Measure& measure) {
  for (int percent = 0; percent <= 100; percent += 20) {
    const double y = plan.y(percent);
    picture.grid.push_back({{plan.left, y},
                            {plan.right, y},
                            percent == 0 ? 0.9 : 0.6,
                            percent == 0 ? axis_colour : grid_colour});
    const std::string text = fmt::format("{}", percent);
    picture.texts.push_back(placed(Part::tick, {text, measure(text)}, tick_size,
                                   {plan.left - 7, y}, {1, 0.5}, soft_ink));
  }
}

void add_bar(Picture& picture, const ChartPlan& plan, std::size_t i) {
  const Bar& bar = plan.bars[i];
  const double half = std::min(0.31 * plan.slot, 44.0);
  const double x = plan.middle(i);
  picture.bars.push_back({x - half, plan.y(bar.percent), x + half, plan.bottom,
                          bar_colours[i % bar_colours.size()]});
  if (!bar.interval) return;
  const double low = plan.y(100 * bar.interval->low);
  const double high = plan.y(100 * bar.interval->high);
  const double cap = std::min(5.0, 0.5 * half);
  const double width = plan.slot < 20 ? 0.7 : 1;
  for (const auto& [from, to] :
       {std::pair{Point{x, low}, Point{x, high}},
        std::pair{Point{x - cap, low}, Point{x + cap, low}},
        std::pair{Point{x - cap, high}, Point{x + cap, high}}}) {
    picture.whiskers.push_back({from, to, width, whisker_colour});
  }
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

std::vector<BarTexts> texts_of(const std::vector<Bar>& bars, const Measure& measure) {
  const auto text = [&](const std::string& words) {
    return Text{words, words.empty() ? Extent{} : measure(words)};
  };
  std::vector<BarTexts> texts;
  for (const Bar& bar : bars) {
    const std::string label = for_terminal_line(bar.label);
    const std::string method = for_terminal_line(bar.method);
    texts.push_back({text(label), text(method),
                     text(method.empty() ? label : label + " · " + method),
                     text(fmt::format("{:.2f}%", bar.percent)),
                     text(bar.n > 0 ? "n = " + with_thousands(bar.n) : "")});
  }
  return texts;
}

// How far the labels reach to the left of their bars, met by moving the plot's left
// side: middle(i) = left + (right - left) * share must be `reach` from the edge.
double left_for_labels(const std::vector<BarTexts>& texts, const LabelStyle& style,
                       double right) {
  double left = 0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const double natural = style.two_lines
                               ? std::max(texts[i].label.unit.width,
                                          method_ratio * texts[i].method.unit.width)
                               : texts[i].joined.unit.width;
    const double length = std::min(style.length, style.size * natural);
    const double reach = edge + slant * (length + style.first / 2);
    const double share =
        (static_cast<double>(i) + 0.5) / static_cast<double>(texts.size());
    left = std::max(left, (reach - right * share) / (1 - share));
  }
  return left;
}

std::string note_of(const std::vector<Bar>& bars, const ValueStyle& values,
                    const ChartWords& words) {
  std::vector<std::string> parts;
  if (std::ranges::any_of(bars,
                          [](const Bar& bar) { return bar.interval.has_value(); })) {
    parts.push_back(words.whiskers);
  }
  if (!values.with_n) {
    std::int64_t least = 0, most = 0;
    for (const Bar& bar : bars) {
      if (bar.n == 0) continue;
      least = least == 0 ? bar.n : std::min(least, bar.n);
      most = std::max(most, bar.n);
    }
    if (most > 0 && least == most) {
      parts.push_back(fmt::format("n = {} {}", with_thousands(most), words.each));
    } else if (most > 0) {
      parts.push_back(
          fmt::format("n = {}–{}", with_thousands(least), with_thousands(most)));
    }
  }
  return join(parts, ", ");
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

ChartWords words_in(Language language, std::string_view title) {
  ChartWords words =
      language == Language::ja
          ? ChartWords{"MMLUベンチマーク精度", "モデル", "精度 (%)",
                       "誤差線: 95%信頼区間", "(各モデル)"}
          : ChartWords{"MMLU benchmark accuracy", "Model", "Accuracy (%)",
                       "Whiskers: 95% confidence interval", "each"};
  if (!title.empty()) words.title = for_terminal_line(title);
  return words;
}

Picture layout(const std::vector<Bar>& bars, const ChartWords& words,
               const Measure& measure) {
  assert(!bars.empty());
  const auto count = static_cast<double>(bars.size());
  const auto text = [&](const std::string& line) { return Text{line, measure(line)}; };
  const std::vector<BarTexts> texts = texts_of(bars, measure);
  const Text title = text(words.title), x_axis = text(words.x_axis),
             y_axis = text(words.y_axis);

  // Across: what the y axis needs, unless a slanting label needs more.
  const double tick_width = tick_size * measure("100").width;
  const double axis_left =
      edge + axis_title_size * y_axis.unit.height + 8 + tick_width + 7;
  Picture picture{
      .canvas = {std::max(least_canvas.width,
                          axis_left + 80 + right_margin + count * least_slot),
                 least_canvas.height}};
  const double right = picture.canvas.width - right_margin;

  // Down: the title, at least half the height for the plot, the labels, the axis title.
  const double plot_top = edge + title_size * title.unit.height + 10;
  const double foot =
      picture.canvas.height - edge + 2 - axis_title_size * x_axis.unit.height - 6;
  const double label_height = foot - plot_top - picture.canvas.height / 2;

  ChartPlan plan{bars, texts, {}, {}, axis_left, right, plot_top, foot, 0};
  // A larger left margin makes the slots narrower and the letters smaller, which makes
  // the margin smaller again: the widest margin met is taken, which is room enough.
  for (int pass = 0; pass < 8; ++pass) {
    plan.slot = (right - plan.left) / count;
    plan.labels = label_style(texts, {plan.slot, label_height});
    const double needed = left_for_labels(texts, plan.labels, right);
    if (needed <= plan.left) break;
    plan.left = needed;
  }
  plan.slot = (right - plan.left) / count;
  plan.values = value_style(bars, texts, plan.slot);
  double lowest = 0;
  for (const BarTexts& bar : texts) {
    const double natural =
        plan.labels.two_lines
            ? std::max(bar.label.unit.width, method_ratio * bar.method.unit.width)
            : bar.joined.unit.width;
    lowest = std::max(lowest, std::min(plan.labels.length, plan.labels.size * natural));
  }
  plan.labels.length = lowest;
  plan.bottom = foot - label_gap - plan.labels.above() - plan.labels.below();
  // The axis ends at 100; what stands above a bar makes it shorter where it must.
  double height = plan.bottom - plot_top - 4;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const double above = value_gap + value_height(texts[i], plan.values);
    const double share = upper_end(bars[i]) / 100;
    if (share > 0) height = std::min(height, (plan.bottom - plot_top - above) / share);
  }
  plan.top = plan.bottom - height;
  picture.plot = {plan.left, plan.top, right, plan.bottom, {}};

  const double centre = (plan.left + right) / 2;
  PlacedText heading =
      placed(Part::title, title, title_size, {centre, edge}, {0.5, 0}, ink);
  const double heading_room =
      2 * std::min(centre, picture.canvas.width - centre) - 2 * edge;
  cut_to(heading, heading_room);
  picture.texts.push_back(heading);
  add_grid(picture, plan, measure);
  picture.texts.push_back(
      placed(Part::axis_title, y_axis, axis_title_size,
             {plan.left - 7 - tick_width - 8, (plan.top + plan.bottom) / 2}, {0.5, 1},
             ink, -90));
  picture.texts.push_back(placed(Part::axis_title, x_axis, axis_title_size,
                                 {centre, picture.canvas.height - edge + 2}, {0.5, 1},
                                 ink));
  for (std::size_t i = 0; i < bars.size(); ++i) {
    add_bar(picture, plan, i);
    add_value(picture, plan, i);
    add_label(picture, plan, i);
  }
  if (const std::string note = note_of(bars, plan.values, words); !note.empty()) {
    picture.texts.push_back(placed(Part::note, text(note), note_size,
                                   {right, picture.canvas.height - edge + 1}, {1, 1},
                                   soft_ink));
  }
  return picture;
}

}  // namespace proctor
