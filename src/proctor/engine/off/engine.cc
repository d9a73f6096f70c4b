// The engine of a program that was built without llama.cpp.
#include "proctor/engine/engine.h"

#include <cassert>

namespace proctor {

struct Engine::Worker {
  EngineInfo info;
};

// No Engine can be made here, so nothing below is ever called.
Engine::Engine(std::unique_ptr<Worker> worker) : worker_(std::move(worker)) {}
Engine::~Engine() = default;
const EngineInfo& Engine::info() const {
  return worker_->info;
}
Status Engine::can_chat() const {
  return {};
}
void Engine::start(EngineRequest /*request*/) {
  assert(false);
}
std::vector<EngineAnswer> Engine::wait(TimePoint /*until*/) {
  return {};
}
void Engine::cancel(bool /*also_begun*/) {}

bool has_engine() {
  return false;
}

std::optional<std::string> llama_version_text() {
  return std::nullopt;
}

namespace {

tl::unexpected<Error> no_engine(const EngineOptions& options) {
  return fail(Fault::usage,
              "{}: this proctor was built without llama.cpp; build it again after "
              "tools/get-llama (./quickstart does both), or serve the file with "
              "llama-server and take the model llama",
              options.model.string());
}

}  // namespace

Result<std::unique_ptr<Engine>> load_engine(EngineOptions options) {
  return no_engine(options);
}

Result<EngineForecast> forecast(const EngineOptions& options,
                                std::span<const EngineRequest> /*requests*/) {
  return no_engine(options);
}

}  // namespace proctor
