#include "proctor/view/view.h"

#include <cerrno>
#include <csignal>
#include <optional>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>
#ifdef __APPLE__
#include <sys/random.h>
#endif

#include <nlohmann/json.hpp>

#include "proctor/view/connections.h"
#include "proctor/view/gate.h"
#include "proctor/view/watched_store.h"

namespace proctor {
namespace {

template <auto release>
struct Released {
  void operator()(auto* held) const { release(held); }
};
template <class T, auto release>
using Held = std::unique_ptr<T, Released<release>>;

constexpr ev_ssize_t largest_head = 64 * 1024;  // a choice of a thousand runs
constexpr ev_ssize_t largest_body = 1024;
constexpr int seconds_of_silence = 30;
constexpr unsigned short all_methods =  // what is no GET is refused in our words
    EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD | EVHTTP_REQ_PUT |
    EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS | EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT |
    EVHTTP_REQ_PATCH;

// 256 bits, in hexadecimal digits.
Result<std::string> new_token() {
  std::array<unsigned char, 32> bytes{};
  if (::getentropy(bytes.data(), bytes.size()) != 0)
    return fail(Fault::io, "no random numbers: {}", system_says(errno));
  std::string token;
  for (const unsigned byte : bytes) token += fmt::format("{:02x}", byte);
  return token;
}

// A socket that listens on 127.0.0.1, and its port.
Result<std::pair<int, int>> listening(int port) {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM, 0);
  if (descriptor < 0) return fail(Fault::io, "no socket: {}", system_says(errno));
  const int yes = 1;
  ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (::bind(descriptor, any, size) != 0 || ::listen(descriptor, SOMAXCONN) != 0 ||
      ::getsockname(descriptor, any, &size) != 0 ||
      evutil_make_socket_nonblocking(descriptor) != 0 ||
      evutil_make_socket_closeonexec(descriptor) != 0) {
    const int why = errno;
    ::close(descriptor);
    return fail(Fault::usage,
                "`port`: {} cannot be taken: {}; leave it out for one that is free",
                port, system_says(why));
  }
  return std::pair{descriptor, static_cast<int>(ntohs(address.sin_port))};
}

const char* method_of(evhttp_request* request) {
  switch (evhttp_request_get_command(request)) {
    case EVHTTP_REQ_GET:
      return "GET";
    case EVHTTP_REQ_HEAD:
      return "HEAD";
    default:
      return "another";
  }
}

ViewRequest read_request(evhttp_request* request) {
  ViewRequest read{.method = method_of(request)};
  const evhttp_uri* const uri = evhttp_request_get_evhttp_uri(request);
  if (const char* path = evhttp_uri_get_path(uri)) read.path = path;
  const auto pairs = [](const evkeyvalq& list, auto& into) {
    for (const evkeyval* one = list.tqh_first; one != nullptr; one = one->next.tqe_next)
      into.emplace_back(one->key, one->value);
  };
  pairs(*evhttp_request_get_input_headers(request), read.headers);
  evkeyvalq words{};
  if (const char* query = evhttp_uri_get_query(uri);
      query != nullptr && evhttp_parse_query_str(query, &words) == 0) {
    pairs(words, read.words);
    evhttp_clear_headers(&words);
  }
  return read;
}

std::vector<std::string> listed(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string_view word : split(text, ',')) {
    if (!word.empty()) words.emplace_back(word);
  }
  return words;
}

// ---- What is answered ---------------------------------------------------------------

struct Answer {
  int status = 200;
  std::string_view type = "text/plain; charset=utf-8";
  std::string_view body;
  std::string policy = "default-src 'none'";
};

void send(evhttp_request* request, const Answer& answer) {
  evkeyvalq* const headers = evhttp_request_get_output_headers(request);
  const std::string policy = answer.policy + "; frame-ancestors 'none'";
  const std::string type(answer.type);
  for (const auto& [name, value] :
       std::initializer_list<std::pair<const char*, const char*>>{
           {"Content-Type", type.c_str()},
           {"Cache-Control", "no-store"},
           {"X-Content-Type-Options", "nosniff"},
           {"X-Frame-Options", "DENY"},
           {"Referrer-Policy", "no-referrer"},
           {"Cross-Origin-Resource-Policy", "same-origin"},
           {"Cross-Origin-Opener-Policy", "same-origin"},
           {"Content-Security-Policy", policy.c_str()}})
    evhttp_add_header(headers, name, value);
  if (answer.status == 405) evhttp_add_header(headers, "Allow", "GET");
  const Held<evbuffer, evbuffer_free> body(evbuffer_new());
  if (body) evbuffer_add(body.get(), answer.body.data(), answer.body.size());
  evhttp_send_reply(request, answer.status, nullptr, body.get());
}

}  // namespace

struct View::State {
  ViewSetting setting;
  Gate gate;
  WatchedStore store{setting};
  Held<event_base, event_base_free> base{event_base_new()};
  Held<evhttp, evhttp_free> http{evhttp_new(base.get())};
  std::optional<Connections> connections;
  int ended_by = 0;

  std::string say(std::string_view english) const {
    return setting.say ? setting.say(english) : std::string(english);
  }
  void answer(evhttp_request* request);
  void send_document(evhttp_request* request);
  void send_head(evhttp_request* request, const ViewRequest& asked);
};

void View::State::answer(evhttp_request* request) {
  connections->answering(request);
  const ViewRequest asked = read_request(request);
  if (const auto refused = refusal(asked, gate))
    return send(request, {.status = refused->status, .body = say(refused->why) + "\n"});
  if (asked.path == "/") return send_document(request);
  if (asked.path == "/head") return send_head(request, asked);
  const std::string* const part =
      asked.path == "/part" ? store.part(std::string(asked.word("sha256"))) : nullptr;
  if (part == nullptr)
    return send(request,
                {.status = 404, .body = say("404: nothing of that name") + "\n"});
  send(request, {.type = "application/octet-stream", .body = *part});
}

// Where no page is there to give one without runs, which asks for its figures at once.
void View::State::send_document(evhttp_request* request) {
  const auto made = store.page({});
  const auto nothing = make_memory_store();
  const ServedPage page = served_page(
      made && *made ? (*made)->page
                    : live_page(*nothing, {}, {}, setting.page).value_or(LivePage{}),
      setting.page);
  send(request,
       {.type = "text/html; charset=utf-8", .body = page.html, .policy = page.policy});
}

void View::State::send_head(evhttp_request* request, const ViewRequest& asked) {
  constexpr std::string_view json = "application/json";
  const auto made = store.page(
      {.with = listed(asked.word("with")), .without = listed(asked.word("without"))});
  if (!made) {
    const nlohmann::json problem = {{"problem", say(made.error().message)}};
    const std::string text =
        problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return send(request, {.type = json, .body = text});
  }
  if (*made == nullptr || (*made)->at == asked.word("at"))
    return send(request, {.status = 204});
  send(request, {.type = json, .body = (*made)->page.head});
}

View::View(std::unique_ptr<State> state) : state_(std::move(state)) {}
View::~View() = default;

Result<std::unique_ptr<View>> View::open(ViewSetting setting) {
  // What a client does wrong is its own affair, and could fill a terminal.
  event_set_log_callback([](int, const char*) {});
  auto state = std::make_unique<State>();
  state->setting = std::move(setting);
  if (!state->http) return fail(Fault::io, "libevent does not start");
  state->gate.token = TRY(new_token());
  TRY(state->store.page({}));
  const auto [descriptor, port] = TRY(listening(state->setting.port));
  state->gate.port = port;
  evhttp* const http = state->http.get();
  evhttp_set_allowed_methods(http, all_methods);
  evhttp_set_max_headers_size(http, largest_head);
  evhttp_set_max_body_size(http, largest_body);
  evhttp_set_timeout(http, seconds_of_silence);
  state->connections.emplace(state->base.get(), http, state->setting.clock.now);
  evhttp_set_gencb(
      http,
      [](evhttp_request* request, void* self) {
        static_cast<State*>(self)->answer(request);
      },
      state.get());
  if (evhttp_accept_socket(http, descriptor) != 0) {
    ::close(descriptor);
    return fail(Fault::io, "libevent does not listen");
  }
  return std::unique_ptr<View>(new View(std::move(state)));
}

std::string View::address() const {
  return fmt::format("http://127.0.0.1:{}/?token={}", state_->gate.port,
                     state_->gate.token);
}

int View::serve(std::span<const int> until) {
  std::vector<Held<event, event_free>> signals;
  for (const int number : until) {
    signals.emplace_back(evsignal_new(
        state_->base.get(), number,
        [](evutil_socket_t seen, short, void* self) {
          auto* const state = static_cast<State*>(self);
          state->ended_by = static_cast<int>(seen);
          event_base_loopbreak(state->base.get());
        },
        state_.get()));
    event_add(signals.back().get(), nullptr);
  }
  event_base_dispatch(state_->base.get());
  return state_->ended_by;
}

}  // namespace proctor
