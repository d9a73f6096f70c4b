// What the engine's plug-in and the program say to each other. C++ goes both ways, so
// both must be of one build. Not for other folders.
#pragma once

#include "proctor/engine/engine.h"

namespace proctor {

struct EnginePlugin {
  const char* version;  // llama.cpp's
  std::vector<std::string> (*templates)();
  Result<std::unique_ptr<Engine>> (*load)(EngineOptions options);
  Result<EngineForecast> (*forecast)(const EngineOptions& options,
                                     std::span<const EngineRequest> requests);
  Result<EngineOutlook> (*look_at)(const EngineOptions& options);
};

}  // namespace proctor

// Looked at first: a hash of the headers that both sides read, and the compiler.
using ProctorEngineBuild = const char*();
using ProctorEnginePlugin = const proctor::EnginePlugin*();
