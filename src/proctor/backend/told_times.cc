#include "proctor/backend/told_times.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr std::chrono::hours longest_asked{366 * 24};

// Letters, digits and what stands between them.
bool has_form(std::string_view text, std::string_view form) {
  if (text.size() != form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool is_digit = text[i] >= '0' && text[i] <= '9';
    if (form[i] == '0' ? !is_digit : form[i] != 'a' && text[i] != form[i]) return false;
  }
  return true;
}

// Requires digits.
int digits_at(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  for (const char digit : text.substr(at, count)) number = 10 * number + (digit - '0');
  return number;
}

struct Day {
  int year, month, day;
};

// `clock` is "08:49:37".
std::optional<milliseconds> until_moment(Day day, std::string_view clock,
                                         WallTime now) {
  const std::chrono::year_month_day date{
      std::chrono::year(day.year), std::chrono::month(static_cast<unsigned>(day.month)),
      std::chrono::day(static_cast<unsigned>(day.day))};
  const int hour = digits_at(clock, 0, 2), minute = digits_at(clock, 3, 2),
            second = digits_at(clock, 6, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  const auto then = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                    std::chrono::minutes(minute) + std::chrono::seconds(second);
  return wait_of(std::chrono::duration<double>(then - now).count());
}

}  // namespace

milliseconds wait_of(double seconds) {
  const double most = std::chrono::duration<double>(longest_asked).count();
  return milliseconds(
      static_cast<std::int64_t>(std::clamp(seconds, 0.0, most) * 1000 + 0.999));
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(number >= 0) || number > 1e18) return std::nullopt;
  return number;
}

std::optional<milliseconds> seconds_in(std::string_view text) {
  const auto seconds = number_in(text);
  if (!seconds) return std::nullopt;
  return wait_of(*seconds);
}

// strptime would read it in the language of the person who runs the program.
std::optional<milliseconds> until_date(std::string_view text, WallTime now) {
  constexpr std::string_view months = "JanFebMarAprMayJunJulAugSepOctNovDec";
  if (!has_form(text, "aaa, 00 aaa 0000 00:00:00 GMT")) return std::nullopt;
  const std::size_t month = months.find(text.substr(8, 3));
  if (month == std::string_view::npos || month % 3 != 0) return std::nullopt;
  return until_moment({.year = digits_at(text, 12, 4),
                       .month = static_cast<int>(month / 3 + 1),
                       .day = digits_at(text, 5, 2)},
                      text.substr(17, 8), now);
}

std::optional<milliseconds> until_time(std::string_view text, WallTime now) {
  constexpr std::string_view form = "0000-00-00T00:00:00";
  if (!has_form(text.substr(0, form.size()), form)) return std::nullopt;
  const std::string_view rest = text.substr(form.size());
  if (!rest.ends_with('Z')) return std::nullopt;
  double part = 0;
  if (rest.size() > 1) {
    const auto number = number_in(rest.substr(0, rest.size() - 1));
    if (!number || *number >= 1) return std::nullopt;
    part = *number;
  }
  const auto whole = until_moment({.year = digits_at(text, 0, 4),
                                   .month = digits_at(text, 5, 2),
                                   .day = digits_at(text, 8, 2)},
                                  text.substr(11, 8), now);
  if (!whole || *whole == milliseconds(0)) return whole;
  return *whole + wait_of(part);
}

std::optional<milliseconds> until_reset(std::string_view text, WallTime now) {
  const auto number = number_in(text);
  if (!number) return std::nullopt;
  constexpr double least_moment = 1e9, least_in_milliseconds = 1e11;
  if (*number < least_moment) return wait_of(*number);
  const double moment = *number < least_in_milliseconds ? *number : *number / 1000;
  return wait_of(moment -
                 std::chrono::duration<double>(now.time_since_epoch()).count());
}

std::optional<milliseconds> duration_in(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 5> units = {
      {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}}};
  double seconds = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t end = text.find_first_not_of("0123456789.");
    const auto number = number_in(text.substr(0, end));
    if (!number || end == std::string_view::npos) return std::nullopt;
    text.remove_prefix(end);
    const auto unit = std::ranges::find_if(
        units, [text](const auto& each) { return text.starts_with(each.first); });
    if (unit == units.end()) return std::nullopt;
    text.remove_prefix(unit->first.size());
    seconds += *number * unit->second;
  }
  return wait_of(seconds);
}

}  // namespace proctor
