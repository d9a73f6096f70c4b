#include "proctor/hub/request.h"

#include <algorithm>
#include <charconv>
#include <random>

namespace proctor {
namespace {

using std::chrono::milliseconds;

constexpr int most_redirects = 5;
constexpr auto longest_pause = std::chrono::seconds(60);

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 ||
         status == 308;
}

// Retry-After in seconds. Its other form, a date, is not worth a calendar here.
std::optional<milliseconds> retry_after(const HttpResponse& response) {
  const std::string_view text = response.header("retry-after").value_or("");
  int seconds = 0;
  const auto [stopped, error] = std::from_chars(text.begin(), text.end(), seconds);
  if (error != std::errc{} || stopped != text.end() || seconds < 0) return std::nullopt;
  return std::chrono::seconds(std::min(seconds, 3600));
}

Error unreached(Error error) {
  error.message +=
      "; without a network: HF_ENDPOINT names a mirror, and files of your own and the "
      "exam sample need none";
  return error;
}

}  // namespace

Result<HttpResponse> ask_hub(HttpRequest request, Redirects redirects,
                             const HubSettings& settings, HubWorld& world) {
  const auto headers = request.headers;
  for (int followed = 0;; ++followed) {
    request.headers = headers;
    if (!settings.token.empty() && is_own_host(settings, request.url)) {
      request.headers.emplace_back("Authorization", "Bearer " + settings.token);
    }
    auto answer = fetch(world.http, request);
    if (!answer) return tl::unexpected(unreached(answer.error()));
    HttpResponse response = *std::move(answer);
    const auto location = response.header("location");
    if (!is_redirect(response.status) || !location) return response;
    const auto next = resolved_url(request.url, *location);
    if (!next) {
      return fail(Fault::denied, "{}: redirected to what is no URL",
                  url_origin(request.url));
    }
    if (redirects == Redirects::at_home && !is_own_host(settings, *next)) {
      // The caller needs the whole address.
      for (auto& [name, value] : response.headers) {
        if (name == "location") value = *next;
      }
      return response;
    }
    if (followed == most_redirects) {
      return fail(Fault::denied, "{}: redirected more than {} times",
                  url_origin(request.url), most_redirects);
    }
    request.url = *next;
  }
}

bool is_passing(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 ||
         status == 503 || status == 504;
}

Error status_error(const HttpResponse& response, std::string_view what,
                   const HubSettings& settings) {
  const int status = response.status;
  const std::string_view code = response.header("x-error-code").value_or("");
  if (status == 401 || status == 403) {
    return {
        Fault::denied,
        settings.token.empty()
            ? fmt::format("{}: the hub answered {}: there is no such repository, or it "
                          "needs a token; set HF_TOKEN",
                          what, status)
            : fmt::format("{}: the hub answered {}: there is no such repository, or "
                          "the token in HF_TOKEN may not read it; its page says "
                          "whether terms must be agreed to",
                          what, status)};
  }
  if (code == "RepoNotFound") {
    return {Fault::usage, fmt::format("{}: there is no such repository", what)};
  }
  if (code == "RevisionNotFound") {
    return {Fault::usage, fmt::format("{}: there is no such revision", what)};
  }
  if (status == 404)
    return {Fault::data, fmt::format("{}: there is no such file", what)};
  return {is_passing(status) ? Fault::network : Fault::denied,
          fmt::format("{}: the hub answered {}", what, status)};
}

Tries::Tries(HubPatience patience, HubWorld& world)
    : patience_(patience), world_(world) {}

bool Tries::another(const HttpResponse* response) {
  if (++used_ >= patience_.tries) return false;
  milliseconds pause = patience_.first_pause * (1 << std::min(used_ - 1, 16));
  // Many machines of one cluster must not come back in step. No result depends on this
  // randomness.
  std::random_device chance;
  pause = pause / 2 + pause * static_cast<int>(chance() % 512) / 1024;
  if (response != nullptr)
    pause = std::max(pause, retry_after(*response).value_or(pause));
  pause = std::min<milliseconds>(pause, longest_pause);
  const TimePoint until = std::chrono::steady_clock::now() + pause;
  while (std::chrono::steady_clock::now() < until) world_.http.wait(until);
  return true;
}

Result<HttpResponse> ask_hub_patiently(const HttpRequest& request, Redirects redirects,
                                       std::string_view what,
                                       const HubSettings& settings, HubWorld& world,
                                       HubPatience patience) {
  Tries tries(patience, world);
  while (true) {
    auto response = ask_hub(request, redirects, settings, world);
    if (!response) {
      if (response.error().fault == Fault::network && tries.another()) continue;
      return response;
    }
    if (!is_passing(response->status)) return response;
    if (!tries.another(&*response)) {
      return tl::unexpected(status_error(*response, what, settings));
    }
  }
}

}  // namespace proctor
