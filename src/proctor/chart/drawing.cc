#include "proctor/chart/drawing.h"

#include <array>
#include <cmath>
#include <numbers>

namespace proctor {
namespace {

// Paints with a theme's colours.
struct Painter {
  cairo_t* cairo;
  const Theme& theme;
  const Fonts& fonts;

  void use(const Paint& paint) const {
    const Colour colour = theme.of(paint);
    if (paint.opacity < 1)
      cairo_set_source_rgba(cairo, colour.red, colour.green, colour.blue,
                            paint.opacity);
    else
      cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
  }
};

void draw(const Painter& to, const std::vector<Stroke>& strokes) {
  cairo_t* const cairo = to.cairo;
  for (const Stroke& stroke : strokes) {
    to.use(stroke.paint);
    cairo_set_line_width(cairo, stroke.width);
    constexpr double dash = 4;
    cairo_set_dash(cairo, &dash, stroke.dashed ? 1 : 0, 0);
    cairo_move_to(cairo, stroke.from.x, stroke.from.y);
    cairo_line_to(cairo, stroke.to.x, stroke.to.y);
    cairo_stroke(cairo);
  }
}

void draw(const Painter& to, const FilledBox& box) {
  cairo_t* const cairo = to.cairo;
  to.use(box.paint);
  cairo_rectangle(cairo, box.left, box.top, box.right - box.left, box.bottom - box.top);
  cairo_fill(cairo);
  if (!box.hatched) return;
  cairo_save(cairo);
  cairo_rectangle(cairo, box.left, box.top, box.right - box.left, box.bottom - box.top);
  cairo_clip(cairo);
  cairo_set_dash(cairo, nullptr, 0, 0);  // a stroke before may have been dashed
  to.use({Role::paper});
  cairo_set_line_width(cairo, 1.4);
  constexpr int between = 6;
  const double height = box.bottom - box.top;
  const int lines = static_cast<int>((box.right - box.left + height) / between);
  for (int i = 0; i <= lines; ++i) {
    const double x = box.left + i * between;
    cairo_move_to(cairo, x, box.top);
    cairo_line_to(cairo, x - height, box.bottom);
  }
  cairo_stroke(cairo);
  cairo_restore(cairo);
}

// Paper, where a text stands that is aligned to the origin.
FilledBox box_of(Point align, Extent extent) {
  const double left = -align.x * extent.width, top = -align.y * extent.height;
  return {left, top, left + extent.width, top + extent.height, {Role::paper}};
}

void draw(const Painter& to, const PlacedText& text) {
  cairo_t* const cairo = to.cairo;
  const Owned<PangoLayout> line = to.fonts.line(text.text, text.size);
  if (text.cut) {
    pango_layout_set_ellipsize(line.get(), PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_width(line.get(),
                           static_cast<int>(text.extent.width * PANGO_SCALE));
    pango_layout_set_alignment(
        line.get(), text.align.x == 1 ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER);
  }
  cairo_save(cairo);
  cairo_translate(cairo, text.anchor.x, text.anchor.y);
  cairo_rotate(cairo, text.turn * std::numbers::pi / 180);
  if (text.part == Part::value || text.part == Part::n) {
    // No line of the grid runs through a figure.
    draw(to, box_of(text.align, text.extent));
  }
  cairo_move_to(cairo, -text.align.x * text.extent.width,
                -text.align.y * text.extent.height);
  to.use(text.paint);
  pango_cairo_show_layout(cairo, line.get());
  cairo_restore(cairo);
}

void draw(const Painter& to, const Path& path) {
  cairo_t* const cairo = to.cairo;
  constexpr double dash = 2.5;
  cairo_set_dash(cairo, &dash, path.is_dashed ? 1 : 0, 0);
  cairo_set_line_width(cairo, path.is_dashed ? 1 : 1.6);
  cairo_set_line_join(cairo, CAIRO_LINE_JOIN_ROUND);
  for (const Point& point : path.points) cairo_line_to(cairo, point.x, point.y);
  to.use(path.paint);
  path.is_filled ? cairo_fill(cairo) : cairo_stroke(cairo);
}

// Discs, squares, diamonds, triangles, …: with six colours and five forms thirty series
// look different.
void draw(const Painter& to, const Dot& dot) {
  cairo_t* const cairo = to.cairo;
  const auto [x, y] = dot.at;
  constexpr std::array corners_of_form = {0, 4, 3, 5, -4};
  const int corners = corners_of_form[dot.series % corners_of_form.size()];
  const double turn = corners < 0 ? 0.25 * std::numbers::pi : 0;
  const double radius = corners == 0 ? dot.radius : 1.2 * dot.radius;
  if (corners == 0) cairo_arc(cairo, x, y, radius, 0, 2 * std::numbers::pi);
  for (int i = 0; i < std::abs(corners); ++i) {
    const double angle = turn + (2 * i / std::abs(static_cast<double>(corners)) - 0.5) *
                                    std::numbers::pi;
    cairo_line_to(cairo, x + radius * std::cos(angle), y + radius * std::sin(angle));
  }
  cairo_close_path(cairo);
  to.use({Role::series, static_cast<double>(dot.series)});
  cairo_fill_preserve(cairo);
  // A rim of paper keeps dots apart that lie upon each other.
  constexpr double none = 0;
  cairo_set_dash(cairo, &none, 0, 0);
  cairo_set_line_width(cairo, 0.6);
  to.use({Role::paper});
  cairo_stroke(cairo);
}

}  // namespace

void draw(cairo_t* cairo, const Picture& picture, const Theme& theme,
          const Fonts& fonts) {
  const Painter to{cairo, theme, fonts};
  to.use({Role::paper});
  cairo_paint(cairo);
  draw(to, picture.grid);
  for (const FilledBox& bar : picture.bars) draw(to, bar);
  // The axis goes over the bars' feet.
  if (!picture.grid.empty()) draw(to, std::vector{picture.grid.front()});
  for (const Path& path : picture.paths) draw(to, path);
  draw(to, picture.whiskers);
  for (const Dot& dot : picture.dots) draw(to, dot);
  for (const PlacedText& text : picture.texts) draw(to, text);
}

}  // namespace proctor
