#include <gmock/gmock.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using ::testing::HasSubstr;

Phrases phrases() {
  return Phrases::read(R"(
"no runs yet" = "実行はまだありません"
"{}: found {}, expected {}" = "{}: 必要なのは {2} ですが、{1} が見つかりました"
"did you mean {}?" = "{} のことですか?"
"the file {} is missing" = "ファイル {} がありません"
"the file is missing" = "ファイルがありません"
"{} runs" = "{} 件"
"{} of {port} runs" = "{port} の {} 件"
)",
                       "ja.toml")
      .value();
}

TEST(Phrases, a_sentence_is_said_in_the_other_language) {
  EXPECT_EQ(phrases().translate("no runs yet"), "実行はまだありません");
}

TEST(Phrases, what_was_filled_in_stands_where_the_other_language_wants_it) {
  EXPECT_EQ(phrases().translate("--limit: found x, expected a whole number"),
            "--limit: 必要なのは a whole number ですが、x が見つかりました");
}

TEST(Phrases, a_sentence_filled_into_another_is_translated_too) {
  EXPECT_EQ(phrases().translate("--limit: found 2 runs, expected 3"),
            "--limit: 必要なのは 3 ですが、2 件 が見つかりました");
}

TEST(Phrases, sentences_behind_each_other_are_translated_one_by_one) {
  EXPECT_EQ(phrases().translate("dev.csv: line 3: no runs yet; did you mean A?"),
            "dev.csv: line 3: 実行はまだありません。A のことですか?");
  EXPECT_EQ(phrases().translate("what nobody knows; no runs yet"),
            "what nobody knows。実行はまだありません");
}

TEST(Phrases, every_line_is_translated_where_it_stands) {
  EXPECT_EQ(phrases().translate("a\n\n  no runs yet\n"),
            "a\n\n  実行はまだありません\n");
}

TEST(Phrases, the_phrase_with_most_words_is_meant) {
  EXPECT_EQ(phrases().translate("the file x is missing"), "ファイル x がありません");
  EXPECT_EQ(phrases().translate("the file is missing"), "ファイルがありません");
}

TEST(Phrases, braces_around_a_word_are_text) {
  EXPECT_EQ(phrases().translate("2 of {port} runs"), "{port} の 2 件");
}

TEST(Phrases, what_no_phrase_knows_stays_as_it_is) {
  for (const char* const text : {"", "{}", "; ", ": ", "no run", "a; b: c; d", "\n",
                                 "日本語: 答え", "\xFF; x"}) {
    EXPECT_EQ(phrases().translate(text), text);
  }
}

TEST(Phrases, a_long_line_of_joints_takes_no_time_and_stays) {
  std::string joints;
  for (int i = 0; i < 2'000; ++i) joints += "; ";
  EXPECT_EQ(phrases().translate(joints), joints);
  const std::string longer(100'000, ':');
  EXPECT_EQ(phrases().translate(longer), longer);
}

TEST(Phrases, a_catalogue_that_is_wrong_says_where) {
  for (const auto& [toml, words] : std::vector<std::pair<const char*, const char*>>{
           {"\n\"a\" = ", "x.toml"},
           {"\n\"a {}\" = \"{1}\"", "x.toml: line 2: a {}: has no place 1"},
           {"\n\"a\" = 3", "x.toml: line 2: a: expected a text"}}) {
    const auto read = Phrases::read(toml, "x.toml");
    ASSERT_FALSE(read) << toml;
    EXPECT_THAT(read.error().message, HasSubstr(words));
  }
}

TEST(Phrases, english_stays_english) {
  EXPECT_EQ(translated(Language::en, "`x`: found a, expected b"),
            "`x`: found a, expected b");
}

TEST(Phrases, the_japanese_catalogue_can_be_read) {
  EXPECT_EQ(translated(Language::ja, "`x`: found a, expected b"),
            "`x`: b が必要です（実際: a）");
}

}  // namespace
}  // namespace proctor
