// A store of runs that a test writes down in a line each.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "proctor/study/study.h"

namespace proctor {

// Questions of these subjects, one each, in this order: sorted, as data sets are. A is
// right.
inline Dataset exam_of(const std::vector<std::string>& subjects) {
  Dataset dataset{.name = "exam"};
  for (const std::string& subject : subjects) {
    const auto n = static_cast<int>(dataset.questions.size());
    dataset.questions.push_back({.id = fmt::format("{}/{}", subject, n),
                                 .subject = subject,
                                 .text = fmt::format("Question {}?", n),
                                 .choices = {"one", "two", "three", "four"},
                                 .index = n});
  }
  dataset.digest = digest_of(dataset.questions);
  return dataset;
}

// What a run's identity says of its protocol.
inline std::string protocol_of(std::string_view prompt, int shots,
                               std::string_view scoring = "generate") {
  return fmt::format(
      R"({{"sampling":{{}},"scoring":"{}","shots":{{"count":{},"from":"dev"}},"texts":{{"question":"{}"}}}})",
      scoring, shots, prompt);
}

class MadeStore {
 public:
  // What was replied to each question; empty: no reply came. Whatever of `info` names
  // the data set is filled in.
  StoredRun add(const Dataset& dataset,
                const std::map<std::uint32_t, std::string>& replies, RunInfo info) {
    info.dataset = dataset.name;
    info.key.dataset_digest = dataset.digest;
    if (info.key.provider.empty()) info.key.provider = "fake";
    if (info.extract.empty()) info.extract = "first-letter";
    Plan plan{.info = std::move(info), .dataset = &dataset};
    std::vector<Completion> completions;
    for (const auto& [ordinal, reply] : replies) {
      plan.trials.push_back({ordinal});
      plan.info.selection.push_back(ordinal);
      completions.push_back({.trial = {ordinal}, .attempts = {attempt_of(reply)}});
    }
    EXPECT_TRUE(store_->open(plan));
    EXPECT_TRUE(store_->append(plan, completions));
    return find_run(*store_, plan.info.key.id(), Among::all).value();
  }
  // One letter a question. '.': not asked, '!': no reply came.
  StoredRun add(const Dataset& dataset, std::string_view letters, RunInfo info) {
    std::map<std::uint32_t, std::string> replies;
    for (std::uint32_t i = 0; i < letters.size(); ++i) {
      if (letters[i] != '.')
        replies[i] = letters[i] == '!' ? "" : std::string(1, letters[i]);
    }
    return add(dataset, replies, std::move(info));
  }
  MarkedRun marked(const StoredRun& run) {
    return read_marked_run(*store_, run, {}).value();
  }
  Store& store() { return *store_; }

 private:
  Attempt attempt_of(const std::string& reply) {
    Attempt attempt;
    attempt.id = fmt::format("{:08}", ++attempts_);
    attempt.outcome = Reply{.text = reply};
    if (reply.empty()) attempt.outcome = fail(Fault::network, "HTTP 500: no");
    return attempt;
  }

  int attempts_ = 0;
  // A second for every look: what is written later is newer.
  std::unique_ptr<Store> store_ = make_memory_store(
      [now = WallTime()]() mutable { return now += std::chrono::seconds(1); });
};

}  // namespace proctor
