// Times as servers' headers say them. Pure; not for other folders.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

// Nothing for what is not of the form; no wait is below 0 or above a year, for what is
// beyond does not fit into a clock.

// As a wait.
std::chrono::milliseconds wait_of(double seconds);
// A number that is not negative, and nothing behind it.
std::optional<double> number_in(std::string_view text);
// "20", "1.5"
std::optional<std::chrono::milliseconds> seconds_in(std::string_view text);
// "6m0s", "1.5s", "120ms": OpenAI's x-ratelimit-reset-requests.
std::optional<std::chrono::milliseconds> duration_in(std::string_view text);
// RFC 9110's IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT.
std::optional<std::chrono::milliseconds> until_date(std::string_view text,
                                                    WallTime now);
// "1741305600000" and "1741305600" are moments, "20" is from now.
std::optional<std::chrono::milliseconds> until_reset(std::string_view text,
                                                     WallTime now);
// RFC 3339 in UTC: 2026-08-01T12:34:56Z, with or without parts of a second.
std::optional<std::chrono::milliseconds> until_time(std::string_view text,
                                                    WallTime now);

}  // namespace proctor
