#include "proctor/chart/of_runs.h"

#include <set>

namespace proctor {
namespace {

// The exam's name where it is known by one; else empty.
std::string exam_of(std::span<const ScoredRun> runs) {
  std::set<std::string> titles;
  for (const ScoredRun& run : runs) {
    const KnownDataset* const known = find_dataset(run.info.dataset);
    titles.insert(known == nullptr ? std::string() : std::string(known->title));
  }
  return titles.size() == 1 ? *titles.begin() : std::string();
}

std::string about(ChartKind kind, Language language) {
  switch (kind) {
    case ChartKind::subjects:
    case ChartKind::heatmap:
      return in_language(language, "accuracy by subject", "科目別の正答率");
    case ChartKind::pareto:
      return in_language(language, "accuracy and what it costs", "正答率とコスト");
    case ChartKind::calibration:
      return in_language(language, "how sure, and how often right",
                         "自信の度合いと正答率");
    case ChartKind::progress:
      return in_language(language, "accuracy as the questions came", "正答率の推移");
    case ChartKind::compare:
      return in_language(language, "difference by subject", "科目別の正答率の差");
    case ChartKind::bars:
    case ChartKind::seed:
      break;
  }
  return {};
}

// "MMLU-Pro: accuracy by subject", "Accuracy by subject".
std::string title_of(std::span<const ScoredRun> runs, ChartKind kind,
                     Language language) {
  std::string text = about(kind, language);
  const std::string exam = exam_of(runs);
  if (!exam.empty()) return exam + ": " + text;
  text.replace(0, 1, ascii_upper(text.substr(0, 1)));
  return text;
}

ChartSeries series_of(const ScoredRun& run, const RunTitle& title, Language language) {
  ChartSeries series{title.label, title.method, run.ledger().count()};
  if (run.ended() < run.planned)
    series.label += in_language(language, " (not all asked)", "（未出題あり）");
  return series;
}

Status add_points(Chart& chart, const KindInput& input) {
  switch (chart.kind) {
    case ChartKind::subjects:
    case ChartKind::heatmap:
      add_subjects(chart, input);
      return {};
    case ChartKind::pareto:
      return add_costs(chart, input);
    case ChartKind::calibration:
      return add_calibration(chart, input);
    case ChartKind::progress:
      return add_progress(chart, input);
    case ChartKind::compare:
      return add_differences(chart, input);
    case ChartKind::bars:
    case ChartKind::seed:
      break;
  }
  return {};
}

}  // namespace

Result<Chart> chart_of_runs(Store& store, std::span<const ScoredRun> runs,
                            const ChartWish& wish) {
  Chart chart = chart_of(runs, wish.language);
  chart.kind = wish.kind;
  if (chart.has_bars()) return chart;
  chart.bars.clear();
  if (runs.empty())
    return fail(Fault::usage, "there is nothing to draw: no run has an answer yet");
  chart.title = title_of(runs, wish.kind, wish.language);
  const RunTitles titles = run_titles(runs, wish.language);
  for (std::size_t i = 0; i < runs.size(); ++i)
    chart.series.push_back(series_of(runs[i], titles.runs[i], wish.language));
  TRY(add_points(chart, {store, runs, titles, wish}));
  return chart;
}

}  // namespace proctor
