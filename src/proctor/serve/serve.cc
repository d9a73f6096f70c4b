#include "proctor/serve/serve.h"

#include <cerrno>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proctor/http/http.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view port_place = "{port}";
constexpr std::string_view model_place = "{model}";
constexpr std::size_t last_lines = 5;

// A port of this machine's own address that nobody has now.
Result<int> free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  const bool fine = descriptor >= 0 && ::bind(descriptor, any, size) == 0 &&
                    ::getsockname(descriptor, any, &size) == 0;
  const int number = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (fine) return ntohs(address.sin_port);
  return fail(Fault::io, "a free port: {}", system_says(number));
}

// Whether anybody answers there who is not still loading: a llama-server says 503 for
// as long as it reads its model.
bool answers(HttpClient& http, const std::string& base_url) {
  HttpRequest request{.url = base_url.substr(0, base_url.find('?')) + "/health"};
  request.deadlines = {.connect = milliseconds(500),
                       .silence = milliseconds(1000),
                       .total = milliseconds(1000)};
  const auto response = fetch(http, std::move(request));
  return response && response->status < 500;
}

}  // namespace

Result<Server> Server::start(const ServeOptions& options,
                             const Environment& environment,
                             const IsStopped& is_stopped) {
  std::string base_url = options.base_url;
  std::string command = options.command;
  if (command.find(port_place) != std::string::npos) {
    const int port = TRY(free_port());
    command = replace_all(command, port_place, std::to_string(port));
    base_url = fmt::format("http://127.0.0.1:{}", port);
  }
  command = replace_all(command, model_place, for_shell(options.model));
  Server server(TRY(ChildProcess::start({"/bin/sh", "-c", command}, environment)),
                std::move(base_url));
  TRY(server.wait_until_ready(options, is_stopped));
  return server;
}

Status Server::wait_until_ready(const ServeOptions& options,
                                const IsStopped& is_stopped) {
  const TimePoint started = options.clock.now();
  HttpClient http({.connections = 1, .clock = options.clock});
  while (true) {
    const auto so_far = options.clock.now() - started;
    if (options.waits)
      options.waits(base_url_, std::chrono::floor<std::chrono::seconds>(so_far));
    const bool is_up = answers(http, base_url_);
    if (auto dead = death()) return tl::unexpected(*std::move(dead));
    if (is_up) return {};
    if (is_stopped && is_stopped())
      return fail(Fault::cancelled, "the server was not ready yet");
    if (so_far >= options.wait) {
      return fail(Fault::network, "the server at {} was not ready after {:.0f} s{}",
                  base_url_, std::chrono::duration<double>(options.wait).count(),
                  last_words());
    }
    options.clock.sleep_until(options.clock.now() + milliseconds(100));
  }
}

std::optional<Error> Server::death() {
  const auto how = process_.how_it_ended();
  if (!how) return std::nullopt;
  return Error{Fault::usage, fmt::format("the server {}{}", *how, last_words())};
}

std::string Server::last_words() const {
  const auto lines = process_.last_lines(last_lines);
  if (lines.empty()) return "; it wrote nothing";
  return "; it wrote last: " + join(lines, " | ");
}

}  // namespace proctor
