#include "backend/models.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

Reply reply_of(std::string_view provider, std::string_view body) {
  const auto reply = decoded(provider, body);
  EXPECT_TRUE(reply) << reply.error().message;
  return reply ? *reply : Reply{};
}

Error error_in(std::string_view provider, std::string_view body) {
  const auto reply = decoded(provider, body);
  EXPECT_FALSE(reply);
  return reply ? Error{Fault::usage, "no error"} : reply.error();
}

std::string message(std::string_view fields) {
  return fmt::format(R"({{"choices":[{{"message":{{{}}},"finish_reason":"stop"}}]}})",
                     fields);
}

TEST(Decode, an_openai_reply_has_text_reason_model_build_and_tokens) {
  const Reply reply =
      reply_of("openai",
               R"({"id":"x","model":"gpt-4o-mini-2024","system_fingerprint":"fp_1",
          "choices":[{"index":0,"message":{"role":"assistant","content":"B."},
                      "finish_reason":"length"}],
          "usage":{"prompt_tokens":31,"completion_tokens":2,"total_tokens":33}})");

  EXPECT_EQ(reply.text, "B.");
  EXPECT_EQ(reply.finish_reason, "length");
  EXPECT_EQ(reply.model, "gpt-4o-mini-2024");
  EXPECT_EQ(reply.build, "fp_1");
  EXPECT_EQ(reply.tokens.prompt, 31);
  EXPECT_EQ(reply.tokens.reply, 2);
  EXPECT_EQ(reply.tokens.decoded, std::nullopt);
}

TEST(Decode, tokens_that_are_not_told_are_not_known) {
  const Reply reply = reply_of("openai", message(R"("content":"B")"));

  EXPECT_EQ(reply.tokens.prompt, std::nullopt);
  EXPECT_EQ(reply.tokens.reply, std::nullopt);
}

TEST(Decode, a_content_of_null_and_nothing_else_is_no_reply) {
  for (const std::string_view said : {R"("content":null)", R"("role":"assistant")"}) {
    const Error error = error_in("openai", message(said));

    EXPECT_EQ(error.fault, Fault::network);
    EXPECT_THAT(error.message, HasSubstr("holds no reply"));
  }
}

TEST(Decode, a_choice_without_a_message_is_no_reply) {
  EXPECT_EQ(error_in("openai", R"({"choices":[{"finish_reason":"stop"}]})").fault,
            Fault::network);
}

TEST(Decode, a_content_of_null_is_an_empty_text_where_something_else_is_there) {
  EXPECT_EQ(reply_of("openai", message(R"("content":null,"reasoning":"Hm.")")).text,
            "");
  EXPECT_EQ(reply_of("openai", message(R"("content":null,"tool_calls":[{}])")).text,
            "");
  EXPECT_EQ(reply_of("openai", R"({"choices":[{"message":{"content":null},
                                   "finish_reason":"length"}]})")
                .finish_reason,
            "length");
}

TEST(Decode, an_empty_content_is_a_reply) {
  EXPECT_EQ(reply_of("openai", message(R"("content":"")")).text, "");
}

TEST(Decode, a_finish_reason_of_null_is_empty) {
  EXPECT_EQ(reply_of("ollama", R"({"choices":[{"message":{"content":"B"},
                                   "finish_reason":null}]})")
                .finish_reason,
            "");
}

TEST(Decode, a_list_of_parts_is_joined) {
  EXPECT_EQ(
      reply_of("openai", message(R"("content":[{"type":"text","text":"The answer "},
                             {"type":"image_url"},{"type":"text","text":"is B"}])"))
          .text,
      "The answer is B");
}

TEST(Decode, thoughts_stay_apart_under_either_name) {
  const Reply deepseek =
      reply_of("deepseek", message(R"("content":"B","reasoning_content":"Hm.")"));
  const Reply ollama =
      reply_of("ollama", message(R"("content":"B","reasoning":"Hm.")"));

  EXPECT_EQ(deepseek.text, "B");
  EXPECT_EQ(deepseek.reasoning, "Hm.");
  EXPECT_EQ(ollama.text, "B");
  EXPECT_EQ(ollama.reasoning, "Hm.");
}

TEST(Decode, a_refusal_is_told_as_such) {
  const Reply reply =
      reply_of("openai", message(R"("content":null,"refusal":"I can't help.")"));

  EXPECT_EQ(reply.text, "I can't help.");
  EXPECT_EQ(reply.finish_reason, "refusal");
}

TEST(Decode, a_refusal_of_null_is_none) {
  EXPECT_EQ(
      reply_of("openai", message(R"("content":"B","refusal":null)")).finish_reason,
      "stop");
}

TEST(Decode, a_completion_has_its_text_in_the_choice) {
  EXPECT_EQ(
      reply_of("llama", R"({"choices":[{"text":" B","finish_reason":"stop"}]})").text,
      " B");
}

TEST(Decode, blank_lines_before_the_json_are_no_error) {
  EXPECT_EQ(
      reply_of("deepseek", "\n\n \r\n\n" + message(R"("content":"B")") + "\n").text,
      "B");
}

TEST(Decode, bytes_that_are_not_utf_8_are_replaced) {
  EXPECT_EQ(reply_of("llama", message("\"content\":\"B\xC3\"")).text, "B\xEF\xBF\xBD");
}

TEST(Decode, an_escaped_letter_is_read) {
  EXPECT_EQ(
      reply_of("openai", message(R"("content":"\u7b54\u3048 \ud83d\ude00\n")")).text,
      "答え 😀\n");
}

TEST(Decode, an_answer_without_choices_may_be_asked_again) {
  const Error error =
      error_in("openai", R"({"object":"chat.completion","choices":[]})");

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("no choices"));
}

TEST(Decode, an_error_in_a_200_is_told_in_the_server_s_words) {
  const Error error = error_in("openai", R"({"error":{"message":"over\ncapacity"}})");

  EXPECT_EQ(error.fault, Fault::network);
  EXPECT_THAT(error.message, HasSubstr("over"));
  EXPECT_THAT(error.message, Not(HasSubstr("\n")));
}

TEST(Decode, a_page_is_not_json_whoever_is_asked) {
  const std::string page = "<!doctype html>\n<html>\x1B[31m" + std::string(5000, 'x');
  for (const Provider& provider : providers()) {
    const Error error = error_in(provider.name, page);

    EXPECT_EQ(error.fault, Fault::network);
    EXPECT_THAT(error.message, HasSubstr("not JSON: <!doctype html>"));
    EXPECT_THAT(error.message, Not(HasSubstr("\x1B")));
    EXPECT_LT(error.message.size(), 200U);
  }
}

TEST(Decode, nothing_at_all_is_an_error_whoever_is_asked) {
  for (const Provider& provider : providers()) {
    for (const std::string_view body : {"", "\n\n", "{", "[]", "null", "\"B\"", "7"}) {
      EXPECT_EQ(error_in(provider.name, body).fault, Fault::network)
          << provider.name << ' ' << body;
    }
  }
}

TEST(Decode, fields_of_a_wrong_kind_are_as_if_they_were_not_there) {
  const Reply reply = reply_of(
      "openai",
      R"({"model":7,"choices":[{"message":{"content":"B","reasoning_content":[]},
          "finish_reason":{}}],"usage":"many"})");

  EXPECT_EQ(reply.text, "B");
  EXPECT_EQ(reply.reasoning, "");
  EXPECT_EQ(reply.model, "");
  EXPECT_EQ(reply.tokens.prompt, std::nullopt);
}

TEST(Decode, an_error_in_a_200_is_what_its_code_is_as_a_status) {
  const auto fault = [](std::string_view provider, std::string_view error) {
    return error_in(provider, fmt::format(R"({{"error":{}}})", error)).fault;
  };

  for (const std::string_view provider : {"openai", "anthropic", "gemini"}) {
    EXPECT_EQ(fault(provider, R"({"code":502,"message":"gone"})"), Fault::network);
    EXPECT_EQ(fault(provider, R"({"code":"429"})"), Fault::network);
    EXPECT_EQ(fault(provider, R"({"code":401})"), Fault::denied);
    EXPECT_EQ(fault(provider, R"({"code":400})"), Fault::rejected);
    EXPECT_EQ(fault(provider, R"({"type":"overloaded_error"})"), Fault::network);
    EXPECT_EQ(fault(provider, R"({"type":"authentication_error"})"), Fault::denied);
    EXPECT_EQ(fault(provider, R"({"type":"invalid_request_error"})"), Fault::rejected);
    EXPECT_EQ(fault(provider, R"({"status":"RESOURCE_EXHAUSTED"})"), Fault::network);
    EXPECT_EQ(fault(provider, R"({"code":429,"message":"free-models-per-day"})"),
              Fault::denied);
  }
}

TEST(Decode, an_error_beside_the_choice_or_in_it_is_no_reply) {
  const Error beside = error_in("openai", R"({"error":{"code":502,"message":"gone"},
                    "choices":[{"message":{"content":"B"},"finish_reason":"stop"}]})");
  const Error within =
      error_in("openai", R"({"choices":[{"error":{"code":502,"message":"gone"},
                    "message":{"content":"B"},"finish_reason":"error"}]})");

  EXPECT_EQ(beside.message, "error 502 in a 200: gone");
  EXPECT_EQ(within.message, "error 502 in a 200: gone");
}

TEST(Decode, a_reason_of_error_is_no_reply) {
  EXPECT_EQ(error_in("openai", R"({"choices":[{"message":{"content":"B"},
                                   "finish_reason":"error"}]})")
                .fault,
            Fault::network);
}

TEST(Decode, an_object_that_calls_itself_an_error_is_one) {
  EXPECT_EQ(error_in("openai", R"({"object":"error","code":400,"message":"too long"})")
                .message,
            "error 400 in a 200: too long");
}

TEST(Decode, an_error_of_null_is_none) {
  EXPECT_EQ(reply_of("openai", R"({"error":null,"choices":[{"error":null,
                                   "message":{"content":"B"}}]})")
                .text,
            "B");
}

TEST(Decode, a_filter_s_error_in_a_200_is_a_refusal) {
  for (const std::string_view body :
       {R"({"error":{"code":"content_filter","message":"no"}})",
        R"({"choices":[{"message":{},"error":{"code":"content_filter"}}]})",
        R"({"choices":[],"prompt_filter_results":[{"content_filter_results":
            {"hate":{"filtered":false},"violence":{"filtered":true}}}]})",
        R"({"choices":[{"finish_reason":"content_filter"}]})"}) {
    EXPECT_EQ(reply_of("openai", body).finish_reason, "content_filter") << body;
  }
}

TEST(Decode, a_prompt_that_no_filter_held_back_has_no_choices_by_chance) {
  EXPECT_EQ(error_in("openai", R"({"choices":[],"prompt_filter_results":
                         [{"content_filter_results":{"hate":{"filtered":false}}}]})")
                .fault,
            Fault::network);
}

TEST(Decode, a_stream_of_a_chat_is_put_together) {
  const Reply reply = reply_of("openai", R"(: OPENROUTER PROCESSING

data: {"model":"m","choices":[{"delta":{"role":"assistant","content":""}}]}

data: {"choices":[{"delta":{"reasoning":"Hm."}}]}

data: {"choices":[{"delta":{"content":"Answer"}}]}

data: {"choices":[{"delta":{"content":": B"}}]}

data: {"choices":[{"delta":{},"finish_reason":"stop"}]}

data: {"choices":[],"usage":{"prompt_tokens":31,"completion_tokens":2}}

data: [DONE]
)");

  EXPECT_EQ(reply.text, "Answer: B");
  EXPECT_EQ(reply.reasoning, "Hm.");
  EXPECT_EQ(reply.finish_reason, "stop");
  EXPECT_EQ(reply.model, "m");
  EXPECT_EQ(reply.tokens.reply, 2);
}

TEST(Decode, a_stream_of_a_completion_is_put_together) {
  EXPECT_EQ(reply_of("llama",
                     "data: {\"choices\":[{\"text\":\" B\"}]}\r\n\r\n"
                     "data: {\"choices\":[{\"text\":\".\","
                     "\"finish_reason\":\"stop\"}]}\r\n\r\n")
                .text,
            " B.");
}

TEST(Decode, a_stream_of_scored_letters_is_put_together) {
  const auto reply =
      decoded("openai", R"(data: {"choices":[{"delta":{"role":"assistant"}}]}

data: {"choices":[{"delta":{"content":"B"},"logprobs":{"content":[{"token":"B",
data: "top_logprobs":[{"token":"B","logprob":-0.5}]}]}}]}

data: [DONE]
)",
              letters_in_a_chat("?"));

  ASSERT_TRUE(reply) << reply.error().message;
  EXPECT_EQ(reply->text, "B");
  EXPECT_EQ(reply->logprobs.at("B"), -0.5);
}

TEST(Decode, anthropic_s_events_are_put_together) {
  const Reply reply = reply_of("anthropic", R"(event: message_start
data: {"type":"message_start","message":{"model":"claude-x","content":[],"stop_reason":null,"usage":{"input_tokens":31,"output_tokens":1}}}

event: ping
data: {"type":"ping"}

event: content_block_start
data: {"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Hm."}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Answer"}}

event: content_block_delta
data: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":": B"}}

event: message_delta
data: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":9}}

event: message_stop
data: {"type":"message_stop"}
)");

  EXPECT_EQ(reply.text, "Answer: B");
  EXPECT_EQ(reply.reasoning, "Hm.");
  EXPECT_EQ(reply.finish_reason, "end_turn");
  EXPECT_EQ(reply.tokens.prompt, 31);
  EXPECT_EQ(reply.tokens.reply, 9);
}

TEST(Decode, gemini_s_list_of_pieces_is_put_together) {
  const Reply reply =
      reply_of("gemini", R"([{"candidates":[{"content":{"parts":[{"text":"Answer"}]}}]},
          {"candidates":[{"content":{"parts":[{"text":": B"}]},"finishReason":"STOP"}],
           "usageMetadata":{"promptTokenCount":31,"thoughtsTokenCount":5}}])");

  EXPECT_EQ(reply.text, "Answer: B");
  EXPECT_EQ(reply.tokens.thought, 5);
}

TEST(Decode, a_document_a_line_is_a_stream) {
  EXPECT_EQ(reply_of("ollama",
                     "{\"choices\":[{\"delta\":{\"content\":\"B\"}}]}\n"
                     "{\"choices\":[{\"delta\":{\"content\":\".\"},"
                     "\"finish_reason\":\"stop\"}]}\n")
                .text,
            "B.");
}

TEST(Decode, a_stream_that_breaks_off_is_no_reply) {
  for (const std::string_view body :
       {"data: {\"choices\":[{\"delta\":{\"content\":\"B\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"B\"}}]}\n\ndata: {\"cho"}) {
    EXPECT_EQ(error_in("openai", body).fault, Fault::network) << body;
  }
  EXPECT_EQ(error_in("anthropic",
                     "data: {\"type\":\"message_start\",\"message\":{\"content\":[]}}"
                     "\n\n")
                .fault,
            Fault::network);
}

TEST(Decode, an_error_among_the_events_is_no_reply) {
  EXPECT_EQ(error_in("openai",
                     "data: {\"choices\":[{\"delta\":{\"content\":\"B\"}}]}\n\n"
                     "data: {\"error\":{\"code\":502,\"message\":\"gone\"}}\n\n")
                .message,
            "error 502 in a 200: gone");
}

TEST(Decode, ollama_s_thinking_is_reasoning) {
  EXPECT_EQ(reply_of("ollama", message(R"("content":"B","thinking":"Hm.")")).reasoning,
            "Hm.");
}

TEST(Decode, tokens_of_thought_are_known_where_they_are_told) {
  EXPECT_EQ(reply_of("openai", R"({"choices":[{"message":{"content":""}}],"usage":
                         {"completion_tokens_details":{"reasoning_tokens":7}}})")
                .tokens.thought,
            7);
}

TEST(Decode, gemini_s_candidate_without_a_word_may_be_asked_again) {
  EXPECT_EQ(error_in("gemini", R"({"candidates":[{"finishReason":"STOP"}]})").fault,
            Fault::network);
}

TEST(Decode, a_text_beside_the_reply_may_be_of_any_length) {
  const std::string padding(most_parsed + 1, 'x');

  EXPECT_EQ(
      reply_of("openai",
               fmt::format(R"({{"a\"":"{}","choices":[{{"text":"B"}}]}})", padding))
          .text,
      "B");
}

TEST(Decode, a_reply_that_is_too_long_is_rejected_whoever_is_asked) {
  const std::string words(most_parsed + 1, 'x');
  for (const auto& [provider, form] : std::map<std::string_view, std::string>{
           {"openai", message(R"("content":"?")")},
           {"llama", R"({"choices":[{"text":"?"}]})"},
           {"anthropic", R"({"content":[{"type":"text","text":"?"}]})"},
           {"gemini", R"({"candidates":[{"content":{"parts":[{"text":"?"}]}}]})"}}) {
    const Error error = error_in(provider, replace_all(form, "?", words));

    EXPECT_EQ(error.fault, Fault::rejected) << provider;
    EXPECT_THAT(error.message, HasSubstr("more than 16777216 bytes"));
  }
}

TEST(Decode, a_long_error_in_a_200_is_cut) {
  EXPECT_LT(error_in("openai",
                     R"({"error":{"message":")" + std::string(100'000, 'x') + R"("}})")
                .message.size(),
            400U);
}

TEST(Decode, gemini_s_parts_are_joined_and_its_thoughts_stay_apart) {
  const Reply reply =
      reply_of("gemini",
               R"({"candidates":[{"content":{"parts":[{"text":"Hm.","thought":true},
          {"text":"The answer is "},{"text":"B\n"}],"role":"model"},
          "finishReason":"STOP"}],
          "usageMetadata":{"promptTokenCount":31,"candidatesTokenCount":4,
          "totalTokenCount":35},"modelVersion":"gemini-1.5-flash-002"})");

  EXPECT_EQ(reply.text, "The answer is B\n");
  EXPECT_EQ(reply.reasoning, "Hm.");
  EXPECT_EQ(reply.finish_reason, "STOP");
  EXPECT_EQ(reply.model, "gemini-1.5-flash-002");
  EXPECT_EQ(reply.tokens.prompt, 31);
  EXPECT_EQ(reply.tokens.reply, 4);
}

TEST(Decode, what_gemini_blocks_is_a_reply_that_says_why) {
  const Reply reply =
      reply_of("gemini", R"({"promptFeedback":{"blockReason":"SAFETY"}})");

  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.finish_reason, "SAFETY");
}

TEST(Decode, what_gemini_cuts_before_its_first_word_is_a_reply) {
  const Reply reply =
      reply_of("gemini", R"({"candidates":[{"finishReason":"MAX_TOKENS"}]})");

  EXPECT_EQ(reply.text, "");
  EXPECT_EQ(reply.finish_reason, "MAX_TOKENS");
}

TEST(Decode, gemini_without_candidates_may_be_asked_again) {
  EXPECT_EQ(error_in("gemini", R"({"usageMetadata":{}})").fault, Fault::network);
}

TEST(Decode, anthropic_s_blocks_are_joined_and_its_thoughts_stay_apart) {
  const Reply reply =
      reply_of("anthropic",
               R"({"id":"msg_1","type":"message","model":"claude-x","content":[
          {"type":"thinking","thinking":"Hm.","signature":"s"},
          {"type":"text","text":"The answer "},{"type":"text","text":"is B"}],
          "stop_reason":"end_turn","usage":{"input_tokens":31,"output_tokens":9}})");

  EXPECT_EQ(reply.text, "The answer is B");
  EXPECT_EQ(reply.reasoning, "Hm.");
  EXPECT_EQ(reply.finish_reason, "end_turn");
  EXPECT_EQ(reply.model, "claude-x");
  EXPECT_EQ(reply.tokens.prompt, 31);
  EXPECT_EQ(reply.tokens.reply, 9);
}

TEST(Decode, anthropic_may_say_nothing) {
  EXPECT_EQ(
      reply_of("anthropic", R"({"content":[],"stop_reason":"refusal"})").finish_reason,
      "refusal");
}

TEST(Decode, a_number_too_large_for_a_count_is_not_known) {
  EXPECT_EQ(reply_of("openai", R"({"choices":[{"text":"B"}],
                                   "usage":{"prompt_tokens":1e300}})")
                .tokens.prompt,
            std::nullopt);
}

}  // namespace
}  // namespace proctor
