#include <array>
#include <utility>

#include "proctor/chart/chart.h"

namespace proctor {
namespace {

template <class Value, std::size_t n>
using Words = std::array<std::pair<std::string_view, Value>, n>;

constexpr Words<ChartKind, 8> kinds = {{{"bars", ChartKind::bars},
                                        {"subjects", ChartKind::subjects},
                                        {"heatmap", ChartKind::heatmap},
                                        {"pareto", ChartKind::pareto},
                                        {"calibration", ChartKind::calibration},
                                        {"progress", ChartKind::progress},
                                        {"compare", ChartKind::compare},
                                        {"seed", ChartKind::seed}}};
constexpr Words<RunCost, 4> costs = {{{"size", RunCost::size},
                                      {"bits", RunCost::bits},
                                      {"latency", RunCost::latency},
                                      {"tokens", RunCost::tokens}}};
constexpr Words<ChartTheme, 2> themes = {
    {{"light", ChartTheme::light}, {"dark", ChartTheme::dark}}};

constexpr Words<ImageFormat, 7> formats = {{{"jpg", ImageFormat::jpg},
                                            {"png", ImageFormat::png},
                                            {"svg", ImageFormat::svg},
                                            {"pdf", ImageFormat::pdf},
                                            {"text", ImageFormat::text},
                                            {"kitty", ImageFormat::kitty},
                                            {"sixel", ImageFormat::sixel}}};

template <class Value, std::size_t n>
Result<Value> found(std::string_view name, const Words<Value, n>& words) {
  std::vector<std::string> known;
  for (const auto& [word, value] : words) {
    if (word == name) return value;
    known.emplace_back(word);
  }
  return fail(Fault::usage, "found {}, expected {}", name, join(known, ", "));
}

}  // namespace

Result<ChartKind> find_chart_kind(std::string_view name) {
  return found(name, kinds);
}

std::string_view name_of(ChartKind kind) {
  return kinds[static_cast<std::size_t>(kind)].first;
}

Result<RunCost> find_cost(std::string_view name) {
  return found(name, costs);
}

std::string_view name_of(RunCost cost) {
  return costs[static_cast<std::size_t>(cost)].first;
}

Result<ImageFormat> find_image_format(std::string_view name) {
  return found(name, formats);
}

Result<ChartTheme> find_chart_theme(std::string_view name) {
  return found(name, themes);
}

}  // namespace proctor
