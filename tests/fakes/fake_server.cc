// fake_server: a model server for tests, for benchmarks, and for trying Proctor out.

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <deque>
#include <unordered_map>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "json_text.h"
#include "options.h"
#include "reply.h"
#include "request.h"
#include "wire.h"

namespace proctor::fakes {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view json_type = "application/json";
constexpr std::string_view page =
    "<!DOCTYPE html><html><head><title>Sign in</title></head>"
    "<body><h1>Sign in to the network</h1></body></html>\n";
constexpr std::string_view hostile =
    "B\x1b[2J\x1b]0;owned\x07\r<script>alert(1)</script>\n=cmd()|'/C calc'!A0\n"
    "\xE2\x80\xAE reversed";

struct Logged {
  std::uint64_t number;
  std::string path;
  std::string head;
  std::string body;
};

class FakeServer {
 public:
  explicit FakeServer(Options options)
      : options_(std::move(options)),
        limits_(options_.limits),
        wire_(
            [this](Connection& to, const HttpRequest& request) { serve(to, request); }),
        started_(std::chrono::steady_clock::now()) {
    style_ = {.build = options_.build,
              .letters = options_.answers.letters,
              .created = static_cast<std::int64_t>(std::time(nullptr))};
  }

  Status run();

 private:
  void serve(Connection& to, const HttpRequest& request);
  void serve_control(Connection& to, const HttpRequest& request);
  void serve_model(Connection& to, const HttpRequest& request, Dialect dialect);
  bool has_key(const HttpRequest& request) const;
  bool has_model(std::string_view name) const;
  milliseconds delay_of(std::uint64_t number, const Answer& answer) const;
  std::string error_response(const ModelRequest& request, int status,
                             std::string_view message = {}) const;
  std::string reply_response(const ModelRequest& request, const Answer& answer,
                             std::uint64_t number) const;
  void misbehave(Connection& to, const FaultRule& fault, const ModelRequest& request,
                 const std::string& response);
  void keep(const HttpRequest& request);
  std::string log_json() const;
  std::string stats_json() const;
  std::string models_json() const;
  std::string tags_json() const;
  std::string props_json() const;
  void forget();

  Options options_;
  Limits limits_;
  Wire wire_;
  std::chrono::steady_clock::time_point started_;
  ReplyStyle style_;
  std::uint64_t requests_ = 0;
  std::uint64_t in_flight_ = 0;
  std::uint64_t most_in_flight_ = 0;
  std::unordered_map<std::string, std::uint64_t> by_prompt_;
  std::deque<Logged> log_;
};

void answer_json(Connection& to, int status, std::string_view body) {
  to.send(response_of(status, json_type, body));
  to.finish();
}

// ---- Model requests ---------------------------------------------------------------

bool FakeServer::has_key(const HttpRequest& request) const {
  if (options_.key_required.empty()) return true;
  const std::string& key = options_.key_required;
  return request.header("authorization") == "Bearer " + key ||
         request.header("x-api-key") == key ||
         request.header("x-goog-api-key") == key || request.query == "key=" + key;
}

bool FakeServer::has_model(std::string_view name) const {
  return options_.models.empty() ||
         std::ranges::find(options_.models, name) != options_.models.end();
}

milliseconds FakeServer::delay_of(std::uint64_t number, const Answer& answer) const {
  milliseconds out = options_.latency + answer.delay;
  if (options_.jitter.count() > 0)
    out += milliseconds(hash_of({}, number) %
                        static_cast<std::uint64_t>(options_.jitter.count() + 1));
  return out;
}

// The headers and the body in which the dialect's server says no.
std::string FakeServer::error_response(const ModelRequest& request, int status,
                                       std::string_view message) const {
  const bool waits = (status == 429 || status == 503) && !options_.retry_after.empty();
  const bool seconds = waits && options_.retry_after.find_first_not_of("0123456789.") ==
                                    std::string::npos;
  const bool gemini = request.dialect == Dialect::gemini;
  std::string headers;
  if (waits && !(gemini && seconds))
    headers = "Retry-After: " + options_.retry_after + "\r\n";
  return response_of(
      status, json_type,
      error_body(request.dialect, request.flavour, status, request.model, message,
                 gemini && seconds ? options_.retry_after : std::string_view()),
      headers);
}

void change_reply(Reply& reply, FaultKind kind) {
  switch (kind) {
    case FaultKind::empty_content:
      reply.text = "";
      break;
    case FaultKind::null_content:
      reply.text = std::nullopt;
      break;
    case FaultKind::no_choices:
      reply.choices = false;
      break;
    case FaultKind::bad_utf8:
      reply.text = "B \xFF\xFE caf\xE9 \xC0\xAF";
      break;
    case FaultKind::escape:
      reply.text = hostile;
      break;
    case FaultKind::length:
      reply.finish = Finish::length;
      break;
    case FaultKind::refusal:
      reply.text = "";
      reply.finish = Finish::refusal;
      break;
    case FaultKind::reasoning:
      reply.reasoning = "The answer could be A, or C. Let me think.";
      break;
    default:
      break;
  }
}

std::string FakeServer::reply_response(const ModelRequest& request,
                                       const Answer& answer,
                                       std::uint64_t number) const {
  if (answer.body)
    return response_of(answer.status, json_type, *answer.body, answer.headers);
  if (answer.status >= 300) {
    std::string out =
        error_response(request, answer.status, answer.reply.text.value_or(""));
    return out.insert(out.find("\r\n") + 2, answer.headers);
  }
  Reply reply = answer.reply;
  reply.logprobs = options_.logprobs;
  if (answer.fault) change_reply(reply, answer.fault->kind);
  // Gemini ends its texts with a line end.
  if (request.dialect == Dialect::gemini && reply.text && !reply.text->empty())
    *reply.text += '\n';
  return response_of(answer.status, json_type, body_of(request, reply, style_, number),
                     answer.headers);
}

// One byte, or one empty line, at a time until `rest` is sent.
void drip(Connection& to, std::string rest, milliseconds pace) {
  to.send(rest.substr(0, 1));
  rest.erase(0, 1);
  if (rest.empty()) {
    to.finish();
    return;
  }
  to.after(pace, [&to, rest = std::move(rest), pace] { drip(to, rest, pace); });
}

void blank_lines(Connection& to, int count, std::string body) {
  if (count == 0) {
    to.send(body);
    to.finish();
    return;
  }
  to.send("\n");
  to.after(milliseconds(20),
           [&to, count, body = std::move(body)] { blank_lines(to, count - 1, body); });
}

int number_or(const std::string& value, int otherwise) {
  return value.empty() ? otherwise : std::atoi(value.c_str());
}

// `response` is what a well-behaved server would send.
void FakeServer::misbehave(Connection& to, const FaultRule& fault,
                           const ModelRequest& request, const std::string& response) {
  const std::size_t head_size = response.find("\r\n\r\n") + 4;
  const std::string_view head = std::string_view(response).substr(0, head_size);
  const std::string_view body = std::string_view(response).substr(head_size);
  switch (fault.kind) {
    case FaultKind::status:
      to.send(error_response(request, number_or(fault.value, 500)));
      break;
    case FaultKind::reset:
      to.reset();
      return;
    case FaultKind::close:
      to.close();
      return;
    case FaultKind::truncate:
      to.send(response.substr(0, head_size + body.size() / 2));
      to.close();
      return;
    case FaultKind::hang:
      return;
    case FaultKind::drip:
      to.send(head);
      drip(to, std::string(body), milliseconds(number_or(fault.value, 1000)));
      return;
    case FaultKind::blank_lines: {
      const int count = number_or(fault.value, 5);
      to.send(fmt::format(
          "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
          json_type, body.size() + static_cast<std::size_t>(count)));
      blank_lines(to, count, std::string(body));
      return;
    }
    case FaultKind::not_json:
      to.send(response_of(200, json_type, "{\"choices\": [{\"message\": ...oops"));
      break;
    case FaultKind::html:
      to.send(response_of(200, "text/html; charset=utf-8", page));
      break;
    case FaultKind::redirect:
      to.send(response_of(302, "text/plain", "", "Location: " + fault.value + "\r\n"));
      break;
    case FaultKind::huge:
      to.queue(fmt::format(
          "HTTP/1.1 200 OK\r\nContent-Type: {}\r\nConnection: close\r\n\r\n{}",
          json_type,
          R"({"choices":[{"index":0,"message":{"role":"assistant","content":")"));
      to.whenever_drained([&to] { to.queue(std::string(std::size_t{1} << 18, 'A')); });
      return;
    default:
      to.send(response);
  }
  to.finish();
}

void FakeServer::serve_model(Connection& to, const HttpRequest& http, Dialect dialect) {
  const std::uint64_t number = ++requests_;
  most_in_flight_ = std::max(most_in_flight_, ++in_flight_);
  to.at_end([this] { --in_flight_; });
  keep(http);
  auto request = read_request(dialect, http.path, http.body, options_.flavour);
  if (!has_key(http) || !request) {
    const ModelRequest about = request.value_or(ModelRequest{
        .dialect = dialect, .flavour = options_.flavour.value_or(Flavour::ollama)});
    to.send(has_key(http)
                ? error_response(about, 400, "the body is not a model request")
                : error_response(about, 401));
    to.finish();
    return;
  }
  if (by_prompt_.size() < 1'000'000 || by_prompt_.contains(request->prompt))
    ++by_prompt_[request->prompt];
  if (!has_model(request->model) && request->flavour != Flavour::llama) {
    to.send(error_response(*request, 404));
    to.finish();
    return;
  }
  if (request->stream) {
    to.send(error_response(*request, 400, "this server does not stream"));
    to.finish();
    return;
  }
  const bool is_in_time = limits_.take(tokens_in(request->prompt_characters));
  if (!is_in_time) {
    std::string no = error_response(*request, 429, limits_.message());
    to.send(no.insert(no.find("\r\n") + 2, limits_.headers(dialect)));
    to.finish();
    return;
  }
  Answer answer = options_.answers.next(request->prompt);
  if (!answer.fault) answer.fault = options_.faults.next();
  limits_.took(tokens_in(answer.reply.text.value_or("").size()));
  std::string response = reply_response(*request, answer, number);
  response.insert(response.find("\r\n") + 2, limits_.headers(dialect));
  const milliseconds delay = delay_of(number, answer);
  if (!answer.fault && delay.count() == 0) {
    to.send(response);
    to.finish();
    return;
  }
  to.after(delay, [this, &to, fault = answer.fault, request = *std::move(request),
                   response = std::move(response)] {
    if (fault) {
      misbehave(to, *fault, request, response);
    } else {
      to.send(response);
      to.finish();
    }
  });
}

// ---- Everything else --------------------------------------------------------------

void FakeServer::keep(const HttpRequest& request) {
  if (options_.log_limit == 0) return;
  if (log_.size() == options_.log_limit) log_.pop_front();
  log_.push_back({requests_, std::string(request.path), std::string(request.head),
                  std::string(request.body)});
}

std::string FakeServer::log_json() const {
  std::string out = "[";
  for (const Logged& one : log_) {
    if (out.size() > 1) out += ",\n";
    out += fmt::format(R"({{"n":{},"path":{},"headers":{{)", one.number,
                       in_quotes(to_valid_utf8(one.path)));
    bool first = true;
    for_each_header(one.head, [&](std::string_view name, std::string_view value) {
      if (!first) out += ',';
      first = false;
      out += in_quotes(ascii_lower(to_valid_utf8(name))) + ":" +
             in_quotes(to_valid_utf8(value));
    });
    out += R"(},"body":)" + in_quotes(to_valid_utf8(one.body)) + "}";
  }
  return out + "]\n";
}

std::string FakeServer::stats_json() const {
  nlohmann::json by_prompt = nlohmann::json::object();
  for (const auto& [prompt, count] : by_prompt_) by_prompt[sha256_hex(prompt)] = count;
  nlohmann::json key = nlohmann::json::object();
  for (const auto& [subject, expected] : options_.answers.expected())
    key[subject] = {{"questions", expected.questions}, {"right", expected.right}};
  const nlohmann::json out = {{"requests", requests_},
                              {"by_prompt", by_prompt},
                              {"in_flight", in_flight_},
                              {"most_in_flight", most_in_flight_},
                              {"turned_away", limits_.turned_away()},
                              {"unknown", options_.answers.unknown()},
                              {"key", key}};
  return out.dump() + "\n";
}

std::string FakeServer::models_json() const {
  nlohmann::json data = nlohmann::json::array();
  for (const std::string& name :
       options_.models.empty() ? std::vector<std::string>{"fake"} : options_.models)
    data.push_back({{"id", name}, {"object", "model"}, {"owned_by", "library"}});
  return nlohmann::json{{"object", "list"}, {"data", data}}.dump();
}

nlohmann::json details() {
  return {{"format", "gguf"},
          {"family", "llama"},
          {"parameter_size", "7.2B"},
          {"quantization_level", "Q4_0"}};
}

std::string FakeServer::tags_json() const {
  nlohmann::json models = nlohmann::json::array();
  for (const std::string& name :
       options_.models.empty() ? std::vector<std::string>{"fake"} : options_.models)
    models.push_back({{"name", name},
                      {"model", name},
                      {"size", 4109865159},
                      {"digest", sha256_hex(name)},
                      {"details", details()}});
  return nlohmann::json{{"models", models}}.dump();
}

std::string show_json() {
  return nlohmann::json{
      {"template", "[INST] {{ .Prompt }} [/INST]"},
      {"parameters", "stop \"[INST]\""},
      {"details", details()},
      {"model_info",
       {{"general.architecture", "llama"}, {"llama.context_length", 32768}}},
      {"capabilities", {"completion"}}}
      .dump();
}

std::string FakeServer::props_json() const {
  return nlohmann::json{
      {"total_slots", options_.slots},
      {"model_path", "/models/fake.gguf"},
      {"build_info", options_.build},
      {"chat_template",
       "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n"
       "{% endfor %}"},
      {"default_generation_settings", {{"n_ctx", 4096}}}}
      .dump();
}

void FakeServer::forget() {
  requests_ = 0;
  most_in_flight_ = in_flight_;
  by_prompt_.clear();
  log_.clear();
  options_.answers.reset();
  options_.faults.reset();
  limits_ = Limits(options_.limits);
}

void FakeServer::serve_control(Connection& to, const HttpRequest& request) {
  const bool get = request.method == "GET";
  const bool post = request.method == "POST";
  const std::string_view path = request.path;
  const bool open = has_key(request);
  if (get && path == "/") {
    to.send(response_of(200, "text/plain", "Ollama is running"));
    to.finish();
  } else if (get && path == "/health") {
    answer_json(to, 200, R"({"status":"ok"})");
  } else if (get && path == "/log") {
    answer_json(to, 200, log_json());
  } else if (get && path == "/stats") {
    answer_json(to, 200, stats_json());
  } else if (get && path == "/api/version") {
    answer_json(to, 200, fmt::format(R"({{"version":{}}})", in_quotes(options_.build)));
  } else if (get && path == "/api/tags") {
    answer_json(to, 200, tags_json());
  } else if (post && path == "/api/show") {
    JsonWalk walk(request.body);
    std::string model;
    walk.object([&](std::string_view key) {
      if ((key == "model" || key == "name") && walk.next() == '"') {
        model = walk.string();
      } else {
        walk.skip();
      }
    });
    if (has_model(model)) {
      answer_json(to, 200, show_json());
    } else {
      answer_json(to, 404,
                  fmt::format(R"({{"error":{}}})",
                              in_quotes("model '" + model + "' not found")));
    }
  } else if (get && (path == "/props" || path == "/v1/models")) {
    if (open) {
      answer_json(to, 200, path == "/props" ? props_json() : models_json());
    } else {
      answer_json(
          to, 401,
          error_body(Dialect::chat, path == "/props" ? Flavour::llama : Flavour::openai,
                     401, ""));
    }
  } else if (post && path == "/reset") {
    forget();
    answer_json(to, 200, R"({"status":"ok"})");
  } else if (post && path == "/quit") {
    answer_json(to, 200, R"({"status":"ok"})");
    wire_.stop();
  } else {
    answer_json(to, 404,
                error_body(Dialect::chat, Flavour::llama, 404, "", "File Not Found"));
  }
}

void FakeServer::serve(Connection& to, const HttpRequest& request) {
  if (options_.loading.count() > 0 && request.path != "/quit" &&
      std::chrono::steady_clock::now() - started_ < options_.loading) {
    answer_json(to, 503, error_body(Dialect::chat, Flavour::llama, 503, ""));
    return;
  }
  const auto dialect = dialect_of(request.path);
  if (dialect && request.method == "POST") {
    serve_model(to, request, *dialect);
  } else if (dialect) {
    answer_json(to, 405, error_body(*dialect, Flavour::ollama, 405, ""));
  } else {
    serve_control(to, request);
  }
}

Status FakeServer::run() {
  const int port = TRY(wire_.listen(options_.port));
  if (!options_.port_file.empty())
    TRY(write_file(options_.port_file, fmt::format("{}\n", port)).in("--port-file"));
  fmt::print("listening on http://127.0.0.1:{}\n", port);
  std::fflush(stdout);
  wire_.serve();
  return {};
}

int run_program(const std::vector<std::string>& arguments) {
  Result<Options> options = read_options(arguments);
  if (options && options->help) {
    fmt::print("{}", help_text());
    return 0;
  }
  const Status status = options ? FakeServer(*std::move(options)).run()
                                : Status(tl::unexpected(options.error()));
  if (status) return 0;
  fmt::print(stderr, "fake_server: {}\n", status.error().message);
  return 2;
}

}  // namespace
}  // namespace proctor::fakes

int main(int count, char** words) {
  return proctor::fakes::run_program({words + 1, words + count});
}
