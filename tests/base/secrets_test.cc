#include <gtest/gtest.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

Secrets secrets_of(std::initializer_list<std::string_view> list) {
  Secrets secrets;
  for (const std::string_view secret : list) secrets.add(secret);
  return secrets;
}

TEST(NamesASecret, keys_tokens_and_passwords_in_every_spelling) {
  for (const std::string_view name :
       {"Authorization", "x-api-key", "--api-key", "OPENAI_API_KEY", "apiKey", "apikey",
        "key", "sig", "token", "HF_TOKEN", "--hf-token", "access_token", "password",
        "clientSecret", "Cookie", "Ocp-Apim-Subscription-Key"}) {
    EXPECT_TRUE(names_a_secret(name)) << name;
  }
}

TEST(NamesASecret, what_only_sounds_like_one_is_none) {
  for (const std::string_view name :
       {"--api-key-file", "--max-tokens", "--eos-token", "tokenizer", "monkey",
        "keyboard", "api-version", "X-Title", "signal", "author", ""}) {
    EXPECT_FALSE(names_a_secret(name)) << name;
  }
}

TEST(Secrets, every_spelling_of_one_is_taken_out) {
  const Secrets secrets = secrets_of({R"(sk-a/b"c\d-0123)"});

  EXPECT_EQ(secrets.clean(R"(raw sk-a/b"c\d-0123, JSON sk-a/b\"c\\d-0123 and )"
                          R"(sk-a\/b\"c\\d-0123.)"),
            "raw ***, JSON *** and ***.");
}

TEST(Secrets, one_that_holds_another_goes_first) {
  EXPECT_EQ(secrets_of({"abcd-1234", "abcd-1234-efgh"}).clean("x abcd-1234-efgh y"),
            "x *** y");
}

TEST(Secrets, short_ones_and_words_stay_what_they_are) {
  const Secrets secrets = secrets_of({"secret1", "password", "", "EMPTY"});

  EXPECT_EQ(secrets.clean("the password is secret1, EMPTY"),
            "the password is secret1, EMPTY");
}

TEST(Secrets, a_header_of_a_secret_s_name_hides_each_of_its_words) {
  Secrets secrets;
  secrets.add_named("Authorization", "Bearer abcdefgh-1");
  secrets.add_named("Cookie", "session=0123456789; theme=dark");

  EXPECT_EQ(secrets.clean("got abcdefgh-1 and 0123456789 from a Bearer"),
            "got *** and *** from a Bearer");
}

TEST(Secrets, another_header_hides_only_what_looks_like_a_key) {
  Secrets secrets;
  secrets.add_named("anthropic-version", "2023-06-01");
  secrets.add_named("X-Title", "My evaluation of 2026, again");
  secrets.add_named("X-Gateway", "gw_0123456789abcdefghij");

  EXPECT_EQ(secrets.clean("2023-06-01 My evaluation of 2026, again "
                          "gw_0123456789abcdefghij"),
            "2023-06-01 My evaluation of 2026, again ***");
}

TEST(Base64, is_rfc_4648_s) {
  EXPECT_EQ(base64_of(""), "");
  EXPECT_EQ(base64_of("f"), "Zg==");
  EXPECT_EQ(base64_of("foob"), "Zm9vYg==");
  EXPECT_EQ(base64_of("user:pw"), "dXNlcjpwdw==");
}

}  // namespace
}  // namespace proctor
