#include "proctor/hub/hub.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

#include "proctor/hub/cache.h"
#include "proctor/hub/request.h"
#include "proctor/hub/settings.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;

// What the hub says of a file before it sends it.
struct Facts {
  std::string commit;
  std::string etag;                   // the blob's name: a hash, but for other hubs
  std::optional<std::uint64_t> size;  // in bytes
  std::string location;               // where the bytes are; maybe a foreign host
};

std::string url_of(const HubFile& file, const HubSettings& settings) {
  std::string url = settings.endpoint;
  if (file.repo_kind != "models") url += "/" + file.repo_kind;
  url += "/" + file.repo + "/resolve/" + url_encoded(file.revision);
  for (const std::string& part : split(file.path, '/')) url += "/" + url_encoded(part);
  return url;
}

std::string name_of(const HubFile& file) {
  return file.repo + ": " + file.path;
}

std::string without_quotes(std::string_view etag) {
  if (etag.starts_with("W/")) etag.remove_prefix(2);
  if (etag.size() >= 2 && etag.front() == '"' && etag.back() == '"') {
    etag = etag.substr(1, etag.size() - 2);
  }
  return std::string(etag);
}

// Both become names of files.
bool is_file_name(std::string_view name) {
  return !name.empty() && name.front() != '.' && name.size() <= 200 &&
         std::ranges::all_of(name, [](char byte) {
           return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
                  (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_' ||
                  byte == '.';
         });
}

std::optional<std::uint64_t> number_in(std::optional<std::string_view> text) {
  std::uint64_t number = 0;
  if (!text) return std::nullopt;
  const auto [stopped, error] = std::from_chars(text->begin(), text->end(), number);
  if (error != std::errc{} || stopped != text->end()) return std::nullopt;
  return number;
}

HttpRequest head_of(const HubFile& file, const HubSettings& settings) {
  return {.method = "HEAD",
          .url = url_of(file, settings),
          .deadlines = {.connect = settings.etag_timeout,
                        .silence = settings.etag_timeout,
                        .total = settings.etag_timeout}};
}

// Linked headers are the large file's; the plain ones are of the pointer to it.
Result<Facts> facts_in(const HttpResponse& response, const HubFile& file,
                       const HubSettings& settings) {
  const bool is_elsewhere = response.status >= 300 && response.status < 400;
  auto etag = response.header("x-linked-etag");
  if (!etag) etag = response.header("etag");
  auto size = number_in(response.header("x-linked-size"));
  if (!size && !is_elsewhere) size = number_in(response.header("content-length"));
  const Facts facts{
      .commit = std::string(response.header("x-repo-commit").value_or("")),
      .etag = without_quotes(etag.value_or("")),
      .size = size,
      .location = is_elsewhere ? std::string(response.header("location").value_or(""))
                               : url_of(file, settings)};
  if (!is_file_name(facts.commit) || !is_file_name(facts.etag)) {
    return fail(Fault::denied,
                "{}: {} is no hub: its answer has no X-Repo-Commit or ETag; see "
                "HF_ENDPOINT",
                name_of(file), url_origin(settings.endpoint));
  }
  return facts;
}

Result<Facts> facts_or_fault(const HttpResponse& response, const HubFile& file,
                             const HubSettings& settings, const HubCache& cache) {
  if (response.status < 400) return facts_in(response, file, settings);
  const std::string commit(response.header("x-repo-commit").value_or(""));
  const std::string_view code = response.header("x-error-code").value_or("");
  if (response.status == 404 && code == "EntryNotFound" && is_file_name(commit)) {
    TRY(cache.remember_missing(commit));
  }
  return tl::unexpected(status_error(response, name_of(file), settings));
}

// Whether a copy in the cache is as good an answer as this.
bool may_use_cache(const Result<HttpResponse>& response) {
  if (!response) return response.error().fault == Fault::network;
  return is_passing(response->status) || response->status == 401 ||
         response->status == 403;
}

class Download {
 public:
  Download(const HubFile& file, const HubSettings& settings, const HubCache& cache,
           HubWorld& world, HubPatience patience)
      : file_(file),
        settings_(settings),
        cache_(cache),
        world_(world),
        patience_(patience) {}

  // Afterwards the blob is there and whole.
  Status get(const Facts& facts);

 private:
  Status fill(const Facts& facts);
  Result<bool> fill_once(const Facts& facts, const std::string& url,
                         std::optional<HttpResponse>& response);
  Status keep(const Facts& facts);
  std::uint64_t have() const;

  const HubFile& file_;
  const HubSettings& settings_;
  const HubCache& cache_;
  HubWorld& world_;
  HubPatience patience_;
  fs::path part_;
};

Status Download::get(const Facts& facts) {
  TRY(cache_.prepare());
  part_ = cache_.blob(facts.etag + ".incomplete");
  const CacheLock lock = TRY(CacheLock::take(cache_.lock_file(facts.etag), part_,
                                             patience_.lock_wait, world_));
  std::error_code code;
  if (fs::exists(cache_.blob(facts.etag), code))
    return {};  // another process was quicker
  if (world_.talk) {
    world_.talk(fmt::format(
        "downloading {}{}", name_of(file_),
        facts.size ? fmt::format(" ({} bytes)",
                                 with_thousands(static_cast<std::int64_t>(*facts.size)))
                   : ""));
  }
  const bool resumed = have() > 0;
  TRY(fill(facts));
  Status kept = keep(facts);
  // What an earlier run left may be what is wrong: once more, from the start.
  if (!kept && kept.error().fault == Fault::network && resumed) {
    TRY(fill(facts));
    kept = keep(facts);
  }
  return kept;
}

// Tries until the file is as long as the hub says. A try that brings a megabyte does
// not count, so a long download over a bad line ends, and one that never moves does
// too.
Status Download::fill(const Facts& facts) {
  constexpr std::uint64_t much = 1U << 20U;
  Tries tries(patience_, world_);
  std::string url = facts.location;
  while (true) {
    const std::uint64_t before = have();
    std::optional<HttpResponse> response;
    const auto done = fill_once(facts, url, response);
    if (done && *done) return {};
    if (!done && done.error().fault != Fault::network) {
      return tl::unexpected(done.error());
    }
    if (have() >= before + much) tries.forgive();
    if (!tries.another(response ? &*response : nullptr)) {
      if (!done) return tl::unexpected(done.error());
      if (response && response->status >= 300) {
        return tl::unexpected(status_error(*response, name_of(file_), settings_));
      }
      return fail(Fault::network, "{}: {} of {} bytes came", name_of(file_), have(),
                  facts.size.value_or(0));
    }
    url = url_of(file_, settings_);  // signed addresses elsewhere grow stale
  }
}

// Whether the file is all there now.
Result<bool> Download::fill_once(const Facts& facts, const std::string& url,
                                 std::optional<HttpResponse>& response) {
  std::error_code code;
  if (facts.size && have() > *facts.size) fs::remove(part_, code);
  const std::uint64_t start = have();
  if (start > 0 && start == facts.size) return true;
  HttpRequest request{
      .url = url,
      .deadlines = {.connect = settings_.download_timeout,
                    .first_byte = settings_.download_timeout,
                    .silence = settings_.download_timeout,
                    .total = std::chrono::hours(24)},
      // Without a size from the hub the answer's own Content-Length is all there is.
      .most_bytes =
          static_cast<std::size_t>(facts.size.value_or(std::uint64_t{1} << 40U)),
      .sink = part_,
      .progress = world_.progress};
  if (start > 0) request.headers.emplace_back("Range", fmt::format("bytes={}-", start));
  auto answer = ask_hub(std::move(request), Redirects::everywhere, settings_, world_);
  if (!answer) {
    // Another part than was asked for, or too much: what is here cannot be trusted.
    if (answer.error().fault != Fault::rejected) return tl::unexpected(answer.error());
    fs::remove(part_, code);
    return fail(Fault::network, "{}: {}", name_of(file_), answer.error().message);
  }
  response = *std::move(answer);
  const int status = response->status;
  if (status == 200 || status == 206) return !facts.size || have() == *facts.size;
  if (status == 416) {  // there is nothing after what we have, yet it is no whole file
    fs::remove(part_, code);
    return false;
  }
  // A stale signature answers 403; the hub itself gives a new one.
  if (is_passing(status) || (status == 403 && !is_own_host(settings_, url)))
    return false;
  return tl::unexpected(status_error(*response, name_of(file_), settings_));
}

Status Download::keep(const Facts& facts) {
  std::error_code code;
  if (!TRY(has_hash(part_, facts.etag))) {
    fs::remove(part_, code);
    return fail(Fault::network,
                "{}: what came has another hash than the hub says, {}; it was deleted",
                name_of(file_), facts.etag);
  }
  const int descriptor = ::open(part_.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor >= 0) {
    ::fsync(descriptor);  // the name must not survive a power cut without the content
    ::close(descriptor);
  }
  fs::rename(part_, cache_.blob(facts.etag), code);
  if (code) {
    return fail(Fault::io, "{}: {}", part_.string(), ascii_lower(code.message()));
  }
  return {};
}

std::uint64_t Download::have() const {
  std::error_code code;
  const std::uintmax_t size = fs::file_size(part_, code);
  return code ? 0 : size;
}

tl::unexpected<Error> not_cached(const HubFile& file, const HubSettings& settings) {
  return fail(
      Fault::usage,
      "{}: not in the cache ({}), and {} says to stay offline; run once without "
      "it",
      name_of(file), settings.cache.string(), settings.offline);
}

}  // namespace

Result<HubDownload> hub_file(const HubFile& file, const fs::path& cache_dir,
                             HubWorld& world, HubPatience patience) {
  assert(file.repo_kind == "datasets" || file.repo_kind == "models");
  TRY(check_names(file));
  const HubSettings settings = TRY(hub_settings(world.environment, cache_dir));
  const HubCache cache(settings.cache, file);

  std::optional<HubDownload> cached;
  if (const auto commit = cache.commit_of(file.revision)) {
    const bool is_final = is_commit(file.revision);
    if (const auto path = cache.find(*commit, world.talk)) {
      cached = HubDownload{.path = *path, .commit = *commit};
      if (is_final || !settings.offline.empty()) return *cached;
    } else if (cache.is_known_missing(*commit) &&
               (is_final || !settings.offline.empty())) {
      return fail(Fault::data, "{}: there is no such file", name_of(file));
    }
  }
  if (!settings.offline.empty()) return not_cached(file, settings);

  const HttpRequest head = head_of(file, settings);
  auto response = ask_hub(head, Redirects::at_home, settings, world);
  if (may_use_cache(response) && cached) {
    if (world.talk) {
      world.talk(fmt::format("{}: the hub cannot be asked; using the copy in the cache",
                             name_of(file)));
    }
    return *cached;
  }
  const bool may_pass = response ? is_passing(response->status)
                                 : response.error().fault == Fault::network;
  if (may_pass && Tries(patience, world).another(response ? &*response : nullptr)) {
    response = ask_hub_patiently(head, Redirects::at_home, name_of(file), settings,
                                 world, {patience.tries - 1, patience.first_pause * 2});
  }
  if (!response) return tl::unexpected(response.error().in(name_of(file)));

  const Facts facts = TRY(facts_or_fault(*response, file, settings, cache));
  TRY(cache.remember_revision(file.revision, facts.commit));
  if (const auto path = cache.find(facts.commit, world.talk)) {
    return HubDownload{.path = *path, .commit = facts.commit};
  }
  TRY(Download(file, settings, cache, world, patience).get(facts));
  return HubDownload{.path = TRY(cache.link(facts.commit, facts.etag)),
                     .commit = facts.commit};
}

}  // namespace proctor
