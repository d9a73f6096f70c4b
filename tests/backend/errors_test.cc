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
            "follow none; give the right --base-url");
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

TEST(WaitAskedFor, what_cannot_be_read_asks_for_nothing) {
  for (const std::string_view value :
       {"", "soon", "-5", "nan", "inf", "1e99", "5 s", "06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 GMT+1"}) {
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
