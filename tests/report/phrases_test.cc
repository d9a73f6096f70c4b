#include <gmock/gmock.h>

#include <regex>

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
"HTTP {}: {}" = "HTTP {}: {=}"
"HTTP {}: redirects to {}, and we follow none" = "HTTP {} は {} を指しています"
"answers \"{}\" in {} s" = "{1} 秒で「{0=}」"
"{}; trying again in {} s" = "{}。{} 秒後に再試行"
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

TEST(Phrases, what_a_server_says_stays_as_it_says_it) {
  for (const auto& [english, japanese] :
       std::vector<std::pair<const char*, const char*>>{
           {"HTTP 400: no runs yet", "HTTP 400: no runs yet"},
           {"HTTP 400: found 2, expected 3", "HTTP 400: found 2, expected 3"},
           {"x: HTTP 400: y: found 2, expected 3; no runs yet",
            "x: HTTP 400: y: found 2, expected 3; no runs yet"},
           {"x: HTTP 500: no runs yet; 2 runs; trying again in 3 s",
            "x: HTTP 500: no runs yet; 2 runs。3 秒後に再試行"},
           {"no runs yet; HTTP 400: no runs yet",
            "実行はまだありません。HTTP 400: no runs yet"},
           {"answers \"no runs yet\" in 2 s", "2 秒で「no runs yet」"},
           {"x: HTTP 301: redirects to y, and we follow none",
            "x: HTTP 301 は y を指しています"}}) {
    EXPECT_EQ(phrases().translate(english), japanese);
  }
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

// "{}" and "{1}" with those values in them, over and over.
std::string filled(std::string text, const std::vector<std::string>& values) {
  const std::regex place(R"(\{(\d*)\})");
  std::smatch found;
  for (std::size_t i = 0; std::regex_search(text, found, place); ++i) {
    const std::size_t number = found.length(1) > 0 ? std::stoul(found[1]) : i;
    text =
        found.prefix().str() + values.at(number % values.size()) + found.suffix().str();
  }
  return text;
}

TEST(Phrases, none_of_the_catalogue_takes_what_another_says) {
  const std::string toml = read_file(PROCTOR_SOURCE_DIR "/data/words/ja.toml").value();
  const Phrases all = Phrases::read(toml, "ja.toml").value();

  for (const std::string& line : split(toml, '\n')) {
    const auto end = line.find("\" = \"");
    if (!line.starts_with('"') || end == line.npos) continue;
    const std::string phrase =
        replace_all(replace_all(line.substr(1, end - 1), "\\\"", "\""), "\\n", "\n");
    const Phrases alone = Phrases::read(line, "a line of ja.toml").value();
    for (const std::vector<std::string>& values :
         {std::vector<std::string>{"model.gguf", "12", "anatomy", "3.5", "b4567", "31"},
          std::vector<std::string>{"my file; x.csv", "a: b", "Mistral 7B, Q4",
                                   "(c)"}}) {
      const std::string said = filled(phrase, values);
      EXPECT_EQ(all.translate(said), alone.translate(said)) << phrase;
    }
  }
}

TEST(Phrases, a_table_is_said_without_its_names) {
  const Table table{{{"reader"}, {"about"}}, {{"not set", "not set"}}};

  const Table said = translated(Language::ja, table, TableFormat::terminal, {"about"});
  const Table kept = translated(Language::ja, table, TableFormat::csv, {"about"});

  EXPECT_EQ(said.columns[0].title, "読み取り方式");
  EXPECT_EQ(said.rows[0], (std::vector<std::string>{"not set", "未設定"}));
  EXPECT_EQ(kept.columns[0].title, "reader");
  EXPECT_EQ(kept.rows, table.rows);
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
