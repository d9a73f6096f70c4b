#include <cstdlib>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::HasSubstr;
using testing::Not;

// Compares with tests/golden/report/`name`; PROCTOR_BLESS=1 writes it instead.
void expect_golden(const std::string& name, const std::string& text) {
  const auto path =
      std::filesystem::path(PROCTOR_SOURCE_DIR) / "tests" / "golden" / "report" / name;
  if (std::getenv("PROCTOR_BLESS") != nullptr) {
    ASSERT_TRUE(write_file(path, text));
  }
  const auto golden = read_file(path);
  ASSERT_TRUE(golden) << golden.error().message;
  EXPECT_EQ(text, *golden);
}

// The seed's four rows and three that try to break out of a table.
Table results() {
  return {.columns = {{.title = "model", .least_width = 8},
                      {.title = "method"},
                      {.title = "subject"},
                      {.title = "accuracy", .align = Align::right}},
          .rows = {
              {"mistral-7b-instruct-v0.2, Q4_K_M", "macOS m2, 16GB, llama-server",
               "MMLU college_computer_science", "40.00% (40/100)"},
              {"Mistral-7B-Instruct-v0.3, Q4_0", "macOS m2, 16GB, ollama",
               "MMLU college_computer_science", "40.00% (40/100)"},
              {"deepseek v3", "API, 2025.1.25", "MMLU college_computer_science",
               "78.00% (78/100)"},
              {"gemini-1.5-flash", "API, 2025.1.25", "MMLU college_computer_science",
               "72.00% (72/100)"},
              {"日本語モデル", "手元の計算機", "科目|一覧", "5.00% (1/20)"},
              {"=cmd()|calc", "<b>*bold*</b> [x](y)", "two\nlines", "- (0/0)"},
              {"\x1B[31mred", "\u202Eevil \"quoted\", \\", "_under_ `tick`", "-1"},
          }};
}

TEST(Table, a_wide_terminal_sees_every_cell_whole) {
  expect_golden("table_wide.txt", table_text(results(), TableFormat::terminal, 200));
}

TEST(Table, a_narrow_terminal_sees_the_widest_columns_cut) {
  expect_golden("table_narrow.txt", table_text(results(), TableFormat::terminal, 80));
}

TEST(Table, markdown_is_what_github_reads) {
  expect_golden("table.md", table_text(results(), TableFormat::markdown, 80));
}

TEST(Table, csv_is_what_a_spreadsheet_reads) {
  expect_golden("table.csv", table_text(results(), TableFormat::csv, 80));
}

TEST(Table, json_is_one_object_a_line) {
  expect_golden("table.jsonl", table_text(results(), TableFormat::json, 80));
}

TEST(Table, no_line_is_wider_than_the_terminal_or_ends_in_a_blank) {
  for (const int width : {60, 72, 80, 100, 140}) {
    for (const std::string& line :
         split(table_text(results(), TableFormat::terminal, width), '\n')) {
      EXPECT_LE(display_width(line), width);
      EXPECT_FALSE(line.ends_with(' ')) << line;
    }
  }
}

TEST(Table, a_number_is_never_cut) {
  EXPECT_THAT(table_text(results(), TableFormat::terminal, 20),
              HasSubstr("40.00% (40/100)"));
}

TEST(Table, a_column_keeps_its_least_width) {
  EXPECT_THAT(table_text(results(), TableFormat::terminal, 10), HasSubstr("mistral…"));
}

TEST(Table, what_must_keep_its_end_is_cut_in_the_middle) {
  const Table table{
      .columns = {{.title = "model", .least_width = 14, .keeps_end = true}},
      .rows = {{"SmolLM2-135M-Instruct Q4_K_M"}, {"日本語の長い名前Q4"}}};

  EXPECT_EQ(table_text(table, TableFormat::terminal, 14),
            "model\n──────────────\nSmolLM… Q4_K_M\n日本語…名前Q4\n");
}

TEST(Table, what_holds_for_all_rows_stands_above_on_lines_that_fit) {
  const Table table{.columns = {{.title = "n", .align = Align::right}},
                    .rows = {{"1"}},
                    .above = {"one *model*", "sample all", "reader inspect"}};

  EXPECT_EQ(table_text(table, TableFormat::terminal, 24),
            "one *model*, sample all,\nreader inspect\n\nn\n─\n1\n");
  EXPECT_THAT(table_text(table, TableFormat::terminal, 0),
              testing::StartsWith("one *model*, sample all, reader inspect\n\nn\n"));
  EXPECT_THAT(
      table_text(table, TableFormat::markdown, 0),
      testing::StartsWith("one \\*model\\*, sample all, reader inspect\n\n|   n |"));
}

TEST(Table, a_pipe_has_no_width_and_sees_every_cell_whole) {
  EXPECT_THAT(table_text(results(), TableFormat::terminal, 0), Not(HasSubstr("…")));
}

TEST(Table, a_table_without_rows_has_its_titles_and_no_json) {
  const Table table{.columns = {{.title = "model"}}};

  EXPECT_EQ(table_text(table, TableFormat::terminal, 80), "model\n─────\n");
  EXPECT_EQ(table_text(table, TableFormat::csv, 80), "model\n");
  EXPECT_EQ(table_text(table, TableFormat::json, 80), "");
}

TEST(Table, formats_are_known_by_name) {
  EXPECT_EQ(table_format_named("markdown"), TableFormat::markdown);
  EXPECT_EQ(table_format_named("html"), std::nullopt);
}

}  // namespace
}  // namespace proctor
