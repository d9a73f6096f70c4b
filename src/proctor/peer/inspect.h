// inspect_ai's logs, .eval and .json. Not for other folders.
#pragma once

#include <filesystem>

#include <nlohmann/json.hpp>

#include "proctor/peer/peer_run.h"

namespace proctor {

// Whether a file is a .eval log, by its name.
bool is_inspect_name(const std::filesystem::path& file);
// Fault::data for what is none, or damaged.
Result<PeerRun> read_inspect_zip(const std::filesystem::path& file);

// The whole log in one JSON object.
bool is_inspect(const nlohmann::ordered_json& json);
Result<PeerRun> read_inspect(const nlohmann::ordered_json& json);

}  // namespace proctor
