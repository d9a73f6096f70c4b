#include <algorithm>

#include "proctor/dataset/correction.h"
#include "proctor/dataset/row_reader.h"

namespace proctor {
namespace {

// Without the choices that read "N/A"; the right one keeps its text.
Status drop_not_applicable(Question& question) {
  const auto not_applicable = [](const std::string& choice) { return choice == "N/A"; };
  const auto right = question.choices.begin() + question.right;
  if (not_applicable(*right)) {
    return fail(Fault::data, "the right answer, {}, is N/A", letter_of(question.right));
  }
  question.right -=
      static_cast<int>(std::count_if(question.choices.begin(), right, not_applicable));
  std::erase_if(question.choices, not_applicable);
  return {};
}

}  // namespace

Status QuestionList::add(const Layout& layout, std::span<const Value> values,
                         std::size_t row) {
  const RowReader read(words_, layout, values, row);
  Question question;
  question.subject = subject_;
  if (layout.subject && !read.is_blank(*layout.subject)) {
    question.subject = TRY(read.name(*layout.subject));
  }
  question.text = TRY(read.question());
  question.unasked = read.unasked();
  Choices choices = TRY(read.choices());
  if (!answers_) {
    answers_.emplace(
        layout.names[*(layout.answer ? layout.answer : layout.answer_index)],
        layout.answers.first || layout.answers.are_texts);
  }
  question.right = TRY(read.right(choices, *answers_));
  question.choices = std::move(choices.texts);
  if (layout.error_type) {
    const std::string correction =
        layout.correction ? TRY(read.text_or_nothing(*layout.correction)) : "";
    correct(question, TRY(read.text_or_nothing(*layout.error_type)), correction);
  }
  if (layout.worked) question.worked = TRY(read.text_or_nothing(*layout.worked));
  if (layout.drops_not_applicable) {
    TRY(drop_not_applicable(question).in(fmt::format("{} {}", words_.row, row)));
  }
  question.index = count_by_subject_[question.subject]++;
  if (layout.id) {
    question.id = TRY(read.name(*layout.id));
    const auto [first, is_new] = rows_by_id_.emplace(question.id, row);
    if (!is_new) {
      return fail(Fault::data, "{}: found {}, which {} {} has already",
                  read.place(*layout.id), shown(Value::of_text(question.id)),
                  words_.row, first->second);
    }
  } else {
    question.id = id_of(question.subject, split_, question.index);
  }
  questions_.push_back(std::move(question));
  return {};
}

Result<std::vector<Question>> QuestionList::finish() && {
  if (questions_.empty()) return fail(Fault::data, "there is no question in it");
  TRY(answers_->check());
  return std::move(questions_);
}

}  // namespace proctor
