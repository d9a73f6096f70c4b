#include "proctor/exam/own_server.h"

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
              "`computes` server: there is no llama-server on PATH; install llama.cpp, "
              "set PROCTOR_LLAMA_SERVER, or name a command by `serve`");
}

Result<std::string> llama_server_command(const ModelSpec& spec,
                                         const Environment& environment) {
  constexpr std::size_t at_once = 4;
  if (spec.exact) {
    return fail(Fault::usage,
                "`exact`: a server's order of computing is its own; take `computes` "
                "process");
  }
  const std::size_t parallel = spec.concurrency.value_or(at_once);
  std::string command =
      fmt::format("exec {} -m {{model}} --host 127.0.0.1 --port {{port}} --parallel {}",
                  for_shell(TRY(llama_server_program(environment))), parallel);
  // A llama-server shares its context out among those it serves at once.
  if (spec.context) {
    command += fmt::format(" --ctx-size {}",
                           static_cast<std::size_t>(*spec.context) * parallel);
  }
  if (spec.threads) command += fmt::format(" --threads {}", *spec.threads);
  if (spec.gpu_layers) command += fmt::format(" --n-gpu-layers {}", *spec.gpu_layers);
  if (const auto& asked = spec.chat_template) {
    if (*asked == "none") {
      return fail(
          Fault::usage,
          "`chat_template` none: a llama-server always has one; take `computes` "
          "process");
    }
    const bool is_file = is_template_file(*asked);
    if (is_file &&
        TRY(read_template_file(*asked).in("`chat_template` " + *asked)).is_json) {
      return fail(
          Fault::usage,
          "`chat_template` {}: JSON, and a llama-server reads a file of Jinja; take "
          "`computes` process, or write the text of its \"chat_template\" into a file",
          *asked);
    }
    command += is_file ? " --chat-template-file " : " --chat-template ";
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

Result<std::string> server_command(const ModelSpec& spec,
                                   const Environment& environment) {
  const bool is_ours = spec.computes == Computes::server;
  if (!spec.serve) {
    if (!is_ours) return std::string();
    if (!spec.name.ends_with(".gguf") && !is_hub_model(spec.name)) {
      return fail(
          Fault::usage,
          "`computes` server: {} is no .gguf file; `serve` takes a command that "
          "starts a server for it",
          spec.name);
    }
    if (spec.base_url) {
      return fail(Fault::usage,
                  "`base_url`: `computes` server starts a server at an address of its "
                  "own");
    }
    return llama_server_command(spec, environment);
  }
  if (spec.name.starts_with("baseline")) return std::string();
  const bool has_port = spec.serve->find("{port}") != std::string::npos;
  if (!has_port && !spec.base_url) {
    return fail(Fault::usage,
                "`serve`: expected {{port}} in the command, where the port it is to "
                "listen at belongs, or the server's address as `base_url`");
  }
  if (has_port && spec.base_url) {
    return fail(Fault::usage,
                "`base_url`: the command of `serve` has {{port}}, a free one of "
                "127.0.0.1; give one of the two");
  }
  return *spec.serve;
}

Result<Server> start_server(const ModelChoice& choice, const ExamWorld& world) {
  ServeOptions options{
      .command = choice.serve,
      .model = choice.file.empty() ? choice.model.name : choice.file.string(),
      .base_url = choice.model.base_url,
      .waits = world.waits};
  if (choice.spec.serve_wait) options.wait = *choice.spec.serve_wait;
  auto server = Server::start(options, world.environment, world.is_stopped);
  if (!server && server.error().fault == Fault::network)
    server.error().message += "; `serve_wait` says how long it is waited for";
  return server;
}

}  // namespace proctor
