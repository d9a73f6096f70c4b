#include "proctor/hub/settings.h"

#include <charconv>

#include "proctor/http/http.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

bool is_true(const std::optional<std::string>& value) {
  if (!value) return false;
  const std::string upper = ascii_upper(*value);
  return upper == "1" || upper == "ON" || upper == "YES" || upper == "TRUE";
}

fs::path expanded(const Environment& environment, const std::string& path) {
  const auto home = environment.get("HOME");
  if (home && path == "~") return *home;
  if (home && path.starts_with("~/")) return fs::path(*home) / path.substr(2);
  return path;
}

Result<fs::path> hf_home(const Environment& environment) {
  if (const auto home = environment.get("HF_HOME")) return expanded(environment, *home);
  if (const auto cache = environment.get("XDG_CACHE_HOME")) {
    return expanded(environment, *cache) / "huggingface";
  }
  if (const auto home = environment.get("HOME")) {
    return fs::path(*home) / ".cache" / "huggingface";
  }
  return fail(Fault::usage,
              "neither HF_HOME nor HOME is set; name a folder by `cache_dir`");
}

Result<fs::path> cache_folder(const Environment& environment) {
  for (const char* name : {"HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"}) {
    if (const auto cache = environment.get(name)) return expanded(environment, *cache);
  }
  return TRY(hf_home(environment)) / "hub";
}

// The hub's own tools drop line ends, which copying a token easily brings along.
std::string cleaned(std::string token) {
  std::erase_if(token, [](char byte) { return byte == '\r' || byte == '\n'; });
  return std::string(python_strip(token));
}

Result<std::chrono::milliseconds> seconds_in(const Environment& environment,
                                             const char* name) {
  const std::string text = environment.get(name).value_or("10");
  int seconds = 0;
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, seconds);
  constexpr int a_day = 86'400;
  if (error != std::errc{} || stopped != end || seconds < 1 || seconds > a_day) {
    return fail(Fault::usage, "{}={}: expected seconds, from 1 to {}", name, text,
                a_day);
  }
  return std::chrono::seconds(seconds);
}

std::string without_slash(std::string url) {
  while (url.ends_with('/')) url.pop_back();
  return url;
}

bool same_origin(const UrlParts& one, const UrlParts& other) {
  return one.scheme == other.scheme && one.host == other.host && one.port == other.port;
}

bool is_the_public_hub(const UrlParts& url) {
  return url.scheme == "https" && url.port == 443 &&
         (url.host == "huggingface.co" || url.host == "hf.co");
}

}  // namespace

Result<fs::path> hub_cache(const Environment& environment, const fs::path& cache_dir) {
  return cache_dir.empty() ? cache_folder(environment) : cache_dir;
}

std::string hub_token(const Environment& environment) {
  if (is_true(environment.get("HF_HUB_DISABLE_IMPLICIT_TOKEN"))) return {};
  for (const char* name : {"HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"}) {
    if (const auto token = environment.get(name)) return cleaned(*token);
  }
  fs::path file;
  if (const auto path = environment.get("HF_TOKEN_PATH")) {
    file = expanded(environment, *path);
  } else if (const auto home = hf_home(environment)) {
    file = *home / "token";
  }
  const auto token = read_file(file);  // most people have none
  return token ? cleaned(*token) : std::string();
}

Result<HubSettings> hub_settings(const Environment& environment,
                                 const fs::path& cache_dir) {
  HubSettings settings;
  settings.endpoint =
      without_slash(environment.get("HF_ENDPOINT").value_or("https://huggingface.co"));
  settings.datasets_server =
      without_slash(environment.get("PROCTOR_DATASETS_SERVER")
                        .value_or("https://datasets-server.huggingface.co"));
  TRY(parse_url(settings.endpoint).in("HF_ENDPOINT"));
  TRY(parse_url(settings.datasets_server).in("PROCTOR_DATASETS_SERVER"));
  settings.cache = TRY(hub_cache(environment, cache_dir));
  settings.token = hub_token(environment);
  for (const char* name : {"HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"}) {
    if (settings.offline.empty() && is_true(environment.get(name))) {
      settings.offline = name;
    }
  }
  settings.etag_timeout = TRY(seconds_in(environment, "HF_HUB_ETAG_TIMEOUT"));
  settings.download_timeout = TRY(seconds_in(environment, "HF_HUB_DOWNLOAD_TIMEOUT"));
  return settings;
}

bool is_own_host(const HubSettings& settings, std::string_view url) {
  const auto there = parse_url(url);
  const auto endpoint = parse_url(settings.endpoint);
  const auto server = parse_url(settings.datasets_server);
  if (!there || !endpoint || !server) return false;
  return same_origin(*there, *endpoint) || same_origin(*there, *server) ||
         (is_the_public_hub(*there) && is_the_public_hub(*endpoint));
}

}  // namespace proctor
