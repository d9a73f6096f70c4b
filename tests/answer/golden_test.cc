// Every peer's reader against what that peer's own code read from the same replies.
#include <gtest/gtest.h>

#include <iostream>

#include "answer/golden_replies.h"

namespace proctor {
namespace {

constexpr const char* files[] = {"extraction.public.jsonl",
                                 "extraction_real_mmlu_pro.public.jsonl"};

const std::vector<GoldenReply>& all_replies() {
  static const std::vector<GoldenReply> replies = [] {
    std::vector<GoldenReply> all;
    for (const char* file : files) {
      for (GoldenReply& reply : read_golden(file)) all.push_back(std::move(reply));
    }
    return all;
  }();
  return replies;
}

class PeerColumn : public testing::TestWithParam<const char*> {};

TEST_P(PeerColumn, is_read_as_the_peer_reads_it) {
  const std::string column = GetParam();
  const Extractor& reader =
      **find_extractor(column == "seed_rule" ? "first-letter" : column);

  int compared = 0, different = 0;
  for (const GoldenReply& golden : all_replies()) {
    if (!golden.columns.contains(column)) continue;
    const Answer answer = reader.read(golden.reading());
    ++compared;
    const auto expected = golden.column(column);
    const bool empty = column == "seed_rule" && expected == "";
    bool same = answer.text == (empty ? std::nullopt : expected);
    const std::string scores = column + "_scores_as";
    if (golden.columns.contains(scores)) {
      const auto letter = golden.column(scores);
      same = same &&
             answer.letter == (letter ? std::optional(letter->at(0)) : std::nullopt);
    } else if (expected && expected->size() == 1 &&
               golden.labels.find(*expected) != std::string::npos) {
      same = same && answer.letter == expected->at(0);
    }
    if (same) continue;
    ++different;
    ADD_FAILURE() << golden.columns["id"] << ": expected "
                  << expected.value_or("nothing") << ", read "
                  << answer.text.value_or("nothing") << " by " << answer.rule;
  }

  if (compared == 0)
    GTEST_SKIP() << "no golden files: PROCTOR_SHARED and ../shared have none";
  std::cout << column << ": " << compared << " lines compared, " << different
            << " different\n";
}

INSTANTIATE_TEST_SUITE_P(Golden, PeerColumn,
                         testing::Values("seed_rule", "lm_eval_strict",
                                         "lm_eval_flexible", "lm_eval_generative",
                                         "lm_eval_llama", "lm_eval_flan_cot_fewshot",
                                         "lm_eval_mmlu_pro", "simple_evals",
                                         "mmlu_pro_cascade", "mmlu_pro_cascade_api",
                                         "ollama_mmlu_pro", "helm_gpqa_cot",
                                         "helm_joint", "evalscope", "inspect"),
                         [](const auto& column) { return std::string(column.param); });

}  // namespace
}  // namespace proctor
