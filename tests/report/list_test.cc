#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

Table models() {
  return {{{"model"}, {"address"}, {"key"}, {"about"}},
          {{"ollama/NAME", "http://localhost:11434", "", "runs on this machine"}}};
}

TEST(ListText, is_a_table_where_it_fits) {
  const std::string table = table_text(models(), TableFormat::terminal, 0);

  EXPECT_EQ(list_text(models(), 0), table);
  EXPECT_EQ(list_text(models(), 62), table);
  EXPECT_NE(list_text(models(), 61), table);
}

TEST(ListText, is_an_entry_a_row_on_a_terminal_that_is_too_narrow) {
  EXPECT_EQ(list_text(models(), 40),
            "ollama/NAME\n"
            "  address http://localhost:11434; runs\n"
            "  on this machine\n");
}

TEST(ListText, is_inert_in_both_forms) {
  Table table = models();
  table.rows[0][0] = "\x1B[31m";
  table.rows[0][3] = "\x1B[2J";

  EXPECT_EQ(list_text(table, 0).find('\x1B'), std::string::npos);
  EXPECT_EQ(list_text(table, 20).find('\x1B'), std::string::npos);
}

}  // namespace
}  // namespace proctor
