#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <limits>

#include <cairo.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "proctor/chart/chart.h"
#include "proctor/chart/image.h"

namespace proctor {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr std::array all_formats = {ImageFormat::jpg, ImageFormat::png,
                                    ImageFormat::svg, ImageFormat::pdf};

void silent(std::string_view) {}

Bar bar_of(std::string label, std::int64_t right, std::int64_t n) {
  return {.label = std::move(label),
          .method = "API, 2025.1.25",
          .percent = 100.0 * static_cast<double>(right) / static_cast<double>(n),
          .interval = wilson({right, n}),
          .right = right,
          .n = n};
}

Chart chart_of(std::size_t count) {
  Chart chart;
  for (std::size_t i = 0; i < count; ++i) {
    chart.bars.push_back(bar_of(fmt::format("provider/model-number-{}", i),
                                static_cast<std::int64_t>(i * 37 % 101), 100));
  }
  return chart;
}

Chart extremes() {
  Chart chart{.bars = {bar_of("zero & <b>\"nothing\"</b>", 0, 100),
                       bar_of(std::string(80, 'W'), 100, 100),
                       bar_of("日本語モデル・七十億パラメータ版（量子化）", 72, 100),
                       Bar{.label = "no interval 🎉", .percent = 100}}};
  chart.title = std::string(300, 'T');
  return chart;
}

std::string image_of(const Chart& chart, ImageFormat format) {
  const auto image = chart_image(chart, format, silent);
  EXPECT_TRUE(image) << image.error().message;
  return image.value_or("");
}

// What a picture of the format must be read by.
struct Decoded {
  explicit Decoded(std::string_view png) : rest(png) {
    surface = cairo_image_surface_create_from_png_stream(
        [](void* self, unsigned char* out, unsigned size) {
          auto& bytes = static_cast<Decoded*>(self)->rest;
          if (bytes.size() < size) return CAIRO_STATUS_READ_ERROR;
          std::memcpy(out, bytes.data(), size);
          bytes.remove_prefix(size);
          return CAIRO_STATUS_SUCCESS;
        },
        this);
    width = cairo_image_surface_get_width(surface);
    height = cairo_image_surface_get_height(surface);
  }
  Decoded(const Decoded&) = delete;
  Decoded& operator=(const Decoded&) = delete;
  ~Decoded() { cairo_surface_destroy(surface); }

  bool is_white(int x, int y) const {
    std::uint32_t pixel = 0;
    std::memcpy(&pixel,
                cairo_image_surface_get_data(surface) +
                    y * cairo_image_surface_get_stride(surface) + 4 * x,
                sizeof pixel);
    return (pixel & 0xFFFFFF) == 0xFFFFFF;
  }

  std::string_view rest;
  cairo_surface_t* surface = nullptr;
  int width = 0, height = 0;
};

std::filesystem::path scratch(const std::string& name) {
  const auto folder = std::filesystem::temp_directory_path() /
                      fmt::format("proctor_chart_{}", ::getpid());
  std::filesystem::create_directories(folder);
  return folder / name;
}

TEST(Chart, a_png_is_2000_by_1200_pixels) {
  const std::string png = image_of(chart_of(4), ImageFormat::png);
  const Decoded picture(png);

  EXPECT_EQ(picture.width, 2000);
  EXPECT_EQ(picture.height, 1200);
}

TEST(Chart, no_ink_comes_near_the_border) {
  constexpr int border = 12;
  for (const Chart& chart : {chart_of(1), chart_of(12), chart_of(40), extremes()}) {
    const std::string png = image_of(chart, ImageFormat::png);
    const Decoded picture(png);
    int inked = 0;
    for (int y = 0; y < picture.height; ++y) {
      for (int x = 0; x < picture.width; ++x) {
        const bool inside = x >= border && x < picture.width - border && y >= border &&
                            y < picture.height - border;
        if (inside) {
          x = picture.width - border - 1;
          continue;
        }
        inked += !picture.is_white(x, y);
      }
    }

    EXPECT_EQ(inked, 0) << chart.bars.size() << " bars";
  }
}

TEST(Chart, each_format_begins_with_its_own_bytes) {
  EXPECT_TRUE(image_of(chart_of(4), ImageFormat::png).starts_with("\x89PNG\r\n"));
  EXPECT_TRUE(image_of(chart_of(4), ImageFormat::jpg).starts_with("\xFF\xD8\xFF"));
  EXPECT_TRUE(image_of(chart_of(4), ImageFormat::pdf).starts_with("%PDF-"));
  EXPECT_TRUE(image_of(chart_of(4), ImageFormat::svg).starts_with("<?xml"));
}

TEST(Chart, a_jpg_is_as_large_as_the_png_and_knows_its_dots_an_inch) {
  const std::string jpg = image_of(chart_of(4), ImageFormat::jpg);

  // JFIF 1.02: units at byte 13 (1: an inch), then the density across, 200.
  EXPECT_EQ(jpg.substr(13, 3), std::string("\x01\x00\xC8", 3));
  // The frame header: precision 8, 1200 lines, 2000 columns.
  EXPECT_THAT(jpg, HasSubstr(std::string("\x08\x04\xB0\x07\xD0\x03", 6)));
}

TEST(Chart, the_same_chart_gives_the_same_bytes) {
  for (const ImageFormat format : all_formats) {
    const Chart chart = chart_of(4);

    EXPECT_EQ(image_of(chart, format), image_of(chart, format));
  }
}

TEST(Chart, a_pdf_does_not_say_when_it_was_drawn) {
  EXPECT_THAT(image_of(chart_of(4), ImageFormat::pdf), Not(HasSubstr("CreationDate")));
}

// Tags that open and close in order, quotes that close, no bare & or <.
void expect_well_formed(std::string_view xml) {
  std::vector<std::string> open;
  while (!xml.empty()) {
    const std::size_t at = xml.find('<');
    std::string_view text = xml.substr(0, at);
    EXPECT_EQ(text.find('>'), std::string_view::npos);
    for (std::size_t a = text.find('&'); a != std::string_view::npos;
         a = text.find('&', a + 1)) {
      EXPECT_LT(text.find(';', a), a + 7) << text;
    }
    if (at == std::string_view::npos) break;
    const std::size_t end = xml.find('>', at);
    ASSERT_NE(end, std::string_view::npos);
    const std::string_view tag = xml.substr(at + 1, end - at - 1);
    EXPECT_EQ(std::count(tag.begin(), tag.end(), '"') % 2, 0) << tag;
    const std::string name(tag.substr(0, tag.find_first_of(" /\n", 1)));
    if (tag.starts_with('/')) {
      ASSERT_FALSE(open.empty());
      EXPECT_EQ("/" + open.back(), name);
      open.pop_back();
    } else if (!tag.starts_with('?') && !tag.ends_with('/')) {
      open.push_back(name);
    }
    xml.remove_prefix(end + 1);
  }
  EXPECT_TRUE(open.empty());
}

TEST(Chart, an_svg_is_well_formed_whatever_the_labels_are) {
  expect_well_formed(image_of(extremes(), ImageFormat::svg));
}

TEST(Chart, an_svg_says_in_words_what_it_shows) {
  EXPECT_THAT(image_of(extremes(), ImageFormat::svg),
              HasSubstr("<desc>zero &amp; &lt;b&gt;&quot;nothing&quot;&lt;/b&gt;: "
                        "0.00%, n = 100, 95 % CI 0.0-3.7; "));
}

TEST(Chart, the_ids_of_two_svgs_do_not_meet) {
  const std::string one = image_of(chart_of(1), ImageFormat::svg);
  const std::size_t at = one.find(" id=\"");
  const std::string id = one.substr(at, one.find('-', at + 11) - at);

  EXPECT_THAT(id, HasSubstr("chart-"));
  EXPECT_THAT(image_of(chart_of(2), ImageFormat::svg), Not(HasSubstr(id)));
}

TEST(Chart, an_unknown_ending_lists_those_that_there_are) {
  const auto status = write_chart(chart_of(1), "chart.gif", silent);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault, Fault::usage);
  EXPECT_THAT(
      status.error().message,
      AllOf(HasSubstr("chart.gif"), HasSubstr(".jpg, .png, .svg, .pdf or .txt")));
}

TEST(Chart, an_ending_may_be_written_in_capitals) {
  EXPECT_EQ(image_format_of("a.JPEG").value(), ImageFormat::jpg);
  EXPECT_EQ(image_format_of("a.Svg").value(), ImageFormat::svg);
}

TEST(Chart, a_missing_folder_is_named) {
  const auto status = write_chart(chart_of(1), "/no/such/folder/chart.png", silent);

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().fault, Fault::io);
  EXPECT_THAT(status.error().message, HasSubstr("/no/such/folder/chart.png"));
}

TEST(Chart, the_file_holds_the_image) {
  const auto path = scratch("chart.svg");

  ASSERT_TRUE(write_chart(chart_of(4), path, silent));

  EXPECT_EQ(read_file(path).value(), image_of(chart_of(4), ImageFormat::svg));
  std::filesystem::remove_all(path.parent_path());
}

TEST(Chart, an_accuracy_outside_0_to_100_is_refused_by_name) {
  for (const double percent : {-0.1, 100.1, std::numeric_limits<double>::quiet_NaN()}) {
    const Chart chart{.bars = {Bar{.label = "odd", .percent = percent}}};
    const auto image = chart_image(chart, ImageFormat::svg, silent);

    ASSERT_FALSE(image);
    EXPECT_EQ(image.error().fault, Fault::data);
    EXPECT_THAT(image.error().message, HasSubstr("odd"));
  }
}

TEST(Chart, nothing_is_no_chart) {
  EXPECT_EQ(chart_image({}, ImageFormat::svg, silent).error().fault, Fault::usage);
}

// Draws in a process whose fonts have no Japanese; exits 0 when talk heard of it.
[[noreturn]] void draw_without_japanese_fonts() {
  const auto config = scratch("fonts.conf");
  const bool written = write_file(config,
                                  "<fontconfig><dir>/usr/share/fonts/truetype/dejavu"
                                  "</dir></fontconfig>")
                           .has_value();
  ::setenv("FONTCONFIG_FILE", config.c_str(), 1);
  Chart chart = chart_of(1);
  chart.language = Language::ja;
  std::string heard;
  const auto image = chart_image(chart, ImageFormat::svg,
                                 [&](std::string_view line) { heard += line; });
  std::filesystem::remove_all(config.parent_path());
  const bool english =
      image && image->find("<title>MMLU benchmark accuracy<") != std::string::npos;
  const bool named = heard.find("fonts-noto-cjk") != std::string::npos &&
                     heard.find("fonts-ipaexfont-gothic") != std::string::npos;
  std::exit(written && english && named ? 0 : 1);
}

TEST(ChartDeathTest, without_a_japanese_font_the_words_are_english_and_talk_hears_why) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(draw_without_japanese_fonts(), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace proctor
