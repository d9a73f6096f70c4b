#include "proctor/report/json_line.h"

#include <vector>

#include "proctor/base/base.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

std::string csv_cell(const Json& value) {
  if (value.is_null()) return "";
  if (value.is_number_float()) return fmt::format("{:.2f}", value.get<double>());
  return value.is_string() ? for_csv(value.get<std::string>()) : value.dump();
}

}  // namespace

std::string csv_of(std::span<const Json> lines) {
  std::string text;
  for (const Json& line : lines) {
    std::vector<std::string> titles, cells;
    for (const auto& [title, value] : line.items()) {
      titles.push_back(title);
      cells.push_back(csv_cell(value));
    }
    if (text.empty()) text = join(titles, ",") + "\n";
    text += join(cells, ",") + "\n";
  }
  return text;
}

}  // namespace proctor
