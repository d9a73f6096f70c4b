// A store in a file, to which a test adds replies as a run would.
#pragma once

#include <gtest/gtest.h>

#include "proctor/view/view.h"
#include "study/made_store.h"

namespace proctor {

class KeptStore {
 public:
  KeptStore() { vanish(); }
  KeptStore(const KeptStore&) = delete;
  KeptStore& operator=(const KeptStore&) = delete;
  ~KeptStore() { vanish(); }

  // What was replied to the first questions; those of before stay as they were.
  void reply(std::string_view letters, const std::string& model = "a") const {
    const auto store = open_sqlite_store(path_, OpenMode::read_write).value();
    Plan plan{.info = {.key = {.provider = "fake",
                               .model = model,
                               .dataset_digest = exam_.digest,
                               .protocol = protocol_of("?", 0)},
                       .dataset = exam_.name,
                       .extract = "first-letter"},
              .dataset = &exam_};
    std::vector<Completion> completions;
    for (std::uint32_t i = 0; i < exam_.questions.size(); ++i) {
      plan.trials.push_back({i});
      plan.info.selection.push_back(i);
      if (i >= letters.size()) continue;
      Attempt attempt;
      attempt.id = fmt::format("{}-{:08}", model, i);
      attempt.started = WallTime(std::chrono::seconds(100 + i));
      attempt.outcome = Reply{.text = std::string(1, letters[i])};
      completions.push_back({.trial = {i}, .attempts = {attempt}});
    }
    EXPECT_TRUE(store->open(plan));
    EXPECT_TRUE(store->append(plan, completions));
  }
  const std::filesystem::path& path() const { return path_; }
  void vanish() const {
    for (const char* const ending : {"", "-wal", "-shm"})
      std::filesystem::remove(path_.string() + ending);
  }
  ViewSetting setting() const {
    return {
        .open = [file = path_] { return open_sqlite_store(file, OpenMode::read_only); },
        .page = {.version = "1"}};
  }

 private:
  std::filesystem::path path_ =
      std::filesystem::path(testing::TempDir()) /
      fmt::format("proctor-view-{}.db",
                  testing::UnitTest::GetInstance()->current_test_info()->name());
  Dataset exam_ = exam_of({"law", "law", "math", "math"});
};

}  // namespace proctor
