#include <pango/pangocairo.h>

#include "proctor/chart/chart.h"

namespace proctor {

bool can_draw(Language language) {
  PangoFontMap* map = pango_cairo_font_map_new();
  PangoContext* context = pango_font_map_create_context(map);
  PangoLayout* layout = pango_layout_new(context);
  pango_layout_set_text(layout, language == Language::ja ? "モデル精度" : "Model", -1);
  const bool fine = pango_layout_get_unknown_glyphs_count(layout) == 0;
  g_object_unref(layout);
  g_object_unref(context);
  g_object_unref(map);
  return fine;
}

}  // namespace proctor
