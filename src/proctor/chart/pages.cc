#include <map>

#include "proctor/chart/image.h"

namespace proctor {
namespace {

// Every id and every reference to it, in the order met, as `prefix` and a number.
std::string with_ids(std::string_view svg, std::string_view prefix) {
  constexpr std::array<std::string_view, 3> before = {" id=\"", "href=\"#", "url(#"};
  std::map<std::string, std::size_t, std::less<>> numbers;
  std::string out;
  while (true) {
    std::size_t start = std::string_view::npos;
    for (const std::string_view opening : before) {
      const std::size_t at = svg.find(opening);
      if (at != std::string_view::npos) start = std::min(start, at + opening.size());
    }
    if (start == std::string_view::npos) break;
    const std::size_t end = std::min(svg.find_first_of("\")", start), svg.size());
    const std::string name(svg.substr(start, end - start));
    const std::size_t number = numbers.emplace(name, numbers.size()).first->second;
    out += fmt::format("{}{}{}", svg.substr(0, start), prefix, number);
    svg.remove_prefix(end);
  }
  return out += svg;
}

}  // namespace

std::string finished_svg(std::string svg, std::string_view title,
                         std::string_view description) {
  const std::size_t tag = svg.find("<svg ");
  const std::size_t inside = svg.find('>', tag);
  if (tag == std::string::npos || inside == std::string::npos) return svg;
  svg.insert(inside + 1, fmt::format("\n<title>{}</title>\n<desc>{}</desc>",
                                     for_html(title), for_html(description)));
  svg.insert(tag + 5, "role=\"img\" ");
  const std::string digest = sha256_hex(with_ids(svg, "chart"));
  return with_ids(svg, "chart-" + digest.substr(0, 8) + "-");
}

std::string without_date(std::string pdf) {
  constexpr std::string_view key = "/CreationDate (D:";
  const std::size_t start = pdf.rfind(key);
  if (start == std::string::npos) return pdf;
  const std::size_t end = pdf.find(')', start);
  if (end == std::string::npos) return pdf;
  // Blanks, since a PDF's table of contents counts bytes.
  return pdf.replace(start, end + 1 - start, end + 1 - start, ' ');
}

}  // namespace proctor
