#include <algorithm>

#include <simdjson.h>

#include "proctor/dataset/layout.h"
#include "proctor/dataset/text_file.h"

namespace proctor {
namespace {

namespace json = simdjson::dom;

constexpr Words words{"line", "key"};

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// What stands in the place of text, a number or a list of texts.
std::string_view kind_of(json::element element) {
  switch (element.type()) {
    case json::element_type::ARRAY:
      return "a list";
    case json::element_type::OBJECT:
      return "an object";
    case json::element_type::BOOL:
      return "true or false";
    case json::element_type::STRING:
      return "text";
    case json::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number with a fraction or too many digits";
  }
}

// A list of texts; another list is told by what is wrong in it.
Value list_of(json::array array) {
  Value value{Value::Kind::list};
  for (const json::element item : array) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) {
      return {Value::Kind::other, "a list that holds other than text"};
    }
    value.items.push_back(text);
  }
  return value;
}

// Choices that have labels: {"text": ["…"], "label": ["A"]} or {"A": "…"}.
Value labelled_list_of(json::object object) {
  Value value{Value::Kind::list};
  json::array texts, labels;
  if (object["text"].get(texts) == simdjson::SUCCESS &&
      object["label"].get(labels) == simdjson::SUCCESS) {
    value = list_of(texts);
    value.labels = list_of(labels).items;
    if (value.kind == Value::Kind::list && value.labels.size() == value.items.size()) {
      return value;
    }
    return {Value::Kind::other, "an object whose text and label do not fit"};
  }
  for (const auto [key, element] : object) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS)
      return {Value::Kind::other, "an object"};
    value.labels.push_back(key);
    value.items.push_back(text);
  }
  return value;
}

Value value_of(json::element element) {
  Value value;
  json::array array;
  json::object object;
  if (element.get(value.text) == simdjson::SUCCESS) {
    value.kind = Value::Kind::text;
  } else if (element.get(value.number) == simdjson::SUCCESS) {
    value.kind = Value::Kind::number;
  } else if (element.get(array) == simdjson::SUCCESS) {
    value = list_of(array);
  } else if (element.get(object) == simdjson::SUCCESS) {
    value = labelled_list_of(object);
  } else if (!element.is_null()) {
    value = {Value::Kind::other, kind_of(element)};
  }
  return value;
}

// Keeps the last line's layout, as lines mostly have the same keys.
class Lines {
 public:
  explicit Lines(const std::optional<Columns>& columns) : columns_(columns) {}

  Status add(QuestionList& list, json::object object, std::size_t line) {
    std::vector<std::string> keys;
    values_.clear();
    for (const auto [key, element] : object) {
      keys.emplace_back(key);
      values_.push_back(value_of(element));
    }
    if (!layout_ || keys != layout_->names) {
      layout_ = TRY(layout_of(std::move(keys), columns_, words, true,
                              fmt::format("line {}, ", line)));
    }
    return list.add(*layout_, values_, line);
  }

 private:
  const std::optional<Columns>& columns_;
  std::optional<Layout> layout_;
  std::vector<Value> values_;
};

}  // namespace

Result<std::vector<Question>> read_jsonl(std::string_view content,
                                         const std::optional<Columns>& columns,
                                         const std::string& subject,
                                         const std::string& split) {
  std::string_view rest = TRY(checked_text(content));
  QuestionList list(words, subject, split);
  Lines lines(columns);
  json::parser parser;
  for (std::size_t line = 1; !rest.empty(); ++line) {
    const std::size_t end = rest.find('\n');
    const std::string_view text = rest.substr(0, end);
    const bool is_last = end == std::string_view::npos;
    rest.remove_prefix(is_last ? rest.size() : end + 1);
    if (is_blank(text)) continue;
    json::element element;
    json::object object;
    if (const auto error = parser.parse(text.data(), text.size()).get(element)) {
      return fail(
          Fault::data, "line {}: not valid JSON{}", line,
          is_last ? "; is the file cut off?"
                  : fmt::format(": {}", ascii_lower(simdjson::error_message(error))));
    }
    if (element.get(object) != simdjson::SUCCESS) {
      return fail(Fault::data, "line {}: found {}, expected an object", line,
                  kind_of(element));
    }
    TRY(lines.add(list, object, line));
  }
  return std::move(list).finish();
}

}  // namespace proctor
