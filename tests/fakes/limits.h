// Limits of a minute and of a day, as token buckets, and the headers that tell of them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "request.h"

namespace proctor::fakes {

struct LimitOptions {
  std::uint64_t rpm = 0, tpm = 0, rpd = 0;  // 0: none
  // How much of a minute's may come at once: servers that say "600 a minute" may mean
  // ten a second.
  std::chrono::milliseconds burst{60'000};
};

// Fills evenly; full at the beginning.
class Bucket {
 public:
  Bucket() = default;
  Bucket(std::uint64_t limit, std::chrono::milliseconds period,
         std::chrono::milliseconds burst);

  bool is_there() const { return limit_ > 0; }
  std::uint64_t limit() const { return limit_; }
  void fill(std::chrono::steady_clock::time_point now);
  bool has(double amount) const { return !is_there() || level_ >= amount; }
  void take(double amount) { level_ -= amount; }
  std::uint64_t remaining() const;
  // Seconds until it holds so much.
  double until(double amount) const;
  double until_full() const { return until(most_); }

 private:
  std::uint64_t limit_ = 0;
  double most_ = 0, a_second_ = 0, level_ = 0;
  std::optional<std::chrono::steady_clock::time_point> filled_;
};

class Limits {
 public:
  explicit Limits(const LimitOptions& options);

  // Whether the request may be answered; then its prompt's tokens are taken.
  bool take(std::uint64_t prompt_tokens);
  void took(std::uint64_t reply_tokens) { tokens_.take(double(reply_tokens)); }
  // Which limit turned the last request away, in OpenAI's words.
  std::string message() const { return message_; }
  // Of the last one, each with CR LF; in Anthropic's names or in OpenAI's.
  std::string headers(Dialect dialect) const;
  std::uint64_t turned_away() const { return turned_away_; }

 private:
  Bucket requests_, tokens_, day_;
  std::string message_;
  double retry_after_ = 0;  // of the last request, where it was turned away
  std::uint64_t turned_away_ = 0;
};

// "350ms", "12.5s", "1h2m3.5s": OpenAI's form.
std::string duration_text(double seconds);

}  // namespace proctor::fakes
