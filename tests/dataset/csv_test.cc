#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<std::vector<Question>> read(std::string_view content,
                                   const std::optional<Columns>& columns = {}) {
  return read_csv(content, columns, "anatomy", "test");
}

std::string error_of(std::string_view content,
                     const std::optional<Columns>& columns = {}) {
  const auto questions = read(content, columns);
  return questions ? "no error" : questions.error().message;
}

constexpr std::string_view header = "question,choice0,choice1,choice2,choice3,answer\n";

std::string with_header(std::string_view rest) {
  return std::string(header) + std::string(rest);
}

TEST(Csv, a_header_and_digits_are_read) {
  const auto questions = read(with_header("What?,a,b,c,d,2\n"));

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_THAT(*questions, ElementsAre(Question{.id = "anatomy/test/0",
                                               .subject = "anatomy",
                                               .text = "What?",
                                               .choices = {"a", "b", "c", "d"},
                                               .right = 2}));
}

TEST(Csv, hendrycks_files_have_no_header_and_letters) {
  const auto questions = read("What?,a,b,c,d,C\nWho?,e,f,g,h,A\n");

  ASSERT_TRUE(questions) << questions.error().message;
  ASSERT_EQ(questions->size(), 2);
  EXPECT_EQ(questions->at(0).text, "What?");
  EXPECT_EQ(questions->at(0).right, 2);
  EXPECT_EQ(questions->at(1).id, "anatomy/test/1");
}

TEST(Csv, a_header_of_letters_with_an_unnamed_index_is_read) {
  const auto questions = read(",Question,A,B,C,D,Answer\n0,What?,a,b,c,d,B\n");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).text, "What?");
  EXPECT_THAT(questions->at(0).choices, ElementsAre("a", "b", "c", "d"));
  EXPECT_EQ(questions->at(0).right, 1);
}

TEST(Csv, a_subject_column_wins_over_the_files_subject) {
  const auto questions =
      read("question,A,B,answer,Subject\nQ,a,b,A,law\nR,a,b,B,law\n");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(1).subject, "law");
  EXPECT_EQ(questions->at(1).id, "law/test/1");
}

TEST(Csv, columns_name_other_headers) {
  const auto columns = parse_columns("question=Q,choices=x+y,answer=Key,id=Nr");

  const auto questions = read("Nr,Q,y,x,Key\n17,What?,b,a,0\n", *columns);

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).id, "17");
  EXPECT_THAT(questions->at(0).choices, ElementsAre("a", "b"));
}

TEST(Csv, the_header_may_be_written_in_capitals) {
  EXPECT_TRUE(read("QUESTION,A,B,ANSWER\nQ,a,b,A\n"));
}

TEST(Csv, a_choice_that_reads_question_or_answer_does_not_make_a_header) {
  const auto questions = read("What is it?,question,answer,statement,order,B\n");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).right, 1);
}

TEST(Csv, a_header_that_ends_in_labels_is_not_taken_for_a_question) {
  EXPECT_THAT(error_of("id,prompt,A,B,C,D\n"), HasSubstr("line 1"));
}

TEST(Csv, a_file_without_header_and_with_digits_is_an_error) {
  EXPECT_EQ(error_of("What?,a,b,c,d,2\n"),
            "line 1: found 6 fields and no header; expected a header such as "
            "question,A,B,C,D,answer or a question, four choices and a letter A to D; "
            "name other columns by `columns`");
}

TEST(Csv, a_quoted_field_may_hold_commas_quotes_and_both_line_ends) {
  const auto questions =
      read(with_header("\"a \"\"b\"\", c\r\nd\ne\",1,2,3,4,0\nnext,1,2,3,4,1\n"));

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).text, "a \"b\", c\r\nd\ne");
  EXPECT_EQ(questions->at(1).text, "next");
}

TEST(Csv, lines_may_end_in_cr_lf_and_the_last_in_nothing) {
  const auto questions = read("question,A,B,answer\r\nQ,a,b,A\r\nR,c,d,B");

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).right, 0);
  EXPECT_EQ(questions->at(1).right, 1);
}

TEST(Csv, a_byte_order_mark_is_no_part_of_the_first_name) {
  EXPECT_TRUE(read("\xEF\xBB\xBFquestion,A,B,answer\nQ,a,b,A\n"));
}

TEST(Csv, words_that_mean_missing_elsewhere_are_choices) {
  const auto questions = read(with_header("NA,None,NaN,null,N/A,3\n"));

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).text, "NA");
  EXPECT_THAT(questions->at(0).choices, ElementsAre("None", "NaN", "null", "N/A"));
}

TEST(Csv, odd_characters_and_outer_blanks_stay_byte_for_byte) {
  const std::string odd =
      " \ta\xC2\x85"
      "b\xC2\x80\xC2\x94\xC2\xA0{0}\x01 ";

  const auto questions = read(with_header(odd + "," + odd + ",b,c,d,0\n"));

  ASSERT_TRUE(questions) << questions.error().message;
  EXPECT_EQ(questions->at(0).text, odd);
  EXPECT_EQ(questions->at(0).choices[0], odd);
}

TEST(Csv, the_same_choice_may_stand_twice) {
  EXPECT_TRUE(read(with_header("Q,687,687,c,d,0\n")));
}

TEST(Csv, blank_lines_between_records_are_passed_over) {
  const auto questions = read(with_header("\nQ,a,b,c,d,0\n\r\nR,a,b,c,d,7\n"));

  ASSERT_FALSE(questions);
  EXPECT_EQ(questions.error().message,
            "line 5, column answer: found 7, expected A to D or 0 to 3");
}

TEST(Csv, a_wrong_number_of_fields_names_the_line_the_record_starts_on) {
  EXPECT_EQ(error_of(with_header("\"a\nb\",1,2,3,4,0\nQ,a,b,c,1\n")),
            "line 4: expected 6 fields, found 5");
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,1,x\n")),
            "line 2: expected 6 fields, found 7");
  EXPECT_EQ(error_of("Q,a,b,c,d,B\nQ,a,b,c,B\n"), "line 2: expected 6 fields, found 5");
}

TEST(Csv, a_last_line_that_is_cut_off_is_an_error) {
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,1\nR,a,b")),
            "line 3: expected 6 fields, found 3");
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,")),
            "line 2, column answer: found nothing, expected A to D or 0 to 3");
}

TEST(Csv, an_answer_that_is_no_choice_is_an_error) {
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,E\n")),
            "line 2, column answer: found E, expected A to D or 0 to 3");
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,4\n")),
            "line 2, column answer: found 4, expected A to D or 0 to 3; are they "
            "counted from 1? `columns` answer=answer@1 says so");
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,-1\n")),
            "line 2, column answer: found -1, expected A to D or 0 to 3");
  EXPECT_EQ(
      error_of(with_header("Q,a,b,c,d,AB\n")),
      "line 2, column answer: found AB, expected A to D or 0 to 3, or the text of "
      "one choice");
  EXPECT_EQ(error_of("question,A,B,answer\nQ,a,b,C\n"),
            "line 2, column answer: found C, expected A to B or 0 to 1");
}

TEST(Csv, a_missing_choice_or_question_is_an_error) {
  EXPECT_EQ(error_of(with_header("Q,a,,c,d,1\n")),
            "line 2, column choice1: found nothing, expected text");
  EXPECT_EQ(error_of(with_header(" ,a,b,c,d,1\n")),
            "line 2, column question: found nothing, expected text");
}

TEST(Csv, a_missing_column_is_named_with_what_there_is) {
  EXPECT_EQ(error_of("question,A,B,answr\nQ,a,b,A\n"),
            "line 1, column answer: missing; found question, A, B, answr; did you mean "
            "answr? `columns` answer=answr says so");
  EXPECT_EQ(error_of("Frage,A,B,answer\nQ,a,b,A\n"),
            "line 1, column question: missing; found Frage, A, B, answer; `columns` "
            "question=NAME names it");
  EXPECT_EQ(error_of("question,A,B,D,answer\n"),
            "line 1, column C: missing; found question, A, B, D, answer; `columns` "
            "choices=A+B says that these are all");
  EXPECT_EQ(error_of("question,text,answer\n"),
            "line 1, columns of the choices: missing; found question, text, answer, "
            "expected choices (a list) or choice0, choice1, … or A, B, …; name them by "
            "`columns`");
  EXPECT_EQ(
      error_of("question,A,B,answer\n", parse_columns("question=Qestion").value()),
      "line 1, column Qestion: missing; found question, A, B, answer; did you mean "
      "question?");
}

TEST(Csv, a_column_that_stands_twice_is_an_error) {
  EXPECT_EQ(error_of("question,A,B,answer,answer\n"),
            "line 1, column answer: there are two of that name");
}

TEST(Csv, a_quote_that_is_never_closed_is_named_where_it_opens) {
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,1\nR,a,\"b,c,d,1\nS,a,b,c,d,1\n")),
            "line 3, column 3, byte 5: the quote that opens here is never closed");
}

TEST(Csv, a_stray_quote_is_an_error_with_line_and_column) {
  EXPECT_THAT(error_of(with_header("Q,a,b\"x\",c,d,1\n")),
              HasSubstr("line 2, column 3, byte 6: found a quote inside a field"));
  EXPECT_THAT(
      error_of(with_header("Q,a,\"b\"x,c,d,1\n")),
      HasSubstr("line 2, column 3, byte 8: found text after the closing quote"));
}

TEST(Csv, a_lone_carriage_return_is_an_error) {
  EXPECT_THAT(error_of("question,A,B,answer\rQ,a,b,A\r"),
              HasSubstr("line 1, column 4, byte 20: found CR without LF"));
}

TEST(Csv, bytes_that_are_no_utf8_are_named_with_line_and_byte) {
  EXPECT_EQ(error_of(with_header("Q,a,b,c,d,1\ncaf\xE9,a,b,c,d,1\n")),
            "line 3, byte 4: found the byte 0xE9, which is not valid UTF-8; save the "
            "file as UTF-8 (Excel: CSV UTF-8)");
  EXPECT_THAT(error_of("\xFF\xFEq\0"),
              HasSubstr("found UTF-16, expected UTF-8; save the file as UTF-8"));
}

TEST(Csv, a_nul_byte_is_an_error) {
  using namespace std::string_view_literals;

  EXPECT_EQ(error_of("question,A,B,answer\nQ\0,a,b,A\n"sv),
            "line 2, byte 2: found a NUL byte, expected text");
}

TEST(Csv, an_empty_file_and_a_header_alone_are_errors) {
  EXPECT_EQ(error_of(""), "the file is empty");
  EXPECT_EQ(error_of("\xEF\xBB\xBF"), "the file is empty");
  EXPECT_EQ(error_of("\n\n"), "there is no question in it");
  EXPECT_EQ(error_of(header), "there is no question in it");
}

TEST(Csv, one_id_twice_is_an_error_that_names_both_lines) {
  EXPECT_EQ(error_of("id,question,A,B,answer\n7,Q,a,b,A\n8,R,a,b,A\n7,S,a,b,A\n"),
            "line 4, column id: found 7, which line 2 has already");
}

TEST(Csv, a_list_cannot_be_in_one_column) {
  EXPECT_THAT(error_of("question,opts,answer\nQ,\"[a, b]\",A\n",
                       parse_columns("choices=opts").value()),
              HasSubstr("line 2, column opts: found [a, b], expected a list"));
}

TEST(Csv, errors_are_about_data) {
  EXPECT_EQ(read("x\n").error().fault, Fault::data);
}

TEST(Columns, name_every_part_of_a_question) {
  const auto columns =
      parse_columns("question=Q,choices=A+B+C+D,answer=Key,subject=S,id=I");

  ASSERT_TRUE(columns) << columns.error().message;
  EXPECT_EQ(columns->question, "Q");
  EXPECT_THAT(columns->choices, ElementsAre("A", "B", "C", "D"));
  EXPECT_EQ(columns->answer, "Key");
  EXPECT_EQ(columns->subject, "S");
  EXPECT_EQ(columns->id, "I");
}

TEST(Columns, are_usage_errors_where_they_cannot_be_read) {
  const auto error = [](std::string_view text) {
    const auto columns = parse_columns(text);
    EXPECT_FALSE(columns);
    EXPECT_EQ(columns.error().fault, Fault::usage);
    return columns.error().message;
  };

  EXPECT_THAT(error("quesion=Q"), HasSubstr("did you mean question?"));
  EXPECT_EQ(error("question=Q,question=R"), "question is named twice");
  EXPECT_THAT(error("question"), HasSubstr("found question, expected a form such as"));
  EXPECT_THAT(error(""), HasSubstr("found nothing"));
  EXPECT_THAT(error("choices=A++B"), HasSubstr("has an empty name"));
  EXPECT_THAT(error("choices=A+A"), HasSubstr("names A twice"));
}

}  // namespace
}  // namespace proctor
