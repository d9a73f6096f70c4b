#include "proctor/exam/exam.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/file.h"

namespace proctor {
namespace {

using testing::HasSubstr;

// The variable X of a file of that content.
std::string x_of(std::string_view content) {
  const auto values = parse_dotenv(content, {});
  EXPECT_TRUE(values) << values.error().message;
  const auto found = values->find("X");
  return found == values->end() || found->second.empty() ? "unset" : found->second;
}

std::string error_in(std::string_view content) {
  const File file(content);
  const auto dotenv = read_dotenv(file.path(), {}, {});
  EXPECT_FALSE(dotenv);
  if (dotenv) return {};
  EXPECT_EQ(dotenv.error().fault, Fault::data);
  EXPECT_THAT(dotenv.error().message, HasSubstr(file.path().string()));
  return dotenv.error().message.substr(file.path().string().size());
}

// The expectations are what python-dotenv 1.0 makes of the same bytes.
TEST(Dotenv, a_value_is_the_rest_of_the_line_without_blanks_around_it) {
  EXPECT_EQ(x_of("X=sk-1"), "sk-1");
  EXPECT_EQ(x_of("  X = sk 1 \t\n"), "sk 1");
  EXPECT_EQ(x_of("X=a=b==\n"), "a=b==");
  EXPECT_EQ(x_of("X=\n"), "unset");
}

TEST(Dotenv, quotes_keep_blanks_and_are_taken_away) {
  EXPECT_EQ(x_of("X=\" a \"\n"), " a ");
  EXPECT_EQ(x_of("X=' a '\n"), " a ");
  EXPECT_EQ(x_of("X='a\"b'\n"), "a\"b");
  EXPECT_EQ(x_of("X=a\"b\"\n"), "a\"b\"");
}

TEST(Dotenv, a_name_in_braces_is_what_it_stands_for) {
  EXPECT_EQ(x_of("Y=a\nX=${Y}b\n"), "ab");
  EXPECT_EQ(x_of("Y=a\nX='${Y}'\n"), "a");
  EXPECT_EQ(x_of("X=${Y:-c}\n"), "c");
  EXPECT_EQ(x_of("X=a${Y}b\n"), "ab");
  EXPECT_EQ(x_of("X=${X:-1}\nX=${X}2\n"), "12");
  EXPECT_EQ(x_of("X=$Y ${Y:c} ${Y\n"), "$Y ${Y:c} ${Y");
}

TEST(Dotenv, the_environment_wins_within_braces_too) {
  const Environment environment(std::map<std::string, std::string>{{"Y", "outside"}});

  EXPECT_EQ(parse_dotenv("Y=file\nX=${Y}\n", environment)->at("X"), "outside");
}

TEST(Dotenv, export_may_stand_before_a_name) {
  EXPECT_EQ(x_of("export X=1\n"), "1");
  EXPECT_EQ(x_of("  export   X=1\n"), "1");
  EXPECT_EQ(x_of("exportX=2\nX=1\n"), "1");
}

TEST(Dotenv, a_comment_begins_behind_a_blank) {
  EXPECT_EQ(x_of("# X=0\nX=1 # one\n  # X=2\n"), "1");
  EXPECT_EQ(x_of("X=a#b\n"), "a#b");
  EXPECT_EQ(x_of("X=#b\n"), "#b");
  EXPECT_EQ(x_of("X=\"a # b\" # c\n"), "a # b");
}

TEST(Dotenv, a_quoted_value_may_have_several_lines) {
  EXPECT_EQ(x_of("X=\"a\nb\"\nY=c\n"), "a\nb");
  EXPECT_EQ(x_of("Y='a\nX=0\n'\nX=1\n"), "1");
}

TEST(Dotenv, double_quotes_know_escapes) {
  EXPECT_EQ(x_of(R"(X="a\nb\tc\"d\\e")"), "a\nb\tc\"d\\e");
}

TEST(Dotenv, single_quotes_know_two_escapes) {
  EXPECT_EQ(x_of(R"(X='a\nb\'c\\d')"), R"(a\nb'c\d)");
}

TEST(Dotenv, a_backslash_that_escapes_nothing_stays) {
  EXPECT_EQ(x_of(R"(X="C:\path\$x")"), R"(C:\path\$x)");
  EXPECT_EQ(x_of(R"(X=C:\new)"), R"(C:\new)");
}

TEST(Dotenv, the_last_of_a_name_wins) {
  EXPECT_EQ(x_of("X=1\nX=2\n"), "2");
}

TEST(Dotenv, windows_line_ends_and_a_byte_order_mark_are_no_part_of_it) {
  EXPECT_EQ(x_of("\xEF\xBB\xBFX=1\r\nY=2\r\n"), "1");
  EXPECT_EQ(x_of("Y=\"2\"\r\nX=\"1\"\r\n"), "1");
}

TEST(Dotenv, a_name_alone_sets_nothing) {
  EXPECT_EQ(x_of("X\n"), "unset");
}

TEST(Dotenv, only_the_variables_that_are_named_are_taken) {
  const File file("X=1\nHF_ENDPOINT=http://evil\nPROCTOR_LLAMA_SERVER=./evil\n");
  const std::vector<std::string> names = {"X", "Y"};

  const auto dotenv = read_dotenv(file.path(), names, {});

  ASSERT_TRUE(dotenv);
  EXPECT_EQ(dotenv->keys, (std::map<std::string, std::string>{{"X", "1"}}));
  EXPECT_THAT(dotenv->ignored,
              testing::ElementsAre("HF_ENDPOINT", "PROCTOR_LLAMA_SERVER"));
}

TEST(Dotenv, gives_keys_to_providers_and_to_the_hub_and_nothing_else) {
  std::set<std::string> keys = {"HF_TOKEN"};
  for (const Provider& provider : providers())
    keys.insert(provider.key_variables.begin(), provider.key_variables.end());
  const auto names = dotenv_names({});

  EXPECT_EQ(std::set(names.begin(), names.end()), keys);
  for (const std::string& name : keys) {
    EXPECT_THAT(name, testing::ContainsRegex("_(KEY|TOKEN)(_|$)"));
  }
  EXPECT_THAT(dotenv_names({.key_variable = "MY_KEY"}), testing::Contains("MY_KEY"));
}

TEST(Dotenv, values_that_hold_each_other_do_not_fill_the_memory) {
  std::string content = "A=xxxxxxxx\n";
  for (char c = 'B'; c <= 'Z'; ++c) {
    content += fmt::format("{}=${{{}}}${{{}}}${{{}}}${{{}}}\n", c,
                           static_cast<char>(c - 1), static_cast<char>(c - 1),
                           static_cast<char>(c - 1), static_cast<char>(c - 1));
  }

  EXPECT_THAT(error_in(content), HasSubstr("is longer than 65536 bytes"));
}

TEST(Dotenv, a_line_that_is_none_is_told_with_its_number) {
  EXPECT_EQ(error_in("X=1\n\nwhat is this\n"), ": line 3: expected NAME=value");
  EXPECT_EQ(error_in("X=\"a\nb\"\n=1\n"), ": line 3: expected NAME=value");
  EXPECT_EQ(error_in("a b=1\n"), ": line 1: expected NAME=value");
}

TEST(Dotenv, an_open_quote_is_told_with_its_number) {
  EXPECT_EQ(error_in("Y=1\nX=\"abc\nZ=2\n"), ": line 2: the quote of X is not closed");
}

TEST(Dotenv, an_error_does_not_tell_what_the_file_holds) {
  EXPECT_EQ(error_in("X=\"sk-secret\n").find("sk-secret"), std::string::npos);
  EXPECT_EQ(error_in("sk-secret sk-secret\n").find("sk-secret"), std::string::npos);
}

TEST(Dotenv, a_file_that_is_not_utf_8_is_told_by_its_byte) {
  EXPECT_EQ(error_in("X=a\xFF\n"), ": byte 3: expected UTF-8");
}

TEST(Dotenv, no_file_is_no_error) {
  EXPECT_TRUE(read_dotenv("/nowhere/.env", {}, {}));
}

TEST(Dotenv, what_is_no_file_is_not_opened) {
  EXPECT_THAT(read_dotenv("/dev/zero", {}, {}).error().message,
              HasSubstr("is no file"));
  EXPECT_THAT(read_dotenv("/dev", {}, {}).error().message, HasSubstr("is a folder"));
}

}  // namespace
}  // namespace proctor
