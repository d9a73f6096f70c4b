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

TEST(Providers, a_name_like_none_is_told_some_and_who_lists_all) {
  const std::string message = find_provider("xyzzy").error().message;

  EXPECT_THAT(message, HasSubstr("ollama"));
  EXPECT_THAT(message, HasSubstr("proctor list models"));
  EXPECT_LT(message.size(), 120U);
}

TEST(Providers, their_names_are_too_unlike_to_be_taken_for_another) {
  for (const Provider& provider : providers()) {
    const std::string mistyped = std::string(provider.name) + "x";

    EXPECT_EQ(find_provider(mistyped).error().message,
              fmt::format("no such provider; did you mean {}?", provider.name));
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
    EXPECT_EQ(normal_base_url(provider.base_url, provider.name), provider.base_url);
  }
}

TEST(NormalBaseUrl, both_spellings_are_one_server) {
  for (const std::string_view url :
       {"http://h:8080", "http://h:8080/", "http://h:8080/v1", "http://h:8080/v1/",
        "http://h:8080//v1//"}) {
    EXPECT_EQ(normal_base_url(url), "http://h:8080") << url;
  }
}

TEST(NormalBaseUrl, a_query_stays_and_v1_goes_before_it) {
  EXPECT_EQ(normal_base_url("http://h/v1?x=1"), "http://h?x=1");
  EXPECT_EQ(normal_base_url("http://h/v1/?"), "http://h");
}

TEST(NormalBaseUrl, an_endpoint_means_its_server) {
  EXPECT_EQ(normal_base_url("http://h/v1/chat/completions"), "http://h");
  EXPECT_EQ(normal_base_url("http://h/v1/completions/"), "http://h");
  EXPECT_EQ(normal_base_url("https://h/v1beta/openai/chat/completions"),
            "https://h/v1beta/openai");
  for (const std::string_view path : {"/api", "/api/", "/api/chat", "/api/generate"}) {
    EXPECT_EQ(normal_base_url(fmt::format("http://h:11434{}", path), "ollama"),
              "http://h:11434");
  }
  EXPECT_EQ(normal_base_url("https://h/v1/messages", "anthropic"), "https://h");
  for (const std::string_view path :
       {"/v1beta", "/v1beta/openai", "/v1beta/models/g:generateContent"}) {
    EXPECT_EQ(normal_base_url(fmt::format("https://h{}", path), "gemini"), "https://h");
  }
}

TEST(NormalBaseUrl, an_address_without_a_path_means_the_provider_s_root) {
  for (const std::string_view url :
       {"https://h", "https://h/", "https://h/openai/v1"}) {
    EXPECT_EQ(normal_base_url(url, "azure"), "https://h/openai") << url;
  }
  EXPECT_EQ(normal_base_url("https://h/openai/deployments/d?api-version=1", "azure"),
            "https://h/openai/deployments/d?api-version=1");
}

TEST(NormalBaseUrl, a_host_of_such_a_name_is_no_path) {
  EXPECT_EQ(normal_base_url("http://api", "ollama"), "http://api");
  EXPECT_EQ(normal_base_url("http://v1"), "http://v1");
}

TEST(OllamaAddress, is_read_as_ollama_reads_it) {
  for (const auto& [text, address] :
       {std::pair("0.0.0.0", "http://localhost:11434"),
        std::pair("127.0.0.1:11434", "http://localhost:11434"),
        std::pair("0.0.0.0:8000", "http://localhost:8000"),
        std::pair(":8000", "http://localhost:8000"),
        std::pair("gpu.lan", "http://gpu.lan:11434"),
        std::pair("gpu.lan:1234", "http://gpu.lan:1234"),
        std::pair("http://gpu.lan", "http://gpu.lan"),
        std::pair("https://gpu.lan/ollama", "https://gpu.lan/ollama"),
        std::pair("[::1]:8000", "http://localhost:8000"),
        std::pair("2001:db8::1", "http://[2001:db8::1]:11434")}) {
    EXPECT_EQ(ollama_address(text), address) << text;
  }
}

TEST(NormalBaseUrl, another_path_stays) {
  EXPECT_EQ(normal_base_url("https://h/v1beta/openai/"), "https://h/v1beta/openai");
  EXPECT_EQ(normal_base_url("https://h/api/v1"), "https://h/api");
  EXPECT_EQ(normal_base_url("https://h/v10"), "https://h/v10");
}

}  // namespace
}  // namespace proctor
