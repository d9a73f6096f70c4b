#include "proctor/chart/theme.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace proctor {
namespace {

constexpr Colour css(unsigned rgb) {
  return {(rgb >> 16) / 255.0, (rgb >> 8 & 0xFF) / 255.0, (rgb & 0xFF) / 255.0};
}

// skyblue, lightcoral, lightgreen and gold, then their like.
constexpr std::array seed_colours = {css(0x87CEEB), css(0xF08080), css(0x90EE90),
                                     css(0xFFD700), css(0xDDA0DD), css(0xF4A460),
                                     css(0x7FD1C7), css(0xFFB6C1), css(0xB0C4DE),
                                     css(0xE6DC82), css(0xC9B6E4), css(0xDEB887)};
// Three times as light or as dark as either paper, and apart for eyes that lack a kind
// of cones: tests/chart/theme_test.cc measures both.
constexpr std::array series_colours = {css(0x0077AA), css(0xE8590C), css(0x8A3FFC),
                                       css(0x779988), css(0xCC1111), css(0x7788FF)};

double luminance(const Colour& colour) {
  const auto linear = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return 0.2126 * linear(colour.red) + 0.7152 * linear(colour.green) +
         0.0722 * linear(colour.blue);
}

Colour between(const Colour& low, const Colour& high, double share) {
  const auto mix = [&](double a, double b) { return a + share * (b - a); };
  return {mix(low.red, high.red), mix(low.green, high.green), mix(low.blue, high.blue)};
}

}  // namespace

double contrast(const Colour& one, const Colour& other) {
  const auto [low, high] = std::minmax({luminance(one), luminance(other)});
  return (high + 0.05) / (low + 0.05);
}

Colour Theme::of(const Paint& paint) const {
  switch (paint.role) {
    case Role::paper:
      return paper;
    case Role::ink:
      return ink;
    case Role::soft_ink:
      return soft_ink;
    case Role::axis:
      return axis;
    case Role::grid:
      return grid;
    case Role::whisker:
      return whisker;
    case Role::series:
      return series[static_cast<std::size_t>(paint.at) % series.size()];
    case Role::heat:
      return between(heat_low, heat_high, paint.at);
    case Role::on_heat:
      break;
  }
  const Colour below = of({Role::heat, paint.at});
  return contrast(ink, below) > contrast(paper, below) ? ink : paper;
}

Theme theme_of(ChartKind kind, ChartTheme theme) {
  const bool is_seed = kind == ChartKind::seed;
  const std::span<const Colour> series =
      is_seed ? std::span<const Colour>(seed_colours) : series_colours;
  if (theme == ChartTheme::dark) {
    return {.paper = css(0x14181D),
            .ink = css(0xE6E9EC),
            .soft_ink = css(0xA3ABB4),
            .axis = css(0x7C858F),
            .grid = css(0x2B323A),
            .whisker = css(0xD5DADF),
            .series = series,
            .heat_low = css(0x1C2630),
            .heat_high = css(0x8FD3FF)};
  }
  return {.paper = {1, 1, 1},
          .ink = {0.15, 0.16, 0.18},
          .soft_ink = {0.42, 0.44, 0.47},
          .axis = {0.55, 0.57, 0.60},
          .grid = {0.90, 0.91, 0.92},
          .whisker = {0.25, 0.27, 0.30},
          .series = series,
          .heat_low = css(0xF1F6F9),
          .heat_high = css(0x004B73)};
}

}  // namespace proctor
