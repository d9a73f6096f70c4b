#include "proctor/exam/exam.h"

#include <numeric>

#include <gtest/gtest.h>

namespace proctor {
namespace {

Dataset two_subjects() {
  Dataset dataset{.name = "sums"};
  for (int i = 0; i < 20; ++i) {
    dataset.questions.push_back({.subject = i < 10 ? "easy" : "hard",
                                 .text = fmt::format("What is {} + 1?", i),
                                 .choices = {"1", "2", "3"},
                                 .index = i % 10});
  }
  return dataset;
}
const Dataset sums = two_subjects();

RunInfo info_of(std::vector<std::uint32_t> asked) {
  return {.key = {.provider = "llama", .base_url = "http://127.0.0.1:9"},
          .subjects = "all",
          .selection = std::move(asked),
          .command = {"llama", "--dataset", "my sums", "--protocol", "seed"}};
}

TEST(CommandAgain, has_the_run_s_words_its_questions_and_its_server) {
  std::vector<std::uint32_t> all(sums.questions.size());
  std::iota(all.begin(), all.end(), 0);

  EXPECT_EQ(command_again(sums, info_of(all)),
            "proctor run llama --dataset 'my sums' --protocol seed --subject all "
            "--base-url http://127.0.0.1:9");
}

TEST(CommandAgain, says_of_how_many_questions_a_subject_was_asked) {
  EXPECT_EQ(command_again(sums, info_of({0, 1, 10, 11})),
            "proctor run llama --dataset 'my sums' --protocol seed --subject all "
            "--limit 2 --base-url http://127.0.0.1:9");
}

}  // namespace
}  // namespace proctor
