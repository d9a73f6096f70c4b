#include "proctor/report/chart_image.h"

namespace proctor {

std::string finished_svg(std::string svg, std::string_view, std::string_view) {
  return svg;
}
std::string without_date(std::string pdf) {
  return pdf;
}

}  // namespace proctor
