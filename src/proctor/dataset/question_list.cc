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
      return "a list";
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
                  "own, name them by --columns choices=A+B+C+D",
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
  Result<int> read_right(std::size_t column, std::size_t count) const {
    const Value& value = values_[column];
    const auto most = static_cast<std::int64_t>(count) - 1;
    std::int64_t index = value.kind == Value::Kind::number ? value.number : -1;
    if (value.kind == Value::Kind::text) {
      const std::string_view word = trimmed(value.text, " \t");
      const char* end = word.data() + word.size();
      const auto [stop, error] = std::from_chars(word.data(), end, index);
      if (stop != end || error != std::errc{}) index = -1;
      if (word.size() == 1 && word[0] >= 'A' && word[0] <= 'Z') index = word[0] - 'A';
      if (word.size() == 1 && word[0] >= 'a' && word[0] <= 'z') index = word[0] - 'a';
    }
    if (index < 0 || index > most) {
      return fail(Fault::data, "{}: found {}, expected {}", place(column), shown(value),
                  count == 1 ? "A or 0"
                             : fmt::format("A to {} or 0 to {}",
                                           letter_of(static_cast<int>(most)), most));
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
  question.text = TRY(read.text(layout.question));
  question.choices = TRY(read.choices());
  question.right = TRY(read.right(question.choices.size()));
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
  if (questions_.empty()) return fail(Fault::data, "there is no question in it");
  return std::move(questions_);
}

}  // namespace proctor
