#include "proctor/cli/server.h"

#include <algorithm>
#include <cerrno>
#include <thread>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proctor/engine/engine.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr std::string_view port_place = "{port}";
constexpr std::string_view model_place = "{model}";
constexpr double default_wait = 600;
constexpr std::size_t last_lines = 5;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// The environment's own choice, else what PATH has.
Result<std::string> llama_server_program(const Environment& environment) {
  if (const auto named = environment.get("PROCTOR_LLAMA_SERVER")) {
    if (::access(named->c_str(), X_OK) == 0) return *named;
    return fail(Fault::usage, "PROCTOR_LLAMA_SERVER: {}: no program that can be run",
                *named);
  }
  for (const std::string& folder : split(environment.get("PATH").value_or(""), ':')) {
    const std::string program = folder + "/llama-server";
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0) return program;
  }
  return fail(Fault::usage,
              "--engine server: there is no llama-server on PATH; install llama.cpp, "
              "set PROCTOR_LLAMA_SERVER, or name a command by --serve");
}

Result<std::string> llama_server_command(const Arguments& arguments,
                                         const Environment& environment) {
  if (arguments.has("--exact")) {
    return fail(Fault::usage,
                "--exact: a server's order of computing is its own; take --engine "
                "process");
  }
  const auto parallel = TRY(arguments.whole("--concurrency", 1, 4096)).value_or(4);
  std::string command =
      fmt::format("exec {} -m {{model}} --host 127.0.0.1 --port {{port}} --parallel {}",
                  for_shell(TRY(llama_server_program(environment))), parallel);
  // A llama-server shares its context out among those it serves at once.
  if (const auto context = TRY(arguments.whole("--context", 64, 100'000'000))) {
    command += fmt::format(" --ctx-size {}", *context * parallel);
  }
  if (const auto threads = TRY(arguments.whole("--threads", 1, 4096))) {
    command += fmt::format(" --threads {}", *threads);
  }
  if (const auto layers = TRY(arguments.whole("--gpu-layers", 0, 100'000))) {
    command += fmt::format(" --n-gpu-layers {}", *layers);
  }
  if (const auto asked = arguments.get("--chat-template")) {
    if (*asked == "none") {
      return fail(Fault::usage,
                  "--chat-template none: a llama-server always has one; take --engine "
                  "process");
    }
    command +=
        is_template_file(*asked) ? " --chat-template-file " : " --chat-template ";
    command += for_shell(*asked);
  }
  return command;
}

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

// As the engine in this process looks it up. A llama-server knows the same names.
bool is_template_file(const std::string& asked) {
  const auto names = chat_templates();
  if (names && std::ranges::find(*names, asked) != names->end()) return false;
  std::error_code ignored;
  return std::filesystem::is_regular_file(asked, ignored);
}

Result<std::string> server_command(std::string_view spec, const Arguments& arguments,
                                   const Environment& environment) {
  const std::string engine = arguments.get("--engine").value_or("process");
  if (engine != "process" && engine != "server") {
    return fail(Fault::usage, "--engine: found {}, expected process or server", engine);
  }
  const auto command = arguments.get("--serve");
  if (!command) {
    if (engine == "process") return std::string();
    if (!spec.ends_with(".gguf") && !is_hub_model(spec)) {
      return fail(Fault::usage,
                  "--engine server: {} is no .gguf file; --serve takes a command that "
                  "starts a server for it",
                  spec);
    }
    if (arguments.has("--base-url")) {
      return fail(Fault::usage,
                  "--base-url: --engine server starts a server at an address of its "
                  "own");
    }
    return llama_server_command(arguments, environment);
  }
  if (spec.starts_with("baseline")) return std::string();
  const bool has_port = has(*command, port_place);
  if (!has_port && !arguments.has("--base-url")) {
    return fail(Fault::usage,
                "--serve: expected {{port}} in the command, where the port it is to "
                "listen at belongs, or the server's address as --base-url");
  }
  if (has_port && arguments.has("--base-url")) {
    return fail(Fault::usage,
                "--base-url: the command of --serve has {{port}}, a free one of "
                "127.0.0.1; give one of the two");
  }
  return *command;
}

Result<Server> Server::start(const ModelChoice& choice, const Arguments& arguments,
                             World& world, const IsStopped& is_stopped) {
  const double seconds =
      TRY(arguments.decimal("--serve-wait", 0.1, 86'400)).value_or(default_wait);
  std::string base_url = choice.model.base_url;
  std::string command = choice.serve;
  if (has(command, port_place)) {
    const int port = TRY(free_port());
    command = replace_all(command, port_place, std::to_string(port));
    base_url = fmt::format("http://127.0.0.1:{}", port);
  }
  command = replace_all(
      command, model_place,
      for_shell(choice.file.empty() ? choice.model.name : choice.file.string()));
  Server server(TRY(ChildProcess::start({"/bin/sh", "-c", command}, world.environment)
                        .in("--serve")),
                std::move(base_url));
  TRY(server.wait_until_ready(seconds, arguments.has("--quiet"), world, is_stopped));
  return server;
}

Status Server::wait_until_ready(double seconds, bool is_quiet, World& world,
                                const IsStopped& is_stopped) {
  const auto started = std::chrono::steady_clock::now();
  const auto so_far = [&] {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started)
        .count();
  };
  HttpClient http({.connections = 1});
  if (!is_quiet && !world.console.err_is_terminal()) {
    world.console.say("starting the server at " + base_url_);
  }
  const auto wait = [&]() -> Status {
    while (true) {
      const bool is_up = answers(http, base_url_);
      if (auto dead = death()) return tl::unexpected(*std::move(dead));
      if (is_up) return {};
      if (is_stopped()) return fail(Fault::cancelled, "the server was not ready yet");
      if (so_far() >= seconds) {
        return fail(Fault::usage,
                    "the server at {} was not ready after {:.0f} s (--serve-wait){}",
                    base_url_, seconds, last_words());
      }
      if (!is_quiet) {
        world.console.progress(
            fmt::format("starting the server at {}: {:.0f} s", base_url_, so_far()));
      }
      std::this_thread::sleep_for(milliseconds(100));
    }
  };
  const Status ready = wait();
  world.console.end_progress(false);
  return ready;
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
