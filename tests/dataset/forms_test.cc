// The forms that people's files have: how choices, answers and rows may stand in them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Read = Result<std::vector<Question>>;

std::optional<Columns> columns(std::string_view text) {
  return take(parse_columns(text));
}

Read csv(std::string_view content, const std::optional<Columns>& named = {}) {
  return read_csv(content, named, "s", "test");
}
Read json(std::string_view content, const std::optional<Columns>& named = {}) {
  return read_json(content, named, "s", "test");
}

// "text|choice|choice=B" of each question, or the error.
std::vector<std::string> seen(const Read& read) {
  if (!read) return {"error: " + read.error().message};
  std::vector<std::string> all;
  for (const Question& question : *read) {
    all.push_back(fmt::format("{}|{}={}", question.text, join(question.choices, "|"),
                              letter_of(question.right)));
  }
  return all;
}

std::string error_of(const Read& read) {
  return read ? "no error" : read.error().message;
}

// ---- Choices ----

TEST(Forms, choices_are_columns_of_one_series_whatever_its_name) {
  for (const std::string names :
       {"A,B,C", "option_a,option_b,option_c", "optionA,optionB,optionC", "opa,opb,opc",
        "choice_1,choice_2,choice_3", "option1,option2,option3",
        "Option 1,Option 2,Option 3", "choice_a,choice_b,choice_c",
        "Choice A,Choice B,Choice C", "opt1,opt2,opt3"}) {
    EXPECT_THAT(seen(csv("question," + names + ",answer\nQ,x,y,z,B\n")),
                ElementsAre("Q|x|y|z=B"))
        << names;
  }
}

TEST(Forms, a_number_is_refused_where_the_choices_names_count_from_1) {
  constexpr std::string_view text =
      "question,choice_1,choice_2,choice_3,answer\nQ,x,y,z,2\n";

  EXPECT_THAT(
      error_of(csv(text)),
      HasSubstr("line 2, column answer: found 2, which may be choice_2 or, counted "
                "from 0, choice_3; `columns` answer=answer@1 says the first, "
                "answer=answer@0 the second"));
  EXPECT_THAT(seen(csv(text, columns("answer=answer@1"))), ElementsAre("Q|x|y|z=B"));
  EXPECT_THAT(seen(csv(text, columns("answer=answer@0"))), ElementsAre("Q|x|y|z=C"));
}

TEST(Forms, a_series_that_counts_from_0_is_read_from_its_0) {
  for (const std::string word : {"choice", "option", "opt", "Opt ", "option_"}) {
    EXPECT_THAT(
        seen(csv(fmt::format("question,{0}0,{0}1,{0}2,answer\nQ,x,y,z,1\n", word))),
        ElementsAre("Q|x|y|z=B"))
        << word;
  }
}

TEST(Forms, a_number_is_refused_where_the_columns_that_are_named_count_from_1) {
  for (const std::string word : {"choice_", "opt", "Wahl ", "a"}) {
    const std::string text =
        fmt::format("question,{0}1,{0}2,{0}3,key\nQ,x,y,z,2\n", word);
    const std::string named = fmt::format("choices={0}1+{0}2+{0}3,answer=key", word);

    EXPECT_THAT(
        error_of(csv(text, columns(named))),
        HasSubstr(fmt::format("found 2, which may be {0}2 or, counted from 0, {0}3; "
                              "`columns` answer=key@1 says the first",
                              word)));
    EXPECT_THAT(seen(csv(text, columns(named + "@1"))), ElementsAre("Q|x|y|z=B"));
    EXPECT_THAT(seen(csv(text, columns(named + "@0"))), ElementsAre("Q|x|y|z=C"));
  }
  EXPECT_THAT(seen(csv("question,r,w1,w2,key\nQ,x,y,z,1\n",
                       columns("choices=r+w1+w2,answer=key"))),
              ElementsAre("Q|x|y|z=B"));
}

TEST(Forms, columns_that_are_named_in_another_order_make_their_letters_ambiguous) {
  for (const std::string answer : {"A", "a", "(A)"}) {
    const std::string text = "question,A,B,C,answer\nQ,x,y,z," + answer + "\n";
    EXPECT_EQ(error_of(csv(text, columns("choices=C+B+A"))),
              "line 2, column answer: found " + answer +
                  ", which may be A or the choice at that place; `columns` choices= "
                  "takes the columns in the order of their letters or numbers");
    EXPECT_THAT(seen(csv(text, columns("choices=A+B+C"))), ElementsAre("Q|x|y|z=A"));
  }
  EXPECT_THAT(
      error_of(csv("question,c0,c1,answer\nQ,x,y,0\n", columns("choices=c1+c0"))),
      HasSubstr("found 0, which may be c0 or the choice at that place"));
  EXPECT_THAT(
      error_of(csv("question,c1,c2,answer\nQ,x,y,2\n", columns("choices=c2+c1"))),
      HasSubstr("found 2, which may be c2 or the choice at that place"));
  EXPECT_THAT(seen(csv("question,Option A,Option B,answer\nQ,x,y,Option A\n",
                       columns("choices=Option B+Option A"))),
              ElementsAre("Q|y|x=B"));
  EXPECT_THAT(
      seen(csv("question,r,w_a,w_b,answer\nQ,x,y,z,A\n", columns("choices=r+w_a+w_b"))),
      ElementsAre("Q|x|y|z=A"));
}

TEST(Forms, an_answer_may_be_the_name_of_a_column) {
  EXPECT_THAT(seen(csv("question,opa,opb,cop\nQ,x,y,opb\n")), ElementsAre("Q|x|y=B"));
}

TEST(Forms, other_names_of_an_answer_are_known_where_there_is_no_usual_one) {
  EXPECT_THAT(seen(csv("question,A,B,correct_answer\nQ,x,y,y\n")),
              ElementsAre("Q|x|y=B"));
  EXPECT_THAT(seen(csv("question,A,B,answer_index,correct_answer\nQ,x,y,1,the y\n")),
              ElementsAre("Q|x|y=B"));
  EXPECT_THAT(error_of(csv("question,A,B,error_type,correct_answer\nQ,x,y,ok,y\n")),
              HasSubstr("column answer: missing"));
}

TEST(Forms, a_column_is_no_choice_for_a_letter_in_its_name) {
  EXPECT_THAT(seen(csv("question,A,B,_c,answer\nQ,x,y,z,B\n")), ElementsAre("Q|x|y=B"));
}

TEST(Forms, empty_choices_at_the_end_of_a_row_are_none) {
  EXPECT_THAT(seen(csv("question,A,B,C,D,E,answer\nQ,x,y,z,w,,B\nR,x,y,,,,A\n")),
              ElementsAre("Q|x|y|z|w=B", "R|x|y=A"));
  EXPECT_EQ(error_of(csv("question,A,B,C,D,E,answer\nQ,x,y,,w,,B\n")),
            "line 2, column C: found nothing, expected text");
  EXPECT_EQ(error_of(csv("question,A,B,C,answer\nQ,x,,,A\n")),
            "line 2, column B: found nothing, expected text");
  EXPECT_THAT(error_of(csv("question,A,B,C,D,E,answer\nQ,x,y,z,w,,E\n")),
              HasSubstr("found E, expected A to D"));
  EXPECT_THAT(
      seen(json(
          R"({"question":"Q","options":{"A":"x","B":"y","C":null},"answer":"B"})")),
      ElementsAre("Q|x|y=B"));
}

TEST(Forms, choices_with_labels_stand_in_any_of_three_ways) {
  for (const std::string choices :
       {R"({"text":["x","y"],"label":["1","2"]})",
        R"({"text":["x","y"],"label":[1,2]})", R"({"1":"x","2":"y"})",
        R"([{"label":"1","text":"x"},{"label":"2","text":"y"}])"}) {
    EXPECT_THAT(
        seen(json(R"({"question":"Q","choices":)" + choices + R"(,"answerKey":"2"})")),
        ElementsAre("Q|x|y=B"))
        << choices;
  }
}

TEST(Forms, a_question_may_be_an_object_of_its_parts) {
  EXPECT_THAT(
      seen(json(
          R"({"id":"7","question":{"stem":"Q","choices":[{"text":"x","label":"A"},{"text":"y","label":"B"}]},"answerKey":"B"})")),
      ElementsAre("Q|x|y=B"));
}

TEST(Forms, choices_may_be_whole_numbers) {
  EXPECT_THAT(seen(json(R"({"question":"Q","choices":[3,4,5],"answer":"C"})")),
              ElementsAre("Q|3|4|5=C"));
  EXPECT_THAT(error_of(json(R"({"question":"Q","choices":[0.5,1.5],"answer":"A"})")),
              HasSubstr("found a list that holds other than text"));
}

TEST(Forms, a_list_may_be_written_in_text) {
  const auto written = [](std::string list) {
    return seen(csv("question,choices,answer\nQ,\"" + replace_all(list, "\"", "\"\"") +
                    "\",B\n"));
  };

  for (const std::string list :
       {"['x', 'y']", R"(["x", "y"])", "[ 'x',\n 'y' ]", "['x' 'y']", "['x'\n 'y']",
        "array(['x', 'y'], dtype=object)", "array(['x', 'y'], dtype='<U1')",
        "{'text': ['x', 'y'], 'label': ['A', 'B']}", "{'A': 'x', 'B': 'y'}",
        "{'text': array(['x', 'y'], dtype=object), 'label': array(['A', 'B'],\n "
        "dtype=object)}"}) {
    EXPECT_THAT(written(list), ElementsAre("Q|x|y=B")) << list;
  }
  EXPECT_THAT(
      written(R"(["it's", 'say "x"', 'it\'s "y"', '\\', 'a\nb', '\xe9\u3042'])"),
      ElementsAre("Q|it's|say \"x\"|it's \"y\"|\\|a\nb|\u00e9\u3042=B"));
  EXPECT_THAT(written(R"(["\ud83d\ude00", "\/"])"), ElementsAre("Q|\U0001F600|/=B"));
  EXPECT_THAT(written("[3, 4.50, -1]"), ElementsAre("Q|3|4.50|-1=B"));
}

TEST(Forms, text_that_only_looks_like_a_list_is_refused) {
  for (const std::string list :
       {"[x, y]", "['x', 'y'", "['x' 'y', 'z']", "['it''s', 'y']", "['x', 'y'] z",
        R"(['x', '\q'])", "x; y", "['x', ...]"}) {
    EXPECT_THAT(error_of(csv("question,choices,answer\nQ,\"" + list + "\",B\n")),
                HasSubstr("line 2, column choices: found "))
        << list;
  }
}

TEST(Forms, columns_of_choices_beside_a_list_in_text_are_read_as_before) {
  EXPECT_THAT(seen(csv("question,A,B,choices,answer\nQ,x,y,\"['p','q']\",B\n")),
              ElementsAre("Q|x|y=B"));
}

// ---- Answers ----

TEST(Forms, a_letter_may_have_brackets_a_point_a_word_or_its_text_about_it) {
  for (const std::string answer :
       {"B", "b", "(B)", "(b)", "[B]", "B.", "B)", "B:", "Option B", "option b",
        "Choice (B)", "B) y", "B. y", "(B) y", " B "}) {
    EXPECT_THAT(seen(csv("question,A,B,answer\nQ,x,y," + answer + "\n")),
                ElementsAre("Q|x|y=B"))
        << answer;
  }
  EXPECT_EQ(
      error_of(csv("question,A,B,answer\nQ,x,y,B) x\n")),
      "line 2, column answer: found B) x, expected A to B or 0 to 1, or the text of "
      "one choice");
  EXPECT_THAT(error_of(csv("question,A,B,answer\nQ,x,y,A or B\n")),
              HasSubstr("found A or B"));
}

TEST(Forms, an_answer_may_be_the_text_of_one_choice) {
  EXPECT_THAT(seen(csv("question,A,B,answer\nQ,Rome,Paris,Paris\n")),
              ElementsAre("Q|Rome|Paris=B"));
  EXPECT_THAT(seen(json(R"({"question":"Q","choices":["7","9"],"answer":"9"})")),
              ElementsAre("Q|7|9=B"));
  EXPECT_THAT(error_of(csv("question,A,B,answer\nQ,Rome,Rome,Rome\n")),
              HasSubstr("found Rome, expected"));
}

TEST(Forms, of_choices_with_labels_a_label_comes_first_then_a_text_then_a_letter) {
  const auto seen_for = [](std::string_view choices, std::string_view answer) {
    return seen(json(fmt::format(R"({{"question":"Q","choices":{},"answer":"{}"}})",
                                 choices, answer)));
  };

  EXPECT_THAT(seen_for(R"({"A":"B","B":"x"})", "B"), ElementsAre("Q|B|x=B"));
  EXPECT_THAT(seen_for(R"({"A":"b","B":"x"})", "b"), ElementsAre("Q|b|x=A"));
  EXPECT_THAT(seen_for(R"({"A":"x","B":"A."})", "A."), ElementsAre("Q|x|A.=B"));
  EXPECT_THAT(seen_for(R"({"a":"x","b":"y"})", "B"), ElementsAre("Q|x|y=B"));
  EXPECT_THAT(seen_for(R"({"a":"x","b":"y"})", "(B)"), ElementsAre("Q|x|y=B"));
}

TEST(Forms, places_and_texts_are_not_mixed_in_one_file) {
  EXPECT_EQ(
      error_of(csv("question,A,B,answer\nQ,7,9,9\nR,7,9,1\n")),
      "line 3, column answer: found 1, a choice's letter or number, but 9 is the "
      "text of one (line 2, column answer); `columns` answer=answer@text takes all "
      "as texts");
}

TEST(Forms, what_is_one_choices_number_and_anothers_text_in_every_row_is_refused) {
  constexpr std::string_view text = "question,A,B,C,answer\nQ,2,1,0,2\nR,1,2,3,1\n";

  EXPECT_EQ(error_of(csv(text)),
            "line 2, column answer: found 2, which names one choice and is the text of "
            "another; `columns` answer=answer@text says that it is the text, "
            "answer=answer@0 that it is the number or letter");
  EXPECT_THAT(seen(csv(text, columns("answer=answer@text"))),
              ElementsAre("Q|2|1|0=A", "R|1|2|3=A"));
  EXPECT_THAT(seen(csv(text, columns("answer=answer@0"))),
              ElementsAre("Q|2|1|0=C", "R|1|2|3=B"));
}

TEST(Forms, one_row_that_has_no_such_choice_says_that_all_are_places) {
  EXPECT_THAT(seen(csv("question,A,B,C,answer\nQ,2,1,0,2\nR,x,y,z,1\n")),
              ElementsAre("Q|2|1|0=C", "R|x|y|z=B"));
}

TEST(Forms, a_number_of_json_is_no_text_unless_the_user_says_so) {
  constexpr std::string_view text =
      R"({"question":"Q","choices":["7","9"],"answer":9})";

  EXPECT_THAT(seen(json(R"({"question":"Q","choices":["1","2"],"answer":1})")),
              ElementsAre("Q|1|2=B"));
  EXPECT_THAT(error_of(json(text)),
              HasSubstr("found 9, expected A to B or 0 to 1; `columns` "
                        "answer=answer@text says that it is"));
  EXPECT_THAT(seen(json(text, columns("answer=answer@text"))), ElementsAre("Q|7|9=B"));
}

TEST(Forms, a_number_may_have_the_point_that_pandas_gave_it) {
  EXPECT_THAT(seen(csv("question,A,B,answer\nQ,x,y,1.0\n")), ElementsAre("Q|x|y=B"));
  EXPECT_THAT(seen(json(R"({"question":"Q","choices":["x","y"],"answer":1.0})")),
              ElementsAre("Q|x|y=B"));
  EXPECT_THAT(error_of(csv("question,A,B,answer\nQ,x,y,1.5\n")),
              HasSubstr("found 1.5"));
}

TEST(Forms, answers_are_not_said_to_count_from_1_where_a_0_is_among_them) {
  EXPECT_EQ(error_of(csv("question,A,B,answer\nQ,x,y,0\nR,x,y,2\n")),
            "line 3, column answer: found 2, expected A to B or 0 to 1");
}

TEST(Forms, a_premise_that_is_not_asked_is_known) {
  const auto read = csv("premise,question,A,B,answer\nTom ate.,Who?,x,y,B\n");

  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->front().unasked, "premise");
}

// ---- Subjects and names ----

TEST(Forms, a_row_whose_subject_is_blank_belongs_to_the_files) {
  const auto subjects = [](Read read) {
    std::vector<std::string> all;
    for (const Question& question : take(std::move(read)))
      all.push_back(question.subject);
    return all;
  };

  EXPECT_THAT(subjects(csv("question,A,B,answer,subject\nQ,x,y,A,\nR,x,y,A,law\n")),
              ElementsAre("s", "law"));
  EXPECT_THAT(
      subjects(json(R"({"question":"Q","choices":["x"],"answer":0,"subject":null})"
                    "\n"
                    R"({"question":"Q","choices":["x"],"answer":0,"subject":7})")),
      ElementsAre("s", "7"));
  EXPECT_THAT(
      subjects(json(
          R"({"question":"Q","choices":["x"],"answer":0,"meta":{"subject":"law"}})",
          columns("subject=meta.subject"))),
      ElementsAre("law"));
}

TEST(Forms, blanks_about_a_name_in_a_header_are_none_of_it) {
  EXPECT_THAT(seen(csv("question, A, B, C, answer \nQ,x, y,z,B\n")),
              ElementsAre("Q|x| y|z=B"));
  EXPECT_THAT(seen(csv(" question , A, B, answer \nQ,x,y,B\n")),
              ElementsAre("Q|x|y=B"));
  EXPECT_THAT(seen(csv("Frage , A,B,answer\nQ,x,y,B\n",
                       columns("question=Frage ,choices= A+B"))),
              ElementsAre("Q|x|y=B"));
  EXPECT_THAT(
      seen(csv("Frage ; A;B; Key\nQ;x;y;B\n", columns("question=Frage,answer=Key"))),
      ElementsAre("Q|x|y=B"));
}

TEST(Forms, a_choice_that_is_missing_between_others_may_be_said_to_be_none) {
  constexpr std::string_view text = "question,A,B,F,answer\nQ,x,y,no choice,B\n";

  EXPECT_THAT(error_of(csv(text)),
              HasSubstr("column C: missing; found question, A, B, F, answer; "
                        "`columns` choices=A+B says that these are all"));
  EXPECT_THAT(seen(csv(text, columns("choices=A+B"))), ElementsAre("Q|x|y=B"));
}

// ---- Tables of text ----

TEST(Forms, fields_may_be_parted_by_tabs_and_semicolons) {
  EXPECT_THAT(seen(csv("question\tA\tB\tanswer\r\nQ, or \"P\"\tx;y\tz\tB\r\n")),
              ElementsAre("Q, or \"P\"|x;y|z=B"));
  EXPECT_THAT(seen(csv("\xEF\xBB\xBFquestion;A;B;answer\nQ;1,5;2,5;B\n")),
              ElementsAre("Q|1,5|2,5=B"));
  EXPECT_THAT(seen(csv("What, then?\ta\tb\tc\td\tC\n")),
              ElementsAre("What, then?|a|b|c|d=C"));
  EXPECT_THAT(seen(csv("\"a\tb\"\ta\tb\tc\td\tC\n")), ElementsAre("a\tb|a|b|c|d=C"));
}

TEST(Forms, between_tabs_a_quote_that_none_closes_is_one_more_character) {
  const std::string header = "question\tA\tB\tanswer\n";

  EXPECT_THAT(seen(csv(header + "\"Q\tx\ty\tA\n\"R\" it says\t\"z\"\tw\tB\n")),
              ElementsAre("\"Q|x|y=A", "\"R\" it says|z|w=B"));
  EXPECT_THAT(seen(csv(header + "\"Q \"\"1\"\"\"\t\"x\nz\"\t\"y\tw\"\tA\n")),
              ElementsAre("Q \"1\"|x\nz|y\tw=A"));
  EXPECT_EQ(error_of(csv(header + "\"Q\tx\ty\tA\nR\"\tx\ty\tA\n")),
            "line 2, column 1, byte 1: found a quote that opens a field of tabs and "
            "lines, or is one more character; put the field in quotes and double it");
}

TEST(Forms, the_error_is_that_of_the_separator_that_parts_the_first_line) {
  EXPECT_THAT(error_of(csv("question\tA\tC\tD\tE\tF\tanswer\nQ,\tx\ty\tz\tx\ty\tA\n")),
              HasSubstr("line 1, column"));
  EXPECT_THAT(error_of(csv("Frage;x;y;Antwort\nQ;1;2;A\n")),
              HasSubstr("found 4 fields"));
  EXPECT_EQ(error_of(csv("question;A;B;answer\nQ;\"x\"y;z;A\n")),
            "line 2, column 2, byte 6: found text after the closing quote, expected a "
            "semicolon or the line's end; a quote inside a field is doubled");
}

// ---- JSON documents ----

const std::vector<std::string> two = {"Q|x|y=B", "R|z|w=A"};

TEST(Forms, the_rows_of_a_json_document_stand_in_many_ways) {
  const std::string rows =
      R"([{"question":"Q","choices":["x","y"],"answer":1},
          {"question":"R","choices":["z","w"],"answer":0}])";
  for (
      const std::string& document :
      {rows, replace_all(rows, "\n", ""), R"({"data": )" + rows + "}",
       R"({"version": 1, "about": ["a"], "questions": )" + rows + "}",
       std::string(R"({"question": ["Q", "R"], "choices": [["x","y"],["z","w"]],
                        "answer": [1, 0], "title": "t"})"),
       std::string(
           R"({"question":{"0":"Q","1":"R"},"choices":{"0":["x","y"],"1":["z","w"]},"answer":{"0":1,"1":0}})"),
       std::string(R"({"0":{"question":"Q","choices":["x","y"],"answer":1},
                        "1":{"question":"R","choices":["z","w"],"answer":0}})"),
       std::string(R"({"columns":["question","choices","answer"],"index":[0,1],
                        "data":[["Q",["x","y"],1],["R",["z","w"],0]]})"),
       std::string(R"({"features":[{"feature_idx":0,"name":"question"}],"rows":[
          {"row_idx":0,"row":{"question":"Q","choices":["x","y"],"answer":1},"truncated_cells":[]},
          {"row_idx":1,"row":{"question":"R","choices":["z","w"],"answer":0},"truncated_cells":[]}]})")}) {
    EXPECT_EQ(seen(json(document)), two) << document;
  }
}

TEST(Forms, one_question_over_many_lines_is_one_question) {
  EXPECT_THAT(
      seen(json(
          "{\n\"question\": \"Q\",\n\"choices\": [\"x\", \"y\"],\n\"answer\": 1\n}\n")),
      ElementsAre("Q|x|y=B"));
}

TEST(Forms, a_row_whose_question_is_an_object_of_texts_is_no_table) {
  EXPECT_THAT(
      error_of(json(
          R"({"question":{"text":"Q","lang":"en"},"choices":["x","y"],"answer":1})")),
      HasSubstr("line 1, key question: missing; found question.text, question.lang, "));
}

TEST(Forms, columns_name_the_parts_of_a_document_too) {
  EXPECT_THAT(seen(json(R"({"items": [{"Q": "Q", "o": ["x", "y"], "k": 1}]})",
                        columns("question=Q,choices=o,answer=k"))),
              ElementsAre("Q|x|y=B"));
  EXPECT_THAT(
      seen(json(R"({"question": {"t": "Q", "n": "1"}, "o": ["x", "y"], "k": 1})",
                columns("question=question.t,choices=o,answer=k"))),
      ElementsAre("Q|x|y=B"));
}

TEST(Forms, a_split_beside_the_questions_is_not_passed_over) {
  const std::string list = R"([{"question":"Q","choices":["x"],"answer":0}])";
  for (const std::string other :
       {R"("test":[])", R"("test":[{"question":"Q","choices":["x"]}])",
        R"("validation":[{"text":"Q"}])",
        R"("Test":{"question":["Q"],"choices":[["x"]],"answer":[0]})"}) {
    EXPECT_THAT(error_of(json("{\"train\":" + list + "," + other + "}")),
                HasSubstr("found 2 splits, train, "))
        << other;
  }
  for (const std::string other :
       {R"("test":3)", R"("about":[{"by":"me"}])", R"("empty":[])"}) {
    EXPECT_THAT(seen(json("{\"train\":" + list + "," + other + "}")),
                ElementsAre("Q|x=A"))
        << other;
  }
}

TEST(Forms, of_several_splits_in_one_document_the_one_that_is_asked_for_is_read) {
  const std::string text =
      R"({"train":[{"question":"Q","choices":["x"],"answer":0}],"val":[{"question":"R","choices":["y"],"answer":0}],"test":[{"question":"S","choices":["z"],"answer":0}]})";

  EXPECT_THAT(seen(json(text)), ElementsAre("S|z=A"));
  EXPECT_THAT(seen(read_json(text, {}, "s", "train")), ElementsAre("Q|x=A"));
  EXPECT_THAT(seen(read_json(text, {}, "s", "validation")), ElementsAre("R|y=A"));
}

TEST(Forms, what_is_said_once_beside_a_list_is_each_row_s_where_columns_name_it) {
  const std::string text =
      R"({"subject":"law","data":[{"question":"Q","choices":["x"],"answer":0},{"question":"R","choices":["y"],"answer":0,"subject":"art"}]})";

  EXPECT_EQ(take(json(text))[0].subject, "s");
  const auto named = take(json(text, columns("subject=subject")));
  EXPECT_EQ(named[0].subject, "law");
  EXPECT_EQ(named[1].subject, "art");
}

TEST(Forms, a_subject_or_passage_beside_columns_is_that_of_every_row) {
  const auto read = json(
      R"({"id":"set 1","article":"Tom ate.","subject":"law","question":["Q","R"],"choices":[["x","y"],["z","w"]],"answer":[1,0]})");

  EXPECT_EQ(seen(read), two);
  for (const Question& question : *read) {
    EXPECT_EQ(question.subject, "law");
    EXPECT_EQ(question.unasked, "article");
  }
  EXPECT_THAT(
      seen(json(
          R"({"c":"Tom ate.","question":["Q"],"choices":[["x","y"]],"answer":[1]})",
          columns("context=c"))),
      ElementsAre("Tom ate.\n\nQ|x|y=B"));
}

TEST(Forms, a_page_of_the_datasets_server_is_not_taken_for_all_rows) {
  const std::string page =
      R"({"rows":[{"row_idx":0,"row":{"question":"Q","choices":["x"],"answer":0}}],"num_rows_total":)";

  EXPECT_EQ(error_of(json(page + "2}")),
            "found 1 of 2 rows (num_rows_total); take the data set's own files");
  EXPECT_THAT(seen(json(page + "1}")), ElementsAre("Q|x=A"));
}

TEST(Forms, a_document_that_cannot_be_read_says_why) {
  EXPECT_EQ(
      error_of(json(R"({"question":["Q","R"],"choices":[["x"]],"answer":[0,0]})")),
      "key choices: found 1 values, but question has 2");
  EXPECT_EQ(error_of(json(
                R"({"question":{"0":"Q"},"choices":{"1":["x"]},"answer":{"0":0}})")),
            "key choices: found 1 values, but question has 1 of other names");
  EXPECT_EQ(
      error_of(json(
          R"({"train":[{"question":"Q","choices":["x"],"answer":0}],"dev":[{"question":"Q","choices":["x"],"answer":0}]})")),
      "found 2 splits, train, dev; `split` train takes that one, or give a file that "
      "holds one, such as `jq .train FILE` writes");
  EXPECT_THAT(
      error_of(json("[{\"question\":\"Q\",\n\"choices\":[\"x\"],\"answer\":0},\n")),
      testing::EndsWith("; is the file cut off?"));
  EXPECT_EQ(error_of(json(R"([{"question":"Q","choices":["x"],"answer":4}])")),
            "item 1, key answer: found 4, expected A or 0");
  EXPECT_THAT(error_of(json(R"({"data":[{"ask":"Q","choices":["x"],"answer":4}]})")),
              HasSubstr("item 1, key question: missing; found ask, choices, answer"));
  EXPECT_THAT(
      error_of(json(
          R"({"rows":[{"row_idx":0,"row":{"question":"Q","choices":["x"],"answer":0},"truncated_cells":["question"]}]})")),
      HasSubstr("item 1: the datasets-server has shortened it"));
}

}  // namespace
}  // namespace proctor
