// The server that --serve and --engine server start for a command. Not for other
// folders.
#pragma once

#include <string>

#include "proctor/cli/console.h"
#include "proctor/cli/evaluation.h"
#include "proctor/cli/options.h"
#include "proctor/serve/serve.h"

namespace proctor {

// --serve's command, or that of a llama-server for a .gguf under --engine server: a
// shell's, with {port} and {model} in it. Empty where neither was asked for.
// Fault::usage where the options do not fit each other, or there is no llama-server.
Result<std::string> server_command(std::string_view spec, const Arguments& arguments,
                                   const Environment& environment);

// Whether --chat-template names a file of Jinja, and no family of templates.
bool is_template_file(const std::string& asked);

// Starts choice.serve, and waits until it answers, at most --serve-wait seconds; says
// so meanwhile. Fails as Server::start().
Result<Server> start_server(const ModelChoice& choice, const Arguments& arguments,
                            World& world, const IsStopped& is_stopped);

}  // namespace proctor
