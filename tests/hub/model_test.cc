// Which files of a repository a model's name means.
#include <gmock/gmock.h>

#include "proctor/hub/hub.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> some_files = {"README.md",
                                             "m-Q4_K_M.gguf",
                                             "m-Q4_K_S.gguf",
                                             "m-IQ4_XS.gguf",
                                             "m.f16.gguf",
                                             "mmproj-m-Q4_K_M.gguf",
                                             "Q8_0/m-Q8_0-00002-of-00002.gguf",
                                             "Q8_0/m-Q8_0-00001-of-00002.gguf"};

std::vector<std::string> chosen(std::string_view wanted) {
  const auto files = model_files_of(some_files, wanted);
  EXPECT_TRUE(files) << files.error().message;
  return files ? *files : std::vector<std::string>{};
}

std::string refusal(const std::vector<std::string>& files, std::string_view wanted) {
  const auto result = model_files_of(files, wanted);
  EXPECT_FALSE(result);
  if (result) return {};
  EXPECT_EQ(result.error().fault, Fault::usage);
  return result.error().message;
}

TEST(HubModel, a_quantisation_names_its_file_in_any_case) {
  EXPECT_THAT(chosen("Q4_K_M"), ElementsAre("m-Q4_K_M.gguf"));
  EXPECT_THAT(chosen("q4_k_s"), ElementsAre("m-Q4_K_S.gguf"));
  EXPECT_THAT(chosen("F16"), ElementsAre("m.f16.gguf"));
}

TEST(HubModel, a_part_of_a_quantisation_s_name_is_another) {
  EXPECT_THAT(refusal(some_files, "Q4_K"), HasSubstr("none is Q4_K;"));
  EXPECT_THAT(refusal(some_files, "Q4_XS"), HasSubstr("none is Q4_XS;"));
}

TEST(HubModel, a_file_may_be_named_with_its_folder_or_without) {
  EXPECT_THAT(chosen("m-IQ4_XS.gguf"), ElementsAre("m-IQ4_XS.gguf"));
  EXPECT_THAT(chosen("Q8_0/m-Q8_0-00001-of-00002.gguf"),
              ElementsAre("Q8_0/m-Q8_0-00001-of-00002.gguf",
                          "Q8_0/m-Q8_0-00002-of-00002.gguf"));
  EXPECT_EQ(chosen("m-Q8_0-00002-of-00002.gguf").size(), 2U);
}

TEST(HubModel, the_parts_of_a_split_one_come_in_their_order) {
  EXPECT_THAT(chosen("Q8_0"), ElementsAre("Q8_0/m-Q8_0-00001-of-00002.gguf",
                                          "Q8_0/m-Q8_0-00002-of-00002.gguf"));
}

TEST(HubModel, a_missing_part_is_told) {
  EXPECT_THAT(refusal({"m-00001-of-00003.gguf", "m-00003-of-00003.gguf"}, ""),
              HasSubstr("expected 3 parts, found 2"));
}

TEST(HubModel, the_only_one_needs_no_name) {
  const auto files = model_files_of({"a.gguf", "mmproj-a.gguf", "b.txt"}, "");

  ASSERT_TRUE(files);
  EXPECT_THAT(*files, ElementsAre("a.gguf"));
}

TEST(HubModel, of_several_all_are_listed) {
  const std::string message = refusal(some_files, "");

  EXPECT_THAT(message, HasSubstr("which one?"));
  EXPECT_THAT(message, HasSubstr("m-Q4_K_M.gguf, m-Q4_K_S.gguf"));
  EXPECT_THAT(message, HasSubstr("Q8_0/m-Q8_0-00001-of-00002.gguf (2 parts)"));
  EXPECT_THAT(message, Not(HasSubstr("mmproj")));
}

TEST(HubModel, a_repository_without_one_is_told) {
  EXPECT_EQ(refusal({"model.safetensors"}, "Q4_K_M"),
            "the repository has no GGUF file");
}

TEST(HubModel, hostile_names_are_told_inert) {
  EXPECT_THAT(refusal({"a\x1B[2J.gguf", "b.gguf"}, ""), Not(HasSubstr("\x1B")));
}

}  // namespace
}  // namespace proctor
