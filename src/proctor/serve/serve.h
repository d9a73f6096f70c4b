// A server of models that runs beside this process, and no longer than it.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "proctor/base/base.h"
#include "proctor/serve/child_process.h"

namespace proctor {

struct ServeOptions {
  // A shell's. {port} in it becomes a free port of 127.0.0.1, {model} the model, as one
  // word.
  std::string command;
  std::string model;
  std::string base_url;  // where it listens, if there is no {port} in the command
  std::chrono::milliseconds wait{600'000};  // until it must be ready
  Clock clock = {};                         // by which that is
  // While it is waited for: where it will be, and how long it has taken. May be empty.
  std::function<void(const std::string& base_url, std::chrono::seconds so_far)> waits;
};

class Server {
 public:
  // Starts it, and waits until it answers as one that has read its model. Fault::usage:
  // it cannot be started, or has ended; Fault::network: it was not ready in time; both
  // with its last lines. Fault::cancelled where `is_stopped` says so.
  static Result<Server> start(const ServeOptions& options,
                              const Environment& environment,
                              const IsStopped& is_stopped);

  const std::string& base_url() const { return base_url_; }
  // That it has ended, and what it wrote last; nothing as long as it runs.
  std::optional<Error> death();

 private:
  Server(ChildProcess process, std::string base_url)
      : process_(std::move(process)), base_url_(std::move(base_url)) {}
  Status wait_until_ready(const ServeOptions& options, const IsStopped& is_stopped);
  std::string last_words() const;

  ChildProcess process_;
  std::string base_url_;
};

}  // namespace proctor
