// The backend behind a model's name: a server that is there, one that is started for
// the run, a file in this process, or a baseline. Not for other folders.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "proctor/cli/console.h"
#include "proctor/cli/evaluation.h"
#include "proctor/cli/options.h"
#include "proctor/cli/server.h"

namespace proctor {

struct Asked {
  std::unique_ptr<Server> server;  // of this run alone, or null; ends after the backend
  std::unique_ptr<Backend> backend;
  std::string identity;  // the engine's or that server's part of the run's identity
};

// Nothing under --quiet.
Talk talk_of(const Arguments& arguments, World& world);
// What a provider cannot be asked is said before it is asked anything.
Status check_can_be_sent(const Exam& exam, const ModelChoice& choice,
                         const Arguments& arguments);
// Fault::cancelled where `is_stopped` while a server was starting.
Result<Asked> ask_model(const Exam& exam, const ModelChoice& choice,
                        const Arguments& arguments, World& world,
                        const std::function<bool()>& is_stopped);

}  // namespace proctor
