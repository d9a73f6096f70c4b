#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/base/base.h"

namespace proctor {
namespace {

TEST(Text, invalid_utf8_is_found_at_its_first_byte) {
  EXPECT_EQ(first_invalid_utf8("plain, 日本語, é"), std::nullopt);
  EXPECT_EQ(first_invalid_utf8("ab\xFFz"), 2u);
  EXPECT_EQ(first_invalid_utf8("ab\xE3\x81"), 2u);    // cut off
  EXPECT_EQ(first_invalid_utf8("\xC0\xAF"), 0u);      // overlong
  EXPECT_EQ(first_invalid_utf8("\xED\xA0\x80"), 0u);  // surrogate
}

// The outcomes are those of Python's bytes.decode("utf-8", "replace").
TEST(Text, what_is_left_of_a_character_is_replaced_once) {
  const auto replaced = [](std::string_view text) {
    return replace_all(to_valid_utf8(text), "\uFFFD", "?");
  };
  EXPECT_EQ(replaced("a\xE2\x80 b"), "a? b");
  EXPECT_EQ(replaced("\xF0\x9F\x98"), "?");
  EXPECT_EQ(replaced("\xE2\x80\xE2\x80"), "??");
  EXPECT_EQ(replaced("\xC0\xAF"), "??");                // overlong
  EXPECT_EQ(replaced("\xED\xA0\x80"), "???");           // surrogate
  EXPECT_EQ(replaced("\xF4\x90\x80\x80 z"), "???? z");  // above U+10FFFF
  EXPECT_EQ(replaced("\x80\xFF"), "??");
  EXPECT_EQ(replaced("日本語"), "日本語");
}

TEST(Text, python_strip_takes_unicode_blanks_but_not_the_zero_width_space) {
  EXPECT_EQ(python_strip("\u3000 B\u00A0\n"), "B");
  EXPECT_EQ(python_strip("\u200BB"), "\u200BB");
  EXPECT_EQ(python_strip(" \t\n"), "");
}

TEST(Text, japanese_takes_two_columns_a_character) {
  EXPECT_EQ(display_width("精度 (%)"), 8);
  EXPECT_EQ(fit("モデルの名前", 7), "モデル…");
  EXPECT_EQ(display_width(fit("モデルの名前", 6)), 5);
}

TEST(Text, an_escape_sequence_reaches_no_terminal) {
  EXPECT_EQ(for_terminal("\x1B[31mred\nB"), "␛[31mred\nB");
  EXPECT_EQ(for_terminal("\u202Eevil"), "<U+202E>evil");
  EXPECT_EQ(for_terminal("\xFF"), "\uFFFD");
  EXPECT_EQ(for_terminal_line("a\nb"), "a⏎b");
}

TEST(Text, a_formula_reaches_no_spreadsheet) {
  EXPECT_EQ(for_csv("=cmd()"), "'=cmd()");
  EXPECT_EQ(for_csv("-1+cmd()"), "'-1+cmd()");
  EXPECT_EQ(for_csv("=1"), "'=1");
  EXPECT_EQ(for_csv("-1.5"), "-1.5");
  EXPECT_EQ(for_csv(std::string_view("a\0\x1b[2J\x7f\tb", 9)), "a␀␛[2J␡\tb");
  EXPECT_EQ(for_csv("a,\"b\""), "\"a,\"\"b\"\"\"");
}

TEST(Text, a_word_for_a_shell_is_one_word) {
  EXPECT_EQ(for_shell("it's $HOME"), R"('it'\''s $HOME')");
  EXPECT_EQ(for_shell(""), "''");
}

TEST(Text, blanks_are_trimmed_at_both_ends) {
  EXPECT_EQ(trimmed(" \ta b\r\n"), "a b");
  EXPECT_EQ(trimmed(" \n "), "");
  EXPECT_EQ(trimmed("(a)", "()"), "a");
}

TEST(Text, markup_reaches_no_page) {
  EXPECT_EQ(for_html("<script>&\"'"), "&lt;script&gt;&amp;&quot;&#39;");
}

TEST(Text, a_mistyped_word_gets_the_nearest_candidate) {
  const std::vector<std::string> providers = {"ollama", "llama", "deepseek"};

  EXPECT_EQ(suggestion("olama", providers), "; did you mean ollama?");
  EXPECT_EQ(suggestion("chatbot", providers), "");
}

TEST(Text, thousands_are_set_apart) {
  EXPECT_EQ(with_thousands(14042), "14,042");
  EXPECT_EQ(with_thousands(999), "999");
  EXPECT_EQ(with_thousands(-1234567), "-1,234,567");
}

TEST(Hash, sha256_is_the_standards) {
  EXPECT_EQ(sha256_hex("abc"),  // FIPS 180-4, example B.1
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, fields_do_not_run_together) {
  Sha256 one, other;
  one.add_field("ab");
  one.add_field("c");
  other.add_field("a");
  other.add_field("bc");

  EXPECT_NE(one.hex(), other.hex());
}

TEST(Error, a_place_is_put_before_the_message) {
  const Error error{Fault::data, "expected 6 fields, found 5"};

  EXPECT_EQ(error.in("line 3").in("dev.csv").message,
            "dev.csv: line 3: expected 6 fields, found 5");
}

TEST(File, a_missing_file_is_named) {
  const auto content = read_file("/nowhere/at/all.csv");

  ASSERT_FALSE(content);
  EXPECT_THAT(content.error().message, testing::HasSubstr("/nowhere/at/all.csv"));
}

TEST(File, what_was_written_is_read_back) {
  const auto path = std::filesystem::path(testing::TempDir()) / "proctor_file_test";

  ASSERT_TRUE(write_file(path, "ab\0c"));

  EXPECT_EQ(read_file(path).value(), "ab");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace proctor
