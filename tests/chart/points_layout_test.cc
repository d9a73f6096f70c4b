#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/layout.h"

namespace proctor {
namespace {

// A font of one width: Japanese letters are square, others half as wide.
Extent measured(std::string_view text) {
  return {0.55 * display_width(text), 1.2};
}

ChartPoint point_of(std::size_t series, std::int64_t right, std::int64_t n) {
  const Count count{right, n};
  return {.series = series,
          .value = count.share().value_or(0),
          .interval = wilson(count),
          .right = right,
          .n = n};
}

// So many runs and subjects, the first a total; names of that text.
Chart chart_of(ChartKind kind, std::size_t runs, std::size_t subjects,
               const std::string& name, double width) {
  Chart chart{
      .subtitle = std::string(90, 's'), .chance = 25, .kind = kind, .width = width};
  for (std::size_t k = 0; k < runs; ++k)
    chart.series.push_back(
        {fmt::format("{}{}", name, k), k % 2 == 0 ? "" : name, {60, 100}});
  if (kind == ChartKind::compare) chart.base = name;
  for (std::size_t i = 0; i < subjects; ++i) {
    for (std::size_t k = 0; k < runs; ++k) {
      const auto number = static_cast<std::int64_t>(37 * i + 11 * k) % 101;
      ChartPoint point = point_of(k, number, 100 + static_cast<std::int64_t>(k));
      point.label = fmt::format("{}{}", name, i);
      point.group = i == 0 ? "" : "group";
      point.is_total = i < 2;
      if (kind == ChartKind::compare) {
        point.value -= 0.5;
        point.interval.low -= 0.5;
        point.interval.high -= 0.5;
      }
      chart.points.push_back(std::move(point));
    }
  }
  return chart;
}

// So many runs, each at its cost, or with so many points one after the other.
Chart plot_of(ChartKind kind, std::size_t runs, std::size_t points,
              const std::string& name, double width) {
  Chart chart{.chance = 25, .kind = kind, .width = width};
  for (std::size_t k = 0; k < runs; ++k) {
    chart.series.push_back({name, std::to_string(k), {50, 100}, 0.1});
    for (std::size_t i = 0; i < points; ++i) {
      ChartPoint point =
          point_of(k, static_cast<std::int64_t>(17 * k + 7 * i) % 100, 100);
      const double share = static_cast<double>(i + 1) / static_cast<double>(points);
      point.x = kind == ChartKind::calibration ? share
                : kind == ChartKind::progress  ? 100 * share
                                               : 0.1 + static_cast<double>(k * k);
      point.is_best = k % 3 == 0;
      chart.points.push_back(std::move(point));
    }
  }
  return chart;
}

Picture picture_of(const Chart& chart) {
  const ChartWords words = words_in(Language::en, chart);
  switch (chart.kind) {
    case ChartKind::heatmap:
      return grid_layout(chart, words, measured);
    case ChartKind::subjects:
    case ChartKind::compare:
      return rows_layout(chart, words, measured);
    default:
      return plot_layout(chart, words, measured);
  }
}

std::vector<Chart> hard_cases() {
  std::vector<Chart> cases;
  const std::vector<std::string> names = {"m", std::string(80, 'm'),
                                          "日本語モデル・七十億パラメータ版（量子化）"};
  for (const std::string& name : names) {
    for (const double width : {240.0, 360.0, 720.0}) {
      for (const auto& [runs, subjects] :
           {std::pair{1, 1}, {1, 57}, {4, 12}, {12, 4}, {40, 3}, {1, 400}}) {
        for (const ChartKind kind :
             {ChartKind::subjects, ChartKind::heatmap, ChartKind::compare})
          cases.push_back(chart_of(kind, runs, subjects, name, width));
      }
      for (const std::size_t runs : {1, 4, 12, 40, 57}) {
        cases.push_back(plot_of(ChartKind::pareto, runs, 1, name, width));
        cases.push_back(plot_of(ChartKind::calibration, runs, 10, name, width));
        cases.push_back(plot_of(ChartKind::progress, runs, 20, name, width));
      }
    }
  }
  return cases;
}

// Left, top, right, bottom.
std::array<double, 4> box_of(const PlacedText& text) {
  const auto [a, b, c, d] = corners(text);
  const auto [left, right] = std::minmax({a.x, b.x, c.x, d.x});
  const auto [top, bottom] = std::minmax({a.y, b.y, c.y, d.y});
  return {left, top, right, bottom};
}

std::string describe(const Chart& chart, const PlacedText& text) {
  return fmt::format("{}, {} series, {} points, {} wide: \"{}\"", name_of(chart.kind),
                     chart.series.size(), chart.points.size(), chart.width, text.text);
}

TEST(PointsLayout, no_text_leaves_the_canvas) {
  for (const Chart& chart : hard_cases()) {
    const Picture picture = picture_of(chart);
    for (const PlacedText& text : picture.texts) {
      const auto [left, top, right, bottom] = box_of(text);
      EXPECT_GE(left, 2) << describe(chart, text);
      EXPECT_GE(top, 2) << describe(chart, text);
      EXPECT_LE(right, picture.canvas.width - 2) << describe(chart, text);
      EXPECT_LE(bottom, picture.canvas.height - 2) << describe(chart, text);
    }
  }
}

TEST(PointsLayout, no_text_meets_another) {
  for (const Chart& chart : hard_cases()) {
    const Picture picture = picture_of(chart);
    for (std::size_t i = 0; i < picture.texts.size(); ++i) {
      const auto [left, top, right, bottom] = box_of(picture.texts[i]);
      for (std::size_t k = 0; k < i; ++k) {
        const auto other = box_of(picture.texts[k]);
        const bool meet = left < other[2] - 1e-6 && other[0] < right - 1e-6 &&
                          top < other[3] - 1e-6 && other[1] < bottom - 1e-6;
        EXPECT_FALSE(meet) << describe(chart, picture.texts[i]) << " meets \""
                           << picture.texts[k].text << '"';
      }
    }
  }
}

TEST(PointsLayout, every_row_has_its_n) {
  const Picture picture =
      picture_of(chart_of(ChartKind::subjects, 2, 3, "subject", 720));

  EXPECT_EQ(std::ranges::count_if(
                picture.texts,
                [](const PlacedText& text) { return text.text == "n = 100–101"; }),
            3);
}

TEST(PointsLayout, every_point_has_a_dot_and_its_interval) {
  const Chart chart = chart_of(ChartKind::compare, 1, 57, "subject", 720);
  const Picture picture = picture_of(chart);

  EXPECT_EQ(picture.whiskers.size(), 57);
  EXPECT_EQ(picture.dots.size(), 57 + 1);  // and that of the name
}

TEST(PointsLayout, the_frontier_goes_through_the_best_alone) {
  Chart chart = plot_of(ChartKind::pareto, 4, 1, "m", 720);
  const Picture picture = picture_of(chart);

  ASSERT_EQ(picture.paths.size(), 1);  // two runs, the corner between them, the end
  EXPECT_EQ(picture.paths[0].points.size(), 4);
}

TEST(PointsLayout, a_plot_has_a_line_of_figures_for_each_series) {
  const Picture picture = picture_of(plot_of(ChartKind::calibration, 3, 10, "m", 720));

  EXPECT_EQ(std::ranges::count_if(
                picture.texts,
                [](const PlacedText& text) {
                  return text.text == "50.00% (50/100), 95 % CI 40.4-59.6; ECE 0.100";
                }),
            3);
}

}  // namespace
}  // namespace proctor
