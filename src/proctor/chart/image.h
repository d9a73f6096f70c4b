// A picture as a file's bytes.
#pragma once

#include <string>
#include <vector>

#include "proctor/chart/layout.h"

namespace proctor {

// Pixels in rows from the top, three bytes a pixel: red, green, blue.
struct Pixels {
  unsigned width = 0, height = 0;
  std::vector<unsigned char> bytes;
};
// Quality 95, colours as sharp as the grey, `dots_per_inch` in its header.
Result<std::string> jpeg_of(const Pixels& pixels, unsigned dots_per_inch);

// What a terminal draws where the cursor stands, and a line's end: a PNG by kitty's
// protocol, and pixels as DEC's sixels in 216 colours. Nothing of a name is in it.
std::string kitty_of(std::string_view png);
std::string sixel_of(const Pixels& pixels);

// Cairo numbers its ids from a counter that the process shares and leaves the drawing
// without a name: this numbers them by their content, and puts `title` and
// `description` in for those who do not see it.
std::string finished_svg(std::string svg, std::string_view title,
                         std::string_view description);
// The same length, without the time of the drawing.
std::string without_date(std::string pdf);

}  // namespace proctor
