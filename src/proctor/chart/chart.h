// What is drawn of runs, and the picture of it as a file's bytes. Fonts and formats of
// images are known here alone.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/report/report.h"
#include "proctor/study/study.h"

namespace proctor {

struct Bar {
  std::string label;
  std::string method;  // how it was got: a line under the label, may be empty
  double percent = 0;  // 0 to 100
  // 95 %, of the share, 0 to 1: drawn as whiskers. Not known: no whiskers.
  std::optional<Interval> interval;
  std::int64_t right = 0, n = 0;  // n = 0: not known, no "n = 100"
  bool is_partial = false;        // questions are still to be asked: hatched, and said
  std::string dataset = {};       // where a file names it
  bool has_reply = true;          // none: a bar of nothing, not to be drawn
};
struct Chart {
  std::vector<Bar> bars;
  Language language = Language::en;
  std::string title = {};             // empty: the language's own
  std::string subtitle = {};          // what all bars have in common
  std::string x_label = {};           // of the models; empty: the language's own
  std::string y_label = {};           // of the values, wherever their axis is
  std::optional<double> chance = {};  // in percent: a dashed line
};
// A run's bar each. What differs from run to run (exam, protocol, reader, note; the
// run's id where nothing else does) stands below the label, and what all have in common
// in the subtitle: no two bars look alike, and bars of different exams are not compared
// unawares. A title where the exam is no MMLU.
Chart chart_of(std::span<const ScoredRun> runs, Language language);
// Puts bars of other sources before those of the runs. What the runs have in common is
// not theirs: it moves below the runs' labels. A title as above where all name an exam.
void add_bars(Chart& chart, std::vector<Bar> others);

// What is drawn in that file, a line without its end.
std::string chart_json(const Chart& chart, const std::string& file);

enum class ImageFormat { jpg, png, svg, pdf };
// By its ending: .jpg .jpeg .png .svg .pdf, in any case. Fault::usage lists them.
Result<ImageFormat> image_format_of(const std::filesystem::path& path);

// Whether a font with the language's characters is installed.
bool can_draw(Language language);

// The chart as a file's bytes, 200 dots an inch. Bars stand, in their order, on 10 x 6
// inches, as long as their labels are whole and large enough to read; else they lie,
// the best first, and the picture is as high as they need. The same chart gives the
// same bytes with the same fonts installed. The ids inside an SVG are its own, so that
// several can stand in one page. Where no font has Japanese characters, talk hears it
// and the chart's own words are English. No bar, or more than 1,000: Fault::usage. A
// percentage or an interval out of its range: Fault::data names the bar.
Result<std::string> chart_image(const Chart& chart, ImageFormat format,
                                const Talk& talk);
// The same, written to a file whole or not at all.
Status write_chart(const Chart& chart, const std::filesystem::path& path,
                   const Talk& talk);

// model,method,subject,accuracy,correct,n in any order; accuracy in percent. correct
// and n come together or not at all, then the interval is Wilson's; accuracy may be
// empty where they are given. Of the columns only model and accuracy must be there;
// subject is drawn where it alone tells bars apart. Fault::data names line and column.
Result<std::vector<Bar>> read_bars_csv(std::string_view content);

}  // namespace proctor
