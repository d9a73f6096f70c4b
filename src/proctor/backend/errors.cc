// What an answer that is not a 200 means.
#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

#include "proctor/backend/backend.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

constexpr std::array passing = {408, 409, 425, 429, 500, 502, 503, 504, 529};
constexpr std::array final_for_all = {401, 402, 403, 404, 405, 407, 410, 421, 501};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The server's own words: {"error":{"message":…}}, {"error":"…"}, {"message":…}, or the
// start of whatever came.
std::string message_of(std::string_view body) {
  std::string_view message;
  const auto document = Document::parse(body);
  if (document) {
    for (const std::string_view pointer :
         {"/error/message", "/error", "/message", "/detail", "/0/error/message"}) {
      message = text_at(document->root(), pointer);
      if (!message.empty()) break;
    }
  }
  if (message.empty()) message = python_strip(body);
  return fit(for_terminal_line(message), 300);
}

// A limit that does not pass while a person waits. OpenAI: insufficient_quota; Gemini:
// a daily quota is a 429 too, named ...PerDay... in its QuotaFailure.
bool is_quota(std::string_view body) {
  return has(body, "insufficient_quota") || has(body, "PerDay") ||
         has(body, "billing_hard_limit") || has(body, "credit balance is too low");
}

Fault fault_of(const HttpResponse& response) {
  const int status = response.status;
  if (status >= 300 && status < 400) return Fault::denied;
  if (is_quota(response.body) && (status == 429 || status == 400)) return Fault::denied;
  // Gemini says 400 for a key that is not valid.
  if (status == 400 && has(response.body, "API_KEY_INVALID")) return Fault::denied;
  if (std::ranges::find(passing, status) != passing.end()) return Fault::network;
  if (std::ranges::find(final_for_all, status) != final_for_all.end()) {
    return Fault::denied;
  }
  return status >= 500 ? Fault::network : Fault::rejected;
}

std::optional<std::chrono::milliseconds> seconds_in(std::string_view text) {
  double seconds = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error != std::errc{} || !(seconds >= 0) || seconds > 1e9) return std::nullopt;
  if (end != text.data() + text.size()) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000 + 0.999));
}

// RFC 9110's IMF-fixdate: Sun, 06 Nov 1994 08:49:37 GMT.
std::optional<std::chrono::milliseconds> until_date(std::string_view text,
                                                    WallTime now) {
  std::tm utc{};
  const std::string date(text);
  const char* end = ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc);
  if (end == nullptr || *end != '\0') return std::nullopt;
  const WallTime then{std::chrono::seconds(::timegm(&utc))};
  return std::max(std::chrono::milliseconds(0),
                  std::chrono::ceil<std::chrono::milliseconds>(then - now));
}

// Gemini: {"error":{"details":[{"@type":"…RetryInfo","retryDelay":"53s"}]}}
std::optional<std::chrono::milliseconds> gemini_delay(std::string_view body) {
  const auto document = Document::parse(body);
  if (!document) return std::nullopt;
  simdjson::dom::array details;
  if (document->root().at_pointer("/error/details").get(details) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  for (const auto detail : details) {
    std::string_view delay = text_at(detail, "/retryDelay");
    if (delay.ends_with('s')) return seconds_in(delay.substr(0, delay.size() - 1));
  }
  return std::nullopt;
}

}  // namespace

Error error_of(const HttpResponse& response) {
  if (response.status >= 300 && response.status < 400) {
    return {
        Fault::denied,
        fmt::format(
            "HTTP {}: redirects to {}, and model requests follow none; give "
            "the right --base-url",
            response.status,
            fit(for_terminal_line(response.header("location").value_or("?")), 100))};
  }
  const std::string message = message_of(response.body);
  return {fault_of(response), fmt::format("HTTP {}{}{}", response.status,
                                          message.empty() ? "" : ": ", message)};
}

std::optional<std::chrono::milliseconds> wait_asked_for(const HttpResponse& response,
                                                        WallTime now) {
  if (const auto value = response.header("retry-after")) {
    const auto text = python_strip(*value);
    if (const auto wait = seconds_in(text)) return wait;
    if (const auto wait = until_date(text, now)) return wait;
  }
  return gemini_delay(response.body);
}

}  // namespace proctor
