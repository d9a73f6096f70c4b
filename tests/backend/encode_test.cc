#include "backend/models.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const Sampling all_set = {.max_tokens = 16,
                          .temperature = 0.5,
                          .top_p = 0.25,
                          .seed = 7,
                          .stop = {"\n", "Q:"}};

Prompt talk_of_four() {
  return {.messages = {{"system", "Be brief."},
                       {"user", "1 + 1?"},
                       {"assistant", "B"},
                       {"user", "2 + 2?"}}};
}

TEST(Encode, openai_is_sent_only_what_is_set) {
  const auto request = encoded(model_of("openai", "gpt-4o-mini"), chat("2 + 2?"));

  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(
      request.body,
      R"({"messages":[{"content":"2 + 2?","role":"user"}],"model":"gpt-4o-mini"})");
}

TEST(Encode, openai_is_sent_all_that_is_set) {
  Prompt prompt = talk_of_four();
  prompt.sampling = all_set;

  const auto request = encoded(model_of("openai", "gpt-4o-mini"), prompt);

  EXPECT_EQ(request.body,
            R"({"max_tokens":16,"messages":[{"content":"Be brief.","role":"system"},)"
            R"({"content":"1 + 1?","role":"user"},{"content":"B","role":"assistant"},)"
            R"({"content":"2 + 2?","role":"user"}],"model":"gpt-4o-mini","seed":7,)"
            R"("stop":["\n","Q:"],"temperature":0.5,"top_p":0.25})");
}

TEST(Encode, openai_thinking_models_take_max_completion_tokens) {
  Prompt prompt = chat("?");
  prompt.sampling.max_tokens = 16;
  for (const std::string_view name :
       {"o1", "o3-mini", "o4-mini", "gpt-5", "gpt-5-nano"}) {
    const auto request = encoded(model_of("openai", name), prompt);

    EXPECT_EQ(request.body,
              fmt::format(R"({{"max_completion_tokens":16,"messages":[{{"content":"?",)"
                          R"("role":"user"}}],"model":"{}"}})",
                          name));
  }
}

TEST(Encode, other_models_take_max_tokens) {
  Prompt prompt = chat("?");
  prompt.sampling.max_tokens = 16;
  for (const auto& [provider, name] :
       {std::pair("openai", "gpt-4o"), std::pair("openai", "omni"),
        std::pair("ollama", "gpt-5"), std::pair("deepseek", "o1")}) {
    EXPECT_EQ(encoded(model_of(provider, name), prompt).body,
              fmt::format(R"({{"max_tokens":16,"messages":[{{"content":"?",)"
                          R"("role":"user"}}],"model":"{}"}})",
                          name));
  }
}

TEST(Encode, a_text_goes_to_completions) {
  const auto request =
      encoded(model_of("ollama", "mistral:7b"), {.text = "2 + 2 =\nAnswer:"});

  EXPECT_EQ(request.url, "http://localhost:11434/v1/completions");
  EXPECT_EQ(request.body, R"({"model":"mistral:7b","prompt":"2 + 2 =\nAnswer:"})");
}

TEST(Encode, a_llama_server_needs_no_name) {
  const auto request = encoded(model_of("llama", ""), chat("?"));

  EXPECT_EQ(request.body, R"({"messages":[{"content":"?","role":"user"}]})");
}

TEST(Encode, gemini_calls_the_assistant_model_and_keeps_the_system_apart) {
  Prompt prompt = talk_of_four();
  prompt.sampling = all_set;

  const auto request = encoded(model_of("gemini", "gemini-1.5-flash"), prompt);

  EXPECT_EQ(request.url,
            "https://generativelanguage.googleapis.com/v1beta/models/"
            "gemini-1.5-flash:generateContent");
  EXPECT_EQ(request.body,
            R"({"contents":[{"parts":[{"text":"1 + 1?"}],"role":"user"},)"
            R"({"parts":[{"text":"B"}],"role":"model"},)"
            R"({"parts":[{"text":"2 + 2?"}],"role":"user"}],)"
            R"("generationConfig":{"maxOutputTokens":16,"seed":7,)"
            R"("stopSequences":["\n","Q:"],"temperature":0.5,"topP":0.25},)"
            R"("systemInstruction":{"parts":[{"text":"Be brief."}]}})");
}

TEST(Encode, gemini_is_sent_no_configuration_where_nothing_is_set) {
  EXPECT_EQ(encoded(model_of("gemini", "g"), chat("?")).body,
            R"({"contents":[{"parts":[{"text":"?"}],"role":"user"}]})");
}

TEST(Encode, gemini_takes_a_text_as_one_turn) {
  EXPECT_EQ(encoded(model_of("gemini", "g"), {.text = "2 + 2 ="}).body,
            R"({"contents":[{"parts":[{"text":"2 + 2 ="}],"role":"user"}]})");
}

TEST(Encode, anthropic_is_always_sent_a_limit) {
  const auto request = encoded(model_of("anthropic", "claude-x"), chat("?"));

  EXPECT_EQ(request.url, "https://api.anthropic.com/v1/messages");
  EXPECT_EQ(request.body,
            R"({"max_tokens":4096,"messages":[{"content":"?","role":"user"}],)"
            R"("model":"claude-x"})");
}

TEST(Encode, anthropic_keeps_the_system_apart_and_knows_no_seed) {
  Prompt prompt = talk_of_four();
  prompt.sampling = all_set;

  const auto request = encoded(model_of("anthropic", "claude-x"), prompt);

  EXPECT_EQ(request.body,
            R"({"max_tokens":16,"messages":[{"content":"1 + 1?","role":"user"},)"
            R"({"content":"B","role":"assistant"},{"content":"2 + 2?","role":"user"}],)"
            R"("model":"claude-x","stop_sequences":["\n","Q:"],"system":"Be brief.",)"
            R"("temperature":0.5,"top_p":0.25})");
}

TEST(Encode, no_system_message_is_lost) {
  const Prompt prompt = {
      .messages = {{"system", "First."}, {"system", "Second."}, {"user", "?"}}};
  for (const Provider& provider : providers()) {
    const auto request = encoded(model_of(provider.name, "m", "http://s"), prompt);

    EXPECT_THAT(request.body, HasSubstr("First.")) << provider.name;
    EXPECT_THAT(request.body, HasSubstr("Second.")) << provider.name;
  }
}

TEST(Encode, each_provider_has_the_key_in_its_own_header) {
  const auto openai = encoded(model_of("openai", "m"), chat("?"));
  const auto gemini = encoded(model_of("gemini", "m"), chat("?"));
  const auto anthropic = encoded(model_of("anthropic", "m"), chat("?"));

  EXPECT_THAT(header(openai, "Authorization"),
              ElementsAre("Bearer " + std::string(test_key)));
  EXPECT_THAT(header(gemini, "x-goog-api-key"), ElementsAre(test_key));
  EXPECT_THAT(header(anthropic, "x-api-key"), ElementsAre(test_key));
  EXPECT_THAT(header(anthropic, "anthropic-version"), ElementsAre("2023-06-01"));
}

TEST(Encode, the_key_is_neither_in_the_body_nor_in_the_address) {
  for (const Provider& provider : providers()) {
    const auto request = encoded(model_of(provider.name, "m", "http://s"), chat("?"));

    EXPECT_THAT(request.body, Not(HasSubstr(std::string(test_key)))) << provider.name;
    EXPECT_THAT(request.url, Not(HasSubstr(std::string(test_key)))) << provider.name;
  }
}

TEST(Encode, without_a_key_no_header_of_it_is_sent) {
  for (const Provider& provider : providers()) {
    Model model = model_of(provider.name, "m", "http://s");
    model.key.clear();

    const auto request = encoded(model, chat("?"));

    EXPECT_THAT(header(request, "authorization"), IsEmpty()) << provider.name;
    EXPECT_THAT(header(request, "x-goog-api-key"), IsEmpty()) << provider.name;
    EXPECT_THAT(header(request, "x-api-key"), IsEmpty()) << provider.name;
  }
}

TEST(Encode, a_user_s_header_is_sent_beside_the_others) {
  Model model = model_of("openai", "m");
  model.headers = {{"OpenAI-Organization", "org-1"}};

  const auto request = encoded(model, chat("?"));

  EXPECT_THAT(header(request, "openai-organization"), ElementsAre("org-1"));
  EXPECT_THAT(header(request, "content-type"), ElementsAre("application/json"));
}

TEST(Encode, a_user_s_header_wins_over_the_same_of_ours) {
  for (const Provider& provider : providers()) {
    Model model = model_of(provider.name, "m", "http://s");
    for (const std::string_view name : {"authorization", "x-goog-api-key", "X-API-Key",
                                        "Anthropic-Version", "content-type"}) {
      model.headers.emplace_back(name, "mine");
    }

    const auto request = encoded(model, chat("?"));

    for (const auto& [name, value] : model.headers) {
      EXPECT_THAT(header(request, name), ElementsAre("mine")) << name;
    }
  }
}

TEST(Encode, a_key_of_the_extra_body_wins) {
  Model model = model_of("openai", "gpt-4o-mini");
  model.extra_body = R"({"temperature":1,"logprobs":true,"model":"other"})";
  Prompt prompt = chat("?");
  prompt.sampling.temperature = 0;

  EXPECT_EQ(encoded(model, prompt).body,
            R"({"logprobs":true,"messages":[{"content":"?","role":"user"}],)"
            R"("model":"other","temperature":1})");
}

TEST(Encode, a_version_in_the_address_is_kept_and_none_is_added) {
  const auto url = [](std::string_view provider, std::string_view base) {
    return encoded(model_of(provider, "m", normal_base_url(base)), chat("?")).url;
  };

  EXPECT_EQ(url("openai-compatible", "http://h:1"), "http://h:1/v1/chat/completions");
  EXPECT_EQ(url("openai-compatible", "http://h:1/v1/"),
            "http://h:1/v1/chat/completions");
  EXPECT_EQ(url("openai-compatible", "http://h/proxy"),
            "http://h/proxy/v1/chat/completions");
  EXPECT_EQ(url("openai-compatible", "https://h/api/v3"),
            "https://h/api/v3/chat/completions");
  EXPECT_EQ(url("openai-compatible", "https://h/v1beta/openai/"),
            "https://h/v1beta/openai/chat/completions");
}

TEST(Encode, deepseek_is_asked_at_its_bare_address) {
  EXPECT_EQ(encoded(model_of("deepseek", "deepseek-chat"), chat("?")).url,
            "https://api.deepseek.com/chat/completions");
}

TEST(Encode, a_text_that_is_not_utf_8_is_sent_mended) {
  EXPECT_EQ(encoded(model_of("llama", ""), chat("a\xFF")).body,
            "{\"messages\":[{\"content\":\"a\xEF\xBF\xBD\",\"role\":\"user\"}]}");
}

}  // namespace
}  // namespace proctor
