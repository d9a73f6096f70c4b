#include "proctor/cli/hub_download.h"

#include <algorithm>
#include <mutex>

#include "proctor/hub/hub.h"

namespace proctor {
namespace {

constexpr auto between = std::chrono::milliseconds(100);

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
