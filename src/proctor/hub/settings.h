// What the environment says about the hub, by the names its own tools use.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "proctor/base/base.h"

namespace proctor {

struct HubSettings {
  std::string endpoint;         // HF_ENDPOINT, without a slash at its end
  std::string datasets_server;  // PROCTOR_DATASETS_SERVER, the same
  std::filesystem::path cache;  // the folder with datasets--owner--name in it
  std::string token;            // may be empty
  std::string offline;          // the variable that says so; empty: online
  std::chrono::milliseconds etag_timeout{10'000};
  std::chrono::milliseconds download_timeout{10'000};
};

// A cache_dir that is not empty wins over the environment's cache folder.
Result<HubSettings> hub_settings(const Environment& environment,
                                 const std::filesystem::path& cache_dir);

// Whether the token may be sent there: the endpoint's or the datasets-server's own
// scheme, host and port, or the hub's known second name. Content networks are foreign.
bool is_own_host(const HubSettings& settings, std::string_view url);

}  // namespace proctor
