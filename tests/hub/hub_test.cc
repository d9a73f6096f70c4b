#include "proctor/hub/hub.h"

#include <algorithm>
#include <csignal>
#include <fstream>
#include <memory>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/socket_server.h"

namespace proctor {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

constexpr char commit[] = "c30699e8356da336a370243923dbaf21066bb9fe";
constexpr HubPatience quick{.tries = 4, .first_pause = milliseconds(2)};

class Folder {
 public:
  Folder() {
    std::string name = (fs::temp_directory_path() / "proctorXXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

// What one call sees: an environment, a client, a cache of its own.
struct Machine {
  std::map<std::string, std::string> variables;
  Folder cache;
  HttpClient http{HttpOptions{.connections = 2}};
  std::vector<std::string> said;

  template <class Call>
  auto with_world(Call call) {
    const Environment environment(variables);
    HubWorld world{.environment = environment, .http = http, .talk = [this](auto line) {
                     said.emplace_back(line);
                   }};
    return call(world);
  }
  Result<HubDownload> file(const HubFile& wanted) {
    return with_world(
        [&](HubWorld& world) { return hub_file(wanted, cache.path(), world, quick); });
  }
  Result<HubRows> rows(const std::string& config, const std::string& split) {
    return with_world([&](HubWorld& world) {
      return hub_rows("cais/mmlu", config, split, cache.path(), world, quick);
    });
  }
  fs::path repo() const { return cache.path() / "datasets--cais--mmlu"; }
};

HubFile mmlu_file(std::string path = "anatomy/dev-00000-of-00001.parquet",
                  std::string revision = commit) {
  return {"datasets", "cais/mmlu", std::move(revision), std::move(path)};
}

// ---- Against a whole hub, tests/fakes/fake_hub.py ---------------------------------

int free_port() {
  return SocketServer([](Connection&) {}).port();
}

// The hub does not look into its files.
std::string content_of_a_file() {
  std::string content;
  for (int i = 0; i < 1000; ++i) content += fmt::format("{} of 1000\n", i);
  return content;
}

// More than a page.
std::string rows_of_a_split() {
  std::string lines;
  for (int i = 0; i < 135; ++i) {
    lines += fmt::format(R"({{"question": "What is {} + 1?", "subject": "anatomy", )"
                         R"("choices": ["{}", "{}"], "answer": 1}})"
                         "\n",
                         i, i, i + 1);
  }
  return lines;
}

class FakeHub {
 public:
  explicit FakeHub(const std::vector<std::string>& more = {}) : port_(free_port()) {
    put("datasets/cais/mmlu/" + mmlu_file().path, content_of_a_file());
    put("datasets/cais/mmlu/anatomy/test-00000-of-00001.parquet", "another file");
    put("rows/cais/mmlu/anatomy/test.jsonl", rows_of_a_split());
    std::vector<std::string> words = {
        "python3", std::string(PROCTOR_SOURCE_DIR) + "/tests/fakes/fake_hub.py",
        root_.path().string(), "--port", std::to_string(port_)};
    words.insert(words.end(), more.begin(), more.end());
    std::vector<char*> arguments;
    for (std::string& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::execvp("python3", arguments.data());
      ::_exit(127);
    }
    for (int tries = 0; tries < 2000 && log().empty(); ++tries) {
      client_.wait(std::chrono::steady_clock::now() + milliseconds(10));
    }
  }
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;
  ~FakeHub() {
    ::kill(process_, SIGKILL);
    ::waitpid(process_, nullptr, 0);
  }

  std::string url() const { return fmt::format("http://127.0.0.1:{}", port_); }
  std::map<std::string, std::string> variables() const {
    return {{"HF_ENDPOINT", url()}, {"PROCTOR_DATASETS_SERVER", url()}};
  }
  // Every request seen, as JSON text.
  std::string log() {
    const auto response = fetch(client_, {.url = url() + "/log"});
    return response ? response->body : std::string();
  }
  std::size_t requests() {
    const std::string seen = log();
    std::size_t count = 0;
    for (std::size_t at = seen.find("\"method\""); at != std::string::npos;
         at = seen.find("\"method\"", at + 1)) {
      ++count;
    }
    return count;
  }

 private:
  void put(const fs::path& name, std::string_view content) {
    fs::create_directories((root_.path() / name).parent_path());
    ASSERT_TRUE(write_file(root_.path() / name, content));
  }

  int port_;
  Folder root_;
  pid_t process_ = -1;
  HttpClient client_{HttpOptions{.connections = 1}};
};

TEST(WithFakeHub, a_file_is_downloaded_into_the_hub_s_own_layout) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};

  const auto download = machine.file(mmlu_file());

  ASSERT_TRUE(download) << download.error().message;
  const std::string content = content_of_a_file();
  EXPECT_EQ(download->commit, commit);
  EXPECT_EQ(download->path, machine.repo() / "snapshots" / commit /
                                "anatomy/dev-00000-of-00001.parquet");
  EXPECT_EQ(*read_file(download->path), content);
  EXPECT_EQ(fs::read_symlink(download->path),
            fs::path("../../../blobs") / sha256_hex(content));
  EXPECT_TRUE(fs::exists(machine.cache.path() / "CACHEDIR.TAG"));
  EXPECT_FALSE(fs::exists(machine.repo() / "refs"));
}

TEST(WithFakeHub, a_full_commit_in_the_cache_needs_no_network) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};
  ASSERT_TRUE(machine.file(mmlu_file()));
  const std::size_t before = hub.requests();

  ASSERT_TRUE(machine.file(mmlu_file()));

  EXPECT_EQ(hub.requests(), before);
}

TEST(WithFakeHub, a_named_revision_is_remembered_and_works_offline) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};
  ASSERT_TRUE(machine.file(mmlu_file("anatomy/dev-00000-of-00001.parquet", "main")));
  machine.variables["HF_HUB_OFFLINE"] = "yes";
  const std::size_t before = hub.requests();

  const auto again =
      machine.file(mmlu_file("anatomy/dev-00000-of-00001.parquet", "main"));

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->commit, commit);
  EXPECT_EQ(*read_file(machine.repo() / "refs/main"), commit);
  EXPECT_EQ(hub.requests(), before);
}

TEST(WithFakeHub, the_token_goes_to_the_hub_and_not_to_the_content_network) {
  FakeHub hub({"--token", "hf_secret"});
  Machine machine{.variables = hub.variables()};
  machine.variables["HF_TOKEN"] = "hf_secret\n";

  ASSERT_TRUE(machine.file(mmlu_file()));

  const std::string log = hub.log();
  EXPECT_THAT(log, HasSubstr("Bearer hf_secret"));
  const std::string network = log.substr(log.find("/cdn/"));
  EXPECT_THAT(network, HasSubstr("localhost"));
  EXPECT_THAT(network, Not(HasSubstr("Bearer")));
}

TEST(WithFakeHub, a_missing_token_is_denied_and_hf_token_is_named) {
  FakeHub hub({"--token", "hf_secret"});
  Machine machine{.variables = hub.variables()};

  const auto download = machine.file(mmlu_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::denied);
  EXPECT_THAT(download.error().message, HasSubstr("set HF_TOKEN"));
}

TEST(WithFakeHub, a_token_file_is_read_unless_implicit_tokens_are_off) {
  FakeHub hub({"--token", "hf_secret"});
  Machine machine{.variables = hub.variables()};
  machine.variables["HF_HOME"] = machine.cache.path().string();
  ASSERT_TRUE(write_file(machine.cache.path() / "token", "hf_secret\n"));

  EXPECT_TRUE(machine.file(mmlu_file()));

  machine.variables["HF_HUB_DISABLE_IMPLICIT_TOKEN"] = "1";
  EXPECT_FALSE(machine.file(mmlu_file("anatomy/test-00000-of-00001.parquet")));
}

TEST(WithFakeHub, a_busy_hub_is_asked_again) {
  FakeHub hub({"--fail", "2"});
  Machine machine{.variables = hub.variables()};

  const auto download = machine.file(mmlu_file());

  EXPECT_TRUE(download) << download.error().message;
}

TEST(WithFakeHub, a_hub_that_stays_busy_is_given_up) {
  FakeHub hub({"--fail", "100"});
  Machine machine{.variables = hub.variables()};

  const auto download = machine.file(mmlu_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::network);
  EXPECT_THAT(download.error().message, HasSubstr("the hub answered 503"));
  EXPECT_EQ(hub.requests(), 4U);
}

TEST(WithFakeHub, a_cached_copy_serves_where_the_hub_is_busy) {
  Machine machine;
  {
    FakeHub hub;
    machine.variables = hub.variables();
    ASSERT_TRUE(machine.file(mmlu_file("anatomy/dev-00000-of-00001.parquet", "main")));
  }
  FakeHub hub({"--fail", "100"});
  machine.variables = hub.variables();

  const auto download =
      machine.file(mmlu_file("anatomy/dev-00000-of-00001.parquet", "main"));

  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(hub.requests(), 1U);
}

TEST(WithFakeHub, a_half_written_file_is_resumed) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};
  const std::string content = content_of_a_file();
  fs::create_directories(machine.repo() / "blobs");
  ASSERT_TRUE(
      write_file(machine.repo() / "blobs" / (sha256_hex(content) + ".incomplete"),
                 content.substr(0, 1000)));

  const auto download = machine.file(mmlu_file());

  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(*read_file(download->path), content);
  EXPECT_THAT(hub.log(), HasSubstr("bytes=1000-"));
}

TEST(WithFakeHub, a_half_written_file_of_something_else_is_downloaded_anew) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};
  const std::string content = content_of_a_file();
  fs::create_directories(machine.repo() / "blobs");
  ASSERT_TRUE(
      write_file(machine.repo() / "blobs" / (sha256_hex(content) + ".incomplete"),
                 std::string(1000, 'x')));

  const auto download = machine.file(mmlu_file());

  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(*read_file(download->path), content);
}

TEST(WithFakeHub, a_damaged_copy_in_the_cache_is_downloaded_again) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};
  const auto first = machine.file(mmlu_file());
  ASSERT_TRUE(first);
  std::ofstream(fs::canonical(first->path), std::ios::app) << "x";

  const auto second = machine.file(mmlu_file());

  ASSERT_TRUE(second) << second.error().message;
  EXPECT_EQ(*read_file(second->path), content_of_a_file());
  EXPECT_THAT(machine.said, testing::Contains(HasSubstr("is damaged")));
}

TEST(WithFakeHub, a_file_that_is_not_there_is_a_data_fault_and_remembered) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};

  const auto download = machine.file(mmlu_file("no/such.parquet"));
  const std::size_t before = hub.requests();
  const auto again = machine.file(mmlu_file("no/such.parquet"));

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::data);
  EXPECT_EQ(download.error().message,
            "cais/mmlu: no/such.parquet: there is no such file");
  EXPECT_TRUE(fs::exists(machine.repo() / ".no_exist" / commit / "no/such.parquet"));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::data);
  EXPECT_EQ(hub.requests(), before);
}

TEST(WithFakeHub, rows_come_page_by_page_and_are_kept) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};

  const auto rows = machine.rows("anatomy", "test");
  const std::size_t before = hub.requests();
  machine.variables["HF_HUB_OFFLINE"] = "1";
  const auto again = machine.rows("anatomy", "test");

  ASSERT_TRUE(rows) << rows.error().message;
  const std::string& lines = rows->lines;
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 135);  // more than a page
  EXPECT_THAT(lines, testing::StartsWith("{\"question\":\""));
  EXPECT_THAT(lines, HasSubstr("\"subject\":\"anatomy\",\"choices\":[\""));
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(again->lines, lines);
  EXPECT_EQ(rows->commit, commit);
  EXPECT_EQ(again->commit, commit);
  EXPECT_EQ(hub.requests(), before);
  EXPECT_TRUE(fs::exists(machine.cache.path() / "proctor-rows/datasets--cais--mmlu" /
                         commit / "anatomy/test.jsonl"));
}

TEST(WithFakeHub, a_split_without_rows_is_a_data_fault) {
  FakeHub hub;
  Machine machine{.variables = hub.variables()};

  const auto rows = machine.rows("anatomy", "nosuch");

  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().fault, Fault::data);
}

// ---- Against hubs that misbehave --------------------------------------------------

constexpr char content[] = "hello, hub";

struct Misbehaviour {
  std::string etag = sha256_hex(content);
  std::string size = "10";
  std::string location;  // empty: the file is at the hub itself
  bool knows_ranges = true;
  std::string sends = content;
};

// A hub of one file. HEAD and, where location is set, GET are redirected.
std::function<void(Connection&)> hub_that(Misbehaviour misbehaviour,
                                          std::string* seen = nullptr) {
  return answering([=](const std::string& request) {
    if (seen != nullptr) *seen += request;
    const std::string facts = fmt::format(
        "X-Repo-Commit: {}\r\nX-Linked-Etag: \"{}\"\r\nX-Linked-Size: {}\r\n", commit,
        misbehaviour.etag, misbehaviour.size);
    if (!misbehaviour.location.empty()) {
      return http_answer("302 Found", "",
                         facts + "Location: " + misbehaviour.location + "\r\n");
    }
    if (request.starts_with("HEAD ")) {
      return fmt::format("HTTP/1.1 200 OK\r\n{}Content-Length: {}\r\n\r\n", facts,
                         misbehaviour.size);
    }
    const std::size_t range = request.find("Range: bytes=");
    if (range == std::string::npos || !misbehaviour.knows_ranges) {
      return http_answer("200 OK", misbehaviour.sends);
    }
    const std::size_t start = std::stoul(request.substr(range + 13));
    return http_answer("206 Partial Content", misbehaviour.sends.substr(start),
                       fmt::format("Content-Range: bytes {}-9/10\r\n", start));
  });
}

Machine at(const SocketServer& server) {
  return Machine{.variables = {{"HF_ENDPOINT", server.url("/")}, {"HF_TOKEN", "hf_k"}}};
}

HubFile some_file(std::string revision = commit) {
  return mmlu_file("a b/file.txt", std::move(revision));
}

void leave_part(const Machine& machine, std::string_view part) {
  fs::create_directories(machine.repo() / "blobs");
  ASSERT_TRUE(write_file(
      machine.repo() / "blobs" / (sha256_hex(content) + ".incomplete"), part));
}

TEST(Hub, a_server_that_ignores_ranges_sends_the_file_anew) {
  SocketServer server(hub_that({.knows_ranges = false}));
  Machine machine = at(server);
  leave_part(machine, "hell");

  const auto download = machine.file(some_file());

  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(*read_file(download->path), content);
}

TEST(Hub, a_server_that_sends_another_range_is_asked_for_the_whole) {
  SocketServer server(answering([](const std::string& request) {
    if (request.find("Range: ") != std::string::npos) {
      return http_answer("206 Partial Content", content,
                         "Content-Range: bytes 0-9/10\r\n");
    }
    return fmt::format(
        "HTTP/1.1 200 OK\r\nX-Repo-Commit: {}\r\nETag: W/\"{}\"\r\n"
        "Content-Length: 10\r\n\r\n{}",
        commit, sha256_hex(content), request.starts_with("HEAD ") ? "" : content);
  }));
  Machine machine = at(server);
  leave_part(machine, "hell");

  const auto download = machine.file(some_file());

  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(*read_file(download->path), content);
}

TEST(Hub, a_file_with_another_hash_is_deleted_and_a_network_fault) {
  SocketServer server(hub_that({.sends = "hello, HUB"}));
  Machine machine = at(server);

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::network);
  EXPECT_THAT(download.error().message,
              HasSubstr("has another hash than the hub says"));
  EXPECT_TRUE(fs::is_empty(machine.repo() / "blobs"));
}

TEST(Hub, a_file_shorter_than_the_hub_says_is_a_network_fault) {
  SocketServer server(hub_that({.sends = "hello"}));
  Machine machine = at(server);

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::network);
}

TEST(Hub, a_file_longer_than_the_hub_says_is_a_network_fault) {
  SocketServer server(hub_that({.sends = "hello, hub and more"}));
  Machine machine = at(server);

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::network);
  EXPECT_THAT(download.error().message, HasSubstr("longer than 10 bytes"));
}

TEST(Hub, a_small_file_is_checked_by_git_s_hash) {
  // printf 'hello, hub' | git hash-object --stdin
  SocketServer good(hub_that({.etag = "83813b7cc4474be4076c05c7b5bcb9cff95952e5"}));
  SocketServer bad(hub_that({.etag = std::string(40, '0')}));
  Machine machine = at(good);
  Machine other = at(bad);

  EXPECT_TRUE(machine.file(some_file()));
  EXPECT_FALSE(other.file(some_file()));
}

TEST(Hub, the_token_never_goes_to_a_foreign_host) {
  std::string seen_at_home;
  std::string seen_abroad;
  SocketServer abroad(answering([&](const std::string& request) {
    seen_abroad += request;
    return http_answer("200 OK", content);
  }));
  SocketServer home(hub_that({.location = abroad.url("/signed?x=y")}, &seen_at_home));
  Machine machine = at(home);

  const auto download = machine.file(some_file());

  ASSERT_TRUE(download) << download.error().message;
  EXPECT_EQ(*read_file(download->path), content);
  EXPECT_THAT(seen_at_home, HasSubstr("Authorization: Bearer hf_k"));
  EXPECT_THAT(seen_abroad, testing::StartsWith("GET /signed?x=y HTTP/1.1"));
  EXPECT_THAT(seen_abroad, Not(HasSubstr("uthorization")));
}

TEST(Hub, the_path_and_the_revision_are_percent_encoded) {
  std::string seen;
  SocketServer server(hub_that({}, &seen));
  Machine machine = at(server);

  ASSERT_TRUE(machine.file(some_file("refs/pr/1")));

  EXPECT_THAT(seen,
              testing::StartsWith("HEAD /datasets/cais/mmlu/resolve/refs%2Fpr%2F1/"
                                  "a%20b/file.txt HTTP/1.1"));
  EXPECT_EQ(*read_file(machine.repo() / "refs/refs/pr/1"), commit);
}

TEST(Hub, redirects_at_home_are_followed_with_the_token_and_end) {
  int asked = 0;
  SocketServer server(answering([&](const std::string& request) {
    asked += request.find("Authorization") != std::string::npos ? 1 : 0;
    return http_answer("307 Temporary Redirect", "", "Location: /again\r\n");
  }));
  Machine machine = at(server);

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::denied);
  EXPECT_THAT(download.error().message, HasSubstr("redirected more than 5 times"));
  EXPECT_EQ(asked, 6);
}

TEST(Hub, a_server_that_is_no_hub_is_denied) {
  SocketServer server(
      answering([](const std::string&) { return http_answer("200 OK", ""); }));
  Machine machine = at(server);

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::denied);
  EXPECT_THAT(download.error().message, HasSubstr("is no hub"));
}

TEST(Hub, an_etag_cannot_name_a_file_elsewhere) {
  SocketServer server(hub_that({.etag = "../../../evil"}));
  Machine machine = at(server);

  EXPECT_FALSE(machine.file(some_file()));
}

TEST(Hub, names_that_lead_out_of_their_folder_are_usage_faults) {
  Machine machine;

  for (const char* path : {"../x", "/etc/passwd", "a//b", "a/./b", "", "a\\b"}) {
    const auto download = machine.file(mmlu_file(path));
    ASSERT_FALSE(download) << path;
    EXPECT_EQ(download.error().fault, Fault::usage) << path;
  }
}

TEST(Hub, offline_without_a_copy_is_a_usage_fault_that_names_variable_and_file) {
  Machine machine{.variables = {{"TRANSFORMERS_OFFLINE", "On"}}};

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::usage);
  EXPECT_THAT(download.error().message, HasSubstr("cais/mmlu: a b/file.txt"));
  EXPECT_THAT(download.error().message, HasSubstr("TRANSFORMERS_OFFLINE"));
}

TEST(Hub, offline_rows_without_a_copy_are_a_usage_fault) {
  Machine machine{.variables = {{"HF_HUB_OFFLINE", "1"}}};

  const auto rows = machine.rows("all", "test");

  ASSERT_FALSE(rows);
  EXPECT_EQ(rows.error().fault, Fault::usage);
}

TEST(Hub, a_download_waits_for_another_process_s_lock) {
  SocketServer server(hub_that({}));
  Machine machine = at(server);
  const fs::path locks = machine.cache.path() / ".locks/datasets--cais--mmlu";
  fs::create_directories(locks);
  const int held = ::open((locks / (sha256_hex(content) + ".lock")).c_str(),
                          O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);

  Result<HubDownload> download = fail(Fault::data, "nothing yet");
  // Told of the wait, the other process lets go.
  const Environment environment(machine.variables);
  HubWorld world{.environment = environment,
                 .http = machine.http,
                 .talk = [&](std::string_view line) {
                   machine.said.emplace_back(line);
                   ::flock(held, LOCK_UN);
                 }};
  download = hub_file(some_file(), machine.cache.path(), world, quick);

  ::close(held);
  ASSERT_TRUE(download) << download.error().message;
  EXPECT_THAT(machine.said.front(), HasSubstr("another process is downloading"));
}

TEST(Hub, a_lock_that_nobody_lets_go_of_is_told_with_its_holder) {
  SocketServer server(hub_that({}));
  Machine machine = at(server);
  const fs::path locks = machine.cache.path() / ".locks/datasets--cais--mmlu";
  fs::create_directories(locks);
  const fs::path lock = locks / (sha256_hex(content) + ".lock");
  std::ofstream(lock) << "process 4711 on elsewhere\n";
  const int held = ::open(lock.c_str(), O_RDWR | O_CLOEXEC);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  HubPatience little = quick;
  little.lock_wait = milliseconds(120);

  const auto download = machine.with_world([&](HubWorld& world) {
    return hub_file(some_file(), machine.cache.path(), world, little);
  });

  ::close(held);
  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::network);
  EXPECT_THAT(download.error().message,
              HasSubstr("process 4711 on elsewhere holds it"));
  EXPECT_THAT(machine.said.front(), HasSubstr("process 4711 on elsewhere is downl"));
}

TEST(Hub, the_environment_says_where_the_cache_is) {
  SocketServer server(hub_that({}));
  Machine machine = at(server);
  const fs::path home = machine.cache.path();
  const auto where = [&](const std::string& name, const std::string& value) {
    std::map<std::string, std::string> variables = machine.variables;
    variables[name] = value;
    const Environment environment(variables);
    HubWorld world{.environment = environment, .http = machine.http};
    const auto download = hub_file(some_file(), {}, world, quick);
    return download ? download->path.lexically_relative(home).string()
                    : download.error().message;
  };
  const std::string rest =
      fmt::format("datasets--cais--mmlu/snapshots/{}/a b/file.txt", commit);

  EXPECT_EQ(where("HF_HUB_CACHE", home / "1"), "1/" + rest);
  EXPECT_EQ(where("HUGGINGFACE_HUB_CACHE", home / "2"), "2/" + rest);
  EXPECT_EQ(where("HF_HOME", home / "3"), "3/hub/" + rest);
  EXPECT_EQ(where("XDG_CACHE_HOME", home / "4"), "4/huggingface/hub/" + rest);
  EXPECT_EQ(where("HOME", home / "5"), "5/.cache/huggingface/hub/" + rest);
  EXPECT_THAT(where("X", "y"), HasSubstr("name a folder by `cache_dir`"));
}

TEST(Hub, a_time_out_that_is_no_number_is_a_usage_fault) {
  Machine machine{.variables = {{"HF_HUB_ETAG_TIMEOUT", "soon"}}};

  const auto download = machine.file(some_file());

  ASSERT_FALSE(download);
  EXPECT_EQ(download.error().fault, Fault::usage);
  EXPECT_THAT(download.error().message, HasSubstr("HF_HUB_ETAG_TIMEOUT=soon"));
}

Result<HubRows> rows_from(const std::string& page) {
  SocketServer server(
      answering([&](const std::string&) { return http_answer("200 OK", page); }));
  Machine machine{.variables = {{"HF_ENDPOINT", server.url()},
                                {"PROCTOR_DATASETS_SERVER", server.url()}}};
  return machine.rows("all", "test");
}

TEST(HubRows, shortened_missing_and_partial_rows_are_data_faults) {
  const auto page = [](std::string_view index, std::string_view cells,
                       std::string_view more) {
    return fmt::format(R"({{"rows":[{{"row_idx":{},"row":{{"a":1}},)"
                       R"("truncated_cells":[{}]}}],"num_rows_total":1{}}})",
                       index, cells, more);
  };

  EXPECT_EQ(rows_from(page("0", "", ""))->lines, "{\"a\":1}\n");
  for (const std::string& bad :
       {page("0", "\"a\"", ""), page("1", "", ""), page("0", "", ",\"partial\":true"),
        std::string("{\"rows\":[],\"num_rows_total\":3}"), std::string("<html>")}) {
    const auto rows = rows_from(bad);
    ASSERT_FALSE(rows) << bad;
    EXPECT_EQ(rows.error().fault, Fault::data) << bad;
  }
}

}  // namespace
}  // namespace proctor
