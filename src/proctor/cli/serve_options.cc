#include "proctor/cli/serve_options.h"

#include <algorithm>

#include <unistd.h>

#include "proctor/engine/engine.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

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
  const bool has_port = command->find("{port}") != std::string::npos;
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

Result<Server> start_server(const ModelChoice& choice, const Arguments& arguments,
                            World& world, const IsStopped& is_stopped) {
  constexpr double default_wait = 600;
  const double seconds =
      TRY(arguments.decimal("--serve-wait", 0.1, 86'400)).value_or(default_wait);
  const bool is_quiet = arguments.has("--quiet");
  ServeOptions options{
      .command = choice.serve,
      .model = choice.file.empty() ? choice.model.name : choice.file.string(),
      .base_url = choice.model.base_url,
      .wait = std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000))};
  bool has_said = false;
  options.waits = [&](const std::string& base_url, std::chrono::seconds so_far) {
    if (is_quiet) return;
    const std::string line = "starting the server at " + base_url;
    if (!world.console.err_is_terminal() && !std::exchange(has_said, true))
      world.console.say(line);
    world.console.progress(fmt::format("{}: {} s", line, so_far.count()));
  };
  auto server = Server::start(options, world.environment, is_stopped);
  world.console.end_progress(false);
  if (!server && server.error().fault == Fault::network)
    server.error().message += "; --serve-wait says how long it is waited for";
  return server;
}

}  // namespace proctor
