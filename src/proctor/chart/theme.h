// The colours of a picture, on white and on dark paper. Not for other folders.
#pragma once

#include <span>

#include "proctor/chart/layout.h"

namespace proctor {

struct Colour {
  double red = 0, green = 0, blue = 0;
};

struct Theme {
  Colour paper, ink, soft_ink, axis, grid, whisker;
  std::span<const Colour> series;
  Colour heat_low, heat_high;

  // Series beyond the last begin anew.
  Colour of(const Paint& paint) const;
};
// The seed has its own colours for bars.
Theme theme_of(ChartKind kind, ChartTheme theme);

// WCAG 2.2: 1 to 21.
double contrast(const Colour& one, const Colour& other);

}  // namespace proctor
