#include "proctor/engine/thoughts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace proctor {
namespace {

TEST(Thoughts, a_thought_between_marks_is_apart_from_the_reply) {
  for (const auto& [open, close] : std::vector<std::pair<std::string, std::string>>{
           {"<think>", "</think>"},
           {"[THINK]", "[/THINK]"},
           {"<seed:think>", "</seed:think>"},
           {"<mm:think>", "</mm:think>"},
           {"◁think▷", "◁/think▷"},
           {"<|START_THINKING|>", "<|END_THINKING|>"},
           {"<|inner_prefix|>", "<|inner_suffix|>"},
           {"<|channel>thought", "<channel|>"},
           {"<unused94>thought", "<unused95>"}}) {
    const auto parted =
        part_thoughts("\n" + open + "\nIs it A?\n" + close + "\n\nB", std::nullopt);

    EXPECT_EQ(parted.reasoning, "Is it A?") << open;
    EXPECT_EQ(parted.text, "B") << open;
  }
}

TEST(Thoughts, a_thought_that_the_prompt_began_ends_at_its_mark) {
  const auto parted = part_thoughts("Is it A?</think>B", "</think>");

  EXPECT_EQ(parted.reasoning, "Is it A?");
  EXPECT_EQ(parted.text, "B");
}

TEST(Thoughts, an_answer_begins_behind_the_thought_and_the_blanks_after_it) {
  const auto at = [](const std::string& written,
                     std::optional<std::string_view> open_until = {}) {
    const auto found = answer_at(written, open_until);
    return found ? std::optional(written.substr(*found)) : std::nullopt;
  };

  EXPECT_EQ(at("\nB\n"), "\nB\n");
  EXPECT_EQ(at("\n<think>A</think>\n\nB"), "B");
  EXPECT_EQ(at("<think>A</think>\n\n"), "");
  EXPECT_EQ(at("<think>A"), std::nullopt);
  EXPECT_EQ(at("A", "</think>"), std::nullopt);
  EXPECT_EQ(at("A</think> B", "</think>"), "B");
  EXPECT_EQ(at("<|channel|>analysis<|message|>A<|end|>"), std::nullopt);
  EXPECT_EQ(at("<|channel|>analysis<|message|>A<|end|><|start|>assistant"
               "<|channel|>final<|message|>B"),
            "B");
}

TEST(Thoughts, a_thought_that_was_cut_leaves_no_reply) {
  for (const auto& parted : {part_thoughts("Is it A? B", "</think>"),
                             part_thoughts("<think>Is it A? B", std::nullopt)}) {
    EXPECT_EQ(parted.reasoning, "Is it A? B");
    EXPECT_EQ(parted.text, "");
  }
}

TEST(Thoughts, a_reply_without_a_thought_stays_as_it_is) {
  for (const std::string text : {" B\n", "B, I <think>", "", "<thin"}) {
    const auto parted = part_thoughts(text, std::nullopt);

    EXPECT_EQ(parted.reasoning, "");
    EXPECT_EQ(parted.text, text);
  }
}

TEST(Thoughts, of_channels_the_final_one_is_the_reply) {
  const auto parted = part_thoughts(
      "<|channel|>analysis<|message|>Is it A?<|end|><|start|>assistant"
      "<|channel|>final<|message|>B",
      std::nullopt);

  EXPECT_EQ(parted.reasoning, "Is it A?");
  EXPECT_EQ(parted.text, "B");
}

TEST(Thoughts, a_channel_that_was_cut_is_no_reply) {
  for (const std::string end :
       {"", "<|end|>", "<|end|><|start|>assistant<|channel|>fi"}) {
    const auto parted =
        part_thoughts("<|channel|>analysis<|message|>A" + end, std::nullopt);

    EXPECT_EQ(parted.reasoning, "A") << end;
    EXPECT_EQ(parted.text, "") << end;
  }
}

TEST(Thoughts, a_prompt_that_ends_inside_a_thought_is_seen) {
  EXPECT_EQ(open_thought("<|im_start|>assistant\n<think>\n"), "</think>");
  EXPECT_EQ(open_thought("<think>a</think>b<think>"), "</think>");
  EXPECT_EQ(open_thought("<think>\n\n</think>\n\n"), std::nullopt);
  EXPECT_EQ(open_thought("<|im_start|>assistant\n"), std::nullopt);
}

TEST(Thoughts, a_mark_that_is_only_spoken_of_opens_none) {
  EXPECT_FALSE(open_thought("Put your thoughts in <think> tags.\n<|assistant|>\n"));
}

TEST(Thoughts, an_answer_at_once_comes_behind_the_thought_or_in_the_final_channel) {
  EXPECT_EQ(before_answer("assistant\n<think>"), "\n</think>\n\n");
  EXPECT_EQ(before_answer("<|start|>assistant"), "<|channel|>final<|message|>");
  EXPECT_EQ(before_answer("<|im_start|>assistant\n"), "");
}

}  // namespace
}  // namespace proctor
