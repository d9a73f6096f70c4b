#include "proctor/chart/drawing.h"

namespace proctor {
namespace {

constexpr double points_an_inch = 72;

// The first that is installed; for Japanese, the first that has it. DejaVu Sans is on
// every Debian, and its condensed cut is the better one for labels.
constexpr const char* families =
    "Inter,Noto Sans,Source Sans 3,Helvetica Neue,Liberation Sans,DejaVu Sans "
    "Condensed,DejaVu Sans,Noto Sans CJK JP,Noto Sans JP,Hiragino Sans,IPAexGothic,"
    "IPAGothic,sans-serif";

}  // namespace

Fonts::Fonts(Language language)
    : map_(pango_cairo_font_map_new()),
      context_(pango_font_map_create_context(map_.get())) {
  const Owned<cairo_font_options_t> options(cairo_font_options_create());
  cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
  cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
  cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
  pango_cairo_context_set_font_options(context_.get(), options.get());
  pango_cairo_context_set_resolution(context_.get(), points_an_inch);
  pango_context_set_round_glyph_positions(context_.get(), FALSE);
  pango_context_set_language(
      context_.get(),
      pango_language_from_string(language == Language::ja ? "ja" : "en"));
  pango_context_set_base_dir(context_.get(), PANGO_DIRECTION_LTR);
}

Owned<PangoLayout> Fonts::line(std::string_view text, double size) const {
  Owned<PangoLayout> line(pango_layout_new(context_.get()));
  const Owned<PangoFontDescription> font(pango_font_description_from_string(families));
  pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
  pango_layout_set_font_description(line.get(), font.get());
  pango_layout_set_single_paragraph_mode(line.get(), TRUE);
  pango_layout_set_text(line.get(), text.data(), static_cast<int>(text.size()));
  return line;
}

Extent Fonts::extent_at_size_1(std::string_view text) const {
  constexpr double size = 100;  // Pango counts in 1024ths of a point
  int width = 0, height = 0;
  pango_layout_get_size(line(text, size).get(), &width, &height);
  return {width / (size * PANGO_SCALE), height / (size * PANGO_SCALE)};
}

bool Fonts::lack_glyphs_of(std::string_view text) const {
  return pango_layout_get_unknown_glyphs_count(line(text, 10).get()) > 0;
}

bool can_draw(Language language) {
  return !Fonts(language).lack_glyphs_of(language == Language::ja ? "モデル精度"
                                                                  : "Model");
}

}  // namespace proctor
