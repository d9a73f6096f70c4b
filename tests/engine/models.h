// The engine as tests use it: one thread, on a tiny model that the build has made.
#pragma once

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "proctor/engine/engine.h"
#include "support/plugin.h"

namespace proctor {

inline std::filesystem::path test_model(const std::string& size = "nano") {
  return std::filesystem::path(PROCTOR_TEST_MODELS) / (size + ".gguf");
}

// Why tests of the engine cannot run here, or nothing.
inline std::string engine_is_missing() {
  find_plugin();
  if (!has_engine()) return "built without llama.cpp (PROCTOR_ENGINE)";
  if (!std::filesystem::exists(test_model())) {
    return "no test model: Python with numpy and gguf was not there for the build";
  }
  return {};
}

#define SKIP_WITHOUT_ENGINE() \
  if (const std::string why = engine_is_missing(); !why.empty()) GTEST_SKIP() << why

inline EngineOptions options_for(const std::string& size = "nano") {
  EngineOptions options;
  options.model = test_model(size);
  options.threads = 1;
  return options;
}

inline std::unique_ptr<Engine> engine_with(EngineOptions options) {
  auto engine = load_engine(std::move(options));
  EXPECT_TRUE(engine) << engine.error().message;
  return engine ? *std::move(engine) : nullptr;
}

// Asks all, waits for all: the answers by tag.
inline std::map<std::uint64_t, EngineAnswer> ask(Engine& engine,
                                                 std::vector<EngineRequest> requests) {
  const std::size_t count = requests.size();
  for (EngineRequest& request : requests) engine.start(std::move(request));
  std::map<std::uint64_t, EngineAnswer> answers;
  while (answers.size() < count) {
    const auto soon = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    std::vector<EngineAnswer> some = engine.wait(soon);
    if (some.empty()) break;
    for (EngineAnswer& answer : some) answers.emplace(answer.tag, std::move(answer));
  }
  EXPECT_EQ(answers.size(), count);
  return answers;
}

inline EngineAnswer ask(Engine& engine, EngineRequest request) {
  const std::uint64_t tag = request.tag;
  std::vector<EngineRequest> one;
  one.push_back(std::move(request));
  return ask(engine, std::move(one)).at(tag);
}

// A folder of its own that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder()
      : path_(std::filesystem::temp_directory_path() /
              ("proctor-engine-" +
               std::string(
                   ::testing::UnitTest::GetInstance()->current_test_info()->name()) +
               std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  std::filesystem::path file(const std::string& name, const std::string& content) {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace proctor
