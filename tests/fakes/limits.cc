#include "limits.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "proctor/base/base.h"

namespace proctor::fakes {

namespace {

using std::chrono::milliseconds;

double seconds_of(milliseconds time) {
  return std::chrono::duration<double>(time).count();
}

std::string moment_in(double seconds) {
  const auto then = system_time() + Microseconds(std::llround(seconds * 1e6));
  return iso_time(then);
}

std::string rows(std::string_view name, const Bucket& bucket, bool is_anthropic) {
  if (!bucket.is_there()) return "";
  const std::string form = is_anthropic
                               ? "anthropic-ratelimit-" + std::string(name) + "-{}"
                               : "x-ratelimit-{}-" + std::string(name);
  const auto row = [&](std::string_view word, const std::string& value) {
    return fmt::format("{}: {}\r\n", fmt::format(fmt::runtime(form), word), value);
  };
  const double reset = bucket.until_full();
  return row("limit", fmt::format("{}", bucket.limit())) +
         row("remaining", fmt::format("{}", bucket.remaining())) +
         row("reset", is_anthropic ? moment_in(reset) : duration_text(reset));
}

}  // namespace

Bucket::Bucket(std::uint64_t limit, milliseconds period, milliseconds burst)
    : limit_(limit),
      most_(std::max(1.0, double(limit) * seconds_of(burst) / seconds_of(period))),
      a_second_(double(limit) / seconds_of(period)),
      level_(most_) {}

void Bucket::fill(std::chrono::steady_clock::time_point now) {
  const std::chrono::duration<double> since = now - filled_.value_or(now);
  level_ = std::min(most_, level_ + a_second_ * since.count());
  filled_ = now;
}

std::uint64_t Bucket::remaining() const {
  return static_cast<std::uint64_t>(std::max(0.0, level_));
}

double Bucket::until(double amount) const {
  return std::max(0.0, (amount - level_) / a_second_);
}

Limits::Limits(const LimitOptions& options) {
  constexpr milliseconds minute{60'000}, day{86'400'000};
  if (options.rpm > 0) requests_ = Bucket(options.rpm, minute, options.burst);
  if (options.tpm > 0) tokens_ = Bucket(options.tpm, minute, options.burst);
  if (options.rpd > 0) day_ = Bucket(options.rpd, day, day);
}

bool Limits::take(std::uint64_t prompt_tokens) {
  const auto now = std::chrono::steady_clock::now();
  const auto tokens = double(prompt_tokens);
  retry_after_ = 0;
  const auto turn_away = [&](const Bucket& bucket, double amount,
                             std::string_view what) {
    if (bucket.has(amount)) return;
    retry_after_ = std::max(retry_after_, bucket.until(amount));
    message_ = fmt::format("Rate limit reached for {}: Limit {}", what, bucket.limit());
  };
  for (Bucket* bucket : {&requests_, &tokens_, &day_}) bucket->fill(now);
  turn_away(requests_, 1, "requests per min (RPM)");
  turn_away(tokens_, tokens, "tokens per min (TPM)");
  turn_away(day_, 1, "requests per day (RPD)");
  if (retry_after_ > 0) {
    ++turned_away_;
    return false;
  }
  requests_.take(1);
  tokens_.take(tokens);
  day_.take(1);
  return true;
}

std::string Limits::headers(Dialect dialect) const {
  const bool is_anthropic = dialect == Dialect::anthropic;
  std::string text =
      rows("requests", requests_.is_there() ? requests_ : day_, is_anthropic);
  // Anthropic's limits are of input and output apart; this one holds for the first.
  text += rows(is_anthropic ? "input-tokens" : "tokens", tokens_, is_anthropic);
  if (retry_after_ > 0)
    text += fmt::format("Retry-After: {}\r\n", std::ceil(retry_after_));
  return text;
}

std::string duration_text(double seconds) {
  if (seconds < 1) return fmt::format("{}ms", std::ceil(seconds * 1000));
  const auto minutes = static_cast<std::int64_t>(seconds) / 60;
  const double rest = seconds - 60.0 * double(minutes);
  std::string text;
  if (minutes >= 60) text += fmt::format("{}h", minutes / 60);
  if (minutes > 0) text += fmt::format("{}m", minutes % 60);
  return text + fmt::format("{:.3f}s", rest);
}

}  // namespace proctor::fakes
