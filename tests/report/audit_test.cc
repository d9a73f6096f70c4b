#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

// Two readers over 10 replies, of which they read one differently.
Audit two_readers() {
  Audit audit{.readers = {{.name = "first-letter", .ledger = {.right = 7, .wrong = 3}},
                          {.name = "proctor", .ledger = {.right = 8, .wrong = 2}}},
              .replies = 10};
  audit.readers[0].agreed = 10;
  audit.readers[1].agreed = 9;
  audit.run.id = std::string(64, 'a');
  audit.run.extract = "first-letter";
  audit.disagreements.push_back({.id = "anatomy/test/3",
                                 .right = {"A", "C"},
                                 .letters = {'B', 'C'},
                                 .reply_end = "Boron. The answer is C."});
  return audit;
}

TEST(AuditText, marks_the_run_s_own_reader) {
  const std::string text = audit_text(two_readers(), Language::en, 0, 80);

  EXPECT_THAT(text, AllOf(HasSubstr("first-letter *  70.00% (7/10)"),
                          HasSubstr("proctor         80.00% (8/10)"),
                          HasSubstr("90.00% (9/10)"), HasSubstr("letters: 1 of 10\n")));
}

TEST(AuditText, shows_who_reads_what_and_the_reply_s_end) {
  Audit audit = two_readers();
  audit.disagreements[0].letters[0].reset();
  EXPECT_THAT(audit_text(audit, Language::en, 0, 80),
              HasSubstr("\nanatomy/test/3  C: proctor (right: A or C)\n"
                        "  Boron. The answer is C.\n"));

  audit.disagreements[0].letters[0] = 'C';
  audit.disagreements[0].is_cut = true;
  EXPECT_THAT(audit_text(audit, Language::ja, 0, 80),
              HasSubstr("\nanatomy/test/3  C: first-letter, proctor（正解 A・C）\n"
                        "  …Boron. The answer is C.\n"));
}

TEST(AuditText, of_a_line_that_is_too_wide_the_end_stays) {
  EXPECT_THAT(audit_text(two_readers(), Language::en, 0, 20),
              HasSubstr("\n  … The answer is C.\n"));
}

TEST(AuditText, shows_twenty_of_many) {
  Audit audit = two_readers();
  audit.disagreements.resize(23, audit.disagreements[0]);
  audit.disagreements[19].id = "the twentieth";
  audit.disagreements[20].id = "the one behind";

  EXPECT_THAT(audit_text(audit, Language::en, 0, 80),
              AllOf(HasSubstr("the twentieth"), Not(HasSubstr("the one behind")),
                    HasSubstr("\nand 3 more: --limit N shows N of them\n")));
  EXPECT_THAT(audit_json(audit), HasSubstr("the one behind"));
}

TEST(AuditText, a_reply_and_an_id_are_inert) {
  Audit audit = two_readers();
  audit.disagreements[0].reply_end = "C\x1B[2J\n";
  audit.disagreements[0].id = "\x1B[31m";

  EXPECT_THAT(audit_text(audit, Language::en, 0, 80), Not(HasSubstr("\x1B")));
}

TEST(AuditJson, has_all_readers_and_null_where_one_found_no_letter) {
  Audit audit = two_readers();
  audit.disagreements[0].letters[0].reset();

  const auto json = nlohmann::json::parse(audit_json(audit), nullptr, false);

  ASSERT_TRUE(json.is_object());
  EXPECT_EQ(json["readers"][1]["reader"], "proctor");
  EXPECT_EQ(json["readers"][1]["agrees"], 9);
  EXPECT_EQ(json["disagreements"][0]["right"], "A,C");
  EXPECT_EQ(json["disagreements"][0]["letters"]["proctor"], "C");
  EXPECT_TRUE(json["disagreements"][0]["letters"]["first-letter"].is_null());
}

}  // namespace
}  // namespace proctor
