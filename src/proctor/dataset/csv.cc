#include <algorithm>

#include "proctor/base/base.h"
#include "proctor/dataset/layout.h"
#include "proctor/dataset/text_file.h"

namespace proctor {
namespace {

constexpr Words words{"line", "column"};
// Hendrycks' own files: question, four choices, the letter of the answer.
constexpr std::size_t hendrycks_fields = 6;

bool is_letter(std::string_view field) {
  return field.size() == 1 && field[0] >= 'A' && field[0] <= 'D';
}

bool names_columns(const CsvRecord& record) {
  return std::ranges::any_of(record.fields, names_a_part);
}

// A header such as `id,prompt,A,B,C,D` looks like a question with the answer D.
bool ends_in_labels(const CsvRecord& record) {
  std::string end;
  for (std::size_t i = 2; i < record.fields.size(); ++i) end += record.fields[i];
  return end == "ABCD";
}

bool is_hendrycks(const CsvRecord& record) {
  return record.fields.size() == hendrycks_fields && is_letter(record.fields.back()) &&
         !ends_in_labels(record);
}

Layout hendrycks_layout() {
  return {.names = {"question", "A", "B", "C", "D", "answer"},
          .question = 0,
          .choices = {1, 2, 3, 4},
          .answer = 5};
}

struct Shape {
  Layout layout;
  bool has_header = true;
};

// Told by the first record. A header is what names its columns; where it does not name
// enough of them but reads as a question of Hendrycks', it is one ("answer" can be a
// choice).
Result<Shape> shape_of(const CsvRecord& first, const std::optional<Columns>& columns) {
  if (columns || names_columns(first)) {
    std::vector<std::string> names = first.fields;
    for (std::string& name : names) name = std::string(trimmed(name));
    auto layout = layout_of(std::move(names), columns, words, false,
                            fmt::format("line {}, ", first.line));
    if (layout) return Shape{*std::move(layout)};
    if (columns || !is_hendrycks(first)) {
      return tl::unexpected(std::move(layout).error());
    }
  }
  if (is_hendrycks(first)) return Shape{hendrycks_layout(), false};
  return fail(
      Fault::data,
      "line {}: found {} field{} and no header; expected a header such as "
      "question,A,B,C,D,answer or a question, four choices and a letter A to D; "
      "name other columns by `columns`",
      first.line, first.fields.size(), first.fields.size() == 1 ? "" : "s");
}

struct Start {
  char separator;
  Shape shape;
};

// The first separator that makes sense of the first record. Where none does, the error
// is that of the comma, unless another one parts the record into more fields.
Result<Start> start_of(std::string_view text, const std::optional<Columns>& columns) {
  std::optional<Error> error;
  std::size_t most_fields = 0;
  for (const char separator : {',', '\t', ';'}) {
    CsvRecord first;
    const auto read = CsvRecords(text, separator).next(first);
    if (read && !*read) return fail(Fault::data, "there is no question in it");
    auto shape = read ? shape_of(first, columns) : tl::unexpected(read.error());
    if (shape) return Start{separator, *std::move(shape)};
    const std::size_t fields = read ? first.fields.size() : 1;
    if (!error || fields > most_fields) error = std::move(shape).error();
    most_fields = std::max(most_fields, fields);
  }
  return tl::unexpected(*std::move(error));
}

Status add(QuestionList& list, const Layout& layout, const CsvRecord& record,
           std::vector<Value>& values) {
  if (record.fields.size() != layout.names.size()) {
    return fail(Fault::data, "line {}: expected {} fields, found {}", record.line,
                layout.names.size(), record.fields.size());
  }
  values.resize(record.fields.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i].kind = Value::Kind::text;
    values[i].text = record.fields[i];
  }
  return list.add(layout, values, record.line);
}

}  // namespace

Result<std::vector<Question>> read_csv(std::string_view content,
                                       const std::optional<Columns>& columns,
                                       const std::string& subject,
                                       const std::string& split) {
  const std::string_view text = TRY(checked_text(content));
  const auto [separator, shape] = TRY(start_of(text, columns));
  CsvRecords records(text, separator);
  CsvRecord record;
  QuestionList list(words, subject, split);
  std::vector<Value> values;
  TRY(records.next(record));
  if (!shape.has_header) TRY(add(list, shape.layout, record, values));
  while (TRY(records.next(record))) TRY(add(list, shape.layout, record, values));
  return std::move(list).finish();
}

}  // namespace proctor
