#include "backend/models.h"

namespace proctor {
namespace {

using testing::HasSubstr;

TEST(Providers, each_is_found_by_its_name) {
  for (const Provider& provider : providers()) {
    const auto found = find_provider(provider.name);

    ASSERT_TRUE(found);
    EXPECT_EQ(*found, &provider);
  }
}

TEST(Providers, a_mistyped_name_is_told_the_nearest) {
  const auto found = find_provider("olama");

  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::usage);
  EXPECT_EQ(found.error().message, "no such provider; did you mean ollama?");
}

TEST(Providers, a_name_as_ollama_lists_it_is_told_how_it_is_written) {
  EXPECT_EQ(find_provider("mistral:7b").error().message,
            "no such provider; a model of ollama's is written ollama/mistral:7b");
}

TEST(Providers, a_name_like_none_is_told_all) {
  const auto found = find_provider("xyzzy");

  ASSERT_FALSE(found);
  for (const Provider& provider : providers()) {
    EXPECT_THAT(found.error().message, HasSubstr(std::string(provider.name)));
  }
}

TEST(Providers, those_that_need_a_key_name_its_variable) {
  for (const Provider& provider : providers()) {
    EXPECT_TRUE(!provider.key_is_needed || !provider.key_variables.empty())
        << provider.name;
    EXPECT_GT(provider.concurrency, 0U);
    EXPECT_FALSE(provider.hint.empty());
  }
}

TEST(Providers, an_address_of_the_table_is_a_normal_one) {
  for (const Provider& provider : providers()) {
    EXPECT_EQ(normal_base_url(provider.base_url), provider.base_url);
  }
}

TEST(NormalBaseUrl, both_spellings_are_one_server) {
  for (const std::string_view url :
       {"http://h:8080", "http://h:8080/", "http://h:8080/v1", "http://h:8080/v1/",
        "http://h:8080//v1//"}) {
    EXPECT_EQ(normal_base_url(url), "http://h:8080") << url;
  }
}

TEST(NormalBaseUrl, another_path_stays) {
  EXPECT_EQ(normal_base_url("https://h/v1beta/openai/"), "https://h/v1beta/openai");
  EXPECT_EQ(normal_base_url("https://h/api/v1"), "https://h/api");
  EXPECT_EQ(normal_base_url("https://h/v10"), "https://h/v10");
}

}  // namespace
}  // namespace proctor
