#include <algorithm>

#include "proctor/report/progress_line.h"

namespace proctor {
namespace {

struct Unit {
  double bytes;
  std::string_view name;
};

Unit unit_of(std::uint64_t bytes) {
  if (bytes >= 1'000'000'000) return {1e9, "GB"};
  return bytes >= 1'000'000 ? Unit{1e6, "MB"} : Unit{1e3, "kB"};
}

std::string amount(std::uint64_t bytes, const Unit& unit) {
  return fmt::format("{:.1f}", static_cast<double>(bytes) / unit.bytes);
}

std::string time_left(double seconds) {
  if (seconds < 100) return fmt::format("{:.0f} s", seconds);
  return seconds < 6000 ? fmt::format("{:.0f} min", seconds / 60)
                        : fmt::format("{:.1f} h", seconds / 3600);
}

}  // namespace

std::string download_line(std::string_view name, std::uint64_t done, std::uint64_t came,
                          std::uint64_t total, double seconds) {
  const Unit unit = unit_of(std::max(done, total));
  std::string line = fmt::format("{}: {}", name, amount(done, unit));
  if (total > 0) line += fmt::format(" of {}", amount(total, unit));
  line += fmt::format(" {}", unit.name);
  if (came == 0 || !(seconds > 0)) return line;
  const double speed = static_cast<double>(came) / seconds;
  const auto whole = static_cast<std::uint64_t>(speed);
  const Unit each = unit_of(whole);
  line += fmt::format(", {} {}/s", amount(whole, each), each.name);
  if (total > done) {
    line +=
        fmt::format(", {} left", time_left(static_cast<double>(total - done) / speed));
  }
  return line;
}

DownloadTeller::DownloadTeller(std::string_view name, ProgressForm form,
                               Language language, Clock clock)
    : name_(for_terminal_line(name)),
      clock_(std::move(clock)),
      teller_(form, "", language, clock_) {}

std::optional<std::string> DownloadTeller::tell(std::uint64_t done, std::uint64_t total,
                                                int width) {
  const std::scoped_lock lock(mutex_);
  const TimePoint now = clock_.now();
  if (!is_begun_ || done < last_) {  // another file, or once more from its start
    is_begun_ = true;
    begun_ = now;
    first_ = done;
  }
  last_ = done;
  const double seconds = std::chrono::duration<double>(now - begun_).count();
  const double share =
      total > 0 ? static_cast<double>(done) / static_cast<double>(total) : 0;
  return teller_.tell(download_line(name_, done, done - first_, total, seconds), share,
                      width);
}

}  // namespace proctor
