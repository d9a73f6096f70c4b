#include <gmock/gmock.h>

#include "proctor/report/report.h"

namespace proctor {
namespace {

Environment with(std::map<std::string, std::string> variables) {
  return Environment(std::move(variables));
}

TEST(LanguageOf, the_environment_is_proctors_variable_then_the_locale) {
  EXPECT_EQ(*language_of(with({})), Language::en);
  EXPECT_EQ(*language_of(with({{"LANG", "ja_JP.UTF-8"}})), Language::ja);
  EXPECT_EQ(*language_of(with({{"LANG", "ja_JP.UTF-8"}, {"LC_ALL", "C"}})),
            Language::en);
  EXPECT_EQ(*language_of(with({{"LANG", "ja_JP.UTF-8"}, {"LC_ALL", ""}})),
            Language::ja);
  EXPECT_EQ(*language_of(with({{"LANG", "C"}, {"PROCTOR_LANG", "ja"}})), Language::ja);
}

TEST(LanguageOf, the_environment_names_the_variable_that_is_wrong) {
  const auto language = language_of(with({{"PROCTOR_LANG", "fr"}}));
  ASSERT_FALSE(language);
  EXPECT_EQ(language.error().message, "PROCTOR_LANG: found fr, expected en or ja");
}

}  // namespace
}  // namespace proctor
