// Plans, completions and stores for the store's tests.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <stdlib.h>

#include <gtest/gtest.h>

#include "proctor/store/store.h"

namespace proctor {

// A folder that goes with its owner.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "proctor-XXXXXX");
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code error;
    std::filesystem::permissions(path_, std::filesystem::perms::owner_all, error);
    std::filesystem::remove_all(path_, error);
  }
  std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }
  const std::filesystem::path& path() const { return path_; }
  // The names of what is in it.
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(path_))
      names.push_back(entry.path().filename());
    return names;
  }

 private:
  std::filesystem::path path_;
};

inline Dataset dataset_of(int n, const std::string& about = "arithmetic") {
  Dataset dataset{.name = "a/" + about, .split = "test", .revision = "r1"};
  for (int i = 0; i < n; ++i) {
    dataset.questions.push_back({.id = fmt::format("{}/test/{}", about, i),
                                 .subject = about,
                                 .text = fmt::format("What is {} + 1?", i),
                                 .choices = {std::to_string(i), std::to_string(i + 1)},
                                 .right = 1,
                                 .index = i});
  }
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}

// All questions once. The dataset must outlive the plan.
inline Plan plan_of(const Dataset& dataset, const std::string& model = "mistral:7b") {
  Plan plan;
  plan.info.key = {.provider = "ollama",
                   .model = model,
                   .base_url = "http://localhost:11434/v1",
                   .dataset_digest = dataset.digest,
                   .protocol = R"({"name":"seed"})",
                   .request = "{}"};
  plan.info.dataset = dataset.name;
  plan.info.split = dataset.split;
  plan.info.revision = dataset.revision;
  plan.info.protocol = "seed";
  plan.dataset = &dataset;
  for (std::uint32_t i = 0; i < dataset.questions.size(); ++i) {
    plan.trials.push_back({.ordinal = i});
    plan.info.selection.push_back(i);
  }
  return plan;
}

inline Attempt reply_of(std::string id, std::string text = "B") {
  return {.id = std::move(id),
          .outcome =
              Reply{.text = std::move(text),
                    .finish_reason = "stop",
                    .model = "mistral",
                    .tokens = {.prompt = 12, .reply = 1, .decoded = 8, .thought = 0}},
          .status = 200,
          .request = R"({"messages":[]})",
          .response = R"({"choices":[]})",
          .started = WallTime(Microseconds(1'700'000'000'000'000)),
          .latency = Microseconds(1234)};
}

inline Attempt failure_of(std::string id) {
  return {.id = std::move(id),
          .outcome = fail(Fault::network, "connection refused"),
          .request = "{}"};
}

inline Completion completion_of(std::uint32_t ordinal, Attempt attempt) {
  Completion completion{.trial = {.ordinal = ordinal}, .attempts = {}};
  completion.attempts.push_back(std::move(attempt));
  return completion;
}

inline std::vector<StoredResult> results_of(Store& store, const std::string& run_id,
                                            bool with_bodies = false) {
  std::vector<StoredResult> seen;
  const Status status = store.results(run_id, with_bodies, [&](StoredResult result) {
    seen.push_back(std::move(result));
    return Status();
  });
  EXPECT_TRUE(status) << status.error().message;
  return seen;
}

// Which attempt counts, by ordinal.
inline std::map<std::uint32_t, std::string> counting_of(Store& store,
                                                        const std::string& run_id) {
  std::map<std::uint32_t, std::string> counting;
  for (const StoredResult& result : results_of(store, run_id)) {
    counting[result.trial.ordinal] = result.attempt.id;
  }
  return counting;
}

}  // namespace proctor
