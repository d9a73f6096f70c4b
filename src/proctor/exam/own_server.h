// The server that is started for a model of a spec. Not for other folders.
#pragma once

#include <string>

#include "proctor/exam/choose_model.h"
#include "proctor/exam/world.h"
#include "proctor/serve/serve.h"

namespace proctor {

// The spec's own command, or that of a llama-server for a .gguf: a shell's, with {port}
// and {model} in it. Empty where neither was asked for. Fault::usage where what is set
// does not fit together, or there is no llama-server.
Result<std::string> server_command(const ModelSpec& spec,
                                   const Environment& environment);

// Whether a chat template's name is that of a file of Jinja, and of no family.
bool is_template_file(const std::string& asked);

// Starts choice.serve, and waits until it answers. Fails as Server::start().
Result<Server> start_server(const ModelChoice& choice, const ExamWorld& world);

}  // namespace proctor
