#include "proctor/backend/told_rates.h"

#include <cmath>

#include "proctor/backend/told_times.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

enum class Period { unsaid, minute, day };
// {} stands for limit, remaining and reset.
struct Row {
  std::string_view name;
  Counted what;
  Period period;
};
constexpr std::array rows = {
    // platform.openai.com/docs/guides/rate-limits, console.groq.com/docs/rate-limits
    Row{"x-ratelimit-{}-requests", Counted::requests, Period::unsaid},
    Row{"x-ratelimit-{}-tokens", Counted::tokens, Period::unsaid},
    // inference-docs.cerebras.ai/support/rate-limits
    Row{"x-ratelimit-{}-requests-day", Counted::requests, Period::day},
    Row{"x-ratelimit-{}-tokens-minute", Counted::tokens, Period::minute},
    // docs.anthropic.com/en/api/rate-limits; its -tokens- repeat the narrowest of these
    Row{"anthropic-ratelimit-requests-{}", Counted::requests, Period::minute},
    Row{"anthropic-ratelimit-input-tokens-{}", Counted::prompt_tokens, Period::minute},
    Row{"anthropic-ratelimit-output-tokens-{}", Counted::reply_tokens, Period::minute},
};

std::optional<std::string_view> header_of(const HttpResponse& response, const Row& row,
                                          std::string_view word) {
  const auto value =
      response.header(replace_all(std::string(row.name), "{}", std::string(word)));
  if (!value) return std::nullopt;
  return python_strip(*value);
}

std::optional<std::int64_t> count_in(std::optional<std::string_view> text) {
  constexpr double most = 1e15;
  const auto number = text ? number_in(*text) : std::nullopt;
  if (!number || *number > most) return std::nullopt;
  return static_cast<std::int64_t>(*number);
}

std::optional<milliseconds> reset_in(std::string_view text, WallTime now) {
  if (const auto wait = until_reset(text, now)) return wait;
  if (const auto wait = duration_in(text)) return wait;
  return until_time(text, now);
}

// Half way, in ratio, from a minute to a day: about 38 minutes.
bool takes_a_day(const ToldRate& rate) {
  const double half_way = std::sqrt(60.0 * 86400.0);
  const auto used = static_cast<double>(rate.limit - rate.remaining);
  if (!rate.reset || used <= 0) return false;
  const double seconds = std::chrono::duration<double>(*rate.reset).count();
  return seconds * static_cast<double>(rate.limit) / used > half_way;
}

}  // namespace

std::vector<ToldRate> rates_told(const HttpResponse& response, WallTime now) {
  std::vector<ToldRate> told;
  for (const Row& row : rows) {
    const auto limit = count_in(header_of(response, row, "limit"));
    if (!limit || *limit < 1) continue;
    ToldRate rate{.what = row.what, .limit = *limit};
    const auto remaining = count_in(header_of(response, row, "remaining"));
    rate.remaining = std::min(remaining.value_or(*limit), *limit);
    if (const auto reset = header_of(response, row, "reset"))
      rate.reset = reset_in(*reset, now);
    rate.of_day = row.period == Period::day ||
                  (row.period == Period::unsaid && takes_a_day(rate));
    told.push_back(rate);
  }
  return told;
}

}  // namespace proctor
