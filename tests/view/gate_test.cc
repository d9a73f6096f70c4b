#include "proctor/view/gate.h"

#include <gtest/gtest.h>

namespace proctor {
namespace {

const Gate gate{.port = 8123, .token = "0123456789abcdef"};

// The page's script asks so.
ViewRequest from_page(std::string path = "/head") {
  return {.method = "GET",
          .path = std::move(path),
          .headers = {{"Host", "127.0.0.1:8123"},
                      {"X-Proctor-Token", gate.token},
                      {"Sec-Fetch-Site", "same-origin"}}};
}
// And a person who opens the address.
ViewRequest by_hand() {
  return {.method = "GET",
          .path = "/",
          .words = {{"token", gate.token}},
          .headers = {{"Host", "127.0.0.1:8123"}, {"Sec-Fetch-Site", "none"}}};
}
int status_of(const ViewRequest& request) {
  const auto refused = refusal(request, gate);
  return refused ? refused->status : 200;
}

TEST(Gate, the_page_and_whoever_opens_its_address_may_ask) {
  EXPECT_EQ(status_of(by_hand()), 200);
  EXPECT_EQ(status_of(from_page()), 200);
}

TEST(Gate, the_page_may_be_called_localhost) {
  ViewRequest request = from_page();
  request.headers[0].second = "localhost:8123";
  request.headers.emplace_back("Origin", "http://localhost:8123");

  EXPECT_EQ(status_of(request), 200);
}

TEST(Gate, another_host_or_port_or_none_or_two_is_refused) {
  for (const char* const host :
       {"evil.example:8123", "127.0.0.1", "127.0.0.1:80", "localhost:81231", "",
        "127.0.0.1:8123.evil.example", "[::1]:8123"}) {
    ViewRequest request = from_page();
    request.headers[0].second = host;
    EXPECT_EQ(status_of(request), 403) << host;
  }
  ViewRequest request = from_page();
  request.headers.emplace_back("host", "127.0.0.1:8123");
  EXPECT_EQ(status_of(request), 403);
  request.headers = {{"X-Proctor-Token", gate.token}};
  EXPECT_EQ(status_of(request), 403);
}

TEST(Gate, another_page_is_refused_though_it_knows_the_token) {
  for (const char* const origin : {"http://evil.example", "null", "http://127.0.0.1:80",
                                   "https://127.0.0.1:8123", ""}) {
    ViewRequest request = from_page();
    request.headers.emplace_back("origin", origin);
    EXPECT_EQ(status_of(request), 403) << origin;
  }
  for (const char* const site : {"cross-site", "same-site", ""}) {
    ViewRequest request = from_page();
    request.headers[2].second = site;
    EXPECT_EQ(status_of(request), 403) << site;
  }
}

TEST(Gate, a_token_that_is_wrong_or_short_or_missing_or_twice_is_refused) {
  for (const char* const token : {"", "0", "0123456789abcdeF", "0123456789abcdef0"}) {
    ViewRequest request = from_page();
    request.headers[1].second = token;
    EXPECT_EQ(status_of(request), 403) << token;
    request = by_hand();
    request.words[0].second = token;
    EXPECT_EQ(status_of(request), 403) << token;
  }
  ViewRequest request = from_page();
  request.headers.emplace_back("X-Proctor-Token", gate.token);
  EXPECT_EQ(status_of(request), 403);
}

TEST(Gate, only_the_page_itself_takes_the_token_from_its_address) {
  ViewRequest request = by_hand();
  request.path = "/head";

  EXPECT_EQ(status_of(request), 403);
}

TEST(Gate, who_may_ask_may_not_write) {
  ViewRequest request = from_page();
  request.method = "POST";

  EXPECT_EQ(status_of(request), 405);
}

}  // namespace
}  // namespace proctor
