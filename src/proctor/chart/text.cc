#include <algorithm>
#include <cmath>

#include "proctor/chart/layout.h"
#include "proctor/chart/points.h"

namespace proctor {
namespace {

// What a bar is made of, in order: up to the interval's lower end, up to the value, up
// to its upper end; what is beyond; and of a difference zero, the interval, the value.
struct Glyphs {
  std::string_view sure, likely, possible, chance, zero, line, dot;
};
constexpr Glyphs blocks = {"█", "▓", "░", "┊", "│", "─", "●"};
constexpr Glyphs ascii = {"#", "=", "-", ":", "|", "-", "o"};

// A line of the chart.
struct TextLine {
  std::string label;
  std::string figures;
  std::optional<double> value;  // 0 to 1; a difference -1 to 1
  std::optional<Interval> interval;
  bool is_strong = false;
};

std::string bar_of(const TextLine& line, int width, const Glyphs& glyphs,
                   std::optional<double> chance) {
  const auto place = [&](double share) {
    return static_cast<int>(std::lround(share * width));
  };
  const double value = *line.value;
  const Interval interval = line.interval.value_or(Interval{value, value});
  std::string bar;
  for (int i = 0; i < width; ++i) {
    if (i < place(interval.low))
      bar += glyphs.sure;
    else if (i < place(value))
      bar += glyphs.likely;
    else if (i < place(interval.high))
      bar += glyphs.possible;
    else
      bar += chance && i == std::min(place(*chance), width - 1) ? glyphs.chance
                                                                : std::string_view(" ");
  }
  return bar;
}

// From -reach to reach.
std::string difference_of(const TextLine& line, int width, const Glyphs& glyphs,
                          double reach) {
  const auto place = [&](double value) {
    return static_cast<int>(std::lround((value / reach + 1) / 2 * (width - 1)));
  };
  std::string bar;
  for (int i = 0; i < width; ++i) {
    if (i == place(*line.value))
      bar += glyphs.dot;
    else if (i == place(0))
      bar += glyphs.zero;
    else if (i >= place(line.interval->low) && i <= place(line.interval->high))
      bar += glyphs.line;
    else
      bar += ' ';
  }
  return bar;
}

// ---- What the lines say -----------------------------------------------------------

std::vector<TextLine> lines_of_bars(const Chart& chart) {
  std::vector<Bar> bars = chart.bars;
  std::ranges::stable_sort(bars, std::ranges::greater(), &Bar::percent);
  std::vector<TextLine> lines;
  for (const Bar& bar : bars) {
    std::string figures = fmt::format("{:.2f}%", bar.percent);
    if (bar.interval)
      figures += fmt::format("  {:.1f}-{:.1f}", 100 * bar.interval->low,
                             100 * bar.interval->high);
    if (bar.n > 0) figures += "  n = " + with_thousands(bar.n);
    lines.push_back({bar.label + (bar.is_partial ? " *" : ""), figures,
                     bar.percent / 100, bar.interval, true});
    if (!bar.method.empty()) lines.push_back({"  " + bar.method});
  }
  return lines;
}

TextLine line_of(const Chart& chart, const ChartPoint& point, std::string label) {
  return {std::move(label),
          fmt::format("{}  {}  n = {}{}", value_text(chart, point),
                      range_text(chart, point), with_thousands(point.n),
                      point.is_best ? "  *" : ""),
          point.value, point.interval, point.is_total};
}

// A subject a line; of several series a line each below it.
std::vector<TextLine> lines_of_rows(const Chart& chart) {
  std::vector<TextLine> lines;
  for (const PointRow& row : rows_of(chart)) {
    const std::string label = (row.is_below() ? "  " : "") + row.first->label;
    if (chart.series.size() == 1) {
      lines.push_back(line_of(chart, *row.first, label));
      continue;
    }
    lines.push_back({label, {}, {}, {}, row.first->is_total});
    for (const ChartPoint* point : row.points) {
      if (point == nullptr) continue;
      lines.push_back(line_of(
          chart, *point,
          (row.is_below() ? "    " : "  ") + chart.series[point->series].name()));
      lines.back().is_strong = false;
    }
  }
  return lines;
}

// Of a series' points at most as many as a screen takes.
std::vector<TextLine> lines_of_plot(const Chart& chart) {
  constexpr std::size_t most = 16;
  std::vector<TextLine> lines;
  for (std::size_t series = 0; series < chart.series.size(); ++series) {
    std::vector<const ChartPoint*> points;
    for (const ChartPoint& point : chart.points) {
      if (point.series == series) points.push_back(&point);
    }
    if (chart.kind == ChartKind::pareto) {
      for (const ChartPoint* point : points)
        lines.push_back(
            line_of(chart, *point,
                    x_text(chart, *point->x) + "  " + chart.series[series].name()));
      continue;
    }
    const auto error = chart.series[series].error;
    lines.push_back({chart.series[series].name(),
                     error ? fmt::format("ECE {:.3f}", *error) : "",
                     {},
                     {},
                     true});
    const std::size_t n = std::min(most, points.size());
    for (std::size_t i = 1; i <= n; ++i) {
      const ChartPoint& point = *points[i * points.size() / n - 1];
      lines.push_back(line_of(chart, point, "  " + x_text(chart, *point.x)));
    }
  }
  return lines;
}

std::vector<TextLine> lines_of(const Chart& chart) {
  if (chart.has_bars()) return lines_of_bars(chart);
  const bool is_plot = chart.kind == ChartKind::pareto ||
                       chart.kind == ChartKind::calibration ||
                       chart.kind == ChartKind::progress;
  return is_plot ? lines_of_plot(chart) : lines_of_rows(chart);
}

double reach_of(const Chart& chart) {
  double reach = 0.01;
  for (const ChartPoint& point : chart.points)
    reach =
        std::max({reach, std::abs(point.interval.low), std::abs(point.interval.high)});
  return reach;
}

std::string legend_of(const Chart& chart, const Glyphs& glyphs) {
  std::vector<std::string> parts;
  if (chart.kind == ChartKind::compare) {
    parts.push_back(in_language(chart.language,
                                "{0} difference in points, {1} 95 % interval, {2} none",
                                "{0} 差（ポイント）、{1} 95 % 信頼区間、{2} 差なし",
                                glyphs.dot, glyphs.line, glyphs.zero));
  } else {
    parts.push_back(
        in_language(chart.language,
                    "{0}{1} up to the accuracy, {1}{2} its 95 % interval; 0 to 100 %",
                    "{0}{1} 正答率まで、{1}{2} 95 % 信頼区間（0～100 %）", glyphs.sure,
                    glyphs.likely, glyphs.possible));
  }
  if (chart.chance && chart.kind != ChartKind::compare)
    parts.push_back(in_language(chart.language, "{} chance ({:.0f} %)",
                                "{} あてずっぽう（{:.0f} %）", glyphs.chance,
                                *chart.chance));
  if (chart.kind == ChartKind::pareto)
    parts.push_back(in_language(chart.language, "* none is better and costs no more",
                                "* これより良く、高くつかない実行がない"));
  if (std::ranges::any_of(chart.bars, &Bar::is_partial))
    parts.push_back(in_language(chart.language, "* not all asked", "* 未出題あり"));
  return join(parts, "; ");
}

}  // namespace

std::string chart_text(const Chart& chart, const TextForm& form) {
  const Glyphs& glyphs = form.is_utf8 ? blocks : ascii;
  std::vector<TextLine> lines = lines_of(chart);
  int label = 0, figures = 0;
  for (TextLine& line : lines) {
    line.label = for_terminal_line(line.label);
    if (line.value) label = std::max(label, display_width(line.label));
    figures = std::max(figures, display_width(line.figures));
  }
  constexpr int least_bar = 10, most_bar = 60;
  const int room = form.width - figures - 4;
  label = std::min(label, std::max(12, room - std::max(least_bar, 2 * room / 5)));
  const int bar = std::min(most_bar, room - label);
  const bool is_difference = chart.kind == ChartKind::compare;
  const double reach = is_difference ? reach_of(chart) : 1;
  const auto chance = chart.chance ? std::optional(*chart.chance / 100) : std::nullopt;
  const ChartWords words = words_in(chart.language, chart);
  std::string text = form.ink.in(Tone::bold, fit(words.title, form.width)) + "\n";
  if (!words.subtitle.empty())
    text += form.ink.in(Tone::dim, fit(words.subtitle, form.width)) + "\n";
  if (!chart.base.empty())
    text += fit(for_terminal_line(
                    in_language(chart.language, "less: {}", "基準: {}", chart.base)),
                form.width) +
            "\n";
  text += "\n";
  for (const TextLine& line : lines) {
    const std::string name = line.value || !line.figures.empty()
                                 ? pad(fit(line.label, label), label)
                                 : fit(line.label, form.width);
    const bool is_aside = !line.value && !line.is_strong;
    text += line.is_strong ? form.ink.in(Tone::bold, name)
            : is_aside     ? form.ink.in(Tone::dim, name)
                           : name;
    if (line.value && bar >= least_bar)
      text += "  " + (is_difference ? difference_of(line, bar, glyphs, reach)
                                    : bar_of(line, bar, glyphs, chance));
    if (!line.figures.empty()) text += "  " + line.figures;
    text += "\n";
  }
  return text + "\n" + form.ink.in(Tone::dim, legend_of(chart, glyphs)) + "\n";
}

}  // namespace proctor
