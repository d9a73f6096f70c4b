#include "proctor/cli/hub_download.h"

#include <algorithm>
#include <mutex>

#include "proctor/exam/exam.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

constexpr auto between = std::chrono::milliseconds(100);

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

// Drawn on the thread that does the I/O, while the other one waits for it.
class DownloadBar {
 public:
  DownloadBar(Console& console, std::string name)
      : console_(console), name_(std::move(name)) {}

  void update(std::uint64_t done, std::uint64_t total) {
    const std::scoped_lock lock(mutex_);
    const auto now = std::chrono::steady_clock::now();
    if (!is_begun_ || done < last_) {  // another file, or once more from its start
      is_begun_ = true;
      begun_ = now;
      first_ = done;
    }
    last_ = done;
    if (now - drawn_ < between) return;
    drawn_ = now;
    const double seconds = std::chrono::duration<double>(now - begun_).count();
    console_.progress(fit(download_line(name_, done, done - first_, total, seconds),
                          console_.width() - 1));
  }

 private:
  std::mutex mutex_;
  Console& console_;
  std::string name_;
  bool is_begun_ = false;
  std::uint64_t first_ = 0, last_ = 0;
  TimePoint begun_{}, drawn_{};
};

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

Result<std::string> download_model(const ModelSpec& spec, const Talk& talk,
                                   World& world) {
  HttpClient http(http_options(world.environment, 1));
  DownloadBar bar(world.console, for_terminal_line(spec.name));
  HubWorld outside{world.environment, http, talk, {}};
  if (world.console.err_is_terminal() && talk) {
    outside.progress = [&bar](std::uint64_t done, std::uint64_t total) {
      bar.update(done, total);
    };
  }
  auto model = hub_model(spec.name, spec.cache_dir, outside);
  world.console.end_progress(false);
  return TRY(std::move(model)).path.string();
}

}  // namespace proctor
