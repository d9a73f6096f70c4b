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

TEST(Encode, each_is_told_a_seed_by_the_name_it_knows) {
  Prompt prompt = chat("?");
  prompt.sampling.seed = 7;
  const auto body = [&](std::string_view provider) {
    return encoded(model_of(provider, "m", "http://s"), prompt).body;
  };

  EXPECT_THAT(body("groq"), HasSubstr(R"("seed":7)"));
  EXPECT_THAT(body("mistral"), HasSubstr(R"("random_seed":7)"));
  EXPECT_THAT(body("mistral"), Not(HasSubstr(R"("seed":7)")));
  EXPECT_THAT(body("perplexity"), Not(HasSubstr("7")));
}

TEST(Encode, one_limit_of_tokens_is_sent_where_letters_are_scored) {
  const auto body = encoded(model_of("cerebras", "m"), letters_in_a_chat("?")).body;

  EXPECT_THAT(body, HasSubstr(R"("max_completion_tokens":1)"));
  EXPECT_THAT(body, Not(HasSubstr(R"("max_tokens")")));
}

TEST(Encode, a_text_s_limit_of_tokens_has_its_older_name) {
  Prompt prompt{.text = "?"};
  prompt.sampling.max_tokens = 9;

  EXPECT_THAT(encoded(model_of("cerebras", "m"), prompt).body,
              HasSubstr(R"("max_tokens":9)"));
}

TEST(Encode, deepseek_is_asked_at_its_bare_address) {
  EXPECT_EQ(encoded(model_of("deepseek", "deepseek-chat"), chat("?")).url,
            "https://api.deepseek.com/chat/completions");
}

TEST(Encode, a_text_that_is_not_utf_8_is_sent_mended) {
  EXPECT_EQ(encoded(model_of("llama", ""), chat("a\xFF")).body,
            "{\"messages\":[{\"content\":\"a\xEF\xBF\xBD\",\"role\":\"user\"}]}");
}

// ---- Addresses ----

std::string asked(std::string_view base_url, std::string_view provider,
                  const Prompt& prompt) {
  Model model = model_of(provider, "m", normal_base_url(base_url, provider));
  return encoded(model, prompt).url;
}

TEST(EncodeAddress, a_query_stands_at_the_end) {
  EXPECT_EQ(asked("https://h/openai/deployments/g?api-version=1", "openai-compatible",
                  chat("?")),
            "https://h/openai/deployments/g/chat/completions?api-version=1");
  EXPECT_EQ(asked("http://h/v1?x=1", "openai", chat("?")),
            "http://h/v1/chat/completions?x=1");
  EXPECT_EQ(asked("http://h?x=1", "anthropic", chat("?")), "http://h/v1/messages?x=1");
  EXPECT_EQ(asked("http://h?x=1", "gemini", chat("?")),
            "http://h/v1beta/models/m:generateContent?x=1");
}

TEST(EncodeAddress, an_endpoint_is_taken_as_it_is) {
  const std::string whole = "https://h/my/chat/completions";

  EXPECT_EQ(asked(whole, "openai-compatible", chat("?")), whole);
  EXPECT_EQ(asked(whole + "?x=1", "openai-compatible", chat("?")), whole + "?x=1");
  EXPECT_EQ(asked(whole, "openai-compatible", {.text = "2 +"}),
            "https://h/my/completions");
  EXPECT_EQ(asked("http://h/v1/chat/completions", "llama", chat("?")),
            "http://h/v1/chat/completions");
}

TEST(EncodeAddress, secret_parameters_are_sent_behind_the_others) {
  Model model = model_of("openai-compatible", "m", "https://h?x=1");
  model.secret_query = "key=k";

  EXPECT_EQ(encoded(model, chat("?")).url, "https://h/v1/chat/completions?x=1&key=k");
  model.base_url = "https://h";
  EXPECT_EQ(encoded(model, chat("?")).url, "https://h/v1/chat/completions?key=k");
}

// ---- What is merged ----

TEST(EncodeExtraBody, objects_are_merged_and_null_takes_away) {
  Model model = model_of("ollama", "m");
  model.extra_body = R"({"options":{"num_ctx":8192},"raw":null})";
  const Prompt prompt{.text = "2 + 2 =",
                      .continuations = {" A", " B"},
                      .labels = "AB",
                      .choices = {"1", "4"}};

  const std::string body = encoded(model, prompt).body;

  EXPECT_THAT(body, HasSubstr(R"("options":{"num_ctx":8192,"num_predict":1})"));
  EXPECT_THAT(body, Not(HasSubstr("raw")));
}

TEST(EncodeOllama, is_told_its_context_where_its_address_takes_it) {
  Model model = model_of("ollama", "m");
  model.context = 4096;
  const Prompt letters{.text = "2 + 2 =",
                       .continuations = {" A", " B"},
                       .labels = "AB",
                       .choices = {"1", "4"}};

  EXPECT_THAT(encoded(model, letters).body, HasSubstr(R"("num_ctx":4096)"));
  const auto in_a_chat = provider_named("ollama").dialect->encode(model, chat("?"));
  ASSERT_FALSE(in_a_chat);
  EXPECT_THAT(in_a_chat.error().message, HasSubstr("OLLAMA_CONTEXT_LENGTH"));
}

// ---- What models refuse ----

struct Refusing {
  std::string_view provider, name;
  std::string_view left;  // of all_set, in Encode's order
};

// Of a sampling with everything set, what each family is sent. A row each.
TEST(SamplingFor, each_family_is_sent_what_it_takes) {
  const std::string_view all = "max_tokens temperature top_p seed stop";
  for (const auto& [provider, name, left] : {
           Refusing{"openai", "gpt-4o-mini", all},
           Refusing{"openai", "gpt-5", "seed"},
           Refusing{"openai", "gpt-5-mini", "seed"},
           Refusing{"openai", "gpt-5-chat-latest", all},
           Refusing{"openai", "gpt-5.1", "max_tokens temperature top_p seed"},
           Refusing{"openai", "gpt-5.2-pro", "seed"},
           Refusing{"openai", "o1", "seed stop"},
           Refusing{"openai", "o3-mini", "seed"},
           Refusing{"openai", "o4-mini", "seed"},
           Refusing{"openai", "omni", all},
           Refusing{"openai-compatible", "gpt-5", all},
           Refusing{"ollama", "gpt-5", all},
           Refusing{"anthropic", "claude-3-5-haiku-latest", all},
           Refusing{"anthropic", "claude-sonnet-4-20250514", all},
           Refusing{"anthropic", "claude-sonnet-4-5",
                    "max_tokens temperature seed stop"},
           Refusing{"anthropic", "claude-opus-4-1", "max_tokens temperature seed stop"},
           Refusing{"anthropic", "claude-opus-4-7", "max_tokens seed stop"},
           Refusing{"deepseek", "deepseek-chat", all},
           Refusing{"deepseek", "deepseek-reasoner", "seed stop"},
           Refusing{"gemini", "gemini-2.5-flash", "temperature top_p seed stop"},
           Refusing{"gemini", "gemini-2.5-flash-lite", all},
           Refusing{"gemini", "gemini-3.5-flash", "temperature top_p seed stop"},
       }) {
    const auto sent =
        sampling_for(model_of(provider, name, "http://h"), all_set, false);

    std::vector<std::string> words;
    if (sent.sampling.max_tokens) words.emplace_back("max_tokens");
    if (sent.sampling.temperature) words.emplace_back("temperature");
    if (sent.sampling.top_p) words.emplace_back("top_p");
    if (sent.sampling.seed) words.emplace_back("seed");
    if (!sent.sampling.stop.empty()) words.emplace_back("stop");
    EXPECT_EQ(join(words, " "), left) << provider << "/" << name;
    // Anthropic's "\n" goes, its "Q:" stays.
    const bool is_whole = left == all && sent.sampling == all_set;
    EXPECT_EQ(sent.left_out.empty(), is_whole) << sent.left_out;
  }
}

TEST(SamplingFor, what_is_left_out_is_said_with_its_reason) {
  EXPECT_EQ(sampling_for(model_of("openai", "gpt-5"), all_set, false).left_out,
            "temperature, top_p and stop, which it would refuse; max_tokens 16, which "
            "its thoughts would use up");
  EXPECT_EQ(
      sampling_for(model_of("deepseek", "deepseek-reasoner"), all_set, true).left_out,
      "temperature and top_p, which it would ignore");
  EXPECT_EQ(
      sampling_for(model_of("anthropic", "claude-3-opus"), all_set, true).left_out,
      "blank stop, which it would refuse");
}

TEST(SamplingFor, a_limit_of_the_user_s_stays) {
  EXPECT_EQ(sampling_for(model_of("openai", "o3"), all_set, true).sampling.max_tokens,
            16);
}

TEST(SamplingFor, a_temperature_of_1_is_what_they_take) {
  EXPECT_EQ(sampling_for(model_of("openai", "gpt-5"), {.temperature = 1}, false)
                .sampling.temperature,
            1);
}

TEST(SamplingFor, a_model_that_is_told_not_to_think_takes_more) {
  Sampling asked = all_set;
  asked.reasoning = "off";
  EXPECT_EQ(sampling_for(model_of("gemini", "gemini-2.5-flash"), asked, false).sampling,
            asked);
  asked.reasoning = "high";
  EXPECT_FALSE(
      sampling_for(model_of("openai", "gpt-5.1"), asked, false).sampling.temperature);
}

}  // namespace
}  // namespace proctor
