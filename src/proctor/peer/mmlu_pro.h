// MMLU-Pro's results: what its evaluate_from_api.py and evaluate_from_local.py write.
// Not for other folders.
#pragma once

#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "proctor/peer/peer_run.h"

namespace proctor {

// Whether a file's JSON is a list of its entries.
bool is_mmlu_pro(const nlohmann::ordered_json& json);
// `name`: of the file, in which the model's stands. Its digest is not set.
Result<PeerRun> read_mmlu_pro(const nlohmann::ordered_json& json,
                              const std::string& name);

}  // namespace proctor
