#include <algorithm>

#include <simdjson.h>

#include "proctor/hub/cache.h"
#include "proctor/hub/hub.h"
#include "proctor/hub/request.h"
#include "proctor/hub/settings.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
namespace dom = simdjson::dom;

constexpr std::int64_t rows_a_page = 100;  // the server gives no more

struct Rows {
  const std::string& repo;
  const std::string& config;
  const std::string& split;

  std::string name() const { return fmt::format("{}: {}/{}", repo, config, split); }
};

HttpRequest get(std::string url, const HubSettings& settings) {
  return {.url = std::move(url),
          .deadlines = {.connect = settings.etag_timeout,
                        .silence = settings.download_timeout,
                        .total = settings.download_timeout * 6}};
}

tl::unexpected<Error> unreadable(const Rows& rows, std::string_view what) {
  return fail(Fault::data, "{}: the datasets-server's page {}", rows.name(), what);
}

// The commit that main is at, or nothing where the hub does not say.
std::optional<std::string> commit_of_main(const Rows& rows, const HubSettings& settings,
                                          HubWorld& world) {
  const auto response =
      ask_hub(get(settings.endpoint + "/api/datasets/" + rows.repo, settings),
              Redirects::everywhere, settings, world);
  if (!response || response->status != 200) return std::nullopt;
  dom::parser parser;
  std::string_view commit;
  if (parser.parse(response->body)["sha"].get(commit) != simdjson::SUCCESS ||
      !is_commit(commit)) {
    return std::nullopt;
  }
  return std::string(commit);
}

// Appends a page's rows and returns how many the split has. The server numbers rows and
// says when it has shortened one: neither may be overlooked.
Result<std::int64_t> take_page(const Rows& rows, const std::string& body,
                               std::int64_t offset, std::string& lines,
                               std::int64_t& taken) {
  dom::parser parser;
  dom::element page;
  dom::array list;
  std::int64_t total = 0;
  bool is_partial = false;
  if (parser.parse(body).get(page) != simdjson::SUCCESS) {
    return unreadable(rows, "is no JSON");
  }
  if (page["rows"].get(list) != simdjson::SUCCESS ||
      page["num_rows_total"].get(total) != simdjson::SUCCESS || total < 0) {
    return unreadable(rows, "has no rows and num_rows_total");
  }
  if (page["partial"].get(is_partial) == simdjson::SUCCESS && is_partial) {
    return unreadable(rows, "holds a part of the split only; read the Parquet files");
  }
  taken = 0;
  for (const dom::element entry : list) {
    std::int64_t index = -1;
    dom::object row;
    dom::array shortened;
    if (entry["row"].get(row) != simdjson::SUCCESS ||
        entry["row_idx"].get(index) != simdjson::SUCCESS || index != offset + taken) {
      return unreadable(rows, fmt::format("lacks row {}", offset + taken));
    }
    if (entry["truncated_cells"].get(shortened) == simdjson::SUCCESS &&
        shortened.size() > 0) {
      return unreadable(rows, fmt::format("has shortened row {}", index));
    }
    lines += simdjson::minify(row);
    lines += '\n';
    ++taken;
  }
  return total;
}

Result<std::string> download_rows(const Rows& rows, const HubSettings& settings,
                                  HubWorld& world, HubPatience patience) {
  if (world.talk) {
    world.talk(fmt::format("downloading {} row by row from {}", rows.name(),
                           url_origin(settings.datasets_server)));
  }
  std::string lines;
  std::int64_t total = 1;  // until the first page says
  for (std::int64_t offset = 0; offset < total;) {
    const std::string url = fmt::format(
        "{}/rows?dataset={}&config={}&split={}&offset={}&length={}",
        settings.datasets_server, url_encoded(rows.repo), url_encoded(rows.config),
        url_encoded(rows.split), offset, rows_a_page);
    const HttpResponse response =
        TRY(ask_hub_patiently(get(url, settings), Redirects::at_home, rows.name(),
                              settings, world, patience)
                .in(rows.name()));
    if (response.status == 404 || response.status == 422) {
      return fail(Fault::data, "{}: the datasets-server has no such split",
                  rows.name());
    }
    if (response.status != 200) {
      return tl::unexpected(status_error(response, rows.name(), settings));
    }
    std::int64_t taken = 0;
    const std::int64_t says = TRY(take_page(rows, response.body, offset, lines, taken));
    if (offset > 0 && says != total) return unreadable(rows, "is of another version");
    total = says;
    if (taken == 0 && offset < total) {
      return unreadable(rows, fmt::format("lacks row {} of {}", offset, total));
    }
    offset += taken;
    if (offset > total) return unreadable(rows, "has more rows than it says");
    if (world.progress) {
      world.progress(static_cast<std::uint64_t>(offset),
                     static_cast<std::uint64_t>(total));
    }
  }
  return lines;
}

}  // namespace

Result<HubRows> hub_rows(const std::string& repo, const std::string& config,
                         const std::string& split, const fs::path& cache_dir,
                         HubWorld& world, HubPatience patience) {
  const Rows rows{repo, config, split};
  TRY(check_names({.repo = repo, .revision = config, .path = split}));
  const HubSettings settings = TRY(hub_settings(world.environment, cache_dir));
  // Beside the hub's own folders, so that its tools are not led astray by refs without
  // files.
  const fs::path folder =
      settings.cache / "proctor-rows" / ("datasets--" + replace_all(repo, "/", "--"));
  const fs::path main = folder / "refs" / "main";

  std::optional<std::string> commit;
  if (settings.offline.empty()) commit = commit_of_main(rows, settings, world);
  if (!commit) {  // the newest we know
    const auto known = read_file(main);
    if (known && is_commit(*known)) commit = *known;
  }
  const std::string revision = commit.value_or("main");
  const fs::path kept = folder / revision / config / (split + ".jsonl");
  if (auto lines = read_file(kept)) {
    return HubRows{.lines = *std::move(lines), .commit = commit.value_or("")};
  }
  if (!settings.offline.empty()) {
    return fail(Fault::usage,
                "{}: not in the cache ({}), and {} says to stay offline; run once "
                "without it",
                rows.name(), folder.string(), settings.offline);
  }
  std::string lines = TRY(download_rows(rows, settings, world, patience));
  TRY(make_folders(kept.parent_path()));
  TRY(make_folders(main.parent_path()));
  TRY(write_file(kept, lines));
  TRY(write_file(main, revision));
  return HubRows{.lines = std::move(lines), .commit = commit.value_or("")};
}

}  // namespace proctor
