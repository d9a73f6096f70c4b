// Where everything in a chart stands: geometry in, geometry out, no drawing. Lengths
// are points, 72 an inch; x grows to the right, y down.
#pragma once

#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/chart/chart.h"

namespace proctor {

struct Point {
  double x = 0, y = 0;
};
struct Extent {
  double width = 0, height = 0;
};

// What a thing is painted with; the theme has the colour.
enum class Role { paper, ink, soft_ink, axis, grid, whisker, series, heat, on_heat };
struct Paint {
  Role role = Role::paper;
  double at = 0;  // of series: its number; of heat: a share, 0 to 1
  double opacity = 1;
};

enum class Part {
  title,
  subtitle,
  axis_title,
  tick,
  label,
  method,
  value,
  n,
  note,
  cell,
  legend
};

struct PlacedText {
  Part part;
  std::string text;
  double size;    // of the font
  Extent extent;  // as measured; the width cut to what there is room for
  Point anchor;   // the point of the text's box that `align` names lies here
  Point align;    // 0, 0: the box's upper left corner; 1, 1: its lower right one
  double turn;    // degrees, clockwise, about the anchor
  bool cut;  // wider than its extent: "…" in its middle, for models differ at the end
  Paint paint;
};
// The corners of the text's box on the canvas, in order round it.
std::array<Point, 4> corners(const PlacedText& text);

struct FilledBox {
  double left, top, right, bottom;
  Paint paint;
  bool hatched = false;
};
struct Stroke {
  Point from, to;
  double width;
  Paint paint;
  bool dashed = false;
};

// A dot: series are told apart by its form, too.
struct Dot {
  Point at;
  double radius;
  std::size_t series;
};
// Through all of its points; filled, where it is a band.
struct Path {
  std::vector<Point> points;
  Paint paint;
  bool is_filled = false, is_dashed = false;
};

// Drawn in this order: strokes behind, boxes, paths, strokes before, dots, texts.
struct Picture {
  Extent canvas;
  FilledBox plot;  // not drawn: from the axis's 100 to its 0
  std::vector<Stroke> grid;
  std::vector<FilledBox> bars;
  std::vector<Stroke> whiskers;
  std::vector<PlacedText> texts;
  std::vector<Path> paths = {};
  std::vector<Dot> dots = {};
};

// The size of one line of text set at a font size of 1.
using Measure = std::function<Extent(std::string_view text)>;

struct ChartWords {
  std::string title, subtitle;
  std::string models, accuracy;  // of the axes
  std::string x_label, y_label;  // instead of these; may be empty
  std::string whiskers, each, chance, partial;
};
// The language's own words, and what the chart has of its own.
ChartWords words_in(Language language, const Chart& chart);

// Each promises: no text leaves the canvas or meets another text, a bar of value or a
// whisker. Requires 1 to 1,000 bars with percentages and intervals in their range.
//
// Bars that stand, labels at 45 degrees; the plot and its head room take half of the
// height or more.
Picture standing_layout(const Chart& chart, const ChartWords& words,
                        const Measure& measure);
// Bars that lie, the best first.
Picture lying_layout(const Chart& chart, const ChartWords& words,
                     const Measure& measure);
// Whether standing labels would be cut or too small to read, or a single bar would
// stand in an empty field.
bool is_better_lying(const Picture& standing);

// A line a row: dots with whiskers, one a series, and their figures. Of subjects and
// compare.
Picture rows_layout(const Chart& chart, const ChartWords& words,
                    const Measure& measure);
// A cell a row and series. Of heatmap.
Picture grid_layout(const Chart& chart, const ChartWords& words,
                    const Measure& measure);
// Points on two axes, and below them a line a series. Of pareto, calibration and
// progress.
Picture plot_layout(const Chart& chart, const ChartWords& words,
                    const Measure& measure);

}  // namespace proctor
