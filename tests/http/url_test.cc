#include <gtest/gtest.h>

#include "proctor/http/http.h"

namespace proctor {
namespace {

TEST(ParseUrl, nobody_listens_on_port_0) {
  EXPECT_FALSE(parse_url("http://host:0/"));
  EXPECT_FALSE(parse_url("http://host:00/"));
}

TEST(Url, all_but_unreserved_bytes_are_encoded) {
  EXPECT_EQ(url_encoded("a/b c~é&-._"), "a%2Fb%20c~%C3%A9%26-._");
}

TEST(Url, a_url_is_parsed_into_its_parts) {
  EXPECT_EQ(*parse_url("https://user:pw@API.deepseek.com/v1/chat?key=k"),
            (UrlParts{"https", "api.deepseek.com", "/v1/chat", 443}));
  EXPECT_EQ(*parse_url("http://[::1]:8080"), (UrlParts{"http", "[::1]", "/", 8080}));
}

TEST(Url, other_schemes_and_none_are_usage_faults) {
  for (const char* text :
       {"ftp://host/", "localhost:8080", "", "http://", "http://a:x/", "http://a b/"}) {
    const auto parts = parse_url(text);
    ASSERT_FALSE(parts) << text;
    EXPECT_EQ(parts.error().fault, Fault::usage);
  }
}

TEST(Url, a_location_is_resolved_against_its_base) {
  const std::string base = "https://hub.test/a/b?x=1";

  EXPECT_EQ(*resolved_url(base, "/c d?y"), "https://hub.test/c%20d?y");
  EXPECT_EQ(*resolved_url(base, "c"), "https://hub.test/a/c");
  EXPECT_EQ(*resolved_url(base, "//cdn.test/z"), "https://cdn.test/z");
  EXPECT_EQ(*resolved_url(base, "http://cdn.test/z?s=%2F"), "http://cdn.test/z?s=%2F");
  EXPECT_FALSE(resolved_url(base, "file:///etc/passwd"));
}

TEST(Url, an_origin_holds_no_user_path_or_query) {
  EXPECT_EQ(url_origin("https://u:p@host.test:8443/a?key=1"), "https://host.test:8443");
  EXPECT_EQ(url_origin("http://host.test/a?key=1"), "http://host.test");
  EXPECT_EQ(url_origin("bad url?key=1"), "bad url");
}

TEST(Url, an_origin_of_what_is_no_url_holds_no_password_either) {
  EXPECT_EQ(url_origin("http://user:s3cretpw@host:99999999"), "http://host:99999999");
  EXPECT_EQ(url_origin("http://user:s3/cr?t#pw@host/x"), "http://host");
  EXPECT_EQ(url_origin("user:s3cretpw@host"), "host");
}

TEST(Url, an_address_is_shown_without_its_secrets) {
  EXPECT_EQ(url_to_show("https://u:pw@h.test/a/b?api-version=1&key=k&sig=s%2F"),
            "https://h.test/a/b?api-version=1&key=***&sig=***");
  EXPECT_EQ(url_to_show("http://h:1/v1/chat/completions"),
            "http://h:1/v1/chat/completions");
  EXPECT_EQ(url_to_show("http://u:pw@h:99999999/x?key=k"), "http://h:99999999");
}

TEST(Url, user_and_password_are_taken_out_decoded) {
  const auto parts = *without_user("http://me:p%40ss@h:8080/v1?x=1");

  EXPECT_EQ(parts.url, "http://h:8080/v1?x=1");
  EXPECT_EQ(parts.user, "me");
  EXPECT_EQ(parts.password, "p@ss");
}

TEST(Url, an_address_without_a_user_stays_as_it_is_written) {
  EXPECT_EQ(without_user("HTTP://Host:80")->url, "HTTP://Host:80");
}

TEST(Url, this_machine_has_many_names) {
  for (const std::string_view host :
       {"localhost", "a.localhost", "127.0.0.1", "127.8.8.8", "0.0.0.0", "[::1]",
        "[::]", "[::ffff:127.0.0.1]"}) {
    EXPECT_TRUE(is_loopback(host)) << host;
  }
  for (const std::string_view host :
       {"localhost.test", "128.0.0.1", "10.0.0.1", "[::2]", "127.test", ""}) {
    EXPECT_FALSE(is_loopback(host)) << host;
  }
}

}  // namespace
}  // namespace proctor
