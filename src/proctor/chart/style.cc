#include "proctor/chart/style.h"

#include <algorithm>
#include <optional>

namespace proctor {
namespace {

double widest(const std::vector<BarTexts>& texts, MeasuredText BarTexts::*which) {
  double width = 0;
  for (const BarTexts& bar : texts) width = std::max(width, (bar.*which).unit.width);
  return width;
}

double tallest(const std::vector<BarTexts>& texts, MeasuredText BarTexts::*which) {
  double height = 0;
  for (const BarTexts& bar : texts) height = std::max(height, (bar.*which).unit.height);
  return height;
}

double natural_length(const BarTexts& bar, const LabelStyle& style) {
  return style.size * (style.two_lines ? std::max(bar.label.unit.width,
                                                  method_ratio * bar.method.unit.width)
                                       : bar.joined.unit.width);
}

LabelStyle label_style_at(const std::vector<BarTexts>& texts, double size,
                          bool two_lines) {
  LabelStyle style{.size = size, .two_lines = two_lines};
  style.first = size * tallest(texts, two_lines ? &BarTexts::label : &BarTexts::joined);
  if (two_lines) {
    style.second = size * method_ratio * tallest(texts, &BarTexts::method);
  }
  for (const BarTexts& bar : texts)
    style.length = std::max(style.length, natural_length(bar, style));
  return style;
}

bool same_n(const std::vector<Bar>& bars) {
  return std::ranges::all_of(bars, [&](const Bar& bar) { return bar.n == bars[0].n; });
}

}  // namespace

std::vector<BarTexts> texts_of(const std::vector<Bar>& bars, const Measure& measure) {
  const auto text = [&](const std::string& words) { return measured(words, measure); };
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

MeasuredText measured(const std::string& text, const Measure& measure) {
  return {text, text.empty() ? Extent{} : measure(text)};
}

PlacedText placed(Part part, const MeasuredText& text, double size, Point anchor,
                  Point align, Paint paint, double turn) {
  return {part,   text.text, size, {size * text.unit.width, size * text.unit.height},
          anchor, align,     turn, false,
          paint};
}

void cut_to(PlacedText& text, double width) {
  text.cut = text.extent.width > width + 0.01;
  if (text.cut) text.extent.width = width;
}

double upper_end(const Bar& bar) {
  return std::max(bar.percent, bar.interval ? 100 * bar.interval->high : 0);
}

Stroke grid_line(int tick, Point from, Point to) {
  return {from, to, tick == 0 ? 0.9 : 0.6, tick == 0 ? axis_colour : grid_colour};
}

Stroke chance_line(Point from, Point to) {
  return {from, to, 0.9, soft_ink, true};
}

void add_whisker(Picture& picture, Point low, Point high, Point cap, double width,
                 Paint paint) {
  const auto across = [&](Point end) {
    return std::pair{Point{end.x - cap.x, end.y - cap.y},
                     Point{end.x + cap.x, end.y + cap.y}};
  };
  for (const auto& [from, to] : {std::pair{low, high}, across(low), across(high)})
    picture.whiskers.push_back({from, to, width, paint});
}

void add_bar_whisker(Picture& picture, ChartKind kind, Point low, Point high, Point cap,
                     double width) {
  if (kind != ChartKind::seed)
    add_whisker(picture, low, high, {1.25 * cap.x, 1.25 * cap.y}, width + 2, paper);
  add_whisker(picture, low, high, cap, width);
}

double below_titles(const MeasuredText& heading, const MeasuredText& subtitle) {
  return edge + title_size * heading.unit.height + subtitle_size * subtitle.unit.height;
}

void add_heading(Picture& picture, const MeasuredText& heading,
                 const MeasuredText& subtitle, double centre) {
  const double room = 2 * std::min(centre, picture.canvas.width - centre) - 2 * edge;
  const auto add = [&](PlacedText text) {
    cut_to(text, room);
    picture.texts.push_back(std::move(text));
  };
  add(placed(Part::title, heading, title_size, {centre, edge}, {0.5, 0}, ink));
  if (subtitle.text.empty()) return;
  const double y = edge + title_size * heading.unit.height;
  add(placed(Part::subtitle, subtitle, subtitle_size, {centre, y}, {0.5, 0}, soft_ink));
}

std::string note_of(const Chart& chart, bool n_is_at_bars, const ChartWords& words) {
  const std::vector<Bar>& bars = chart.bars;
  std::vector<std::string> parts;
  if (std::ranges::any_of(bars,
                          [](const Bar& bar) { return bar.interval.has_value(); }))
    parts.push_back(words.whiskers);
  if (chart.chance)
    parts.push_back(fmt::format(fmt::runtime(words.chance), *chart.chance));
  if (std::ranges::any_of(bars, &Bar::is_partial)) parts.push_back(words.partial);
  std::int64_t least = 0, most = 0;
  for (const Bar& bar : bars) {
    if (bar.n == 0) continue;
    least = least == 0 ? bar.n : std::min(least, bar.n);
    most = std::max(most, bar.n);
  }
  if (n_is_at_bars || most == 0) return join(parts, ", ");
  parts.push_back(
      least == most
          ? fmt::format("n = {} {}", with_thousands(most), words.each)
          : fmt::format("n = {}–{}", with_thousands(least), with_thousands(most)));
  return join(parts, ", ");
}

void add_note(Picture& picture, const std::string& note, const Measure& measure) {
  if (note.empty()) return;
  PlacedText text =
      placed(Part::note, measured(note, measure), note_size,
             {picture.plot.right, picture.canvas.height - edge + 1}, {1, 1}, soft_ink);
  cut_to(text, picture.plot.right - edge);
  picture.texts.push_back(std::move(text));
}

double LabelStyle::length_of(const BarTexts& bar) const {
  return std::min(length, natural_length(bar, *this));
}

double ValueStyle::height_of(const BarTexts& bar) const {
  const double n =
      with_n ? n_ratio * (turned ? bar.n.unit.width : bar.n.unit.height) : 0;
  return size *
         (turned ? std::max(bar.value.unit.width, n) : bar.value.unit.height + n);
}

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

LabelStyle upright_label_style(const std::vector<BarTexts>& texts, double slot) {
  const bool have_methods = widest(texts, &BarTexts::method) > 0;
  LabelStyle style;
  for (double size = 10; size >= 8; size -= 0.25) {
    style = label_style_at(texts, size, have_methods);
    style.is_slanted = false;
    if (style.length <= slot - 8) return style;
  }
  style.length = slot - 8;
  return style;
}

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

}  // namespace proctor
