#include "proctor/study/study.h"

#include <gtest/gtest.h>

namespace proctor {
namespace {

Names mmlu() {
  Names all;
  for (const Subject& subject : known_subjects("cais/mmlu")) all.emplace(subject.name);
  return all;
}

std::string title_of(const Names& counted) {
  return subjects_title(counted, mmlu(), "cais/mmlu");
}

TEST(SubjectsTitle, of_one_subject_is_its_own_name) {
  EXPECT_EQ(title_of({"anatomy"}), "anatomy");
  EXPECT_EQ(subjects_title({"exam"}, {"exam"}, "exam.csv"), "exam");
}

TEST(SubjectsTitle, of_all_of_them_is_all) {
  EXPECT_EQ(title_of(mmlu()), "all");
  EXPECT_EQ(subjects_title({"a", "b", "c", "d"}, {"a", "b", "c", "d"}, "x"), "all");
}

TEST(SubjectsTitle, of_a_category_takes_exactly_its_subjects) {
  Names stem;
  for (const Subject& subject : known_subjects("cais/mmlu")) {
    if (subject.category == "STEM") stem.emplace(subject.name);
  }
  EXPECT_EQ(title_of(stem), "stem");

  stem.insert("anatomy");
  EXPECT_EQ(title_of(stem), "19 subjects");

  stem.erase("anatomy");
  stem.erase("astronomy");
  EXPECT_EQ(title_of(stem), "17 subjects");
}

TEST(SubjectsTitle, of_few_subjects_names_them) {
  EXPECT_EQ(title_of({"virology", "anatomy"}), "anatomy, virology");
  EXPECT_EQ(title_of({"virology", "anatomy", "astronomy", "sociology"}), "4 subjects");
}

TEST(SubjectsTitle, of_a_second_category_is_that_one) {
  Names all, chinese;
  for (const Subject& subject : known_subjects("haonan-li/cmmlu")) {
    all.emplace(subject.name);
    if (!subject.also.empty()) chinese.emplace(subject.name);
  }

  EXPECT_EQ(subjects_title(chinese, all, "haonan-li/cmmlu"), "china_specific");
}

TEST(SubjectsTitle, where_a_data_set_has_subjects_of_one_category_alone_they_are_all) {
  const Names both = {"anatomy", "virology"};

  EXPECT_EQ(subjects_title(both, both, "folder"), "all");
}

TEST(SubjectsTitle, of_none_is_empty) {
  EXPECT_EQ(title_of({}), "");
}

TEST(SubjectsTitle, a_count_follows_where_it_is_not_said) {
  EXPECT_EQ(with_count("all", 57), "all (57 subjects)");
  EXPECT_EQ(with_count("anatomy", 1), "anatomy");
  EXPECT_EQ(with_count("anatomy, virology", 2), "anatomy, virology");
  EXPECT_EQ(with_count("18 subjects", 18), "18 subjects");
}

}  // namespace
}  // namespace proctor
