#include <cmath>
#include <cstring>

#include <cairo-pdf.h>
#include <cairo-svg.h>

#include "proctor/chart/drawing.h"
#include "proctor/chart/image.h"
#include "proctor/chart/points.h"

namespace proctor {
namespace {

constexpr double points_an_inch = 72;
constexpr unsigned dots_an_inch = 200;
constexpr unsigned terminal_dots_an_inch = 96;
constexpr std::size_t most_bars = 1000;
constexpr std::string_view cjk_packages = "fonts-noto-cjk or fonts-ipaexfont-gothic";

// ---- Formats ----

struct Drawn {
  const Picture& picture;
  const Theme& theme;
  const Fonts& fonts;
  unsigned density = dots_an_inch;
};

Status checked(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return {};
  return fail(Fault::io, "cairo: {}", ascii_lower(cairo_status_to_string(status)));
}

cairo_status_t append(void* out, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

Result<Owned<cairo_surface_t>> drawn_pixels(const Drawn& drawn) {
  const auto [width, height] = drawn.picture.canvas;
  // Cairo draws on 32,767 pixels at most: what is larger is drawn more coarsely.
  const double scale =
      std::min(drawn.density / points_an_inch, 32'000 / std::max(width, height));
  Owned<cairo_surface_t> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(width * scale)),
      static_cast<int>(std::lround(height * scale))));
  const Owned<cairo_t> cairo(cairo_create(surface.get()));
  cairo_scale(cairo.get(), scale, scale);
  draw(cairo.get(), drawn.picture, drawn.theme, drawn.fonts);
  TRY(checked(cairo_status(cairo.get())));
  cairo_surface_flush(surface.get());
  return surface;
}

Result<std::string> png_of(const Drawn& drawn) {
  const auto surface = TRY(drawn_pixels(drawn));
  std::string bytes;
  TRY(checked(cairo_surface_write_to_png_stream(surface.get(), append, &bytes)));
  return bytes;
}

Result<Pixels> pixels_of(const Drawn& drawn) {
  const auto owner = TRY(drawn_pixels(drawn));
  cairo_surface_t* const surface = owner.get();
  Pixels pixels{static_cast<unsigned>(cairo_image_surface_get_width(surface)),
                static_cast<unsigned>(cairo_image_surface_get_height(surface)),
                {}};
  pixels.bytes.reserve(std::size_t{3} * pixels.width * pixels.height);
  const unsigned char* row = cairo_image_surface_get_data(surface);
  for (unsigned y = 0; y < pixels.height; ++y) {
    for (unsigned x = 0; x < pixels.width; ++x) {
      std::uint32_t pixel = 0;
      std::memcpy(&pixel, row + std::size_t{4} * x, sizeof pixel);
      for (const int shift : {16, 8, 0}) {
        pixels.bytes.push_back(static_cast<unsigned char>(pixel >> shift));
      }
    }
    row += cairo_image_surface_get_stride(surface);
  }
  return pixels;
}

// SVG or PDF: a page in points.
Result<std::string> page_of(const Drawn& drawn, ImageFormat format,
                            std::string_view title) {
  std::string bytes;
  const auto [width, height] = drawn.picture.canvas;
  const Owned<cairo_surface_t> surface(
      format == ImageFormat::svg
          ? cairo_svg_surface_create_for_stream(append, &bytes, width, height)
          : cairo_pdf_surface_create_for_stream(append, &bytes, width, height));
  if (format == ImageFormat::svg) {
    cairo_svg_surface_set_document_unit(surface.get(), CAIRO_SVG_UNIT_PT);
  } else {
    cairo_pdf_surface_set_metadata(surface.get(), CAIRO_PDF_METADATA_TITLE,
                                   std::string(title).c_str());
  }
  {
    const Owned<cairo_t> cairo(cairo_create(surface.get()));
    draw(cairo.get(), drawn.picture, drawn.theme, drawn.fonts);
    TRY(checked(cairo_status(cairo.get())));
  }
  cairo_surface_finish(surface.get());
  TRY(checked(cairo_surface_status(surface.get())));
  return bytes;
}

// ---- What comes in ----

Status check(const Chart& chart) {
  const std::vector<Bar>& bars = chart.bars;
  if (bars.empty() && chart.points.empty())
    return fail(Fault::usage, "nothing to draw: no run and no line");
  if (bars.size() > most_bars) {
    return fail(Fault::usage, "{} bars are too many for a chart; it takes {}",
                bars.size(), most_bars);
  }
  for (const Bar& bar : bars) {
    const std::string name = for_terminal_line(bar.label);
    if (!(bar.percent >= 0 && bar.percent <= 100)) {
      return fail(Fault::data, "{}: an accuracy of {} %; expected 0 to 100", name,
                  bar.percent);
    }
    if (!bar.interval) continue;
    const auto [low, high] = *bar.interval;
    if (!(low >= 0 && low <= high && high <= 1)) {
      return fail(Fault::data, "{}: an interval from {} to {}; expected 0 to 1", name,
                  low, high);
    }
  }
  return {};
}

bool has_cjk(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if ((c >= 0x2E80 && c <= 0x9FFF) || (c >= 0xAC00 && c <= 0xD7A3) ||
        (c >= 0xF900 && c <= 0xFAFF) || (c >= 0xFF00 && c <= 0xFFEF) ||
        (c >= 0x20000 && c <= 0x3FFFD)) {
      return true;
    }
  }
  return false;
}

void say(const Talk& talk, std::string_view line) {
  if (talk) talk(line);
}

// Japanese where the fonts can write it; else English, and talk hears why.
ChartWords readable_words(const Chart& chart, const Fonts& fonts, const Talk& talk) {
  const ChartWords words = words_in(chart.language, chart);
  const bool own_words = fonts.lack_glyphs_of(
      words.models + words.accuracy + words.whiskers + words.each + words.chance);
  if (!own_words && !(chart.title.empty() && fonts.lack_glyphs_of(words.title))) {
    return words;
  }
  say(talk,
      fmt::format("no font here has Japanese characters, so the chart's words are "
                  "English; install {}",
                  cjk_packages));
  return words_in(Language::en, chart);
}

// What the fonts cannot write becomes boxes: once, talk hears it.
void warn_of_boxes(const Chart& chart, const Fonts& fonts, const Talk& talk) {
  std::vector<std::string> texts = {for_terminal_line(chart.title),
                                    for_terminal_line(chart.subtitle)};
  for (const Bar& bar : chart.bars) {
    texts.push_back(for_terminal_line(bar.label));
    texts.push_back(for_terminal_line(bar.method));
  }
  for (const ChartSeries& series : chart.series)
    texts.push_back(for_terminal_line(series.name()));
  for (const std::string& text : texts) {
    if (!fonts.lack_glyphs_of(text)) continue;
    say(talk,
        fmt::format("no font here has every character of \"{}\"; install {}", text,
                    has_cjk(text) ? cjk_packages
                                  : "fonts-noto-core and fonts-noto-color-emoji"));
    return;
  }
}

std::string description_of(const Chart& chart) {
  std::vector<std::string> parts;
  for (const Bar& bar : chart.bars) {
    std::string part =
        fmt::format("{}: {:.2f}%", for_terminal_line(bar.label), bar.percent);
    if (bar.n > 0) part += fmt::format(", n = {}", with_thousands(bar.n));
    if (bar.interval) part += ", " + interval_text(*bar.interval);
    parts.push_back(part);
  }
  for (const PointRow& row : rows_of(chart)) {
    for (const ChartPoint* point : row.points) {
      if (point == nullptr) continue;
      std::vector<std::string> words;
      if (!point->label.empty()) words.push_back(for_terminal_line(point->label));
      if (chart.series[point->series].name() != point->label)
        words.push_back(for_terminal_line(chart.series[point->series].name()));
      if (point->x) words.push_back(x_text(chart, *point->x));
      parts.push_back(fmt::format("{}: {}, n = {}, 95 % CI {}", join(words, ", "),
                                  value_text(chart, *point), with_thousands(point->n),
                                  range_text(chart, *point)));
    }
  }
  return join(parts, "; ");
}

Picture picture_of(const Chart& chart, const ChartWords& words,
                   const Measure& measure) {
  switch (chart.kind) {
    case ChartKind::subjects:
    case ChartKind::compare:
      return rows_layout(chart, words, measure);
    case ChartKind::heatmap:
      return grid_layout(chart, words, measure);
    case ChartKind::pareto:
    case ChartKind::calibration:
    case ChartKind::progress:
      return plot_layout(chart, words, measure);
    case ChartKind::bars:
    case ChartKind::seed:
      break;
  }
  Picture standing = standing_layout(chart, words, measure);
  return is_better_lying(standing) ? lying_layout(chart, words, measure) : standing;
}

}  // namespace

Result<ImageFormat> image_format_of(const std::filesystem::path& path) {
  const std::string ending = ascii_lower(path.extension().string());
  if (ending == ".jpg" || ending == ".jpeg") return ImageFormat::jpg;
  if (ending == ".png") return ImageFormat::png;
  if (ending == ".svg") return ImageFormat::svg;
  if (ending == ".pdf") return ImageFormat::pdf;
  if (ending == ".txt") return ImageFormat::text;
  return fail(
      Fault::usage, "{}: {}; a chart is written as .jpg, .png, .svg, .pdf or .txt",
      path.string(), ending.empty() ? "has no ending" : "unknown ending " + ending);
}

Result<std::string> chart_image(const Chart& chart, ImageFormat format,
                                const Talk& talk, const TextForm& form) {
  TRY(check(chart));
  if (format == ImageFormat::text) return chart_text(chart, form);
  const Fonts fonts(chart.language);
  const ChartWords words = readable_words(chart, fonts, talk);
  warn_of_boxes(chart, fonts, talk);
  const Measure measure = [&](std::string_view text) {
    return fonts.extent_at_size_1(text);
  };
  const Picture picture = picture_of(chart, words, measure);
  const Theme theme = theme_of(
      chart.kind, format == ImageFormat::pdf ? ChartTheme::light : chart.theme);
  const Drawn drawn{picture, theme, fonts,
                    is_for_terminal(format) ? terminal_dots_an_inch : dots_an_inch};
  switch (format) {
    case ImageFormat::jpg:
      return jpeg_of(TRY(pixels_of(drawn)), dots_an_inch);
    case ImageFormat::png:
      return png_of(drawn);
    case ImageFormat::svg:
      return finished_svg(TRY(page_of(drawn, format, words.title)), words.title,
                          description_of(chart));
    case ImageFormat::kitty:
      return kitty_of(TRY(png_of(drawn)));
    case ImageFormat::sixel:
      return sixel_of(TRY(pixels_of(drawn)));
    case ImageFormat::pdf:
    case ImageFormat::text:
      break;
  }
  return without_date(TRY(page_of(drawn, format, words.title)));
}

Status write_chart(const Chart& chart, const std::filesystem::path& path,
                   const Talk& talk) {
  const ImageFormat format = TRY(image_format_of(path));
  return write_file(path, TRY(chart_image(chart, format, talk)));
}

}  // namespace proctor
