#include <simdjson.h>

#include "proctor/hub/hub.h"
#include "proctor/hub/request.h"
#include "proctor/hub/settings.h"

namespace proctor {

Result<std::vector<std::string>> hub_files(const std::string& repo_kind,
                                           const std::string& repo,
                                           const std::string& revision,
                                           const std::filesystem::path& cache_dir,
                                           HubWorld& world, HubPatience patience) {
  const HubSettings settings = TRY(hub_settings(world.environment, cache_dir));
  if (!settings.offline.empty()) {
    return fail(Fault::usage, "{} says to stay offline", settings.offline);
  }
  const HttpRequest request{
      .url = fmt::format("{}/api/{}/{}/revision/{}", settings.endpoint, repo_kind, repo,
                         url_encoded(revision)),
      .deadlines = {.connect = settings.etag_timeout,
                    .silence = settings.download_timeout,
                    .total = settings.download_timeout * 6}};
  const HttpResponse response = TRY(ask_hub_patiently(request, Redirects::everywhere,
                                                      repo, settings, world, patience));
  if (response.status == 404) {
    return fail(Fault::usage, "there is no such repository or revision");
  }
  if (response.status != 200) {
    return tl::unexpected(status_error(response, repo, settings));
  }
  simdjson::dom::parser parser;
  simdjson::dom::array siblings;
  if (parser.parse(response.body)["siblings"].get(siblings) != simdjson::SUCCESS) {
    return fail(Fault::network, "the hub's list of files is unreadable");
  }
  std::vector<std::string> files;
  for (const simdjson::dom::element each : siblings) {
    std::string_view path;
    if (each["rfilename"].get(path) == simdjson::SUCCESS) files.emplace_back(path);
  }
  return files;
}

}  // namespace proctor
