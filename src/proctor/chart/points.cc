#include "proctor/chart/points.h"

#include <algorithm>

namespace proctor {
namespace {

std::string size_text(double bytes) {
  if (bytes >= 1e9) return fmt::format("{:.1f} GB", bytes / 1e9);
  if (bytes >= 1e6) return fmt::format("{:.0f} MB", bytes / 1e6);
  return fmt::format("{:.0f} kB", bytes / 1e3);
}

std::string short_number(double value) {
  if (value >= 100) return fmt::format("{:.0f}", value);
  return value >= 1 ? fmt::format("{:.1f}", value) : fmt::format("{:.2g}", value);
}

}  // namespace

std::string PointRow::n_text() const {
  std::int64_t least = first->n, most = first->n;
  for (const ChartPoint* point : points) {
    if (point == nullptr) continue;
    least = std::min(least, point->n);
    most = std::max(most, point->n);
  }
  return least == most
             ? fmt::format("n = {}", with_thousands(most))
             : fmt::format("n = {}–{}", with_thousands(least), with_thousands(most));
}

std::vector<PointRow> rows_of(const Chart& chart) {
  std::vector<PointRow> rows;
  for (const ChartPoint& point : chart.points) {
    const bool is_new = rows.empty() || rows.back().first->label != point.label ||
                        rows.back().first->group != point.group ||
                        rows.back().first->is_total != point.is_total;
    if (is_new)
      rows.push_back(
          {&point, std::vector<const ChartPoint*>(chart.series.size(), nullptr)});
    rows.back().points[point.series] = &point;
  }
  return rows;
}

std::string value_text(const Chart& chart, const ChartPoint& point) {
  return chart.kind == ChartKind::compare ? fmt::format("{:+.2f}", 100 * point.value)
                                          : fmt::format("{:.2f}%", 100 * point.value);
}

std::string range_text(const Chart& chart, const ChartPoint& point) {
  const auto [low, high] = point.interval;
  return chart.kind == ChartKind::compare
             ? fmt::format("{:+.1f} … {:+.1f}", 100 * low, 100 * high)
             : fmt::format("{:.1f}-{:.1f}", 100 * low, 100 * high);
}

std::string x_text(const Chart& chart, double x) {
  if (chart.kind == ChartKind::calibration) return fmt::format("{:.1f} %", 100 * x);
  if (chart.kind == ChartKind::progress)
    return with_thousands(static_cast<std::int64_t>(x));
  switch (chart.cost) {
    case RunCost::size:
      return size_text(x);
    case RunCost::bits:
      return fmt::format("{:.0f} bit", x);
    case RunCost::latency:
      return short_number(x) + " s";
    case RunCost::tokens:
      break;
  }
  return short_number(x);
}

}  // namespace proctor
