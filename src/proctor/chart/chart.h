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
#include "proctor/store/store.h"
#include "proctor/study/study.h"

namespace proctor {

// What is drawn of runs.
enum class ChartKind {
  bars,         // a bar a run: the accuracy
  subjects,     // a dot a run for each subject, under its category
  heatmap,      // the same as a field of cells, a column a run
  pareto,       // accuracy against what it costs
  calibration,  // how often answers of a probability are right
  progress,     // accuracy as the questions came
  compare,      // what each run gains on the first, by subject
  seed,         // bars as the seed of this program has them: colours and all
};
// Fault::usage lists them, here and below.
Result<ChartKind> find_chart_kind(std::string_view name);
std::string_view name_of(ChartKind kind);

// What a run costs: its weights' bytes, the bits of each, the time of a reply (the
// median), its tokens (the mean).
enum class RunCost { size, bits, latency, tokens };
Result<RunCost> find_cost(std::string_view name);
std::string_view name_of(RunCost cost);

enum class ChartTheme { light, dark };
Result<ChartTheme> find_chart_theme(std::string_view name);

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

// What stands in a chart of any other kind: a share of n with its interval, or the
// difference of two.
struct ChartPoint {
  std::size_t series = 0;         // the run; of compare the pair
  std::string label = {};         // a subject, "all", a run
  std::string group = {};         // its category, as people see it; or empty
  bool is_total = false;          // of a category, or of all: subjects follow
  std::optional<double> x = {};   // what it costs, a probability, questions asked
  double value = 0;               // 0 to 1; a difference -1 to 1
  Interval interval = {};         // 95 %
  std::int64_t right = 0, n = 0;  // of a difference the pairs alone
  bool is_best = false;           // no other run is better and costs no more
};

// What points are of: a run, or a run beside the first.
struct ChartSeries {
  std::string label, method;         // as of a bar
  Count count = {};                  // of the run
  std::optional<double> error = {};  // of calibration: the expected one

  std::string name() const { return method.empty() ? label : label + " · " + method; }
};

struct Chart {
  std::vector<Bar> bars;  // of bars and seed
  Language language = Language::en;
  std::string title = {};             // empty: the language's own
  std::string subtitle = {};          // what all bars have in common
  std::string x_label = {};           // of the models; empty: the language's own
  std::string y_label = {};           // of the values, wherever their axis is
  std::optional<double> chance = {};  // in percent: a dashed line
  ChartKind kind = ChartKind::seed;
  ChartTheme theme = ChartTheme::light;
  double width = 720;  // of the picture, in points of 72 an inch
  std::vector<ChartSeries> series = {};
  std::string base = {};                // of compare: the run on which the others gain
  std::vector<ChartPoint> points = {};  // of kinds other than bars, in drawing order
  RunCost cost = RunCost::latency;      // of pareto: what x is

  // Bars, or whatever else is drawn.
  std::size_t size() const { return bars.size() + points.size(); }
  bool has_bars() const { return kind == ChartKind::bars || kind == ChartKind::seed; }
};
// A run's bar each. What differs from run to run (exam, protocol, reader, note; the
// run's id where nothing else does) stands below the label, and what all have in common
// in the subtitle: no two bars look alike, and bars of different exams are not compared
// unawares. A title where the exam is no MMLU.
Chart chart_of(std::span<const ScoredRun> runs, Language language);
// Puts bars of other sources before those of the runs. What the runs have in common is
// not theirs: it moves below the runs' labels. A title as above where all name an exam.
void add_bars(Chart& chart, std::vector<Bar> others);

struct ChartWish {
  ChartKind kind = ChartKind::bars;
  std::optional<RunCost> cost = {};  // nothing: the first that all runs have
  Language language = Language::en;
  Look look = {};  // as the runs were scored
};
// Any kind, of runs that have replies; what a kind needs beside the scores is read from
// the store. Fault::usage where a run has it not: which, what was found, and what gives
// it.
Result<Chart> chart_of_runs(Store& store, std::span<const ScoredRun> runs,
                            const ChartWish& wish);

// What is drawn, a line without its end; `file` is null where there is none.
std::string chart_json(const Chart& chart, const std::optional<std::string>& file);

// How a chart is read in a terminal without pictures, and by whoever sees none: a line
// a value, with its interval as a bar, n and figures.
struct TextForm {
  int width = 80;
  bool is_utf8 = true;  // else the bars are ASCII
  Ink ink = {};
};
std::string chart_text(const Chart& chart, const TextForm& form);

// kitty, sixel: a picture for a terminal that draws it; text: chart_text().
enum class ImageFormat { jpg, png, svg, pdf, kitty, sixel, text };
// By its ending: .jpg .jpeg .png .svg .pdf .txt, in any case. Fault::usage lists them.
Result<ImageFormat> image_format_of(const std::filesystem::path& path);
// By its name, as above.
Result<ImageFormat> find_image_format(std::string_view name);

// Whether it is for a terminal alone.
inline bool is_for_terminal(ImageFormat format) {
  return format == ImageFormat::kitty || format == ImageFormat::sixel;
}

// Whether a font with the language's characters is installed.
bool can_draw(Language language);

// The chart as a file's bytes, 200 dots an inch. Bars of the seed stand, in their
// order, on 10 x 6 inches, as long as their labels are whole and large enough to read;
// else they lie, the best first, and the picture is as high as they need. Other bars
// stand where their labels do so without a slant. The same chart gives the same bytes
// with the same fonts installed. The ids inside an SVG are its own, so that several can
// stand in one page. Where no font has Japanese characters, talk hears it and the
// chart's own words are English. No bar, or more than 1,000: Fault::usage. A percentage
// or an interval out of its range: Fault::data names the bar. A PDF is on white paper.
// `form` is of text alone.
Result<std::string> chart_image(const Chart& chart, ImageFormat format,
                                const Talk& talk, const TextForm& form = {});
// The same, written to a file whole or not at all.
Status write_chart(const Chart& chart, const std::filesystem::path& path,
                   const Talk& talk);

// model,method,subject,accuracy,correct,n in any order; accuracy in percent. correct
// and n come together or not at all, then the interval is Wilson's; accuracy may be
// empty where they are given. Of the columns only model and accuracy must be there;
// subject is drawn where it alone tells bars apart. Fault::data names line and column.
Result<std::vector<Bar>> read_bars_csv(std::string_view content);
// Of all files of those names that end in .csv, which are taken out of the names.
Result<std::vector<Bar>> take_bars_files(std::vector<std::string>& names);

}  // namespace proctor
