#include "proctor/dataset/row_reader.h"

#include <simdjson.h>

namespace proctor {
namespace {

using Kind = Value::Kind;

std::string expected_of(const Choices& choices, const AnswerStyle& style) {
  if (style.are_texts) return "the text of one choice";
  if (!choices.labels.empty()) {
    return fmt::format("one of {}, or the text of a choice",
                       fit(for_terminal_line(join(choices.labels, ", ")), 60));
  }
  const int first = style.first.value_or(0);
  const int last = static_cast<int>(choices.texts.size()) - 1;
  if (last == 0) return fmt::format("A or {}", first);
  return fmt::format("A to {} or {} to {}", letter_of(last), first, last + first);
}

}  // namespace

std::string RowReader::place(std::size_t column) const {
  return fmt::format("{} {}, {} {}", words_.row, row_, words_.field,
                     layout_.names[column]);
}

bool RowReader::is_blank(std::size_t column) const {
  return proctor::is_blank(values_[column]);
}

Result<std::string> RowReader::text(std::size_t column) const {
  const Value& value = values_[column];
  if (value.kind != Kind::text || is_blank(column)) {
    return fail(Fault::data, "{}: found {}, expected text", place(column),
                shown(value));
  }
  TRY(check_bytes(value.text, column));
  return value.text;
}

Result<std::string> RowReader::name(std::size_t column) const {
  const Value& value = values_[column];
  if (value.kind == Kind::number) return fmt::format("{}", value.number);
  return text(column);
}

Result<std::string> RowReader::text_or_nothing(std::size_t column) const {
  const Value& value = values_[column];
  if (value.kind == Kind::none || (value.kind == Kind::text && value.text.empty())) {
    return std::string();
  }
  return name(column);
}

Result<std::string> RowReader::question() const {
  std::string asked = TRY(text(layout_.question));
  if (!layout_.context || is_blank(*layout_.context)) return asked;
  return TRY(text(*layout_.context)) + "\n\n" + asked;
}

std::string RowReader::unasked() const {
  if (layout_.context) return {};
  for (const std::size_t column : layout_.passages) {
    if (!is_blank(column)) return layout_.names[column];
  }
  return {};
}

Result<Choices> RowReader::choices() const {
  if (layout_.choices_are_a_list) return listed_choices();
  Choices choices;
  std::size_t count = layout_.choices.size();
  while (layout_.may_end_empty && count > 2 && is_blank(layout_.choices[count - 1])) {
    --count;
  }
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t column = layout_.choices[i];
    choices.are_numbers |= values_[column].kind == Kind::number;
    choices.texts.push_back(
        TRY(values_[column].has_point ? text(column) : name(column)));
  }
  return choices;
}

Result<Choices> RowReader::listed_choices() const {
  const std::size_t column = layout_.choices[0];
  const Value* list = &values_[column];
  std::optional<Value> written;
  if (list->kind == Kind::text) written = written_in(list->text);
  if (written) {
    list = &*written;
  } else if (list->kind == Kind::text && layout_.one_choice &&
             !looks_listed(list->text)) {
    return Choices{.texts = {TRY(text(column))}};
  }
  if (list->kind != Kind::list && list->kind != Kind::object) {
    return fail(Fault::data,
                "{}: found {}, expected a list; where each choice has a {} of its "
                "own, name them by `columns` choices=A+B+C+D",
                place(column), shown(*list), words_.field);
  }
  const Choices choices = TRY(choices_of(*list).in(place(column)));
  for (const std::string& choice : choices.texts) TRY(check_bytes(choice, column));
  return choices;
}

Result<int> RowReader::right(const Choices& choices, Answers& answers) const {
  const bool holds_a_zero = answers.hold_a_zero();
  if (layout_.answer && layout_.answer_index) {
    const AnswerStyle plain{.columns = layout_.answers.columns};
    const Meaning said =
        TRY(meaning(*layout_.answer, choices, layout_.answers, holds_a_zero));
    const Meaning counted =
        TRY(meaning(*layout_.answer_index, choices, plain, holds_a_zero));
    const int right = *(counted.place ? counted.place : counted.text);
    if (said.place != right && said.text != right) {
      return fail(Fault::data, "{}: found {}, but {} says {}",
                  place(*layout_.answer_index), letter_of(right),
                  layout_.names[*layout_.answer],
                  letter_of(*(said.place ? said.place : said.text)));
    }
    return right;
  }
  const std::size_t column = layout_.answer ? *layout_.answer : *layout_.answer_index;
  const Meaning means = TRY(meaning(column, choices, layout_.answers, holds_a_zero));
  if (choices.labels.empty()) {
    answers.add(values_[column], means, choices.texts.size(), place(column));
  }
  return *(means.place ? means.place : means.text);
}

Result<Meaning> RowReader::meaning(std::size_t column, const Choices& choices,
                                   const AnswerStyle& style, bool holds_a_zero) const {
  const Value& answer = values_[column];
  const Meaning meaning = meaning_of(answer, choices, style);
  const bool is_from_1 = meaning.named && number_in(answer) == *meaning.named + 1;
  if (meaning.named && meaning.named != meaning.place && !is_from_1) {
    return fail(Fault::data,
                "{}: found {}, which may be {} or the choice at that place; `columns` "
                "choices= takes the columns in the order of their letters or numbers",
                place(column), shown(answer),
                style.columns[static_cast<std::size_t>(*meaning.named)]);
  }
  if (!meaning.place && !meaning.text) {
    return no_choice(column, choices, style, holds_a_zero);
  }
  if (meaning.place && is_from_1) {
    const auto at = static_cast<std::size_t>(*meaning.place);
    return fail(Fault::data,
                "{0}: found {1}, which may be {2} or, counted from 0, {3}; `columns` "
                "answer={4}@1 says the first, answer={4}@0 the second",
                place(column), shown(answer), style.columns[at - 1], style.columns[at],
                layout_.names[column]);
  }
  return meaning;
}

tl::unexpected<Error> RowReader::no_choice(std::size_t column, const Choices& choices,
                                           const AnswerStyle& style,
                                           bool holds_a_zero) const {
  const Value& answer = values_[column];
  const auto number = number_in(answer);
  const auto count = static_cast<std::int64_t>(choices.texts.size());
  std::string hint;
  if (number == count && !style.first && !holds_a_zero && choices.labels.empty()) {
    hint = from_1_hint(layout_.names[column]);
  } else if (meaning_of(answer, choices, {.are_texts = true}).text) {
    hint = fmt::format("; `columns` answer={}@text says that it is a choice's text",
                       layout_.names[column]);
  } else if (!number && !style.first && !style.are_texts && choices.labels.empty() &&
             answer.kind == Kind::text && trimmed(answer.text).size() > 1) {
    hint = ", or the text of one choice";
  }
  return fail(Fault::data, "{}: found {}, expected {}{}", place(column), shown(answer),
              expected_of(choices, style), hint);
}

Status RowReader::check_bytes(std::string_view text, std::size_t column) const {
  if (!simdjson::validate_utf8(text.data(), text.size())) {
    return fail(Fault::data, "{}: not valid UTF-8", place(column));
  }
  if (text.find('\0') != std::string_view::npos) {
    return fail(Fault::data, "{}: holds a NUL character", place(column));
  }
  return {};
}

}  // namespace proctor
