#include "proctor/report/question_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/study/study.h"

namespace proctor {
namespace {

using testing::AllOf;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

struct Asked {
  Question question{.id = "anatomy/test/0",
                    .text = "Which one?",
                    .choices = {"one", "two"},
                    .right = 1};
  Attempt attempt;
  Graded graded;

  explicit Asked(std::string request,
                 Result<Reply> reply = Reply{.text = "A, I think"}) {
    attempt.request = std::move(request);
    attempt.outcome = std::move(reply);
    graded = {.trial = {7},
              .question = &question,
              .attempt = &attempt,
              .answer = {.letter = 'A', .rule = "first letter"},
              .mark = Mark::wrong};
  }
};

const std::string examples = std::string(60, 'x') + "\n" + std::string(60, 'y') + "\n";

std::string body_of(const std::string& prompt) {
  return R"({"prompt":")" + replace_all(prompt, "\n", "\\n") + R"("})";
}

TEST(QuestionPages, have_mark_prompt_and_reply) {
  const Asked asked(body_of("Which one?\nA. one\nB. two"));

  EXPECT_EQ(QuestionPages({}).add(asked.graded),
            "[7] anatomy/test/0: wrong, answered A (first letter), right B\n"
            "  Which one?\n  A. one\n  B. two\nreply\n  A, I think\n\n");
}

TEST(QuestionPages, have_all_keys_and_speak_japanese) {
  Asked asked(body_of("Which one?\nA. one\nB. two\nC. three"));
  asked.question.choices.emplace_back("three");
  asked.question.also_right = {2};

  EXPECT_THAT(QuestionPages({}).add(asked.graded), HasSubstr(", right B or C\n"));
  EXPECT_THAT(QuestionPages({.language = Language::ja}).add(asked.graded),
              AllOf(StartsWith("[7] anatomy/test/0: 不正解、答え A（最初の文字）、正解 "
                               "B・C\n"),
                    HasSubstr("\n返答\n")));
}

TEST(QuestionPages, fold_what_the_question_before_began_with) {
  const Asked asked(body_of(examples + "Which one?\nA. one\nB. two"));
  QuestionPages pages({.shots = 2});
  EXPECT_THAT(pages.add(asked.graded), HasSubstr("xxx\n  yyy"));

  const std::string second = pages.add(asked.graded);
  EXPECT_THAT(second, Not(HasSubstr("xxx")));
  EXPECT_THAT(second, HasSubstr("  … the same 2 examples as above (122 characters)\n"
                                "  Which one?\n"));

  QuestionPages whole({.full = true});
  whole.add(asked.graded);
  EXPECT_THAT(whole.add(asked.graded), HasSubstr("xxx"));
}

TEST(QuestionPages, fold_no_more_than_is_the_same) {
  const Asked first(body_of(examples + "Other words before.\nWhich one?"));
  const Asked second(body_of(examples + "Other examples.\nWhich one?"));
  QuestionPages pages({.language = Language::ja, .shots = 2});
  pages.add(first.graded);

  EXPECT_THAT(pages.add(second.graded),
              HasSubstr("  … 前と同じ書き出し（122 文字）\n  Other examples.\n"));
}

TEST(QuestionPages, show_the_question_where_the_prompt_does_not) {
  EXPECT_THAT(QuestionPages({}).add(Asked("").graded),
              HasSubstr("right B\n  Which one?\n  A. one\n  B. two\nreply\n"));
  EXPECT_THAT(QuestionPages({}).add(Asked(body_of("Q: Which one?")).graded),
              HasSubstr("  Q: Which one?\n  Which one?\n  A. one\n"));
}

TEST(QuestionPages, have_a_bar_a_letter_where_letters_were_scored) {
  const Asked asked(body_of("Which one?\nA. one\nB. two"),
                    Reply{.text = "A",
                          .finish_reason = "scored",
                          .logprobs = {{"A", -1}, {"B", -1 - 1.0986123}}});

  EXPECT_THAT(QuestionPages({}).add(asked.graded),
              EndsWith("letters, of the 49.1 % that they have together\n"
                       "  A   75.0 %  ██████████████████        answered\n"
                       "  B   25.0 %  ██████                    right\n\n"));
}

TEST(QuestionPages, say_of_a_letter_that_was_not_listed_that_it_was_not) {
  const Asked one(
      body_of("Which one?"),
      Reply{.text = "A", .finish_reason = "scored", .logprobs = {{"A", -9}}});
  const Asked none(body_of("Which one?"), Reply{.finish_reason = "scored"});

  EXPECT_THAT(QuestionPages({}).add(one.graded),
              EndsWith("letters, of the <0.1 % that they have together\n"
                       "  A  100.0 %  ████████████████████████  answered\n"
                       "  B        -  not among the likeliest   right\n\n"));
  const std::string text = QuestionPages({}).add(none.graded);
  EXPECT_THAT(text, HasSubstr("letters\n  A        -  not among the likeliest"));
  EXPECT_THAT(text, Not(HasSubstr("empty")));
}

TEST(QuestionPages, fold_the_middle_of_a_long_reply_and_keep_its_end) {
  std::string reply;
  for (int i = 1; i <= 20; ++i) reply += fmt::format("line {}\n", i);
  const Asked asked("", Reply{.text = reply + "Answer: A", .reasoning = reply});

  EXPECT_THAT(QuestionPages({}).add(asked.graded),
              AllOf(HasSubstr("thoughts\n  line 1\n"),
                    HasSubstr("  line 4\n  … 11 lines left out; --full has them\n"),
                    HasSubstr("  line 20\n  Answer: A\n"), Not(HasSubstr("line 10"))));
  EXPECT_THAT(QuestionPages({.full = true}).add(asked.graded), HasSubstr("line 10\n"));
}

TEST(QuestionPages, no_line_is_wider_than_the_terminal) {
  Asked asked(body_of(std::string(200, 'x') + " Which one? 日本語の長い文章です"),
              Reply{.text = std::string(90, 'z') + " and so on, as long as it may be"});
  asked.question.choices = {std::string(100, 'c'), "two"};
  for (const int width : {40, 80}) {
    const std::string text = QuestionPages({.width = width}).add(asked.graded);
    for (const std::string& line : split(text, '\n'))
      EXPECT_LE(display_width(line), std::max(width, 62)) << line;
  }
}

TEST(QuestionPages, a_failure_says_why_and_every_word_of_others_is_inert) {
  Asked asked(body_of("\\u001b[31mWhich one?"),
              fail(Fault::network, "HTTP 500: \x1B[2J"));
  asked.question.text = asked.question.id = "\x1B[31m?";
  asked.graded.mark = Mark::failed;

  EXPECT_THAT(QuestionPages({}).add(asked.graded),
              AllOf(HasSubstr("error\n  HTTP 500: "), Not(HasSubstr("\x1B"))));
}

TEST(QuestionPages, are_coloured_by_their_mark_where_there_is_ink) {
  const Asked asked(body_of("Which one?"));

  EXPECT_THAT(QuestionPages({.ink = Ink(true)}).add(asked.graded),
              StartsWith("\x1B[31m[7] anatomy/test/0: wrong"));
}

TEST(SentText, is_in_the_body_of_every_dialect) {
  EXPECT_EQ(sent_text(R"({"prompt":"a"})"), "a");
  EXPECT_EQ(sent_text(R"({"messages":[{"role":"user","content":"a"}]})"), "a");
  EXPECT_EQ(sent_text(R"({"system":"s","messages":[{"role":"user","content":"a"}]})"),
            "[system]\ns\n\n[user]\na");
  EXPECT_EQ(sent_text(R"({"systemInstruction":{"parts":[{"text":"s"}]},)"
                      R"("contents":[{"role":"user","parts":[{"text":"a"}]}]})"),
            "[system]\ns\n\n[user]\na");
  EXPECT_EQ(sent_text("not JSON"), std::nullopt);
  EXPECT_EQ(sent_text("{}"), std::nullopt);
}

TEST(Ink, paints_titles_above_a_rule_and_nothing_where_there_is_none) {
  const std::string table = "run  n\n───  ─\nabc  1\n";

  EXPECT_EQ(Ink(true).heads(table),
            "\x1B[1mrun  n\x1B[0m\n\x1B[2m───  ─\x1B[0m\nabc  1\n");
  EXPECT_EQ(Ink().heads(table), table);
  EXPECT_EQ(Ink(true).in(Tone::good, "a\nb\n"), "\x1B[32ma\x1B[0m\n\x1B[32mb\x1B[0m\n");
}

}  // namespace
}  // namespace proctor
