// The lines that tell how a run stands, and a download. Part of report.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "proctor/report/language.h"
#include "proctor/score/score.h"

namespace proctor {

// How fast a run goes, and how long it may still take.
struct Pace {
  std::chrono::milliseconds elapsed{};
  std::optional<std::chrono::milliseconds> left;
  std::optional<double> questions, tokens;  // a second
  std::int64_t computed = 0;  // tokens, by a model in this process; 0 of a server
};

// Keeps a run's pace, from the moment that it is made. What was reused took no time.
class Pacer {
 public:
  explicit Pacer(Clock clock = {});
  // As the run stands now. `computed`: how many tokens a model in this process has
  // computed so far, for this run and others; 0 of a server, whose tokens are counted
  // as answers come. What is left may grow with an answer; between two of them it
  // counts down, and stands still where the next one is late.
  Pace of(const Progress& progress, std::int64_t computed = 0);

 private:
  Clock clock_;
  TimePoint started_, answered_, counted_;
  std::chrono::duration<double> longest_gap_{}, a_question_{};
  std::int64_t asked_ = 0, tokens_ = 0;
  bool is_first_ = true;
};

// At most `width` - 1 columns, with a bar where there is room; done/total and accuracy
// stay, the rest goes when it gets narrow. Without a width all of it, without a bar.
std::string progress_line(const Progress& progress, const Pace& pace, int width,
                          Language language);

// "model.gguf: 1.2 of 4.4 GB, 35.0 MB/s, 92 s left". `done` counts what was there
// before too, `came` only what came in these seconds; `total` is 0 where nobody says.
std::string download_line(std::string_view name, std::uint64_t done, std::uint64_t came,
                          std::uint64_t total, double seconds);

// ---- When there is something to say ----

// --progress: auto is a line that is drawn anew on a terminal, else lines; a line at a
// time everywhere; or nothing.
enum class ProgressForm { drawn, lines, none };
Result<ProgressForm> progress_form(std::string_view word, bool is_terminal);

// Tells how a run stands, and what is done before it.
class ProgressTeller {
 public:
  // `place`: "(1/3) ", before every line. Its time begins.
  ProgressTeller(ProgressForm form, std::string place, Language language,
                 Clock clock = {});
  ProgressForm form() const { return form_; }
  // The line to show now, where one is due: of those that are drawn always; else after
  // 10 % or 30 seconds, whichever is first, but no two within two seconds. `computed`
  // as Pacer has it.
  std::optional<std::string> tell(const Progress& progress, std::int64_t computed,
                                  int width);
  // The same of what is done before: "model.gguf: loading 43 %, 0:02", and a line that
  // has its time in it; of these no two are drawn within a tenth of a second. `share`
  // of it is done; 0 where nobody knows.
  std::optional<std::string> prepare(std::string_view what, double share, int width);
  std::optional<std::string> tell(std::string_view line, double share, int width);

 private:
  bool is_due(double share);

  ProgressForm form_;
  std::string place_;
  Language language_;
  Clock clock_;
  Pacer pacer_;
  TimePoint started_, said_;
  std::int64_t said_tenth_ = 0;
};

// Tells how a file comes, or several one after another. Any thread may call it.
class DownloadTeller {
 public:
  DownloadTeller(std::string_view name, ProgressForm form, Language language,
                 Clock clock = {});
  // As ProgressTeller::tell(), of bytes so far and in all.
  std::optional<std::string> tell(std::uint64_t done, std::uint64_t total, int width);

 private:
  std::mutex mutex_;
  std::string name_;  // inert
  Clock clock_;
  ProgressTeller teller_;
  bool is_begun_ = false;
  std::uint64_t first_ = 0, last_ = 0;
  TimePoint begun_{};
};

}  // namespace proctor
