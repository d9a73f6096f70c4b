#include <algorithm>
#include <ctime>
#include <thread>

#include <unistd.h>

#include "proctor/base/base.h"

namespace proctor {

WallTime system_time() {
  return std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
}

Clock::Clock()
    : now(std::chrono::steady_clock::now),
      wall(system_time),
      sleep_until([](TimePoint until) { std::this_thread::sleep_until(until); }),
      wait([](std::condition_variable& condition, std::unique_lock<std::mutex>& lock,
              TimePoint until) {
        // Some libraries turn it into a time of another clock, where the end of time
        // would be in the past.
        const TimePoint soon = std::chrono::steady_clock::now() + std::chrono::hours(1);
        condition.wait_until(lock, std::min(until, soon));
      }) {}

std::string iso_time(WallTime time) {
  const auto since_epoch = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since_epoch);
  const auto milliseconds =
      std::chrono::floor<std::chrono::milliseconds>(since_epoch - seconds).count();
  const std::time_t clock = seconds.count();
  std::tm utc{};
  ::gmtime_r(&clock, &utc);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", utc.tm_year + 1900,
                     utc.tm_mon + 1, utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec,
                     milliseconds);
}

Environment Environment::of_process() {
  std::map<std::string, std::string> values;
  for (char** entry = ::environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) {
      values.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return Environment(std::move(values));
}

std::optional<std::string> Environment::get(const std::string& name) const {
  const auto found = values_.find(name);
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second;
}

void Environment::add_defaults(const std::map<std::string, std::string>& values) {
  for (const auto& [name, value] : values) values_.emplace(name, value);
}

std::vector<std::string> Environment::entries() const {
  std::vector<std::string> entries;
  for (const auto& [name, value] : values_) entries.push_back(name + "=" + value);
  return entries;
}

}  // namespace proctor
