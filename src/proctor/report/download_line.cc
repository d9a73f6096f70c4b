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

}  // namespace proctor
