#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"
#include "support/plugin.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

class Parquet : public testing::Test {
 protected:
  void SetUp() override {
    find_plugin();
    if (!parquet_is_available()) GTEST_SKIP() << "built without Parquet: skipped";
  }

  static fs::path file(const std::string& name) {
    return fs::path(PROCTOR_SOURCE_DIR) / "tests/dataset/parquet" / (name + ".parquet");
  }
  static Result<std::vector<Question>> read(
      const std::string& name, const std::optional<Columns>& columns = {}) {
    return read_parquet(file(name), columns, "mine", "test");
  }
  static std::string error_of(const std::string& name,
                              const std::optional<Columns>& columns = {}) {
    const auto questions = read(name, columns);
    if (questions) return "no error";
    EXPECT_EQ(questions.error().fault, Fault::data);
    const std::string place = file(name).string() + ": ";
    EXPECT_TRUE(questions.error().message.starts_with(place));
    return questions.error().message.substr(place.size());
  }
};

TEST_F(Parquet, choices_with_labels_are_read_by_them) {
  const auto questions = read("arc");

  ASSERT_TRUE(questions) << questions.error().message;
  ASSERT_EQ(questions->size(), 2U);
  EXPECT_THAT((*questions)[1].choices, ElementsAre("gold", "carbon dioxide", "iron"));
  EXPECT_EQ((*questions)[0].right, 1);
  EXPECT_EQ((*questions)[1].right, 1);
}

TEST_F(Parquet, the_hubs_schema_of_mmlu_is_read) {
  const auto questions = read("mmlu");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(*questions, ElementsAre(Question{.id = "sums/test/0",
                                               .subject = "sums",
                                               .text = "One and one?",
                                               .choices = {"1", "2"},
                                               .right = 1},
                                      Question{.id = "sums/test/1",
                                               .subject = "sums",
                                               .text = "None\tof\r\nthese?\xC2\x85",
                                               .choices = {"None", "NA"},
                                               .right = 0,
                                               .index = 1}));
}

TEST_F(Parquet, mmlu_pros_schema_is_read_without_its_fillers) {
  const auto questions = read("mmlu_pro");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(questions->at(0), (Question{.id = "70",
                                          .subject = "sums",
                                          .text = "One and one?",
                                          .choices = {"1", "2"},
                                          .right = 1,
                                          .worked = "A: Count. The answer is (C)."}));
  EXPECT_EQ(questions->at(1).worked, "");
}

TEST_F(Parquet, global_mmlus_schema_is_read) {
  const auto questions = read("global_mmlu");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(*questions, ElementsAre(Question{.id = "sums/test/0",
                                               .subject = "sums",
                                               .text = "1足す1は?",
                                               .choices = {"1", "2", "3", "4"},
                                               .right = 1}));
}

TEST_F(Parquet, large_and_coded_texts_and_small_numbers_are_read) {
  const auto questions = read("other_types");

  ASSERT_TRUE(questions) << questions.error().message;
  ASSERT_EQ(questions->size(), 2);
  EXPECT_EQ(questions->at(1).text, "R");
  EXPECT_EQ(questions->at(1).subject, "law");
  EXPECT_THAT(questions->at(1).choices, ElementsAre("c", "d"));
  EXPECT_EQ(questions->at(0).right, 1);
}

TEST_F(Parquet, lists_of_every_kind_and_of_whole_numbers_are_read) {
  for (const char* name : {"numbers", "fixed_lists", "large_lists"}) {
    const auto questions = read(name);

    ASSERT_TRUE(questions) << name << ": " << questions.error().message;
    ASSERT_EQ(questions->size(), 2);
    EXPECT_THAT(questions->at(1).choices, ElementsAre("5", "6"));
    EXPECT_EQ(questions->at(0).right, 1);
  }
}

TEST_F(Parquet, columns_name_others) {
  const auto questions =
      read("global_mmlu", *parse_columns("choices=option_c+option_b,id=subject"));

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).id, "sums");
  EXPECT_THAT(questions->at(0).choices, ElementsAre("3", "2"));
}

TEST_F(Parquet, a_missing_column_is_named_with_what_there_is) {
  EXPECT_EQ(error_of("no_answer"),
            "column answer: missing; found question, choices, awnser; did you mean "
            "awnser? `columns` answer=awnser says so");
}

TEST_F(Parquet, a_column_of_another_type_is_named_with_its_type) {
  EXPECT_EQ(error_of("float_answers"),
            "row 2, column answer: found double, expected A to B or 0 to 1");
  EXPECT_THAT(error_of("global_mmlu", *parse_columns("question=annotations")),
              HasSubstr("row 1, column annotations: found list<"));
}

TEST_F(Parquet, a_whole_number_of_a_floating_point_type_is_an_answer) {
  const auto questions = read("float_answer");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).right, 0);
}

TEST_F(Parquet, the_fields_of_a_struct_are_labels) {
  const auto questions = read("structs");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(questions->at(0).choices, ElementsAre("x", "y", "z"));
  EXPECT_EQ(questions->at(0).right, 2);
  EXPECT_THAT(questions->at(1).choices, ElementsAre("u", "v"));
}

TEST_F(Parquet, choices_may_be_structs_of_a_text_and_a_label) {
  const auto questions = read("pairs");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(questions->at(0).choices, ElementsAre("x", "y"));
  EXPECT_EQ(questions->at(0).right, 1);
}

TEST_F(Parquet, arrows_own_two_formats_are_read_by_their_first_bytes) {
  for (const char* const name : {"stream.arrow", "file.arrow"}) {
    const auto arrow = read_parquet(file("x").parent_path() / name, {}, "mine", "test");

    ASSERT_TRUE(arrow) << arrow.error().message;
    EXPECT_EQ(*arrow, *read("structs"));
  }
}

TEST_F(Parquet, a_missing_value_is_an_error_with_its_row) {
  EXPECT_EQ(error_of("missing_values"),
            "row 2, column question: found nothing, expected text");
  EXPECT_EQ(error_of("missing_choice"), "row 1, column choices: choice 2 is empty");
  EXPECT_EQ(error_of("no_rows"), "there is no question in it");
}

TEST_F(Parquet, a_broken_file_is_one_line_about_data) {
  std::ifstream input(file("mmlu_pro"), std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(input)), {});
  const fs::path path = fs::temp_directory_path() / "proctor_broken.parquet";
  const auto read_bytes = [&](const std::string& bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
    return read_parquet(path, {}, "mine", "test");
  };

  for (const std::string& bytes :
       {std::string(), std::string("PAR1"), whole.substr(0, whole.size() / 2),
        std::string(5000, 'x')}) {
    const auto questions = read_bytes(bytes);
    ASSERT_FALSE(questions);
    EXPECT_EQ(questions.error().fault, Fault::data);
    EXPECT_THAT(questions.error().message, HasSubstr("not a Parquet file"));
    EXPECT_THAT(questions.error().message, Not(HasSubstr("\n")));
  }
  fs::remove(path);
}

TEST_F(Parquet, no_flipped_byte_ends_the_program) {
  const fs::path path = fs::temp_directory_path() / "proctor_flipped.parquet";
  for (const char* const name : {"mmlu.parquet", "stream.arrow", "file.arrow"}) {
    std::ifstream input(file("x").parent_path() / name, std::ios::binary);
    const std::string whole((std::istreambuf_iterator<char>(input)), {});
    std::size_t errors = 0;

    for (std::size_t at = 0; at < whole.size(); at += 3) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(bytes[at] ^ 0x55);
      std::ofstream(path, std::ios::binary) << bytes;
      const auto questions = read_parquet(path, {}, "mine", "test");
      errors += questions ? 0 : 1;
    }

    EXPECT_GT(errors, 0);
  }
  fs::remove(path);
}

TEST_F(Parquet, lines_become_a_file_that_reads_back) {
  using Column = std::pair<std::string_view, std::string_view>;
  const std::array columns = {Column{"question", "string"},
                              Column{"choices", "list<item: string>"},
                              Column{"answer", "int64"}, Column{"error", "string"}};
  const std::string longest(3'000'000, 'q');
  const auto bytes = parquet_of(
      R"({"question":"\"<あ\u2028","choices":["x","y"],"answer":1,"error":null})"
      "\n{\"question\":\"" +
          longest + R"(","choices":["x","y"],"answer":0,"error":null})" + "\n",
      columns);
  ASSERT_TRUE(bytes) << bytes.error().message;
  const fs::path path = fs::temp_directory_path() / "proctor_made.parquet";
  std::ofstream(path, std::ios::binary) << *bytes;

  const auto questions = read_parquet(path, {}, "mine", "test");
  fs::remove(path);

  ASSERT_TRUE(questions) << questions.error().message;
  ASSERT_EQ(questions->size(), 2U);
  EXPECT_EQ((*questions)[0].text, "\"<あ\u2028");
  EXPECT_EQ((*questions)[0].right, 1);
  EXPECT_EQ((*questions)[1].text, longest);
}

TEST_F(Parquet, of_no_line_is_a_table_without_rows_and_of_others_no_file) {
  using Column = std::pair<std::string_view, std::string_view>;
  const std::array columns = {Column{"question", "string"}};

  EXPECT_TRUE(parquet_of("", columns));
  EXPECT_FALSE(parquet_of(R"({"question":1})", columns));
  EXPECT_FALSE(parquet_of(R"({"question":"a","more":1})", columns));
  EXPECT_FALSE(parquet_of(R"({"question":)", columns));
  const std::array unknown = {Column{"question", "decimal"}};
  EXPECT_THAT(parquet_of(R"({"question":"a"})", unknown).error().message,
              HasSubstr("decimal: no such type"));
}

TEST(ParquetPlugin, a_plug_in_that_does_not_load_says_what_to_do) {
  const fs::path folder = fs::temp_directory_path() / "proctor_bad_plugin";
  fs::create_directories(folder);
  std::ofstream(folder / "proctor_parquet.so") << "no library";
  const char* const before = std::getenv("PROCTOR_PLUGINS");
  const std::string kept = before == nullptr ? "" : before;
  ::setenv("PROCTOR_PLUGINS", folder.c_str(), 1);

  const auto questions = read_parquet("x.parquet", {}, "mine", "test");

  if (before == nullptr) {
    ::unsetenv("PROCTOR_PLUGINS");
  } else {
    ::setenv("PROCTOR_PLUGINS", kept.c_str(), 1);
  }
  fs::remove_all(folder);
  ASSERT_FALSE(questions);
  EXPECT_EQ(questions.error().fault, Fault::usage);
  EXPECT_THAT(questions.error().message,
              HasSubstr("pyarrow changed; build Proctor again"));
}

}  // namespace
}  // namespace proctor
