#include "proctor/cli/hub_download.h"

#include <algorithm>
#include <memory>
#include <mutex>

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

std::function<void(std::uint64_t, std::uint64_t)> download_bar(Console& console,
                                                               std::string_view name) {
  return [bar = std::make_shared<DownloadBar>(console, for_terminal_line(name))](
             std::uint64_t done, std::uint64_t total) { bar->update(done, total); };
}

}  // namespace proctor
