// A server of models that is started for a command and ends with it: --serve and
// --engine server. Not for other folders.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "proctor/cli/child_process.h"
#include "proctor/cli/console.h"
#include "proctor/cli/evaluation.h"
#include "proctor/cli/options.h"

namespace proctor {

// --serve's command, or that of a llama-server for a .gguf under --engine server: a
// shell's, with {port} and {model} in it. Empty where neither was asked for.
// Fault::usage where the options do not fit each other, or there is no llama-server.
Result<std::string> server_command(std::string_view spec, const Arguments& arguments,
                                   const Environment& environment);

// Whether --chat-template names a file of Jinja, and no family of templates.
bool is_template_file(const std::string& asked);

class Server {
 public:
  // Starts choice.serve, and waits until it answers, at most --serve-wait seconds; says
  // so meanwhile. Fault::usage: it has ended, or was not ready in time, with its last
  // lines; Fault::cancelled where `is_stopped` says so.
  static Result<Server> start(const ModelChoice& choice, const Arguments& arguments,
                              World& world, const IsStopped& is_stopped);

  const std::string& base_url() const { return base_url_; }
  // That it has ended, and what it wrote last; nothing as long as it runs.
  std::optional<Error> death();

 private:
  Server(ChildProcess process, std::string base_url)
      : process_(std::move(process)), base_url_(std::move(base_url)) {}
  Status wait_until_ready(double seconds, bool is_quiet, World& world,
                          const IsStopped& is_stopped);
  std::string last_words() const;

  ChildProcess process_;
  std::string base_url_;
};

}  // namespace proctor
