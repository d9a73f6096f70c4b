// What an answer that is not a reply means.
#include "proctor/backend/errors.h"

#include <algorithm>
#include <array>
#include <utility>

#include "proctor/backend/backend.h"
#include "proctor/backend/told_times.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr std::array passing = {408, 409, 425, 429, 500, 502, 503, 504, 529};
constexpr std::array final_for_all = {401, 402, 403, 404, 405, 407, 410, 421, 501};

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

bool has_any(std::string_view text, std::span<const std::string_view> parts) {
  return std::ranges::any_of(parts, [text](auto part) { return has(text, part); });
}

std::optional<Document> parse_short(std::string_view body) {
  if (body.size() > most_of_an_error) return std::nullopt;
  auto document = Document::parse(body);
  if (!document) return std::nullopt;
  return *std::move(document);
}

std::string on_one_line(std::string_view message) {
  // Backquotes are for names of ours: of a server's words no flag is to be made.
  return fit(replace_all(for_terminal_line(message.substr(0, 4000)), "`", "'"), 300);
}

// The server's own words: {"error":{"message":…}}, {"error":"…"}, {"message":…}, or the
// start of whatever came.
std::string message_of(std::string_view body) {
  if (const auto document = parse_short(body)) {
    if (const auto error = error_in(document->root())) {
      if (auto words = words_of(*error); !words.empty()) return words;
    }
    for (const std::string_view pointer : {"/message", "/detail"}) {
      const std::string_view message = text_at(document->root(), pointer);
      if (!message.empty()) return on_one_line(message);
    }
  }
  return on_one_line(python_strip(body.substr(0, most_of_an_error)));
}

// A limit that does not pass while a person waits. OpenAI: insufficient_quota; Gemini:
// a daily quota is a 429 too, named ...PerDay... in its QuotaFailure.
bool is_quota(std::string_view body) {
  constexpr std::array<std::string_view, 4> words = {"insufficient_quota", "PerDay",
                                                     "billing_hard_limit",
                                                     "credit balance is too low"};
  return has_any(body, words);
}

// OpenRouter: free-models-per-day; OpenAI and Groq: requests per day (RPD). A message
// that lists all limits, those of the minute too, does not say which one is used up.
bool names_the_day(std::string_view body) {
  constexpr std::array<std::string_view, 6> day = {"per-day", "per day", "per_day",
                                                   "daily",   "(rpd)",   "(tpd)"};
  constexpr std::array<std::string_view, 4> minute = {"per-minute", "per minute",
                                                      "per second", "per_minute"};
  const std::string lower = ascii_lower(body);
  return has_any(lower, day) && !has_any(lower, minute);
}

Fault fault_of(int status, std::string_view body) {
  if (status >= 300 && status < 400) return Fault::denied;
  body = body.substr(0, most_of_an_error);
  if (is_quota(body) && (status == 429 || status == 400)) return Fault::denied;
  // Gemini says 400 for a key that is not valid.
  if (status == 400 && has(body, "API_KEY_INVALID")) return Fault::denied;
  if (std::ranges::find(passing, status) != passing.end()) return Fault::network;
  if (std::ranges::find(final_for_all, status) != final_for_all.end()) {
    return Fault::denied;
  }
  return status >= 500 ? Fault::network : Fault::rejected;
}

// A quota of the day ends the run, unless the server says how long it takes: then that
// decides, however it is called.
Error with_the_day(Error error, int status, std::string_view body, bool says_when) {
  if (error.fault != Fault::network || status != 429 || says_when) return error;
  if (!names_the_day(body.substr(0, most_of_an_error))) return error;
  return {Fault::denied,
          error.message +
              "; a quota of the day: run the same command again when it is "
              "renewed"};
}

// Gemini: {"error":{"details":[{"@type":"…RetryInfo","retryDelay":"53s"}]}}
std::optional<milliseconds> gemini_delay(simdjson::dom::element answer) {
  simdjson::dom::array details;
  if (answer.at_pointer("/error/details").get(details) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  for (const auto detail : details) {
    std::string_view delay = text_at(detail, "/retryDelay");
    if (delay.ends_with('s')) return seconds_in(delay.substr(0, delay.size() - 1));
  }
  return std::nullopt;
}

std::optional<milliseconds> longer_of(std::optional<milliseconds> one,
                                      std::optional<milliseconds> other) {
  return one && other ? std::max(one, other) : one ? one : other;
}

// When the limit that a 429 is about is renewed. A limit of which something remains is
// not the one.
std::optional<milliseconds> until_renewed(const HttpResponse& response, WallTime now) {
  std::optional<milliseconds> wait;
  const auto used_up = [&](std::string_view remaining) {
    return python_strip(response.header(remaining).value_or("0")) == "0";
  };
  if (const auto reset = response.header("x-ratelimit-reset");
      reset && used_up("x-ratelimit-remaining")) {
    wait = until_reset(python_strip(*reset), now);
  }
  for (const auto& [reset, remaining] :
       {std::pair("x-ratelimit-reset-requests", "x-ratelimit-remaining-requests"),
        std::pair("x-ratelimit-reset-tokens", "x-ratelimit-remaining-tokens")}) {
    const auto value = response.header(reset);
    if (value && response.header(remaining) && used_up(remaining)) {
      wait = longer_of(wait, duration_in(python_strip(*value)));
    }
  }
  return wait;
}

std::optional<milliseconds> wait_in_headers(const HttpResponse& response,
                                            WallTime now) {
  std::optional<milliseconds> wait;
  if (const auto value = response.header("retry-after")) {
    const auto text = python_strip(*value);
    wait = seconds_in(text);
    if (!wait) wait = until_date(text, now);
  }
  if (const auto value = response.header("retry-after-ms")) {
    if (const auto number = number_in(python_strip(*value))) {
      wait = longer_of(wait, wait_of(*number / 1000));
    }
  }
  return wait;
}

// Codes, types and states by which servers name what a status says; a part is enough.
constexpr std::array<std::pair<std::string_view, int>, 21> status_words = {
    {{"rate_limit", 429},         {"insufficient_quota", 429},
     {"resource_exhausted", 429}, {"overloaded", 529},
     {"unavailable", 503},        {"timeout", 408},
     {"deadline_exceeded", 504},  {"authentication", 401},
     {"invalid_api_key", 401},    {"unauthenticated", 401},
     {"permission", 403},         {"billing", 402},
     {"not_found", 404},          {"request_too_large", 413},
     {"context_length", 400},     {"invalid_request", 400},
     {"invalid_argument", 400},   {"badrequest", 400},
     {"content_filter", 400},     {"server_error", 500},
     {"api_error", 500}}};

bool is_error_status(std::int64_t number) {
  return number >= 400 && number <= 599;
}

std::string_view first_text(simdjson::dom::element error,
                            std::initializer_list<std::string_view> pointers) {
  for (const std::string_view pointer : pointers) {
    if (const auto text = text_at(error, pointer); !text.empty()) return text;
  }
  return {};
}

bool is_nothing(simdjson::dom::element error) {
  std::string_view text;
  simdjson::dom::object object;
  if (error.is_null()) return true;
  if (error.get(text) == simdjson::SUCCESS) return text.empty();
  return error.get(object) != simdjson::SUCCESS || object.size() == 0;
}

}  // namespace

std::optional<simdjson::dom::element> error_in(simdjson::dom::element answer) {
  simdjson::dom::element error;
  for (const std::string_view pointer : {"/error", "/0/error", "/choices/0/error"}) {
    if (answer.at_pointer(pointer).get(error) == simdjson::SUCCESS &&
        !is_nothing(error)) {
      return error;
    }
  }
  if (text_at(answer, "/object") == "error") return answer;
  return std::nullopt;
}

int status_of(simdjson::dom::element error) {
  for (const std::string_view pointer : {"/code", "/status", "/error_code"}) {
    std::int64_t number = number_at(error, pointer).value_or(0);
    const std::string_view text = text_at(error, pointer);
    if (!text.empty()) {
      number = static_cast<std::int64_t>(number_in(text).value_or(0));
    }
    if (is_error_status(number)) return static_cast<int>(number);
  }
  for (const std::string_view pointer : {"/code", "/type", "/status"}) {
    const std::string word = ascii_lower(text_at(error, pointer));
    for (const auto& [part, status] : status_words) {
      if (has(word, part)) return status;
    }
  }
  return 500;
}

bool is_filter(simdjson::dom::element error) {
  // Azure, OpenAI, DashScope.
  constexpr std::array<std::string_view, 6> codes = {
      "content_filter", "content_policy_violation", "ResponsibleAIPolicyViolation",
      "invalid_prompt", "data_inspection_failed",   "DataInspectionFailed"};
  for (const std::string_view pointer : {"/code", "/type", "/innererror/code"}) {
    if (std::ranges::find(codes, text_at(error, pointer)) != codes.end()) return true;
  }
  // DeepSeek, Anthropic.
  constexpr std::array<std::string_view, 2> words = {"Content Exists Risk",
                                                     "content filtering policy"};
  if (has_any(text_at(error, "/message"), words)) return true;
  // OpenRouter's moderation.
  simdjson::dom::array reasons;
  return error.at_pointer("/metadata/reasons").get(reasons) == simdjson::SUCCESS ||
         !text_at(error, "/metadata/flagged_input").empty();
}

std::string words_of(simdjson::dom::element error) {
  std::string_view own;
  if (error.get(own) == simdjson::SUCCESS) return on_one_line(own);
  const std::string message = on_one_line(first_text(error, {"/message", "/detail"}));
  const std::string_view provider = text_at(error, "/metadata/provider_name");
  const std::string_view raw = text_at(error, "/metadata/raw");
  if (provider.empty() && raw.empty()) return message;
  const std::string said = raw.empty() ? "" : message_of(raw);
  return fit(fmt::format("{} ({}{}{})", message, for_terminal_line(provider),
                         provider.empty() || said.empty() ? "" : ": ", said),
             300);
}

Error told_error(simdjson::dom::element error) {
  const int status = status_of(error);
  const std::string body = simdjson::minify(error);
  const std::string words = words_of(error);
  return with_the_day(
      {fault_of(status, body),
       fmt::format("error {} in a 200{}{}", status, words.empty() ? "" : ": ", words)},
      status, body, false);
}

Error error_of(const HttpResponse& response) {
  if (response.status >= 300 && response.status < 400) {
    return {
        Fault::denied,
        fmt::format(
            "HTTP {}: redirects to {}, and model requests follow none; give "
            "the right address",
            response.status,
            fit(for_terminal_line(response.header("location").value_or("?")), 100))};
  }
  const std::string message = message_of(response.body);
  const bool says_when = response.header("retry-after").has_value() ||
                         response.header("retry-after-ms").has_value();
  return with_the_day({fault_of(response.status, response.body),
                       fmt::format("HTTP {}{}{}", response.status,
                                   message.empty() ? "" : ": ", message)},
                      response.status, response.body, says_when);
}

std::optional<Reply> refusal_of(const HttpResponse& response) {
  if (response.status < 400 || response.status >= 500) return std::nullopt;
  const auto document = parse_short(response.body);
  if (!document) return std::nullopt;
  const auto error = error_in(document->root());
  if (!is_filter(error.value_or(document->root()))) return std::nullopt;
  return Reply{.finish_reason = "content_filter"};
}

int status_told(const HttpResponse& response) {
  if (response.status != 200) return response.status;
  const auto document = parse_short(response.body);
  if (!document) return response.status;
  const auto error = error_in(document->root());
  return error ? status_of(*error) : response.status;
}

std::optional<milliseconds> wait_asked_for(const HttpResponse& response, WallTime now) {
  if (const auto wait = wait_in_headers(response, now)) return wait;
  const auto document = parse_short(response.body);
  if (document) {
    if (const auto wait = gemini_delay(document->root())) return wait;
  }
  if (response.status != 429) return std::nullopt;
  if (const auto wait = until_renewed(response, now)) return wait;
  if (!document) return std::nullopt;
  // OpenRouter hands on its provider's.
  return until_reset(
      text_at(document->root(), "/error/metadata/headers/X-RateLimit-Reset"), now);
}

}  // namespace proctor
