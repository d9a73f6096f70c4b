#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

class ExportLine : public testing::Test {
 protected:
  ExportLine() {
    attempt_.outcome = Reply{.text = "B, since", .finish_reason = "stop"};
    attempt_.latency = std::chrono::microseconds(1500);
  }
  Graded graded() const {
    return {.question = &question_,
            .attempt = &attempt_,
            .attempts = 2,
            .answer = {.letter = 'B', .rule = "first letter"},
            .mark = Mark::right};
  }
  nlohmann::json json() const {
    return nlohmann::json::parse(export_line(ExportFormat::jsonl, graded()), nullptr,
                                 false);
  }

  Question question_{.id = "q/1",
                     .subject = "anatomy",
                     .text = "=1+1?",
                     .choices = {"one", "two"},
                     .right = 1};
  Attempt attempt_;
};

TEST_F(ExportLine, of_jsonl_has_what_was_asked_replied_and_read) {
  const auto line = json();

  EXPECT_EQ(line["id"], "q/1");
  EXPECT_EQ(line["choices"], nlohmann::json({"one", "two"}));
  EXPECT_EQ(line["right"], "B");
  EXPECT_EQ(line["letter"], "B");
  EXPECT_EQ(line["mark"], "right");
  EXPECT_EQ(line["reply"], "B, since");
  EXPECT_EQ(line["latency_ms"], 1.5);
  EXPECT_EQ(line["attempts"], 2);
  EXPECT_TRUE(line["tokens"]["prompt"].is_null());
  EXPECT_TRUE(line["error"].is_null());
}

TEST_F(ExportLine, of_a_failure_has_no_reply_but_why) {
  attempt_.outcome = fail(Fault::network, "HTTP 500: no");

  EXPECT_TRUE(json()["reply"].is_null());
  EXPECT_TRUE(json()["finish_reason"].is_null());
  EXPECT_EQ(json()["error"], "HTTP 500: no");
  EXPECT_THAT(export_line(ExportFormat::csv, graded()), EndsWith(",HTTP 500: no\n"));
}

TEST_F(ExportLine, of_csv_has_a_cell_for_every_title_and_runs_in_no_spreadsheet) {
  const std::string csv =
      export_head(ExportFormat::csv) + export_line(ExportFormat::csv, graded());
  CsvRecords records(csv);
  CsvRecord titles, cells;

  ASSERT_TRUE(records.next(titles).value_or(false));
  ASSERT_TRUE(records.next(cells).value_or(false));
  EXPECT_EQ(titles.fields.size(), cells.fields.size());
  EXPECT_EQ(cells.fields[3], "'=1+1?");
  EXPECT_EQ(cells.fields[4], "A. one\nB. two");
  EXPECT_EQ(cells.fields[9], "B, since");
}

TEST_F(ExportLine, of_a_table_has_its_columns_and_no_other) {
  attempt_.outcome->logprobs = {{"A", -0.5}, {"B", -1.5}};
  const auto line = nlohmann::json::parse(export_line(ExportFormat::parquet, graded()),
                                          nullptr, false);

  std::set<std::string> keys, columns;
  for (const auto& [key, value] : line.items()) keys.insert(key);
  for (const auto& [name, type] : export_columns()) columns.emplace(name);
  EXPECT_EQ(keys, columns);
  EXPECT_EQ(line["logprobs"][1]["letter"], "B");
  EXPECT_EQ(line["logprobs"][1]["logprob"], -1.5);
}

TEST(ExportFormat, is_what_is_said_else_what_the_file_ends_in) {
  EXPECT_EQ(export_format_of("csv", "x.jsonl").value(), ExportFormat::csv);
  EXPECT_EQ(export_format_of("", "a.b/x.parquet").value(), ExportFormat::parquet);
  EXPECT_EQ(export_format_of("", "a.b/x").value(), ExportFormat::jsonl);
  EXPECT_THAT(export_format_of("", "x.xlsx").error().message,
              HasSubstr("found x.xlsx, expected .jsonl"));
}

TEST_F(ExportLine, stands_under_no_head_in_jsonl) {
  EXPECT_EQ(export_head(ExportFormat::jsonl), "");
  EXPECT_THAT(export_head(ExportFormat::csv), StartsWith("id,subject,"));
}

TEST(AnswerLine, keeps_the_line_s_id_whatever_it_is) {
  constexpr auto jsonl = ExportFormat::jsonl;
  EXPECT_THAT(answer_line(jsonl, {.id = R"({"b":[1],"a":null})"}, {.letter = 'C'}),
              HasSubstr(R"("id":{"b":[1],"a":null},"letter":"C","text":null)"));
  EXPECT_THAT(answer_line(jsonl, {.id = "null"}, {.text = "x"}),
              HasSubstr(R"("id":null,"letter":null,"text":"x")"));
}

TEST(AnswerLine, of_csv_has_the_cells_of_its_head) {
  EXPECT_EQ(answer_head(ExportFormat::csv), "id,letter,text,rule,refused\n");
  EXPECT_EQ(answer_line(ExportFormat::csv, {.id = "7"},
                        {.letter = 'C', .text = "a,b", .rule = "the answer is"}),
            "7,C,\"a,b\",the answer is,false\n");
}

}  // namespace
}  // namespace proctor
