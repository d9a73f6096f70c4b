// Models: a prompt goes in, attempts come out. Retries, pauses and rate limits live
// here.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/http/http.h"
#include "proctor/prompt/prompt.h"
#include "proctor/reply/reply.h"

namespace proctor {

enum class Cancel {
  waiting,  // what waits for another try; what is on its way is awaited: it may be paid
  all,
};

// After ninja's CommandRunner: can I start more, start one, wait for some.
class Backend {
 public:
  virtual ~Backend() = default;
  // Never 0 when nothing is under way, it is not fatal and nothing was cancelled.
  virtual std::size_t room() const = 0;
  // Returns at once. Requires room() > 0.
  virtual void start(TrialId trial, Prompt prompt) = 0;
  // What has ended; may be empty at `until`, by the clock that it was made with. Every
  // trial started comes back once.
  virtual std::vector<Completion> wait(TimePoint until) = 0;
  // 401, 402, no such model, …: nothing more is to be started. Fault::cancelled: not
  // now, but later.
  virtual std::optional<Error> fatal() const = 0;
  // What is cancelled comes back soon; its last attempt is Fault::cancelled.
  virtual void cancel(Cancel what) = 0;
};

// ---- Providers: what "provider/name" can be ----

// Where and as whom a model is asked.
struct Model {
  std::string provider;  // "ollama"
  std::string name;      // "mistral:7b"; empty for a llama-server
  std::string base_url;  // as normal_base_url() leaves it; holds no secret
  std::string key;       // never printed, never stored
  std::vector<std::pair<std::string, std::string>> headers;  // --header
  // --extra-body: a JSON object that is merged into every request (RFC 7396: objects
  // with objects, null takes a key away), or empty.
  std::string extra_body;
  std::string secret_query;    // "key=…": sent at the end of every address
  std::optional<int> context;  // tokens: told to a server that takes it (ollama)
  // What must not be kept of what the server says, beside the key and the headers.
  Secrets secrets = {};
};

// One server's language: pure functions, tested without a socket.
struct Dialect {
  // Fault::usage where the server can be asked nothing of the kind, and a message that
  // says who can.
  Result<HttpRequest> (*encode)(const Model& model, const Prompt& prompt);
  // Of a 200: one JSON document, or the events of a stream that nobody asked for, put
  // together. Where letters are scored the reply is that of make_engine_backend(), but
  // for letters that the server does not list: they are not in its logprobs. An error
  // is Fault::network: a server that answers like this may do better; Fault::usage: it
  // lists no likelihoods, and will not; Fault::rejected: too long to be read; or, where
  // the 200 holds an error, what that error's code means as a status.
  Result<Reply> (*decode)(std::string_view body, const Prompt& prompt);
  // An address's path without the endpoint of this language that it ends in; null where
  // OpenAI's are all there are.
  std::string_view (*without_endpoint)(std::string_view path) = nullptr;
};

// Where a server tells of itself.
enum class Tells {
  nothing,           // a cloud's fixed names
  props,             // llama-server: /props and /v1/models
  models,            // /v1/models
  models_elsewhere,  // the same, but not at the provider's own address: a cloud's
  tags,              // ollama: /api/tags
};

// How --reasoning is said in a request (reasoning.cc).
enum class ReasoningForm {
  none,              // it cannot be told
  effort,            // reasoning_effort, as OpenAI has it
  effort_think,      // the same, and think
  enable_thinking,   // enable_thinking
  template_words,    // chat_template_kwargs: enable_thinking, reasoning_effort
  template_switch,   // chat_template_kwargs.enable_thinking; reasoning_effort
  reasoning_switch,  // reasoning.enabled; reasoning_effort
  thinking_type,     // thinking.type
  thinking_budget,   // thinking.budget_tokens
  thinking_config,   // generationConfig.thinkingConfig
};

// What the most tokens of a reply are called.
enum class TokenLimit {
  max_tokens,
  max_completion_tokens,
  by_model,  // the second for OpenAI's that think, which list no tokens either
};

// Names in the environment: at most two, so that a row of the table holds them itself.
struct Variables {
  std::array<std::string_view, 2> names = {};

  constexpr std::size_t size() const {
    return names[0].empty() ? 0 : names[1].empty() ? 1 : 2;
  }
  constexpr bool empty() const { return size() == 0; }
  constexpr const std::string_view* begin() const { return names.data(); }
  constexpr const std::string_view* end() const { return names.data() + size(); }
};

// One row of the table. Of a server that speaks OpenAI's form the row is all there is,
// but for what its models refuse: model_limits.cc has that by their names.
struct Provider {
  std::string_view name;                // "deepseek"
  std::string_view default_model = {};  // "deepseek-chat", or empty
  std::string_view base_url = {};       // "https://api.deepseek.com"; empty: --base-url
  Variables key_variables = {};         // looked up in this order
  // Where its own tools read another address from, in this order.
  Variables address_variables = {};
  bool key_is_needed = true;
  std::size_t concurrency = 32;
  const Dialect* dialect;
  // What to look at when the connection is refused.
  std::string_view hint = "is the network there?";
  Tells tells = Tells::models_elsewhere;

  // ---- How requests to it differ from OpenAI's form ----
  std::string_view key_header = "Authorization";  // there behind "Bearer "
  std::string_view root = {};     // the path that an address without one means
  bool path_is_versioned = true;  // /v1 goes before an endpoint
  bool may_be_nameless = false;   // it has one model, and needs no name
  TokenLimit token_limit = TokenLimit::max_tokens;
  std::string_view seed_name = "seed";  // empty: it takes none
  ReasoningForm reasoning = ReasoningForm::none;
  std::string_view reasoning_words = "on off minimal low medium high";  // it knows
  std::string_view effort_of_on = "medium";  // where a switch is said as an effort
  // How many of the likeliest tokens it lists at most; 0: none.
  int listed_in_chat = 20;
  int listed_after_text = 20;
  std::string_view listed_name = "logprobs";  // what that is called after a text
  bool takes_grammar = false;                 // llama.cpp's
  bool takes_context = false;                 // Model::context

  // ---- What else is known of it ----
  std::string_view models_of =
      {};  // the provider whose models it has (model_limits.cc)
  // Its models' names may end in .gguf, and are no files here.
  bool names_may_be_files = false;
  // How its address variables are read; null: as they stand.
  std::string (*read_address)(std::string_view text) = nullptr;
  std::string_view concurrency_variable = {};  // how many it serves at once
};
std::span<const Provider> providers();
// What may stand before a model's name: theirs, and baseline.
std::vector<std::string> provider_names();
// Fault::usage with the nearest name; the caller says where the name stood.
Result<const Provider*> find_provider(std::string_view name);

// The address of a provider's server in one spelling, and so one run: without /, /v1 or
// an endpoint (/chat/completions, ollama's /api/chat) at its path's end, and with the
// provider's root where there is no path. A query stays.
// An endpoint whose path names no version stays as well: it is asked as it is.
std::string normal_base_url(std::string_view url, std::string_view provider = {});
// OLLAMA_HOST as ollama reads it: host, host:port or a URL; the port is 11434 where
// neither it nor a scheme is written. This machine is "localhost", however it is named.
std::string ollama_address(std::string_view host);

// What of a protocol's sampling a model cannot be sent, after its vendor's documents:
// one table, by names (model_limits.cc).
struct SentSampling {
  Sampling sampling;     // what is left
  std::string left_out;  // for a person: "temperature, which it would refuse"; or empty
};
// `limit_is_own`: the user set the limit of tokens, so it stays.
SentSampling sampling_for(const Model& model, const Sampling& asked, bool limit_is_own);

// What an answer that is not a 200 means: retry (network), this request only
// (rejected), or never again (denied). The message is the server's own, on one line,
// inert.
Error error_of(const HttpResponse& response);
// A provider's filter that declined the question is its answer, whatever the status:
// an empty reply whose finish_reason says so. Nothing where no filter speaks.
std::optional<Reply> refusal_of(const HttpResponse& response);
// The status; of a 200 that is an error, the one that its code or its words stand for.
int status_told(const HttpResponse& response);
// The wait a server asks for, at most a year: Retry-After in seconds or as a date,
// retry-after-ms, Gemini's retryDelay; where a 429 says none of them, the time at which
// the limit that is used up is renewed (X-RateLimit-Reset and its like).
std::optional<std::chrono::milliseconds> wait_asked_for(const HttpResponse& response,
                                                        WallTime now);

// How fast a model may be asked, as its user says; what is empty is not limited.
struct Rates {
  std::optional<std::int64_t> requests_a_minute, tokens_a_minute, requests_a_day;
};

struct HttpBackendOptions {
  std::size_t concurrency = 32;
  int retries = 5;  // tries after the first, per trial
  HttpDeadlines deadlines;
  std::chrono::milliseconds first_pause{500};  // doubled from try to try, with jitter
  std::chrono::milliseconds longest_pause{60'000};
  // A server that asks for a longer wait ends the run: a quota, not a rush. So does a
  // limit of a day that is renewed later.
  std::chrono::milliseconds longest_wait_asked{15 * 60'000};
  Rates rates;
  // Where the processes of a user that ask one model with one key share its limits: a
  // small file for each, with nothing of the key in it. Empty: each by itself.
  std::filesystem::path rates_folder;
  std::uint64_t id_seed =
      0;        // of the attempt ids and the jitter: another in every process
  Talk talk;    // "429: pausing 20 s"; may be empty
  Clock clock;  // also its connections'
};
// Begins with one request: only when it is answered do the others follow, so that a
// wrong key or a server that is still loading sees one, not `concurrency`. After 429
// and its like it asks less at once, and more again with every answer. A server of
// whose first ten answers none is a reply ends the run. Requests are sent no faster
// than `rates` and the limits in the server's headers allow (meter.h says how tokens
// are estimated); a limit of a day that is used up ends the run with Fault::cancelled.
std::unique_ptr<Backend> make_http_backend(const Provider& provider, Model model,
                                           HttpBackendOptions options,
                                           HttpOptions http);

// ---- Several servers of one model ----

struct Endpoint {
  std::string name;  // for a person: its address
  // Asks it, without further tries of its own; also anew, after one that gave up.
  std::function<std::unique_ptr<Backend>()> make;
};
struct PoolOptions {
  int retries = 5;  // tries after the first, per trial, wherever
  Talk talk;        // who is left out, who is back; may be empty
  Clock clock;      // also the endpoints'
};
// One backend made of several: each takes as much as it has room for, so that a faster
// one is asked more. What fails at one is tried at another; one that fails is left
// alone for half a second, doubled with each failure up to half a minute, and then
// asked one question. One that refuses for good (401, no such model) is left out; where
// none is left, that is fatal. Where nobody starts more though there is room, what is
// under way at a slower or silent one is asked once more where it is likely to be
// answered sooner: the first reply comes back, the other try is called off.
// `open` is called when the first trial is started, and not where none is: at least one
// endpoint, or an error that is fatal.
using OpenEndpoints = std::function<Result<std::vector<Endpoint>>()>;
std::unique_ptr<Backend> make_pool(OpenEndpoints open, PoolOptions options);

// ---- Who answers ----

// Asks the server (not a cloud's own), a question of no model: at most two small
// requests with short deadlines.
Answerer who_answers(const Provider& provider, const Model& model, HttpClient& http);
// random (by `seed`), longest, A … Z: answers at once, without a model. Fault::usage
// for another name.
Result<std::unique_ptr<Backend>> make_baseline(std::string_view name,
                                               std::uint64_t seed,
                                               std::uint64_t id_seed,
                                               WallClock clock = system_time);

// ---- The embedded engine ----

class Engine;  // engine/engine.h
struct EngineRequest;

struct EngineBackendOptions {
  std::string model;          // what replies say they are of: "tiny.gguf"
  std::uint64_t id_seed = 0;  // of the attempt ids: another in every process
  WallClock clock = system_time;
};
// What an engine is asked for a prompt, but for its tag, name and seed: these are a
// trial's.
EngineRequest engine_request(const Prompt& prompt);
// Asks an engine of this process, which other backends may ask before and after it, but
// not meanwhile. Questions should come in the order of subjects: what one's prompt
// shares with the one before it is not computed again. Without a temperature the
// likeliest token is written, without a limit 256 of them.
// A reply's text is the letter of the likeliest continuation where they are scored (the
// first of equals), its finish_reason then "scored", its logprobs the sums by letter;
// Attempt::response has them by token, character and byte too. A prompt that is longer
// than the context is Fault::rejected ("context: needs …"); where that is so of every
// question it ends the run (Fault::usage), and none of them has failed.
std::unique_ptr<Backend> make_engine_backend(std::shared_ptr<Engine> engine,
                                             EngineBackendOptions options);

}  // namespace proctor
