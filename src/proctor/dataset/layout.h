// Which column or key of a file plays which part in a question, and the one place where
// rows, whatever format they came in, become checked questions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/dataset/dataset.h"
#include "proctor/dataset/meaning.h"

namespace proctor {

// How a format speaks of its parts in an error: "line 7, column answer".
struct Words {
  std::string_view row;    // "line", "row"
  std::string_view field;  // "column", "key"
};

// Positions among a file's columns.
struct Layout {
  std::vector<std::string> names;  // of all columns
  std::size_t question = 0;
  std::vector<std::size_t> choices;  // one that holds a list, or one a choice
  bool choices_are_a_list = false;
  bool may_end_empty = false;  // the last of one a choice: a row may have fewer
  bool one_choice = false;  // the user named a single column: text in it is the choice
  std::optional<std::size_t> answer, answer_index;  // at least one of them
  AnswerStyle answers;                              // what the answer column holds
  std::optional<std::size_t> subject, id, worked, context;
  std::vector<std::size_t> passages;  // not asked: article, context, …
  std::optional<std::size_t> error_type, correction;  // MMLU-Redux's
  // MMLU-Pro fills its lists up with "N/A", which are no choices.
  bool drops_not_applicable = false;
};

// By `columns`, and for what it leaves open by the names in use: question,
// question_stem; choices or options (a list), or a column each: choice0…, A…, option_a…
// and their like; answer, answerKey, answer_index, and where there is none of them
// answer_key, correct_answer, cop; subject or category; id, question_id or sample_id;
// cot_content; error_type with correct_answer. Without `lists` a column of each choice
// is looked for before a list of them. Fault::data names what is missing and what there
// is; it begins with `place`: "line 1, " or nothing.
Result<Layout> layout_of(std::vector<std::string> names,
                         const std::optional<Columns>& columns, const Words& words,
                         bool lists, std::string_view place);

// Whether it is a usual name of a question or of its answer, blanks about it or not.
bool names_a_part(std::string_view name);

// "subject" or "context", if it is a usual name of one or of a passage; else empty.
std::string_view shared_part(std::string_view name);

// Collects rows and checks each: text, 1 to 26 choices, none blank, an answer among
// them, no NUL, valid UTF-8, an id of its own.
class QuestionList {
 public:
  // `subject` is for rows that name none, or a blank one.
  QuestionList(Words words, std::string subject, std::string split)
      : words_(words), subject_(std::move(subject)), split_(std::move(split)) {}

  // `row` counts from 1. Values stand as the layout's names do.
  Status add(const Layout& layout, std::span<const Value> values, std::size_t row);
  // All of them, numbered within their subjects. Fault::data if there is none, and for
  // what Answers::check() says of the answers together.
  Result<std::vector<Question>> finish() &&;

 private:
  Words words_;
  std::string subject_, split_;
  std::optional<Answers> answers_;
  std::vector<Question> questions_;
  std::map<std::string, std::size_t, std::less<>> rows_by_id_;
  std::map<std::string, int, std::less<>> count_by_subject_;
};

// "anatomy/test/3"
std::string id_of(std::string_view subject, std::string_view split, int index);

}  // namespace proctor
