#include "proctor/chart/layout.h"

#include <algorithm>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/chart/theme.h"

namespace proctor {
namespace {

// A font of one width: Japanese letters are square, others half as wide.
Extent measured(std::string_view text) {
  return {0.55 * display_width(text), 1.2};
}

Picture picture_of(const std::vector<Bar>& bars) {
  const Chart chart{.bars = bars};
  return standing_layout(chart, words_in(Language::en, chart), measured);
}

// The same for all kinds but the seed's.
Picture other_picture_of(const std::vector<Bar>& bars) {
  const Chart chart{.bars = bars, .kind = ChartKind::bars};
  return standing_layout(chart, words_in(Language::en, chart), measured);
}

// Standing and lying, with all that may stand around the bars.
std::array<Picture, 2> both_of(const std::vector<Bar>& bars) {
  const Chart chart{.bars = bars,
                    .subtitle = std::string(70, 's'),
                    .x_label = std::string(bars.size() % 2 == 0 ? 5 : 300, 'x'),
                    .y_label = std::string(bars.size() % 2 == 0 ? 20 : 300, 'y'),
                    .chance = 25};
  const ChartWords words = words_in(Language::en, chart);
  return {standing_layout(chart, words, measured),
          lying_layout(chart, words, measured)};
}

Bar bar_of(std::string label, std::string method, std::int64_t right, std::int64_t n) {
  Bar bar{.label = std::move(label), .method = std::move(method)};
  if (n == 0) return bar;
  bar.percent = 100.0 * static_cast<double>(right) / static_cast<double>(n);
  bar.interval = wilson({right, n});
  bar.right = right;
  bar.n = n;
  return bar;
}

std::vector<Bar> bars_of(std::size_t count, std::size_t label_length,
                         std::size_t method_length, bool same_n) {
  std::vector<Bar> bars;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::int64_t>(i);
    const std::int64_t n = same_n ? 100 : 1000 + number;
    bars.push_back(bar_of(std::string(label_length - i % 3, 'm'),
                          std::string(method_length, 'a'),
                          n * (number * 37 % 101) / 100, n));
  }
  return bars;
}

std::vector<std::vector<Bar>> hard_cases() {
  std::vector<std::vector<Bar>> cases;
  for (const std::size_t count : {1, 2, 4, 7, 12, 20, 27, 40, 60, 90, 300}) {
    for (const std::size_t label : {4, 24, 80}) {
      for (const std::size_t method : {0, 20}) {
        for (const bool same_n : {true, false}) {
          cases.push_back(bars_of(count, label, method, same_n));
        }
      }
    }
  }
  cases.push_back({bar_of("all", "", 100, 100), bar_of("none", "", 0, 100),
                   Bar{.label = "no interval", .percent = 100}});
  return cases;
}

using Corners = std::array<Point, 4>;

Corners corners_of(const FilledBox& box) {
  return {Point{box.left, box.top},
          {box.right, box.top},
          {box.right, box.bottom},
          {box.left, box.bottom}};
}

// Whether a line between the two boxes can be drawn along a side of `one`.
bool one_side_parts(const Corners& one, const Corners& other) {
  for (std::size_t i = 0; i < 2; ++i) {
    const Point axis = {one[i + 1].x - one[i].x, one[i + 1].y - one[i].y};
    const auto span = [&](const Corners& box) {
      std::pair range = {std::numeric_limits<double>::max(),
                         std::numeric_limits<double>::lowest()};
      for (const Point& p : box) {
        const double along = p.x * axis.x + p.y * axis.y;
        range = {std::min(range.first, along), std::max(range.second, along)};
      }
      return range;
    };
    const auto [low, high] = span(one);
    const auto [other_low, other_high] = span(other);
    if (high <= other_low + 1e-6 || other_high <= low + 1e-6) return true;
  }
  return false;
}

bool meet(const Corners& one, const Corners& other) {
  return !one_side_parts(one, other) && !one_side_parts(other, one);
}

std::string describe(const std::vector<Bar>& bars, const PlacedText& text) {
  return fmt::format("{} bars, first label {}: \"{}\" at {:.1f}, {:.1f}", bars.size(),
                     bars[0].label, text.text, text.anchor.x, text.anchor.y);
}

TEST(ChartLayout, no_text_leaves_the_canvas) {
  for (const auto& bars : hard_cases()) {
    for (const Picture& picture : both_of(bars)) {
      for (const PlacedText& text : picture.texts) {
        for (const Point& corner : corners(text)) {
          EXPECT_GE(corner.x, 5) << describe(bars, text);
          EXPECT_GE(corner.y, 5) << describe(bars, text);
          EXPECT_LE(corner.x, picture.canvas.width - 5) << describe(bars, text);
          EXPECT_LE(corner.y, picture.canvas.height - 5) << describe(bars, text);
        }
      }
    }
  }
}

TEST(ChartLayout, no_text_meets_another) {
  for (const auto& bars : hard_cases()) {
    for (const Picture& picture : both_of(bars)) {
      std::vector<Corners> boxes;
      for (const PlacedText& text : picture.texts) boxes.push_back(corners(text));
      for (std::size_t i = 0; i < boxes.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          EXPECT_FALSE(meet(boxes[i], boxes[j]))
              << describe(bars, picture.texts[i]) << " meets "
              << describe(bars, picture.texts[j]);
        }
      }
    }
  }
}

TEST(ChartLayout, no_text_meets_a_bar_or_a_whisker) {
  for (const auto& bars : hard_cases()) {
    for (const Picture& picture : both_of(bars)) {
      for (const PlacedText& text : picture.texts) {
        for (const FilledBox& bar : picture.bars) {
          EXPECT_FALSE(meet(corners(text), corners_of(bar))) << describe(bars, text);
        }
        for (const Stroke& stroke : picture.whiskers) {
          const FilledBox box = {std::min(stroke.from.x, stroke.to.x) - 0.5,
                                 std::min(stroke.from.y, stroke.to.y) - 0.5,
                                 std::max(stroke.from.x, stroke.to.x) + 0.5,
                                 std::max(stroke.from.y, stroke.to.y) + 0.5,
                                 {}};
          EXPECT_FALSE(meet(corners(text), corners_of(box))) << describe(bars, text);
        }
      }
    }
  }
}

TEST(ChartLayout, the_plot_and_its_head_room_take_half_of_the_height_or_more) {
  for (const auto& bars : hard_cases()) {
    const Picture picture = picture_of(bars);
    const auto& title = picture.texts[0];
    const double top = title.anchor.y + title.extent.height;

    EXPECT_GE(picture.plot.bottom - top, picture.canvas.height / 2);
    EXPECT_GE(picture.plot.bottom - picture.plot.top, 0.38 * picture.canvas.height);
  }
}

TEST(ChartLayout, up_to_60_bars_the_canvas_is_ten_by_six_inches) {
  const Picture picture = picture_of(bars_of(55, 24, 0, true));

  EXPECT_DOUBLE_EQ(picture.canvas.width, 720);
  EXPECT_DOUBLE_EQ(picture.canvas.height, 432);
  EXPECT_GT(picture_of(bars_of(300, 24, 0, true)).canvas.width, 3000);
}

TEST(ChartLayout, the_axis_ends_at_100_and_a_value_stands_above_it) {
  const Picture picture = picture_of({bar_of("all", "", 100, 100)});

  for (const PlacedText& text : picture.texts) {
    if (text.part == Part::value) {
      EXPECT_LT(text.anchor.y, picture.plot.top);
    }
    if (text.part == Part::tick) {
      EXPECT_GE(text.anchor.y, picture.plot.top - 1e-9);
    }
  }
}

TEST(ChartLayout, a_label_of_80_letters_is_cut_and_a_short_one_is_not) {
  const Picture picture =
      picture_of({bar_of(std::string(80, 'm'), "", 1, 2), bar_of("short", "", 1, 2)});
  std::vector<bool> cuts;

  for (const PlacedText& text : picture.texts) {
    if (text.part == Part::label) cuts.push_back(text.cut);
  }

  EXPECT_THAT(cuts, testing::ElementsAre(true, false));
}

TEST(ChartLayout, no_n_is_lost) {
  for (const auto& bars : hard_cases()) {
    const Picture picture = picture_of(bars);
    const auto shown =
        std::ranges::count(picture.texts, Part::n, &PlacedText::part) +
        std::ranges::count_if(picture.texts, [](const PlacedText& text) {
          return text.part == Part::note && text.text.find("n = ") != std::string::npos;
        });

    EXPECT_GE(shown, 1);
  }
}

TEST(ChartLayout, the_first_bars_have_the_seeds_colours_and_x_labels_are_turned_45) {
  const Picture picture = picture_of(bars_of(4, 24, 20, true));
  const Theme theme = theme_of(ChartKind::seed, ChartTheme::light);

  EXPECT_NEAR(theme.of(picture.bars[0].paint).red, 0x87 / 255.0, 1e-9);    // skyblue
  EXPECT_NEAR(theme.of(picture.bars[1].paint).red, 0xF0 / 255.0, 1e-9);    // lightcoral
  EXPECT_NEAR(theme.of(picture.bars[2].paint).green, 0xEE / 255.0, 1e-9);  // lightgreen
  EXPECT_NEAR(theme.of(picture.bars[3].paint).green, 0xD7 / 255.0, 1e-9);  // gold
  for (const PlacedText& text : picture.texts) {
    if (text.part == Part::label) {
      EXPECT_EQ(text.turn, -45);
    }
  }
}

TEST(ChartLayout,
     bars_of_runs_have_one_colour_and_labels_that_are_read_without_a_turn) {
  const Picture picture = other_picture_of(bars_of(4, 12, 10, true));

  for (const FilledBox& bar : picture.bars) EXPECT_EQ(bar.paint.at, 0);
  for (const PlacedText& text : picture.texts) {
    if (text.part == Part::label) {
      EXPECT_EQ(text.turn, 0);
    }
  }
  EXPECT_FALSE(is_better_lying(picture));
  EXPECT_TRUE(is_better_lying(other_picture_of(bars_of(4, 60, 10, true))));
  EXPECT_TRUE(is_better_lying(other_picture_of(bars_of(20, 12, 10, true))));
}

TEST(ChartLayout, the_seeds_own_chart_stands_as_it_always_stood) {
  const auto file = read_file(PROCTOR_SOURCE_DIR "/examples/seed_results.csv");
  Sha256 sum;
  const auto add = [&](double number) { sum.add_field(fmt::format("{:.4f}", number)); };

  const Picture picture = picture_of(read_bars_csv(*file).value());
  for (const PlacedText& text : picture.texts) {
    sum.add_field(text.text);
    for (const double number : {text.anchor.x, text.anchor.y, text.size, text.turn})
      add(number);
  }
  for (const FilledBox& bar : picture.bars) {
    for (const double number : {bar.left, bar.top, bar.right, bar.bottom}) add(number);
  }
  for (const Stroke& stroke : picture.whiskers) {
    for (const double number :
         {stroke.from.x, stroke.from.y, stroke.to.x, stroke.to.y, stroke.width})
      add(number);
  }

  EXPECT_EQ(sum.hex().substr(0, 16), "2d1c70aaed0214cf");
}

TEST(ChartLayout, japanese_words_are_the_seeds) {  // S15
  const ChartWords words = words_in(Language::ja, {});

  EXPECT_EQ(words.title, "MMLUベンチマーク精度");
  EXPECT_EQ(words.models, "モデル");
  EXPECT_EQ(words.accuracy, "精度 (%)");
}

TEST(ChartLayout, without_a_subtitle_no_room_is_kept_for_one) {
  Chart chart{.bars = bars_of(4, 24, 20, true)};
  const auto top_of = [&](auto layout) {
    return layout(chart, words_in(Language::en, chart), measured).plot.top;
  };
  const double standing = top_of(standing_layout), lying = top_of(lying_layout);
  chart.subtitle = "what all have in common";

  EXPECT_LT(standing, top_of(standing_layout));
  EXPECT_LT(lying, top_of(lying_layout));
}

TEST(ChartLayout,
     bars_lie_where_standing_labels_would_be_cut_or_tiny_and_where_there_is_one) {
  const std::string seed_label = "mistral-7b-instruct-v0.2 (llama.cpp)";
  const std::vector<Bar> four(
      4, bar_of(seed_label, "macOS m2, 16GB, llama-server", 40, 100));

  EXPECT_FALSE(is_better_lying(picture_of(four)));
  EXPECT_FALSE(is_better_lying(picture_of(bars_of(8, 12, 0, true))));
  EXPECT_TRUE(is_better_lying(picture_of(bars_of(1, 12, 0, true))));
  EXPECT_TRUE(is_better_lying(picture_of(bars_of(4, 80, 0, true))));
  EXPECT_TRUE(is_better_lying(picture_of(bars_of(57, 24, 0, true))));
}

TEST(ChartLayout, lying_bars_stand_best_first_each_with_its_value_and_n) {
  const Chart chart{.bars = {bar_of("low", "", 1, 4), bar_of("high", "", 3, 4)}};

  const Picture picture = lying_layout(chart, words_in(Language::en, chart), measured);

  std::vector<std::string> texts;
  for (const PlacedText& text : picture.texts) texts.push_back(text.text);
  const auto high = std::ranges::find(texts, "high"),
             low = std::ranges::find(texts, "low");
  EXPECT_LT(high, low);
  EXPECT_THAT(texts, testing::Contains("75.00%  n = 4"));
  EXPECT_GT(picture.bars[0].right, picture.bars[1].right);
}

TEST(ChartLayout, seventy_lying_bars_keep_letters_of_nine_points) {
  const Chart chart{.bars = bars_of(70, 40, 0, true)};

  const Picture picture = lying_layout(chart, words_in(Language::en, chart), measured);

  for (const PlacedText& text : picture.texts) EXPECT_GE(text.size, 8) << text.text;
  EXPECT_EQ(picture.canvas.width, 720);
  for (const PlacedText& text : picture.texts) EXPECT_FALSE(text.cut) << text.text;
}

TEST(ChartLayout, a_partial_bar_is_hatched_and_the_note_says_so_and_the_chance) {
  Bar partial = bar_of("a", "", 1, 4);
  partial.is_partial = true;
  const Chart chart{.bars = {partial, bar_of("b", "", 1, 4)}, .chance = 25};
  const ChartWords words = words_in(Language::en, chart);

  for (const Picture& picture : {standing_layout(chart, words, measured),
                                 lying_layout(chart, words, measured)}) {
    EXPECT_EQ(std::ranges::count_if(picture.bars, &FilledBox::hatched), 1);
    EXPECT_EQ(std::ranges::count_if(picture.grid, &Stroke::dashed), 1);
    EXPECT_TRUE(std::ranges::any_of(picture.texts, [](const PlacedText& text) {
      return text.text.find("dashed: chance (25%), hatched: not all asked") !=
             std::string::npos;
    }));
  }
}

}  // namespace
}  // namespace proctor
