#include "backend/models.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

HttpResponse response(int status, std::string_view body = "") {
  return {.status = status, .body = std::string(body)};
}

HttpResponse asking_to_wait(std::string_view value) {
  return {.status = 429, .headers = {{"retry-after", std::string(value)}}};
}

// Sun, 06 Nov 1994 08:49:37 GMT, the example of RFC 9110.
const WallTime rfc_time{std::chrono::seconds(784111777)};

TEST(ErrorOf, a_status_that_passes_may_be_tried_again) {
  for (const int status :
       {408, 409, 425, 429, 500, 502, 503, 504, 507, 520, 524, 529}) {
    EXPECT_EQ(error_of(response(status)).fault, Fault::network) << status;
  }
}

TEST(ErrorOf, a_status_that_no_request_will_pass_ends_the_run) {
  for (const int status : {401, 402, 403, 404, 405, 407, 410, 501}) {
    EXPECT_EQ(error_of(response(status)).fault, Fault::denied) << status;
  }
}

TEST(ErrorOf, a_status_about_this_request_rejects_it_alone) {
  for (const int status : {400, 411, 413, 414, 415, 422, 451}) {
    EXPECT_EQ(error_of(response(status)).fault, Fault::rejected) << status;
  }
}

TEST(ErrorOf, a_quota_is_not_a_rush) {
  EXPECT_EQ(error_of(response(429, R"({"error":{"message":"You exceeded your quota",
                                       "code":"insufficient_quota"}})"))
                .fault,
            Fault::denied);
  EXPECT_EQ(error_of(response(429,
                              R"({"error":{"status":"RESOURCE_EXHAUSTED","details":[
                                  {"violations":[{"quotaId":
                                  "GenerateRequestsPerDayPerProjectPerModel"}]}]}})"))
                .fault,
            Fault::denied);
  EXPECT_EQ(error_of(response(400, R"({"error":{"message":
                                       "Your credit balance is too low"}})"))
                .fault,
            Fault::denied);
}

TEST(ErrorOf, a_quota_of_the_day_ends_the_run) {
  for (const std::string_view words :
       {"Rate limit exceeded: free-models-per-day",
        "Rate limit reached for m on requests per day (RPD): Limit 200",
        "You have reached your daily limit"}) {
    const Error error = error_of(
        response(429, fmt::format(R"({{"error":{{"message":"{}"}}}})", words)));

    EXPECT_EQ(error.fault, Fault::denied) << words;
    EXPECT_THAT(error.message, HasSubstr("run the same command again"));
  }
}

TEST(ErrorOf, limits_of_the_day_and_the_minute_together_are_a_rush) {
  EXPECT_EQ(
      error_of(response(429, "60 requests per minute, 1000 requests per day")).fault,
      Fault::network);
}

TEST(ErrorOf, a_quota_of_the_day_that_says_how_long_it_takes_is_waited_for) {
  HttpResponse soon = asking_to_wait("9");
  soon.body = "requests per day (RPD): Limit 10000. Please try again in 8.64s";

  EXPECT_EQ(error_of(soon).fault, Fault::network);
}

TEST(ErrorOf, what_openrouter_s_provider_said_is_told) {
  EXPECT_EQ(
      error_of(
          response(400, R"({"error":{"message":"Provider returned error","code":400,
                "metadata":{"raw":"{\"error\":{\"message\":\"too long\"}}",
                "provider_name":"Azure"}}})"))
          .message,
      "HTTP 400: Provider returned error (Azure: too long)");
}

TEST(RefusalOf, a_filter_s_no_is_one) {
  for (
      const std::string_view body :
      {R"({"error":{"code":"content_filter","message":"filtered","status":400}})",
       R"({"error":{"code":null,"innererror":{"code":"ResponsibleAIPolicyViolation"}}})",
       R"({"error":{"code":"invalid_prompt","message":"flagged"}})",
       R"({"error":{"message":"Content Exists Risk"}})",
       R"({"error":{"code":403,"metadata":{"reasons":["violence"]}}})"}) {
    const auto refusal = refusal_of(response(400, body));

    ASSERT_TRUE(refusal) << body;
    EXPECT_EQ(refusal->finish_reason, "content_filter");
    EXPECT_EQ(refusal->text, "");
  }
}

TEST(RefusalOf, any_other_no_is_none) {
  for (const std::string_view body :
       {"", "content_filter", R"({"error":{"message":"content_filter is unknown"}})"}) {
    EXPECT_FALSE(refusal_of(response(400, body))) << body;
  }
}

TEST(StatusTold, a_200_may_hold_another) {
  EXPECT_EQ(status_told(response(200, R"({"error":{"code":429}})")), 429);
  EXPECT_EQ(status_told(response(200, R"({"choices":[]})")), 200);
  EXPECT_EQ(status_told(response(503, R"({"error":{"code":429}})")), 503);
}

TEST(ErrorOf, a_quota_of_the_minute_is_a_rush) {
  EXPECT_EQ(error_of(response(429, R"({"error":{"details":[{"violations":[{"quotaId":
                                       "GenerateRequestsPerMinutePerProject"}]}]}})"))
                .fault,
            Fault::network);
}

TEST(ErrorOf, gemini_s_400_for_a_wrong_key_ends_the_run) {
  EXPECT_EQ(
      error_of(response(400, R"({"error":{"code":400,"message":"API key not valid.",
                                       "details":[{"reason":"API_KEY_INVALID"}]}})"))
          .fault,
      Fault::denied);
}

TEST(ErrorOf, a_redirect_says_where_to_and_what_to_do) {
  const Error error = error_of(
      {.status = 308, .headers = {{"location", "https://example.org/v1/chat"}}});

  EXPECT_EQ(error.fault, Fault::denied);
  EXPECT_EQ(error.message,
            "HTTP 308: redirects to https://example.org/v1/chat, and model requests "
            "follow none; give the right address");
}

TEST(ErrorOf, the_server_s_own_words_are_found_where_servers_put_them) {
  for (const std::string_view body :
       {R"({"error":{"message":"no such model","type":"x"}})",
        R"({"error":"no such model"})", R"({"message":"no such model"})",
        R"({"detail":"no such model"})", R"([{"error":{"message":"no such model"}}])",
        "\nno such model\n"}) {
    EXPECT_EQ(error_of(response(404, body)).message, "HTTP 404: no such model");
  }
}

TEST(ErrorOf, an_empty_answer_leaves_its_status) {
  EXPECT_EQ(error_of(response(502)).message, "HTTP 502");
}

TEST(ErrorOf, the_message_is_one_inert_line) {
  const std::string message =
      error_of(response(500, "{\"error\":\"a\\nb\\u001b[31m\\u202ec\"}")).message;

  EXPECT_THAT(message, Not(HasSubstr("\n")));
  EXPECT_THAT(message, Not(HasSubstr("\x1B")));
  EXPECT_THAT(message, Not(HasSubstr("\u202E")));
}

TEST(ErrorOf, a_long_message_is_cut) {
  EXPECT_LE(display_width(error_of(response(500, std::string(1'000'000, 'x'))).message),
            320);
}

TEST(WaitAskedFor, seconds_may_have_a_fraction) {
  EXPECT_EQ(wait_asked_for(asking_to_wait("20"), rfc_time), milliseconds(20'000));
  EXPECT_EQ(wait_asked_for(asking_to_wait(" 1.5 "), rfc_time), milliseconds(1500));
  EXPECT_EQ(wait_asked_for(asking_to_wait("0"), rfc_time), milliseconds(0));
}

TEST(WaitAskedFor, a_date_is_counted_from_now) {
  EXPECT_EQ(wait_asked_for(asking_to_wait("Sun, 06 Nov 1994 08:49:37 GMT"),
                           rfc_time - std::chrono::seconds(90)),
            milliseconds(90'000));
}

TEST(WaitAskedFor, a_date_that_is_past_asks_for_nothing) {
  EXPECT_EQ(wait_asked_for(asking_to_wait("Sun, 06 Nov 1994 08:49:37 GMT"),
                           rfc_time + std::chrono::hours(1)),
            milliseconds(0));
}

TEST(WaitAskedFor, gemini_says_it_in_the_body) {
  EXPECT_EQ(wait_asked_for(response(429,
                                    R"({"error":{"code":429,"details":[
                                  {"@type":"type.googleapis.com/google.rpc.QuotaFailure"},
                                  {"@type":"type.googleapis.com/google.rpc.RetryInfo",
                                  "retryDelay":"53.5s"}]}})"),
                           rfc_time),
            milliseconds(53'500));
}

TEST(WaitAskedFor, the_header_comes_before_the_body) {
  HttpResponse both = asking_to_wait("3");
  both.body = R"({"error":{"details":[{"retryDelay":"53s"}]}})";

  EXPECT_EQ(wait_asked_for(both, rfc_time), milliseconds(3000));
}

TEST(WaitAskedFor, milliseconds_have_a_header_of_their_own) {
  const HttpResponse answer{.status = 429, .headers = {{"retry-after-ms", "1200"}}};

  EXPECT_EQ(wait_asked_for(answer, rfc_time), milliseconds(1200));
}

TEST(WaitAskedFor, of_two_waits_neither_is_undercut) {
  const HttpResponse answer{
      .status = 429, .headers = {{"retry-after", "1"}, {"retry-after-ms", "1200"}}};

  EXPECT_EQ(wait_asked_for(answer, rfc_time), milliseconds(1200));
}

TEST(WaitAskedFor, no_wait_is_longer_than_a_year) {
  for (const std::string_view value :
       {"31622401", "1e15", "Fri, 31 Dec 9999 23:59:59 GMT"}) {
    EXPECT_EQ(wait_asked_for(asking_to_wait(value), rfc_time),
              std::chrono::hours(366 * 24))
        << value;
  }
}

TEST(WaitAskedFor, a_limit_that_is_used_up_is_waited_for) {
  const auto wait = [](std::string_view name, std::string_view value,
                       std::string_view remaining, int status = 429) {
    return wait_asked_for(
        {.status = status,
         .headers = {{fmt::format("x-ratelimit-reset{}", name), std::string(value)},
                     {fmt::format("x-ratelimit-remaining{}", name),
                      std::string(remaining)}}},
        rfc_time);
  };

  EXPECT_EQ(wait("", "20", "0"), milliseconds(20'000));
  EXPECT_EQ(wait("", "1741305600", "0"), std::chrono::hours(366 * 24));
  EXPECT_EQ(wait("-requests", "1m2.5s", "0"), milliseconds(62'500));
  EXPECT_EQ(wait("-tokens", "120ms", "0"), milliseconds(120));
  EXPECT_EQ(wait("-tokens", "6m0s", "17"), std::nullopt);
  EXPECT_EQ(wait("", "20", "0", 500), std::nullopt);
}

TEST(WaitAskedFor, a_moment_is_counted_from_now) {
  const WallTime now{std::chrono::seconds(1'741'305'590)};
  for (const std::string_view moment : {"1741305600", "1741305600000"}) {
    EXPECT_EQ(wait_asked_for({.status = 429,
                              .headers = {{"x-ratelimit-reset", std::string(moment)}}},
                             now),
              milliseconds(10'000));
  }
}

TEST(WaitAskedFor, what_openrouter_hands_on_is_read) {
  const WallTime now{std::chrono::seconds(1'741'305'590)};

  EXPECT_EQ(wait_asked_for(response(429, R"({"error":{"metadata":{"headers":
                               {"X-RateLimit-Reset":"1741305600000"}}}})"),
                           now),
            milliseconds(10'000));
}

TEST(WaitAskedFor, what_cannot_be_read_asks_for_nothing) {
  for (const std::string_view value :
       {"", "soon", "-5", "nan", "inf", "1e99", "5 s", "Sun, 31 Feb 1994 08:49:37 GMT",
        "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT+1"}) {
    EXPECT_EQ(wait_asked_for(asking_to_wait(value), rfc_time), std::nullopt) << value;
  }
  for (const std::string_view body : {"", "<html>", R"({"error":{"details":"x"}})",
                                      R"({"error":{"details":[7,"s"]}})",
                                      R"({"error":{"details":[{"retryDelay":"53"}]}})",
                                      R"({"error":{"details":[{"retryDelay":53}]}})"}) {
    EXPECT_EQ(wait_asked_for(response(429, body), rfc_time), std::nullopt) << body;
  }
}

}  // namespace
}  // namespace proctor
