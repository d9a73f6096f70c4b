#include <cmath>
#include <cstring>
#include <memory>
#include <numbers>

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <cairo.h>
#include <pango/pangocairo.h>

#include "proctor/chart/image.h"
#include "proctor/chart/layout.h"

namespace proctor {
namespace {

constexpr double points_an_inch = 72;
constexpr unsigned dots_an_inch = 200;
constexpr std::size_t most_bars = 1000;

// The first that is installed; for Japanese, the first that has it. DejaVu Sans is on
// every Debian, and its condensed cut is the better one for labels.
constexpr const char* families =
    "Inter,Noto Sans,Source Sans 3,Helvetica Neue,Liberation Sans,DejaVu Sans "
    "Condensed,DejaVu Sans,Noto Sans CJK JP,Noto Sans JP,Hiragino Sans,IPAexGothic,"
    "IPAGothic,sans-serif";
constexpr std::string_view cjk_packages = "fonts-noto-cjk or fonts-ipaexfont-gothic";

struct Release {
  void operator()(cairo_t* c) const { cairo_destroy(c); }
  void operator()(cairo_surface_t* s) const { cairo_surface_destroy(s); }
  void operator()(cairo_font_options_t* o) const { cairo_font_options_destroy(o); }
  void operator()(PangoFontDescription* d) const { pango_font_description_free(d); }
  void operator()(PangoFontMap* m) const { g_object_unref(m); }
  void operator()(PangoContext* c) const { g_object_unref(c); }
  void operator()(PangoLayout* l) const { g_object_unref(l); }
};
template <class T>
using Owned = std::unique_ptr<T, Release>;

// The fonts of this machine. Nothing is hinted, so that a text is as wide in every
// format and at every size as it was measured.
class Fonts {
 public:
  explicit Fonts(Language language)
      : map_(pango_cairo_font_map_new()),
        context_(pango_font_map_create_context(map_.get())) {
    const Owned<cairo_font_options_t> options(cairo_font_options_create());
    cairo_font_options_set_antialias(options.get(), CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options.get(), CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options.get(), CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(context_.get(), options.get());
    pango_cairo_context_set_resolution(context_.get(), points_an_inch);
    pango_context_set_round_glyph_positions(context_.get(), FALSE);
    pango_context_set_language(
        context_.get(),
        pango_language_from_string(language == Language::ja ? "ja" : "en"));
    pango_context_set_base_dir(context_.get(), PANGO_DIRECTION_LTR);
  }

  Owned<PangoLayout> line(std::string_view text, double size) const {
    Owned<PangoLayout> line(pango_layout_new(context_.get()));
    const Owned<PangoFontDescription> font(
        pango_font_description_from_string(families));
    pango_font_description_set_absolute_size(font.get(), size * PANGO_SCALE);
    pango_layout_set_font_description(line.get(), font.get());
    pango_layout_set_single_paragraph_mode(line.get(), TRUE);
    pango_layout_set_text(line.get(), text.data(), static_cast<int>(text.size()));
    return line;
  }

  Extent extent_at_size_1(std::string_view text) const {
    constexpr double size = 100;  // Pango counts in 1024ths of a point
    int width = 0, height = 0;
    pango_layout_get_size(line(text, size).get(), &width, &height);
    return {width / (size * PANGO_SCALE), height / (size * PANGO_SCALE)};
  }

  bool lack_glyphs_of(std::string_view text) const {
    return pango_layout_get_unknown_glyphs_count(line(text, 10).get()) > 0;
  }

 private:
  Owned<PangoFontMap> map_;
  Owned<PangoContext> context_;
};

// ---- Drawing ----

void set_colour(cairo_t* cairo, const Colour& colour) {
  cairo_set_source_rgb(cairo, colour.red, colour.green, colour.blue);
}

void draw(cairo_t* cairo, const std::vector<Stroke>& strokes) {
  for (const Stroke& stroke : strokes) {
    set_colour(cairo, stroke.colour);
    cairo_set_line_width(cairo, stroke.width);
    constexpr double dash = 4;
    cairo_set_dash(cairo, &dash, stroke.dashed ? 1 : 0, 0);
    cairo_move_to(cairo, stroke.from.x, stroke.from.y);
    cairo_line_to(cairo, stroke.to.x, stroke.to.y);
    cairo_stroke(cairo);
  }
}

void draw(cairo_t* cairo, const FilledBox& box) {
  set_colour(cairo, box.colour);
  cairo_rectangle(cairo, box.left, box.top, box.right - box.left, box.bottom - box.top);
  cairo_fill(cairo);
  if (!box.hatched) return;
  cairo_save(cairo);
  cairo_rectangle(cairo, box.left, box.top, box.right - box.left, box.bottom - box.top);
  cairo_clip(cairo);
  cairo_set_dash(cairo, nullptr, 0, 0);  // a stroke before may have been dashed
  set_colour(cairo, {1, 1, 1});
  cairo_set_line_width(cairo, 1.4);
  constexpr int between = 6;
  const double height = box.bottom - box.top;
  const int lines = static_cast<int>((box.right - box.left + height) / between);
  for (int i = 0; i <= lines; ++i) {
    const double x = box.left + i * between;
    cairo_move_to(cairo, x, box.top);
    cairo_line_to(cairo, x - height, box.bottom);
  }
  cairo_stroke(cairo);
  cairo_restore(cairo);
}

// White, where a text stands that is aligned to the origin.
FilledBox box_of(Point align, Extent extent) {
  const double left = -align.x * extent.width, top = -align.y * extent.height;
  return {left, top, left + extent.width, top + extent.height, {1, 1, 1}};
}

void draw(cairo_t* cairo, const PlacedText& text, const Fonts& fonts) {
  const Owned<PangoLayout> line = fonts.line(text.text, text.size);
  if (text.cut) {
    pango_layout_set_ellipsize(line.get(), PANGO_ELLIPSIZE_MIDDLE);
    pango_layout_set_width(line.get(),
                           static_cast<int>(text.extent.width * PANGO_SCALE));
    pango_layout_set_alignment(
        line.get(), text.align.x == 1 ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_CENTER);
  }
  cairo_save(cairo);
  cairo_translate(cairo, text.anchor.x, text.anchor.y);
  cairo_rotate(cairo, text.turn * std::numbers::pi / 180);
  if (text.part == Part::value || text.part == Part::n) {
    // No line of the grid runs through a figure.
    draw(cairo, box_of(text.align, text.extent));
  }
  cairo_move_to(cairo, -text.align.x * text.extent.width,
                -text.align.y * text.extent.height);
  set_colour(cairo, text.colour);
  pango_cairo_show_layout(cairo, line.get());
  cairo_restore(cairo);
}

// The one routine for every format.
void draw(cairo_t* cairo, const Picture& picture, const Fonts& fonts) {
  set_colour(cairo, {1, 1, 1});
  cairo_paint(cairo);
  draw(cairo, picture.grid);
  for (const FilledBox& bar : picture.bars) draw(cairo, bar);
  // The axis goes over the bars' feet.
  draw(cairo, {picture.grid.front()});
  draw(cairo, picture.whiskers);
  for (const PlacedText& text : picture.texts) draw(cairo, text, fonts);
}

// ---- Formats ----

Status checked(cairo_status_t status) {
  if (status == CAIRO_STATUS_SUCCESS) return {};
  return fail(Fault::io, "cairo: {}", ascii_lower(cairo_status_to_string(status)));
}

cairo_status_t append(void* out, const unsigned char* bytes, unsigned size) {
  static_cast<std::string*>(out)->append(reinterpret_cast<const char*>(bytes), size);
  return CAIRO_STATUS_SUCCESS;
}

Result<Owned<cairo_surface_t>> drawn_pixels(const Picture& picture,
                                            const Fonts& fonts) {
  const double scale = dots_an_inch / points_an_inch;
  Owned<cairo_surface_t> surface(cairo_image_surface_create(
      CAIRO_FORMAT_RGB24, static_cast<int>(std::lround(picture.canvas.width * scale)),
      static_cast<int>(std::lround(picture.canvas.height * scale))));
  const Owned<cairo_t> cairo(cairo_create(surface.get()));
  cairo_scale(cairo.get(), scale, scale);
  draw(cairo.get(), picture, fonts);
  TRY(checked(cairo_status(cairo.get())));
  cairo_surface_flush(surface.get());
  return surface;
}

Result<std::string> png_of(const Picture& picture, const Fonts& fonts) {
  const auto surface = TRY(drawn_pixels(picture, fonts));
  std::string bytes;
  TRY(checked(cairo_surface_write_to_png_stream(surface.get(), append, &bytes)));
  return bytes;
}

Pixels pixels_of(cairo_surface_t* surface) {
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
Result<std::string> page_of(const Picture& picture, const Fonts& fonts,
                            ImageFormat format, std::string_view title) {
  std::string bytes;
  const auto [width, height] = picture.canvas;
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
    draw(cairo.get(), picture, fonts);
    TRY(checked(cairo_status(cairo.get())));
  }
  cairo_surface_finish(surface.get());
  TRY(checked(cairo_surface_status(surface.get())));
  return bytes;
}

// ---- What comes in ----

Status check(const std::vector<Bar>& bars) {
  if (bars.empty()) return fail(Fault::usage, "nothing to draw: no run and no line");
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
  for (const std::string& text : texts) {
    if (!fonts.lack_glyphs_of(text)) continue;
    say(talk,
        fmt::format("no font here has every character of \"{}\"; install {}", text,
                    has_cjk(text) ? cjk_packages
                                  : "fonts-noto-core and fonts-noto-color-emoji"));
    return;
  }
}

std::string description_of(const std::vector<Bar>& bars) {
  std::vector<std::string> parts;
  for (const Bar& bar : bars) {
    std::string part =
        fmt::format("{}: {:.2f}%", for_terminal_line(bar.label), bar.percent);
    if (bar.n > 0) part += fmt::format(", n = {}", with_thousands(bar.n));
    if (bar.interval) part += ", " + interval_text(*bar.interval);
    parts.push_back(part);
  }
  return join(parts, "; ");
}

}  // namespace

Result<ImageFormat> image_format_of(const std::filesystem::path& path) {
  const std::string ending = ascii_lower(path.extension().string());
  if (ending == ".jpg" || ending == ".jpeg") return ImageFormat::jpg;
  if (ending == ".png") return ImageFormat::png;
  if (ending == ".svg") return ImageFormat::svg;
  if (ending == ".pdf") return ImageFormat::pdf;
  return fail(Fault::usage, "{}: {}; a chart is written as .jpg, .png, .svg or .pdf",
              path.string(),
              ending.empty() ? "has no ending" : "unknown ending " + ending);
}

Result<std::string> chart_image(const Chart& chart, ImageFormat format,
                                const Talk& talk) {
  TRY(check(chart.bars));
  const Fonts fonts(chart.language);
  const ChartWords words = readable_words(chart, fonts, talk);
  warn_of_boxes(chart, fonts, talk);
  const Measure measure = [&](std::string_view text) {
    return fonts.extent_at_size_1(text);
  };
  Picture picture = standing_layout(chart, words, measure);
  if (is_better_lying(picture)) picture = lying_layout(chart, words, measure);
  switch (format) {
    case ImageFormat::jpg: {
      const auto surface = TRY(drawn_pixels(picture, fonts));
      return jpeg_of(pixels_of(surface.get()), dots_an_inch);
    }
    case ImageFormat::png:
      return png_of(picture, fonts);
    case ImageFormat::svg:
      return finished_svg(TRY(page_of(picture, fonts, format, words.title)),
                          words.title, description_of(chart.bars));
    case ImageFormat::pdf:
      break;
  }
  return without_date(TRY(page_of(picture, fonts, format, words.title)));
}

Status write_chart(const Chart& chart, const std::filesystem::path& path,
                   const Talk& talk) {
  const ImageFormat format = TRY(image_format_of(path));
  return write_file(path, TRY(chart_image(chart, format, talk)));
}

}  // namespace proctor
