#include <algorithm>

#include "proctor/chart/style.h"

namespace proctor {
namespace {

constexpr double name_size = 8.5, dot = 3;

// One beside the other, in as many lines as it takes.
double add_names(Picture& picture, const Chart& chart, const Measure& measure,
                 double top) {
  const double line = name_size * measure("0").height + 3;
  const double most = chart.width - 2 * edge - 3 * dot;
  double x = edge, y = top;
  for (std::size_t k = 0; k < chart.series.size(); ++k) {
    PlacedText name = placed(
        Part::legend, measured(for_terminal_line(chart.series[k].name()), measure),
        name_size, {}, {0, 0.5}, ink);
    cut_to(name, most);
    const double width = 3 * dot + name.extent.width + 14;
    if (x > edge && x + width - 14 > chart.width - edge) {
      x = edge;
      y += line;
    }
    picture.dots.push_back({{x + dot, y + line / 2}, dot, k});
    name.anchor = {x + 3 * dot, y + line / 2};
    picture.texts.push_back(std::move(name));
    x += width;
  }
  return y + line;
}

}  // namespace

double add_top(Picture& picture, const Chart& chart, const ChartWords& words,
               const Measure& measure) {
  const MeasuredText heading = measured(words.title, measure);
  const MeasuredText subtitle = measured(words.subtitle, measure);
  add_heading(picture, heading, subtitle, chart.width / 2);
  double below = below_titles(heading, subtitle) + 6;
  if (!chart.base.empty()) {
    PlacedText base =
        placed(Part::legend,
               measured(for_terminal_line(in_language(chart.language, "less: {}",
                                                      "基準: {}", chart.base)),
                        measure),
               name_size, {edge, below}, {0, 0}, soft_ink);
    cut_to(base, chart.width - 2 * edge);
    below += base.extent.height + 1;
    picture.texts.push_back(std::move(base));
  }
  const bool has_rows =
      chart.kind == ChartKind::subjects || chart.kind == ChartKind::compare;
  return has_rows && (chart.series.size() > 1 || !chart.base.empty())
             ? add_names(picture, chart, measure, below) + 4
             : below + 4;
}

void add_bottom(Picture& picture, const Chart& chart, const ChartWords& words,
                const Measure& measure, Point middle) {
  const std::string title = words.y_label.empty() ? words.accuracy : words.y_label;
  PlacedText axis = placed(Part::axis_title, measured(title, measure), axis_title_size,
                           middle, {0.5, 0}, ink);
  cut_to(axis, 2 * std::min(middle.x, picture.canvas.width - middle.x) - 2 * edge);
  double bottom = middle.y + axis.extent.height + 4;
  picture.texts.push_back(std::move(axis));
  std::vector<std::string> notes = {words.whiskers};
  if (!words.partial.empty()) notes.push_back(words.partial);
  const bool draws_chance =
      chart.kind != ChartKind::heatmap && chart.kind != ChartKind::calibration;
  if (chart.chance && draws_chance)
    notes.push_back(fmt::format(fmt::runtime(words.chance), *chart.chance));
  const std::string note = join(notes, ", ");
  PlacedText text = placed(Part::note, measured(note, measure), note_size,
                           {chart.width - edge, bottom}, {1, 0}, soft_ink);
  cut_to(text, chart.width - 2 * edge);
  picture.texts.push_back(std::move(text));
  bottom += note_size * measure(note).height;
  picture.canvas.height = bottom + edge;
}

bool is_free(const Picture& picture, const FilledBox& box) {
  const auto meets = [&](double left, double top, double right, double bottom) {
    return left < box.right && right > box.left && top < box.bottom && bottom > box.top;
  };
  const auto meets_text = [&](const PlacedText& text) {
    const auto [a, b, c, d] = corners(text);
    const auto [left, right] = std::minmax({a.x, b.x, c.x, d.x});
    const auto [top, bottom] = std::minmax({a.y, b.y, c.y, d.y});
    return meets(left, top, right, bottom);
  };
  const auto meets_dot = [&](const Dot& one) {
    return meets(one.at.x - one.radius, one.at.y - one.radius, one.at.x + one.radius,
                 one.at.y + one.radius);
  };
  const auto meets_stroke = [&](const Stroke& stroke) {
    return meets(std::min(stroke.from.x, stroke.to.x) - 1,
                 std::min(stroke.from.y, stroke.to.y) - 1,
                 std::max(stroke.from.x, stroke.to.x) + 1,
                 std::max(stroke.from.y, stroke.to.y) + 1);
  };
  return std::ranges::none_of(picture.texts, meets_text) &&
         std::ranges::none_of(picture.dots, meets_dot) &&
         std::ranges::none_of(picture.whiskers, meets_stroke);
}

}  // namespace proctor
