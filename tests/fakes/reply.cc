#include "reply.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include "json_text.h"

namespace proctor::fakes {

std::size_t tokens_in(std::size_t characters) {
  return (characters + 3) / 4;
}

namespace {

std::string_view finish_word(Dialect dialect, Finish finish) {
  switch (dialect) {
    case Dialect::gemini:
      return finish == Finish::stop     ? "STOP"
             : finish == Finish::length ? "MAX_TOKENS"
                                        : "SAFETY";
    case Dialect::anthropic:
      return finish == Finish::stop     ? "end_turn"
             : finish == Finish::length ? "max_tokens"
                                        : "refusal";
    default:
      return finish == Finish::stop     ? "stop"
             : finish == Finish::length ? "length"
                                        : "content_filter";
  }
}

struct TokenProbability {
  std::string token;
  double logprob;
};

void add_token(std::string& out, const TokenProbability& token) {
  out += R"({"token":)";
  add_quoted(out, token.token);
  out += fmt::format(R"(,"logprob":{},"bytes":[)", token.logprob);
  for (std::size_t i = 0; i < token.token.size(); ++i)
    out += fmt::format("{}{}", i == 0 ? "" : ",",
                       static_cast<unsigned char>(token.token[i]));
  out += ']';
}

// Whether the reply goes on a text: " A" then, not "A" as a message starts.
bool goes_on(const ModelRequest& request) {
  return request.dialect == Dialect::completions ||
         request.dialect == Dialect::generate;
}

// The reply counts as one token at -0.25; every letter follows, a letter at -2, -2.5
// ..., in the spelling of the endpoint, and 4 lower in the other. As many as are asked
// for.
std::vector<TokenProbability> likeliest(const ModelRequest& request, const Reply& reply,
                                        const ReplyStyle& style) {
  const std::string_view blank = goes_on(request) ? " " : "";
  const std::string_view other = blank.empty() ? " " : "";
  const std::string said = reply.text.value_or("");
  const std::string bare = said.starts_with(' ') ? said.substr(1) : said;
  std::vector<TokenProbability> top;
  bool is_letter = false;
  double next = -2;
  for (const char letter : style.letters) {
    const bool is_reply = bare.size() == 1 && bare[0] == letter;
    const double here = is_reply ? -0.25 : next;
    if (!is_reply) next -= 0.5;
    is_letter = is_letter || is_reply;
    top.push_back({fmt::format("{}{}", blank, letter), here});
    top.push_back({fmt::format("{}{}", other, letter), here - 4});
  }
  if (!is_letter) top.push_back({said, -0.25});
  std::ranges::stable_sort(top, std::ranges::greater(), &TokenProbability::logprob);
  const auto wanted = static_cast<std::size_t>(request.top_logprobs);
  if (top.size() > wanted) top.resize(wanted);
  return top;
}

// [{"token":"A","logprob":-0.25,"bytes":[65],"top_logprobs":[…]}]: chats and ollama.
void add_token_list(std::string& out, const std::vector<TokenProbability>& top) {
  out += '[';
  add_token(out, top.empty() ? TokenProbability{"", -0.25} : top.front());
  out += R"(,"top_logprobs":[)";
  for (std::size_t i = 0; i < top.size(); ++i) {
    if (i > 0) out += ',';
    add_token(out, top[i]);
    out += '}';
  }
  out += "]}]";
}

// OpenAI's completions and vLLM have lists side by side.
void add_parallel_lists(std::string& out, const std::vector<TokenProbability>& top) {
  const std::string said = in_quotes(top.empty() ? "" : top.front().token);
  out += fmt::format(
      R"({{"tokens":[{}],"token_logprobs":[-0.25],"text_offset":[0],"top_logprobs":[{{)",
      said);
  for (std::size_t i = 0; i < top.size(); ++i) {
    out += fmt::format("{}{}:{}", i == 0 ? "" : ",", in_quotes(top[i].token),
                       top[i].logprob);
  }
  out += "}]}";
}

void add_logprobs(std::string& out, const ModelRequest& request, const Reply& reply,
                  const ReplyStyle& style) {
  const auto top = likeliest(request, reply, style);
  if (request.dialect == Dialect::completions && request.flavour == Flavour::openai) {
    add_parallel_lists(out, top);
    return;
  }
  out += R"({"content":)";
  add_token_list(out, top);
  out += '}';
}

void add_text(std::string& out, const Reply& reply) {
  if (reply.text) {
    add_quoted(out, *reply.text);
  } else {
    out += "null";
  }
}

void add_choice(std::string& out, const ModelRequest& request, const Reply& reply,
                const ReplyStyle& style) {
  out += R"({"index":0,)";
  if (request.dialect == Dialect::completions) {
    out += R"("text":)";
    add_text(out, reply);
  } else {
    out += R"("message":{"role":"assistant","content":)";
    add_text(out, reply);
    if (!reply.reasoning.empty()) {
      out += request.flavour == Flavour::ollama ? R"(,"reasoning":)"
                                                : R"(,"reasoning_content":)";
      add_quoted(out, reply.reasoning);
    }
    if (reply.finish == Finish::refusal && request.flavour == Flavour::openai)
      out += R"(,"refusal":"I cannot help with that.")";
    out += '}';
  }
  if (reply.logprobs && request.top_logprobs >= 0) {
    out += R"(,"logprobs":)";
    add_logprobs(out, request, reply, style);
  }
  out += R"(,"finish_reason":)";
  add_quoted(out, finish_word(request.dialect, reply.finish));
  out += '}';
}

std::string openai_body(const ModelRequest& request, const Reply& reply,
                        const ReplyStyle& style, std::uint64_t number) {
  const bool chat = request.dialect == Dialect::chat;
  const std::size_t asked = tokens_in(request.prompt_characters);
  const std::size_t said =
      tokens_in(reply.text.value_or("").size() + reply.reasoning.size());
  std::string out;
  out.reserve(512 + reply.text.value_or("").size());
  out += fmt::format(R"({{"id":"{}-{}","object":"{}","created":{},"model":)",
                     chat ? "chatcmpl" : "cmpl", number,
                     chat ? "chat.completion" : "text_completion", style.created);
  add_quoted(out, request.model.empty() ? "fake" : request.model);
  out += R"(,"system_fingerprint":)";
  add_quoted(out, style.build);
  out += R"(,"choices":[)";
  if (reply.choices) add_choice(out, request, reply, style);
  out += fmt::format(
      R"(],"usage":{{"prompt_tokens":{},"completion_tokens":{},"total_tokens":{}}})",
      asked, said, asked + said);
  if (request.flavour == Flavour::llama)
    out += fmt::format(
        R"(,"timings":{{"prompt_n":{},"prompt_ms":{}.0,"prompt_per_second":1000.0,)"
        R"("predicted_n":{},"predicted_ms":{}.0,"predicted_per_second":100.0}})",
        asked, asked, said, said * 10);
  out += '}';
  return out;
}

std::string generate_body(const ModelRequest& request, const Reply& reply,
                          const ReplyStyle& style) {
  std::string out = R"({"model":)" + in_quotes(request.model) +
                    R"(,"created_at":"2026-01-01T00:00:00Z","response":)";
  add_text(out, reply);
  out += R"(,"done":true,"done_reason":)";
  out += in_quotes(finish_word(request.dialect, reply.finish));
  if (reply.logprobs && request.top_logprobs >= 0) {
    out += R"(,"logprobs":)";
    add_token_list(out, likeliest(request, reply, style));
  }
  out += fmt::format(R"(,"prompt_eval_count":{},"eval_count":{}}})",
                     tokens_in(request.prompt_characters),
                     tokens_in(reply.text.value_or("").size()));
  return out;
}

std::string gemini_body(const ModelRequest& request, const Reply& reply) {
  const std::size_t asked = tokens_in(request.prompt_characters);
  const std::size_t said = tokens_in(reply.text.value_or("").size());
  std::string out = "{";
  if (reply.choices) {
    out += R"("candidates":[{)";
    // A cut or blocked answer has no content there.
    if (reply.finish == Finish::stop) {
      out += R"("content":{)";
      if (reply.text) {
        out += R"("parts":[)";
        if (!reply.reasoning.empty())
          out += R"({"text":)" + in_quotes(reply.reasoning) + R"(,"thought":true},)";
        out += R"({"text":)" + in_quotes(*reply.text) + "}],";
      }
      out += R"("role":"model"},)";
    }
    out += fmt::format(R"("finishReason":"{}","index":0,"avgLogprobs":-0.25}}],)",
                       finish_word(Dialect::gemini, reply.finish));
  }
  out += fmt::format(
      R"("usageMetadata":{{"promptTokenCount":{},"candidatesTokenCount":{},)"
      R"("totalTokenCount":{}}},"modelVersion":)",
      asked, said, asked + said);
  add_quoted(out, request.model);
  out += '}';
  return out;
}

std::string anthropic_body(const ModelRequest& request, const Reply& reply,
                           std::uint64_t number) {
  std::string out = fmt::format(
      R"({{"id":"msg_{}","type":"message","role":"assistant","model":)", number);
  add_quoted(out, request.model);
  out += R"(,"content":[)";
  if (reply.choices && reply.finish != Finish::refusal) {
    if (!reply.reasoning.empty())
      out += R"({"type":"thinking","thinking":)" + in_quotes(reply.reasoning) +
             R"(,"signature":""},)";
    out += R"({"type":"text","text":)";
    add_text(out, reply);
    out += '}';
  }
  out += fmt::format(R"(],"stop_reason":"{}","stop_sequence":null,)"
                     R"("usage":{{"input_tokens":{},"output_tokens":{}}}}})",
                     finish_word(Dialect::anthropic, reply.finish),
                     tokens_in(request.prompt_characters),
                     tokens_in(reply.text.value_or("").size()));
  return out;
}

// ---- Errors -----------------------------------------------------------------------

struct ErrorRow {
  int status;
  std::string_view openai;
  std::string_view llama;
  std::string_view gemini;
  std::string_view anthropic;
  std::string_view message;
};

constexpr ErrorRow error_rows[] = {
    {400, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT",
     "invalid_request_error", "the request is not valid"},
    {401, "authentication_error", "authentication_error", "UNAUTHENTICATED",
     "authentication_error", "Invalid API Key"},
    {402, "insufficient_balance", "invalid_request_error", "FAILED_PRECONDITION",
     "billing_error", "Insufficient Balance"},
    {403, "permission_error", "permission_error", "PERMISSION_DENIED",
     "permission_error", "permission denied"},
    {404, "not_found_error", "not_found_error", "NOT_FOUND", "not_found_error",
     "model '{}' not found"},
    {405, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT",
     "invalid_request_error", "this path wants POST"},
    {413, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT",
     "request_too_large", "the request is too large"},
    {422, "invalid_request_error", "invalid_request_error", "INVALID_ARGUMENT",
     "invalid_request_error", "a parameter is not valid"},
    {429, "rate_limit_error", "unavailable_error", "RESOURCE_EXHAUSTED",
     "rate_limit_error", "rate limit reached"},
    {503, "api_error", "unavailable_error", "UNAVAILABLE", "api_error",
     "server busy, please try again.  maximum pending requests exceeded"},
    {504, "api_error", "server_error", "DEADLINE_EXCEEDED", "timeout_error",
     "deadline exceeded"},
    {529, "api_error", "server_error", "UNAVAILABLE", "overloaded_error", "Overloaded"},
};
constexpr ErrorRow any_error = {500,        "api_error", "server_error",
                                "INTERNAL", "api_error", "something broke"};

const ErrorRow& row_of(int status) {
  for (const ErrorRow& row : error_rows)
    if (row.status == status) return row;
  return any_error;
}

std::string gemini_error(int status, std::string_view name, std::string_view message,
                         std::string_view retry_delay) {
  std::string out = fmt::format(R"({{"error":{{"code":{},"message":{},"status":"{}")",
                                status, in_quotes(message), name);
  if (status == 429 || !retry_delay.empty()) {
    out +=
        R"(,"details":[{"@type":"type.googleapis.com/google.rpc.QuotaFailure",)"
        R"("violations":[{"quotaId":"GenerateRequestsPerMinutePerProjectPerModel"}]})";
    if (!retry_delay.empty())
      out += fmt::format(
          R"(,{{"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"{}s"}})",
          retry_delay);
    out += ']';
  }
  return out + "}}";
}

}  // namespace

std::string body_of(const ModelRequest& request, const Reply& reply,
                    const ReplyStyle& style, std::uint64_t number) {
  switch (request.dialect) {
    case Dialect::generate:
      return generate_body(request, reply, style);
    case Dialect::gemini:
      return gemini_body(request, reply);
    case Dialect::anthropic:
      return anthropic_body(request, reply, number);
    default:
      return openai_body(request, reply, style, number);
  }
}

std::string error_body(Dialect dialect, Flavour flavour, int status,
                       std::string_view model, std::string_view message,
                       std::string_view retry_delay) {
  const ErrorRow& row = row_of(status);
  std::string text(message.empty() ? row.message : message);
  if (const std::size_t hole = text.find("{}"); hole != std::string::npos)
    text.replace(hole, 2, model);
  if (status == 503 && flavour == Flavour::llama && message.empty())
    text = "Loading model";
  if (dialect == Dialect::generate)
    return fmt::format(R"({{"error":{}}})", in_quotes(text));
  if (dialect == Dialect::gemini)
    return gemini_error(status, row.gemini, text, retry_delay);
  if (dialect == Dialect::anthropic)
    return fmt::format(R"({{"type":"error","error":{{"type":"{}","message":{}}}}})",
                       row.anthropic, in_quotes(text));
  if (flavour == Flavour::llama)
    return fmt::format(R"({{"error":{{"code":{},"message":{},"type":"{}"}}}})", status,
                       in_quotes(text), row.llama);
  // ollama has no names of its own beyond these three.
  const std::string_view type =
      flavour == Flavour::ollama && status != 400 && status != 404 ? "api_error"
                                                                   : row.openai;
  return fmt::format(
      R"({{"error":{{"message":{},"type":"{}","param":null,"code":null}}}})"
      "\n",
      in_quotes(text), type);
}

}  // namespace proctor::fakes
