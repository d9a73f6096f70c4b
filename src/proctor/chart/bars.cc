#include <algorithm>
#include <cmath>
#include <set>

#include <nlohmann/json.hpp>

#include "proctor/chart/chart.h"

namespace proctor {
namespace {

Bar bar_of(const ScoredRun& run, const RunTitle& name) {
  const Count count = run.ledger().count();
  return {.label = name.label,
          .method = name.method,
          .percent = 100 * count.share().value_or(0),
          .interval = wilson(count),
          .right = count.right,
          .n = count.n,
          .is_partial = run.ended() < run.planned};
}

void add(std::string& list, const std::string& word) {
  if (!word.empty()) list += (list.empty() ? "" : ", ") + word;
}

bool is_mmlu(const std::string& dataset) {
  const KnownDataset* known = find_dataset(dataset);
  return known != nullptr && known->title == "MMLU";
}

std::string plain_title(Language language) {
  return in_language(language, "Accuracy", "精度");
}

// Where the exam is known by name, that; empty for an MMLU: it is the chart's own.
std::string title_of(const std::set<std::string>& datasets, Language language) {
  if (std::ranges::all_of(datasets, is_mmlu)) return {};
  const KnownDataset* known =
      datasets.size() == 1 ? find_dataset(*datasets.begin()) : nullptr;
  if (known == nullptr) return plain_title(language);
  return in_language(language, "{} accuracy", "{} 精度", known->title);
}

std::optional<double> chance_of(std::span<const ScoredRun> runs) {
  const auto chance = [](const ScoredRun& run) {
    return 100 * run.account.chances / static_cast<double>(run.ended());
  };
  const double first = chance(runs.front());
  const bool is_one = std::ranges::all_of(
      runs, [&](const ScoredRun& run) { return std::abs(chance(run) - first) < 0.1; });
  return is_one && first > 0 ? std::optional(first) : std::nullopt;
}

}  // namespace

Chart chart_of(std::span<const ScoredRun> runs, Language language) {
  Chart chart{.bars = {}, .language = language};
  if (runs.empty()) return chart;
  const RunTitles names = run_titles(runs, language);
  for (std::size_t i = 0; i < runs.size(); ++i)
    chart.bars.push_back(bar_of(runs[i], names.runs[i]));
  chart.subtitle = names.in_common;
  std::set<std::string> datasets;
  for (const ScoredRun& run : runs) datasets.insert(run.info.dataset);
  chart.title = title_of(datasets, language);
  chart.chance = chance_of(runs);
  return chart;
}

void add_bars(Chart& chart, std::vector<Bar> others) {
  if (others.empty()) return;
  for (Bar& bar : chart.bars) add(bar.method, chart.subtitle);
  if (!chart.bars.empty()) {
    // Nobody knows of what exam the others are.
    if (!chart.title.empty()) chart.title = plain_title(chart.language);
    chart.subtitle.clear();
    chart.chance.reset();
  } else {
    std::set<std::string> datasets;
    for (const Bar& bar : others) datasets.insert(bar.dataset);
    // A file that names none is the seed's, which is of MMLU.
    if (!datasets.contains("")) chart.title = title_of(datasets, chart.language);
  }
  chart.bars.insert(chart.bars.begin(), std::make_move_iterator(others.begin()),
                    std::make_move_iterator(others.end()));
}

namespace {

using Json = nlohmann::ordered_json;

Json bars_json(const Chart& chart) {
  Json bars = Json::array();
  for (const Bar& bar : chart.bars) {
    Json interval;
    if (bar.interval) interval = {bar.interval->low, bar.interval->high};
    bars.push_back({{"label", bar.label},
                    {"method", bar.method},
                    {"n", bar.n > 0 ? Json(bar.n) : Json(nullptr)},
                    {"correct", bar.n > 0 ? Json(bar.right) : Json(nullptr)},
                    {"accuracy", bar.percent / 100},
                    {"ci95", std::move(interval)},
                    {"partial", bar.is_partial}});
  }
  return bars;
}

// A difference is one of two runs: it has no `correct`.
Json points_json(const Chart& chart) {
  const bool is_difference = chart.kind == ChartKind::compare;
  Json points = Json::array();
  for (const ChartPoint& point : chart.points) {
    Json one = {{"series", chart.series[point.series].name()}};
    if (point.x) {
      one["x"] = *point.x;
    } else {
      one["label"] = point.label;
      one["category"] = point.group;
      one["total"] = point.is_total;
    }
    one["n"] = point.n;
    if (!is_difference) one["correct"] = point.right;
    one[is_difference ? "difference" : "accuracy"] = point.value;
    one["ci95"] = {point.interval.low, point.interval.high};
    if (chart.kind == ChartKind::pareto) one["best"] = point.is_best;
    points.push_back(std::move(one));
  }
  return points;
}

Json series_json(const Chart& chart) {
  Json all = Json::array();
  for (const ChartSeries& series : chart.series) {
    Json one = {{"name", series.name()},
                {"n", series.count.n},
                {"correct", series.count.right}};
    if (series.error) one["ece"] = *series.error;
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace

std::string chart_json(const Chart& chart, const std::optional<std::string>& file) {
  Json json = {{"file", file ? Json(*file) : Json(nullptr)},
               {"kind", name_of(chart.kind)},
               {"title", chart.title},
               {"subtitle", chart.subtitle}};
  if (chart.kind == ChartKind::pareto) json["cost"] = name_of(chart.cost);
  if (!chart.base.empty()) json["base"] = chart.base;
  json["chance"] = chart.chance ? Json(*chart.chance / 100) : Json(nullptr);
  if (chart.has_bars()) {
    json["bars"] = bars_json(chart);
  } else {
    json["series"] = series_json(chart);
    json["points"] = points_json(chart);
  }
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace proctor
