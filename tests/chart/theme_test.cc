#include "proctor/chart/theme.h"

#include <cmath>

#include <gtest/gtest.h>

namespace proctor {
namespace {

using Vector = std::array<double, 3>;
using Matrix = std::array<Vector, 3>;

Vector times(const Matrix& matrix, const Vector& vector) {
  Vector out{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t k = 0; k < 3; ++k) out[i] += matrix[i][k] * vector[k];
  }
  return out;
}

Vector linear(const Colour& colour) {
  const auto one = [](double c) {
    return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
  };
  return {one(colour.red), one(colour.green), one(colour.blue)};
}

// Oklab (Ottosson 2020), of linear sRGB.
Vector oklab(const Vector& rgb) {
  constexpr Matrix to_cones = {{{0.4122214708, 0.5363325363, 0.0514459929},
                                {0.2119034982, 0.6806995451, 0.1073969566},
                                {0.0883024619, 0.2817188376, 0.6299787005}}};
  constexpr Matrix to_lab = {{{0.2104542553, 0.7936177850, -0.0040720468},
                              {1.9779984951, -2.4285922050, 0.4505937099},
                              {0.0259040371, 0.7827717662, -0.8086757660}}};
  Vector cones = times(to_cones, rgb);
  for (double& cone : cones) cone = std::cbrt(cone);
  return times(to_lab, cones);
}

// Machado, Oliveira and Fernandes (2009), at full severity, of linear sRGB.
constexpr Matrix everyone = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
constexpr Matrix protanopia = {{{0.152286, 1.052583, -0.204868},
                                {0.114503, 0.786281, 0.099216},
                                {-0.003882, -0.048116, 1.051998}}};
constexpr Matrix deuteranopia = {{{0.367322, 0.860646, -0.227968},
                                  {0.280085, 0.672501, 0.047413},
                                  {-0.011820, 0.042940, 0.968881}}};

double distance(const Colour& one, const Colour& other, const Matrix& eyes) {
  const Vector a = oklab(times(eyes, linear(one)));
  const Vector b = oklab(times(eyes, linear(other)));
  return std::hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}

TEST(Theme, series_are_three_times_as_light_or_as_dark_as_the_paper) {
  for (const ChartTheme which : {ChartTheme::light, ChartTheme::dark}) {
    const Theme theme = theme_of(ChartKind::bars, which);
    for (const Colour& colour : theme.series)
      EXPECT_GE(contrast(colour, theme.paper), 3);
  }
}

TEST(Theme, series_differ_for_all_eyes) {
  // 0.02 is about what an eye just notices (Oklab).
  const Theme theme = theme_of(ChartKind::bars, ChartTheme::light);
  for (const Matrix& eyes : {everyone, protanopia, deuteranopia}) {
    for (std::size_t i = 0; i < theme.series.size(); ++i) {
      for (std::size_t k = 0; k < i; ++k)
        EXPECT_GE(distance(theme.series[i], theme.series[k], eyes), 0.1)
            << i << " and " << k;
    }
  }
}

TEST(Theme, texts_can_be_read_on_paper_and_on_every_cell) {
  for (const ChartTheme which : {ChartTheme::light, ChartTheme::dark}) {
    const Theme theme = theme_of(ChartKind::heatmap, which);
    EXPECT_GE(contrast(theme.ink, theme.paper), 7);
    EXPECT_GE(contrast(theme.soft_ink, theme.paper), 4.5);
    for (double share = 0; share <= 1; share += 0.05) {
      const Colour text = theme.of({Role::on_heat, share});
      EXPECT_GE(contrast(text, theme.of({Role::heat, share})), 3.9) << share;
    }
  }
}

TEST(Theme, contrast_is_that_of_the_wcag) {
  EXPECT_NEAR(contrast({0, 0, 0}, {1, 1, 1}), 21, 1e-9);
  EXPECT_NEAR(contrast({1, 1, 1}, {1, 1, 1}), 1, 1e-9);
}

}  // namespace
}  // namespace proctor
