#include "proctor/chart/chart.h"
#include "proctor/report/report.h"

namespace proctor {
namespace {

constexpr NamedValues<ChartKind, 8> kinds = {{{"bars", ChartKind::bars},
                                              {"subjects", ChartKind::subjects},
                                              {"heatmap", ChartKind::heatmap},
                                              {"pareto", ChartKind::pareto},
                                              {"calibration", ChartKind::calibration},
                                              {"progress", ChartKind::progress},
                                              {"compare", ChartKind::compare},
                                              {"seed", ChartKind::seed}}};
constexpr NamedValues<RunCost, 4> costs = {{{"size", RunCost::size},
                                            {"bits", RunCost::bits},
                                            {"latency", RunCost::latency},
                                            {"tokens", RunCost::tokens}}};
constexpr NamedValues<ChartTheme, 2> themes = {
    {{"light", ChartTheme::light}, {"dark", ChartTheme::dark}}};

constexpr NamedValues<ImageFormat, 7> formats = {{{"jpg", ImageFormat::jpg},
                                                  {"png", ImageFormat::png},
                                                  {"svg", ImageFormat::svg},
                                                  {"pdf", ImageFormat::pdf},
                                                  {"text", ImageFormat::text},
                                                  {"kitty", ImageFormat::kitty},
                                                  {"sixel", ImageFormat::sixel}}};

}  // namespace

Result<ChartKind> find_chart_kind(std::string_view name) {
  return find_word(name, kinds);
}

std::string_view name_of(ChartKind kind) {
  return kinds[static_cast<std::size_t>(kind)].first;
}

Result<RunCost> find_cost(std::string_view name) {
  return find_word(name, costs);
}

std::string_view name_of(RunCost cost) {
  return costs[static_cast<std::size_t>(cost)].first;
}

Result<ImageFormat> find_image_format(std::string_view name) {
  return find_word(name, formats);
}

Result<ChartTheme> find_chart_theme(std::string_view name) {
  return find_word(name, themes);
}

}  // namespace proctor
