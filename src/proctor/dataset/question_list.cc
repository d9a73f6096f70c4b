#include <algorithm>
#include <charconv>

#include <simdjson.h>

#include "proctor/dataset/correction.h"
#include "proctor/dataset/layout.h"

namespace proctor {
namespace {

constexpr std::size_t most_choices = 26;

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

// A list that was written into a column of text: "['a', 'b']".
bool looks_listed(std::string_view text) {
  text = trimmed(text, " \t");
  return text.starts_with('[') && text.ends_with(']');
}

std::string from_1_hint(std::string_view column) {
  return fmt::format("; are they counted from 1? `columns` answer={0}@1 says so",
                     column);
}

// A value as an error shows it.
std::string shown(const Value& value) {
  switch (value.kind) {
    case Value::Kind::none:
      return "nothing";
    case Value::Kind::text:
      if (is_blank(value.text)) return "nothing";
      return fit(for_terminal_line(to_valid_utf8(value.text)), 40);
    case Value::Kind::number:
      return fmt::format("{}", value.number);
    case Value::Kind::list:
      return value.labels.empty() ? "a list" : "an object";
    case Value::Kind::other:
      break;
  }
  return std::string(value.text);
}

// Reads one row; knows how to name its fields in an error.
class Row {
 public:
  Row(const Words& words, const Layout& layout, std::span<const Value> values,
      std::size_t row)
      : words_(words), layout_(layout), values_(values), row_(row) {}

  std::string place(std::size_t column) const {
    return fmt::format("{} {}, {} {}", words_.row, row_, words_.field,
                       layout_.names[column]);
  }

  bool is_blank(std::size_t column) const {
    const Value& value = values_[column];
    return value.kind == Value::Kind::none ||
           (value.kind == Value::Kind::text && proctor::is_blank(value.text));
  }

  Result<std::string> text(std::size_t column) const {
    const Value& value = values_[column];
    if (value.kind != Value::Kind::text || is_blank(column)) {
      return fail(Fault::data, "{}: found {}, expected text", place(column),
                  shown(value));
    }
    TRY(check_bytes(value.text, column));
    return std::string(value.text);
  }

  // An id may be a number.
  Result<std::string> name(std::size_t column) const {
    const Value& value = values_[column];
    if (value.kind == Value::Kind::number) return fmt::format("{}", value.number);
    return text(column);
  }

  // A worked answer or a correction may be missing; a correction may be a number.
  Result<std::string> text_or_nothing(std::size_t column) const {
    const Value& value = values_[column];
    if (value.kind == Value::Kind::number) return fmt::format("{}", value.number);
    if (value.kind == Value::Kind::none) return std::string();
    if (value.kind == Value::Kind::text && value.text.empty()) return std::string();
    return text(column);
  }

  // Every choice, those that are dropped too.
  Result<std::vector<std::string>> choices() const {
    std::vector<std::string> choices;
    if (!layout_.choices_are_a_list) {
      for (const std::size_t column : layout_.choices) {
        choices.push_back(TRY(text(column)));
      }
      return choices;
    }
    const std::size_t column = layout_.choices[0];
    const Value& list = values_[column];
    if (list.kind == Value::Kind::text && layout_.one_choice &&
        !looks_listed(list.text)) {
      return std::vector{TRY(text(column))};
    }
    if (list.kind != Value::Kind::list) {
      return fail(Fault::data,
                  "{}: found {}, expected a list; where each choice has a {} of its "
                  "own, name them by `columns` choices=A+B+C+D",
                  place(column), shown(list), words_.field);
    }
    for (const std::string_view item : list.items) {
      if (proctor::is_blank(item)) {
        return fail(Fault::data, "{}: choice {} is empty", place(column),
                    choices.size() + 1);
      }
      TRY(check_bytes(item, column));
      choices.emplace_back(item);
    }
    if (choices.empty() || choices.size() > most_choices) {
      return fail(Fault::data, "{}: found {} choices, expected 1 to {}", place(column),
                  choices.size(), most_choices);
    }
    return choices;
  }

  // Whether the answer is a number, and which; for a guess at where they start.
  std::optional<std::int64_t> answer_number() const {
    if (!layout_.answer || !values_[layout_.choices[0]].labels.empty()) return {};
    const Value& value = values_[*layout_.answer];
    if (value.kind == Value::Kind::number) return value.number;
    std::int64_t number = 0;
    const std::string_view word = trimmed(value.text, " \t");
    const char* end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    if (word.empty() || stop != end || error != std::errc{}) return {};
    return number;
  }

  // The context, if one is named, and the question behind it.
  Result<std::string> question() const {
    std::string asked = TRY(text(layout_.question));
    if (!layout_.context || is_blank(*layout_.context)) return asked;
    return TRY(text(*layout_.context)) + "\n\n" + asked;
  }

  // The first passage of this row that is not asked.
  std::string unasked() const {
    if (layout_.context) return {};
    for (const std::size_t column : layout_.passages) {
      if (!is_blank(column)) return layout_.names[column];
    }
    return {};
  }

  // The position of the right one among `count` choices.
  Result<int> right(std::size_t count) const {
    std::optional<int> right;
    for (const auto& column : {layout_.answer, layout_.answer_index}) {
      if (!column) continue;
      const int read = TRY(read_right(*column, count));
      if (right && *right != read) {
        return fail(Fault::data, "{}: found {}, but {} says {}", place(*column),
                    letter_of(read), layout_.names[*layout_.answer], letter_of(*right));
      }
      right = read;
    }
    return *right;
  }

 private:
  // The label, or the text of the choice itself.
  Result<int> read_labelled(std::size_t column, const Value& list) const {
    const Value& value = values_[column];
    const std::string number = fmt::format("{}", value.number);
    std::string_view word = trimmed(value.text, " \t");
    if (value.kind == Value::Kind::number) word = number;
    for (const auto* const among : {&list.labels, &list.items}) {
      const auto found = std::ranges::find(*among, word);
      if (found != among->end()) return static_cast<int>(found - among->begin());
    }
    std::vector<std::string> labels;
    for (const std::string_view label : list.labels) labels.emplace_back(label);
    return fail(
        Fault::data, "{}: found {}, expected one of {}, or the text of a choice",
        place(column), shown(value), fit(for_terminal_line(join(labels, ", ")), 60));
  }

  Result<int> read_right(std::size_t column, std::size_t count) const {
    const Value& value = values_[column];
    if (const Value& list = values_[layout_.choices[0]]; !list.labels.empty()) {
      return read_labelled(column, list);
    }
    const int first = column == layout_.answer ? layout_.first_answer : 0;
    const auto most = static_cast<std::int64_t>(count) - 1;
    bool is_number = value.kind == Value::Kind::number;
    std::int64_t index = is_number ? value.number : -1;
    if (value.kind == Value::Kind::text) {
      const std::string_view word = trimmed(value.text, " \t");
      const char* end = word.data() + word.size();
      const auto [stop, error] = std::from_chars(word.data(), end, index);
      if (stop != end || error != std::errc{}) index = -1;
      is_number = index >= 0;
      if (word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z') index = word[0] - 'A';
      if (word.size() == 1 && word[0] >= 'a' && word[0] <= 'z') index = word[0] - 'a';
    }
    if (is_number) index -= index < first ? index + 1 : first;  // 0 is none of 1 to 4
    if (index < 0 || index > most) {
      const bool seems_from_1 = is_number && first == 0 && index == most + 1;
      return fail(
          Fault::data, "{}: found {}, expected {}{}", place(column), shown(value),
          count == 1
              ? fmt::format("A or {}", first)
              : fmt::format("A to {} or {} to {}", letter_of(static_cast<int>(most)),
                            first, most + first),
          seems_from_1 ? from_1_hint(layout_.names[column]) : "");
    }
    return static_cast<int>(index);
  }

  Status check_bytes(std::string_view text, std::size_t column) const {
    if (!simdjson::validate_utf8(text.data(), text.size())) {
      return fail(Fault::data, "{}: not valid UTF-8", place(column));
    }
    if (text.find('\0') != std::string_view::npos) {
      return fail(Fault::data, "{}: holds a NUL character", place(column));
    }
    return {};
  }

  const Words& words_;
  const Layout& layout_;
  std::span<const Value> values_;
  std::size_t row_;
};

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
  const Row read(words_, layout, values, row);
  Question question;
  question.subject = subject_;
  if (layout.subject && !(names_no_subjects_ && read.is_blank(*layout.subject))) {
    question.subject = TRY(read.text(*layout.subject));
  }
  question.text = TRY(read.question());
  question.unasked = read.unasked();
  question.choices = TRY(read.choices());
  question.right = TRY(read.right(question.choices.size()));
  if (const auto number = read.answer_number();
      number && !layout.says_first_answer && !layout.answer_index) {
    ++numbered_answers_;
    most_choices_ = std::max(most_choices_, question.choices.size());
    zero_is_an_answer_ = zero_is_an_answer_ || *number == 0;
    answer_column_ = layout.names[*layout.answer];
  }
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
                  read.place(*layout.id), shown({Value::Kind::text, question.id}),
                  words_.row, first->second);
    }
  } else {
    question.id = id_of(question.subject, split_, question.index);
  }
  questions_.push_back(std::move(question));
  return {};
}

Result<std::vector<Question>> QuestionList::finish() && {
  // Of 8 k answers among k choices, counted from 0, none is 0 once in 3,000 times.
  const std::size_t enough = 8 * most_choices_;
  if (questions_.empty()) return fail(Fault::data, "there is no question in it");
  if (numbered_answers_ > 0 && numbered_answers_ >= enough && !zero_is_an_answer_) {
    return fail(Fault::data,
                "no answer of {} is 0{}; answer={}@0 says that they are counted from 0",
                numbered_answers_, from_1_hint(answer_column_), answer_column_);
  }
  return std::move(questions_);
}

}  // namespace proctor
