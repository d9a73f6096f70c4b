// Letters that a server scores: what it is asked, and how its answer is read.
#include <cmath>

#include "backend/models.h"

namespace proctor {
namespace {

using testing::DoubleEq;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

Error refusal(std::string_view provider, std::string_view name, const Prompt& prompt) {
  const auto request = provider_named(provider).dialect->encode(
      model_of(provider, name, "http://s"), prompt);
  EXPECT_FALSE(request);
  return request ? Error{Fault::io, "no error"} : request.error();
}

Reply reply_of(std::string_view provider, std::string_view body, const Prompt& prompt) {
  const auto reply = decoded(provider, body, prompt);
  EXPECT_TRUE(reply) << reply.error().message;
  return reply ? *reply : Reply{};
}

// The answer of a chat that lists these tokens.
std::string listing(std::string_view tokens) {
  return fmt::format(
      R"({{"model":"m","system_fingerprint":"b1","usage":{{"prompt_tokens":31}},
          "choices":[{{"message":{{"content":"Well"}},"finish_reason":"length",
          "logprobs":{{"content":[{{"token":"Well","logprob":-0.1,
          "top_logprobs":[{}]}}]}}}}]}})",
      tokens);
}

TEST(Letters, a_chat_is_asked_for_twenty_tokens_of_its_first_place) {
  const auto request =
      encoded(model_of("openai", "gpt-4o-mini"), letters_in_a_chat("?"));

  EXPECT_EQ(request.url, "https://api.openai.com/v1/chat/completions");
  EXPECT_EQ(request.body,
            R"({"logprobs":true,"max_tokens":1,"messages":[{"content":"?",)"
            R"("role":"user"}],"model":"gpt-4o-mini","temperature":0.0,)"
            R"("top_logprobs":20})");
}

TEST(Letters, a_text_is_asked_for_at_completions) {
  const auto request =
      encoded(model_of("openai-compatible", "m", "http://h"), letters_after("Answer:"));

  EXPECT_EQ(request.url, "http://h/v1/completions");
  EXPECT_EQ(request.body,
            R"({"logprobs":20,"max_tokens":1,"model":"m","prompt":"Answer:",)"
            R"("temperature":0.0})");
}

TEST(Letters, openai_lists_five_tokens_after_a_text) {
  EXPECT_THAT(encoded(model_of("openai", "davinci-002"), letters_after("?")).body,
              HasSubstr(R"("logprobs":5,)"));
}

TEST(Letters, a_llama_server_lists_a_hundred_and_writes_a_letter) {
  const auto text = encoded(model_of("llama", ""), letters_after("Answer:"));
  const auto chat = encoded(model_of("llama", ""), letters_in_a_chat("?"));

  EXPECT_EQ(text.url, "http://localhost:8080/v1/completions");
  EXPECT_EQ(text.body,
            R"({"grammar":"root ::= \" \"? [ABCD]","max_tokens":1,"n_probs":100,)"
            R"("prompt":"Answer:","temperature":0.0})");
  EXPECT_EQ(chat.body,
            R"({"grammar":"root ::= \" \"? [ABCD]","logprobs":true,"max_tokens":1,)"
            R"("messages":[{"content":"?","role":"user"}],"temperature":0.0,)"
            R"("top_logprobs":100})");
}

TEST(Letters, ollama_is_asked_in_its_own_way_after_a_text) {
  Prompt prompt = letters_after("Answer:");
  prompt.sampling.seed = 1234;

  const auto request = encoded(model_of("ollama", "mistral:7b"), prompt);

  EXPECT_EQ(request.url, "http://localhost:11434/api/generate");
  EXPECT_EQ(request.body,
            R"({"logprobs":true,"model":"mistral:7b","options":{"num_predict":1,)"
            R"("seed":1234,"temperature":0.0},"prompt":"Answer:","raw":true,)"
            R"("stream":false,"top_logprobs":20})");
}

TEST(Letters, the_extra_body_says_how_many_are_listed) {
  Model model = model_of("openai-compatible", "m", "http://h");
  model.extra_body = R"({"logprobs":5})";

  EXPECT_THAT(encoded(model, letters_after("?")).body, HasSubstr(R"("logprobs":5,)"));
}

TEST(Letters, who_gives_no_likelihoods_is_named_with_those_who_do) {
  for (const auto& [provider, name] :
       {std::pair("gemini", "gemini-1.5-flash"), std::pair("anthropic", "claude-x"),
        std::pair("openai", "o3-mini"), std::pair("deepseek", "deepseek-reasoner")}) {
    for (const Prompt& prompt : {letters_in_a_chat("?"), letters_after("?")}) {
      const Error error = refusal(provider, name, prompt);

      EXPECT_EQ(error.fault, Fault::usage) << provider;
      EXPECT_THAT(error.message, HasSubstr("likelihoods of letters")) << provider;
      EXPECT_THAT(error.message, HasSubstr("llama")) << provider;
      EXPECT_THAT(error.message, HasSubstr(".gguf")) << provider;
    }
  }
}

TEST(Letters, those_who_do_are_the_rows_that_list_tokens_in_such_a_prompt) {
  const auto named = [](const Prompt& prompt) {
    const std::string message = refusal("gemini", "gemini-x", prompt).message;
    const std::size_t from = message.find("; ") + 2;
    return split(message.substr(from, message.find(" do, ") - from), ',');
  };
  const auto listing = [](int Provider::*listed) {
    std::vector<std::string> names;
    for (const Provider& provider : providers())
      if (provider.*listed > 0)
        names.push_back((names.empty() ? "" : " ") + std::string(provider.name));
    return names;
  };

  EXPECT_EQ(named(letters_in_a_chat("?")), listing(&Provider::listed_in_chat));
  EXPECT_EQ(named(letters_after("?")), listing(&Provider::listed_after_text));
  EXPECT_THAT(named(letters_in_a_chat("?")), testing::Contains(" deepseek"));
}

TEST(Letters, deepseek_gives_them_in_a_chat_only) {
  EXPECT_THAT(
      encoded(model_of("deepseek", "deepseek-chat"), letters_in_a_chat("?")).body,
      HasSubstr(R"("top_logprobs":20)"));
  EXPECT_EQ(refusal("deepseek", "deepseek-chat", letters_after("?")).fault,
            Fault::usage);
}

TEST(Letters, whole_texts_are_scored_by_no_server) {
  for (const Provider& provider : providers()) {
    for (const auto& continuations :
         {std::vector<std::string>{" one", " two", " three", " four"},
          std::vector<std::string>{" (A)", " (B)", " (C)", " (D)"},
          std::vector<std::string>{" B", " A", " C", " D"}}) {
      Prompt prompt = letters_after("?");
      prompt.continuations = continuations;

      const Error error = refusal(provider.name, "m", prompt);

      EXPECT_EQ(error.fault, Fault::usage) << provider.name;
      EXPECT_THAT(error.message, HasSubstr("whole texts")) << provider.name;
      EXPECT_THAT(error.message, HasSubstr(".gguf")) << provider.name;
    }
  }
}

TEST(Letters, the_likeliest_is_the_reply) {
  const Reply reply = reply_of("openai", listing(R"({"token":"Well","logprob":-0.1},
      {"token":"A","logprob":-5},{"token":"C","logprob":-2.5},
      {"token":"B","logprob":-3},{"token":"D","logprob":-7})"),
                               letters_in_a_chat("?"));

  EXPECT_EQ(reply.text, "C");
  EXPECT_EQ(reply.finish_reason, "scored");
  EXPECT_THAT(reply.logprobs, ElementsAre(Pair("A", -5), Pair("B", -3), Pair("C", -2.5),
                                          Pair("D", -7)));
  EXPECT_EQ(reply.model, "m");
  EXPECT_EQ(reply.build, "b1");
  EXPECT_EQ(reply.tokens.prompt, 31);
}

TEST(Letters, the_first_of_equals_is_the_reply) {
  const Reply reply = reply_of("llama", listing(R"({"token":" D","logprob":-2},
      {"token":" B","logprob":-2},{"token":" C","logprob":-2})"),
                               letters_after("?"));

  EXPECT_EQ(reply.text, "B");
}

TEST(Letters, with_a_blank_or_without_it_is_the_same_letter) {
  const Reply reply = reply_of("llama", listing(R"({"token":" A","logprob":-2},
      {"token":"A","logprob":-1},{"token":"B","logprob":-3},
      {"token":"\u2581B","logprob":-3},{"token":"\u0120C","logprob":-4})"),
                               letters_after("?"));

  EXPECT_THAT(reply.logprobs.at("A"),
              DoubleNear(std::log(std::exp(-2) + std::exp(-1)), 1e-12));
  EXPECT_THAT(reply.logprobs.at("B"), DoubleNear(-3 + std::log(2), 1e-12));
  EXPECT_THAT(reply.logprobs.at("C"), DoubleEq(-4));
}

TEST(Letters, the_sum_of_tiny_probabilities_is_no_zero) {
  const Reply reply = reply_of("llama", listing(R"({"token":" A","logprob":-2000},
      {"token":"A","logprob":-2000})"),
                               letters_after("?"));

  EXPECT_THAT(reply.logprobs.at("A"), DoubleNear(-2000 + std::log(2), 1e-9));
}

TEST(Letters, what_is_longer_or_small_is_no_letter) {
  const Reply reply = reply_of("llama", listing(R"({"token":"a","logprob":-1},
      {"token":"As","logprob":-1},{"token":"  B","logprob":-1},
      {"token":"E","logprob":-1},{"token":" ","logprob":-1},{"token":"","logprob":-1},
      {"token":"\uff21","logprob":-1},{"token":7,"logprob":-1},{"token":"C"},
      {"logprob":-1},null,3)"),
                               letters_after("?"));

  EXPECT_THAT(reply.logprobs, IsEmpty());
}

TEST(Letters, one_that_is_not_listed_is_not_known) {
  const Reply reply = reply_of("openai", listing(R"({"token":"D","logprob":-0.5},
      {"token":"A","logprob":-3},{"token":"B","logprob":-9999.0})"),
                               letters_in_a_chat("?"));

  EXPECT_THAT(reply.logprobs, ElementsAre(Pair("A", -3), Pair("D", -0.5)));
  EXPECT_EQ(reply.text, "D");
}

TEST(Letters, where_none_is_listed_there_is_no_guess) {
  const Reply reply = reply_of("openai", listing(R"({"token":"Well","logprob":-0.1})"),
                               letters_in_a_chat("?"));

  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.finish_reason, "scored");
  EXPECT_THAT(reply.logprobs, IsEmpty());
}

TEST(Letters, completions_list_tokens_as_keys) {
  const Reply reply = reply_of(
      "openai-compatible",
      R"({"model":"m","choices":[{"text":" B","finish_reason":"length","logprobs":{
          "tokens":[" B"],"token_logprobs":[-0.25],"text_offset":[0],
          "top_logprobs":[{" B":-0.25," A":-2," C":-2.5," D":-3,"B":-4.25}]}}]})",
      letters_after("?"));

  EXPECT_EQ(reply.text, "B");
  EXPECT_THAT(reply.logprobs.at("B"),
              DoubleNear(std::log(std::exp(-0.25) + std::exp(-4.25)), 1e-12));
  EXPECT_THAT(reply.logprobs.at("D"), DoubleEq(-3));
}

TEST(Letters, ollama_lists_tokens_in_its_own_answer) {
  const Reply reply = reply_of(
      "ollama",
      R"({"model":"mistral:7b","response":"B","done":true,"done_reason":"length",
          "logprobs":[{"token":" B","logprob":-0.25,"top_logprobs":[
          {"token":" B","logprob":-0.25},{"token":" A","logprob":-2}]}],
          "prompt_eval_count":31,"eval_count":1})",
      letters_after("?"));

  EXPECT_EQ(reply.text, "B");
  EXPECT_THAT(reply.logprobs, ElementsAre(Pair("A", -2), Pair("B", -0.25)));
  EXPECT_EQ(reply.model, "mistral:7b");
  EXPECT_EQ(reply.tokens.prompt, 31);
  EXPECT_EQ(reply.tokens.reply, 1);
}

TEST(Letters, an_answer_without_a_list_can_never_be_read) {
  for (const std::string_view logprobs :
       {R"(null)", R"({})", R"({"content":[]})", R"({"content":null})",
        R"({"top_logprobs":[null]})", R"([])", R"("x")"}) {
    const auto reply = decoded(
        "openai",
        fmt::format(R"({{"choices":[{{"text":"B","logprobs":{}}}]}})", logprobs),
        letters_after("?"));

    ASSERT_FALSE(reply) << logprobs;
    EXPECT_EQ(reply.error().fault, Fault::usage) << logprobs;
    EXPECT_THAT(reply.error().message, HasSubstr("no likelihoods"));
  }
}

TEST(Letters, a_refusal_stays_one) {
  const Reply reply = reply_of(
      "openai",
      R"({"choices":[{"message":{"content":""},"finish_reason":"content_filter"}]})",
      letters_in_a_chat("?"));

  EXPECT_EQ(reply.finish_reason, "content_filter");
}

TEST(Letters, an_answer_of_ollama_s_that_is_none_may_be_asked_again) {
  for (const std::string_view body : {"{}", "[]", "{", ""}) {
    const auto reply = decoded("ollama", body, letters_after("?"));

    ASSERT_FALSE(reply) << body;
    EXPECT_EQ(reply.error().fault, Fault::network) << body;
  }
}

}  // namespace
}  // namespace proctor
