#include "proctor/report/progress_line.h"

#include <algorithm>

namespace proctor {
namespace {

struct Words {
  std::string_view doing, accuracy, interval, rate, left, in_flight, failed;
};
constexpr Words english = {"Evaluating", "accuracy",  "95 % CI", "q/s",
                           "left",       "in flight", "failed"};
constexpr Words japanese = {"評価中", "精度",   "95 % CI", "問/秒",
                            "残り",   "処理中", "失敗"};

std::string duration_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  if (whole < 100) return fmt::format("{} s", whole);
  if (whole < 100 * 60) return fmt::format("{} min", (whole + 30) / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

std::string progress_line(const Progress& progress, std::chrono::milliseconds elapsed,
                          int width, Language language) {
  const Words& words = language == Language::ja ? japanese : english;
  const Ledger& ledger = progress.account.tally.ledger;
  const auto share = ledger.count().share();
  const Interval interval = wilson(ledger.count());
  const double seconds = static_cast<double>(elapsed.count()) / 1000;
  const auto asked = static_cast<double>(progress.ended() - progress.reused);
  const double rate = seconds > 0 ? asked / seconds : 0;

  const std::string place = fmt::format("{}/{}", with_thousands(progress.ended()),
                                        with_thousands(progress.planned));
  std::vector<std::string> parts = {fmt::format("{} {}", words.doing, place)};
  std::vector<std::string> narrow = {place};
  if (share) {
    parts.push_back(fmt::format("{} {:.1f} % ({} {:.1f}-{:.1f})", words.accuracy,
                                100 * *share, words.interval, 100 * interval.low,
                                100 * interval.high));
    narrow.push_back(fmt::format("{:.1f}% [{:.0f}-{:.0f}]", 100 * *share,
                                 100 * interval.low, 100 * interval.high));
  }
  if (rate > 0) {
    const std::string speed = rate < 10 ? fmt::format("{:.1f} {}", rate, words.rate)
                                        : fmt::format("{:.0f} {}", rate, words.rate);
    const auto missing = static_cast<double>(progress.planned - progress.ended());
    parts.push_back(speed);
    parts.push_back(
        language == Language::ja
            ? fmt::format("{} {}", words.left, duration_text(missing / rate))
            : fmt::format("{} {}", duration_text(missing / rate), words.left));
    narrow.push_back(duration_text(missing / rate));
  }
  if (ledger.failed > 0) {
    parts.push_back(fmt::format("{} {}", ledger.failed, words.failed));
    narrow.push_back(fmt::format("{} {}", ledger.failed, words.failed));
  }
  parts.push_back(fmt::format("{} {}", progress.under_way, words.in_flight));

  const auto joined = [](const std::vector<std::string>& all) {
    return join(all, "  ");
  };
  if (display_width(joined(parts)) < width) return joined(parts);
  while (narrow.size() > 1 && display_width(joined(narrow)) >= width) narrow.pop_back();
  return fit(joined(narrow), std::max(1, width - 1));
}

}  // namespace proctor
