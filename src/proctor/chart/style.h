// How a chart's labels and values are set, chosen before anything has a place. Not for
// other folders.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "proctor/chart/layout.h"

namespace proctor {

inline constexpr double slant = 0.7071067811865476;  // sine and cosine of 45 degrees
inline constexpr double label_gap = 5;               // between the axis and its labels
inline constexpr double method_ratio = 0.86;         // a method's letters to a label's
inline constexpr double n_ratio = 0.82;              // an n's to a value's

inline constexpr double edge = 14;  // what stays empty along the canvas
inline constexpr double right_margin = 26;
inline constexpr double value_gap = 4;  // between a whisker and its value
inline constexpr double title_size = 15, subtitle_size = 10, axis_title_size = 11,
                        tick_size = 9, note_size = 8;

inline constexpr Paint paper = {Role::paper};
inline constexpr Paint ink = {Role::ink};
inline constexpr Paint soft_ink = {Role::soft_ink};
inline constexpr Paint axis_colour = {Role::axis};
inline constexpr Paint grid_colour = {Role::grid};
inline constexpr Paint whisker_colour = {Role::whisker};
inline Paint series_paint(std::size_t series) {
  return {Role::series, static_cast<double>(series)};
}

struct MeasuredText {
  std::string text;
  Extent unit;  // its extent at a font size of 1
};
struct BarTexts {
  MeasuredText label, method, joined, value, n;
};
std::vector<BarTexts> texts_of(const std::vector<Bar>& bars, const Measure& measure);
// A text that is empty has no height.
MeasuredText measured(const std::string& text, const Measure& measure);
PlacedText placed(Part part, const MeasuredText& text, double size, Point anchor,
                  Point align, Paint paint, double turn = 0);
void cut_to(PlacedText& text, double width);
// Of the bar or its whisker, in percent.
double upper_end(const Bar& bar);

inline constexpr std::array ticks = {0, 20, 40, 60, 80, 100};  // of the axis
Stroke grid_line(int tick, Point from, Point to);
Stroke chance_line(Point from, Point to);
// From the interval's low to its high end; `cap` is half of what crosses it at each.
void add_whisker(Picture& picture, Point low, Point high, Point cap, double width,
                 Paint paint = whisker_colour);
// The same over a bar; the colours of all kinds but the seed's are so dark that it has
// a rim of paper there.
void add_bar_whisker(Picture& picture, ChartKind kind, Point low, Point high, Point cap,
                     double width);

// ---- What every chart has around its plot ----

// Where the titles end.
double below_titles(const MeasuredText& heading, const MeasuredText& subtitle);
void add_heading(Picture& picture, const MeasuredText& heading,
                 const MeasuredText& subtitle, double centre);
// What the marks mean, and the n where it does not stand at the bars.
std::string note_of(const Chart& chart, bool n_is_at_bars, const ChartWords& words);
void add_note(Picture& picture, const std::string& note, const Measure& measure);

// Of the kinds that are drawn of points: titles and, of several series, which dot is
// whose. Where they end.
double add_top(Picture& picture, const Chart& chart, const ChartWords& words,
               const Measure& measure);
// The axis's title, centred and below that point, and what the marks mean; the canvas
// ends below them.
void add_bottom(Picture& picture, const Chart& chart, const ChartWords& words,
                const Measure& measure, Point middle);
// Whether the box is free of texts, dots and strokes before.
bool is_free(const Picture& picture, const FilledBox& box);

// Labels slant below the axis, from their bar's middle to the lower left; or they stand
// below their bars as they are read.
struct LabelStyle {
  double size = 10;
  bool is_slanted = true;
  bool two_lines = false;        // label and method; otherwise one line with both
  double first = 0, second = 0;  // the lines' heights
  double length = 0;             // where a longer label is cut

  // Distances from the anchor, the middle of the first line's right end.
  double above() const { return is_slanted ? slant * first / 2 : 0; }
  double below() const {
    return is_slanted ? slant * (length + first / 2 + second) : first + second;
  }
  // Of a bar's label as it is drawn: cut where it is longer.
  double length_of(const BarTexts& bar) const;
};

struct Room {
  double slot;          // between the middles of two bars
  double label_height;  // for labels below the axis
};
// The largest letters that neither touch the neighbour's nor are cut; where there are
// none, the largest of a readable size that are cut.
LabelStyle label_style(const std::vector<BarTexts>& texts, const Room& room);
// Without a slant: the largest letters that fit into the slot, else cut ones.
LabelStyle upright_label_style(const std::vector<BarTexts>& texts, double slot);

struct ValueStyle {
  double size = 10;
  bool turned = false;
  bool with_n = true;

  // What stands above a whisker.
  double height_of(const BarTexts& bar) const;
};
// Side by side where they fit, else turned upright. An n that all bars share may move
// to the note; others stay as long as there is room.
ValueStyle value_style(const std::vector<Bar>& bars, const std::vector<BarTexts>& texts,
                       double slot);

}  // namespace proctor
