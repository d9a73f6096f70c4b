#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

using testing::ElementsAre;

TEST(SubjectsTable, counts_the_questions_of_each_by_name) {
  Dataset dataset;
  dataset.questions = {{.subject = "virology"}, {.subject = "anatomy"}};
  dataset.questions.resize(1001, {.subject = "anatomy"});

  EXPECT_THAT(subjects_table(dataset).rows, ElementsAre(ElementsAre("anatomy", "1,000"),
                                                        ElementsAre("virology", "1")));
}

TEST(KnownSubjectsTable, has_both_categories_of_a_subject_that_is_in_two) {
  const auto& rows = known_subjects_table("haonan-li/cmmlu").rows;
  const auto in_two = std::ranges::find_if(
      rows, [](const auto& row) { return row[1].ends_with(", china_specific"); });

  EXPECT_NE(in_two, rows.end());
  EXPECT_TRUE(known_subjects_table("a file").rows.empty());
}

TEST(DatasetsTable, has_every_data_set_that_is_known_by_name) {
  EXPECT_EQ(datasets_table().rows.size(), known_datasets().size());
  EXPECT_EQ(datasets_table().rows[0][0], known_datasets()[0].name);
}

}  // namespace
}  // namespace proctor
