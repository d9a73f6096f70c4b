// A picture onto a surface of Cairo, by the fonts of this machine. Not for other
// folders.
#pragma once

#include <memory>
#include <string_view>

#include <cairo.h>
#include <pango/pangocairo.h>

#include "proctor/chart/layout.h"
#include "proctor/chart/theme.h"

namespace proctor {

// What Cairo and Pango lend, given back at its end.
struct Release {
  void operator()(cairo_t* c) const { cairo_destroy(c); }
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_font_options_t* o) const { cairo_font_options_destroy(o); }
  void operator()(PangoFontDescription* d) const { pango_font_description_free(d); }
  void operator()(PangoFontMap* m) const { g_object_unref(m); }
  void operator()(PangoContext* c) const { g_object_unref(c); }
  void operator()(PangoLayout* l) const { g_object_unref(l); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

// The fonts of this machine. Nothing is hinted, so that a text is as wide in every
// format and at every size as it was measured.
class Fonts {
 public:
  explicit Fonts(Language language);

  Owned<PangoLayout> line(std::string_view text, double size) const;
  Extent extent_at_size_1(std::string_view text) const;
  bool lack_glyphs_of(std::string_view text) const;

 private:
  Owned<PangoFontMap> map_;
  Owned<PangoContext> context_;
};

// The one routine for every format.
void draw(cairo_t* cairo, const Picture& picture, const Theme& theme,
          const Fonts& fonts);

}  // namespace proctor
