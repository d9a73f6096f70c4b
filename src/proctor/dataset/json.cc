#include <cmath>

#include <simdjson.h>

#include "proctor/dataset/json_table.h"
#include "proctor/dataset/layout.h"
#include "proctor/dataset/text_file.h"

namespace proctor {
namespace {

namespace json = simdjson::dom;

using Kind = Value::Kind;

Value value_of(json::element element);

Value list_of(json::array array) {
  Value list{.kind = Kind::list};
  for (const json::element item : array) list.items.push_back(value_of(item));
  return list;
}

Value object_of(json::object members) {
  Value object{.kind = Kind::object};
  for (const auto [key, item] : members) {
    object.keys.emplace_back(key);
    object.items.push_back(value_of(item));
  }
  return object;
}

Value fraction_or_whole(double number) {
  constexpr double most_exact = 9007199254740992;  // 2^53
  if (std::trunc(number) == number && std::abs(number) < most_exact) {
    return {.kind = Kind::number,
            .number = static_cast<std::int64_t>(number),
            .has_point = true};
  }
  return {.kind = Kind::other, .text = "a number with a fraction or too many digits"};
}

// Parsed, the text is at most 1,024 deep.
Value value_of(json::element element) {
  switch (element.type()) {
    case json::element_type::ARRAY:
      return list_of(element.get_array().value());
    case json::element_type::OBJECT:
      return object_of(element.get_object().value());
    case json::element_type::STRING:
      return Value::of_text(element.get_string().value());
    case json::element_type::INT64:
      return {.kind = Kind::number, .number = element.get_int64().value()};
    case json::element_type::DOUBLE:
      return fraction_or_whole(element.get_double().value());
    case json::element_type::BOOL:
      return {.kind = Kind::other, .text = "true or false"};
    case json::element_type::NULL_VALUE:
      return {};
    default:
      return {.kind = Kind::other,
              .text = "a number with a fraction or too many digits"};
  }
}

Result<Value> parsed(json::parser& parser, std::string_view text) {
  json::element element;
  if (const auto error = parser.parse(text.data(), text.size()).get(element)) {
    return fail(Fault::data, "{}", ascii_lower(simdjson::error_message(error)));
  }
  return value_of(element);
}

// Keeps the last row's layout, as rows mostly have the same keys.
class Rows {
 public:
  Rows(const Words& words, const std::optional<Columns>& columns,
       const std::string& subject, const std::string& split)
      : words_(words), columns_(columns), list_(words, subject, split) {}

  Status add(const Value& row, std::size_t number) {
    const std::string place = fmt::format("{} {}", words_.row, number);
    if (row.kind != Kind::object) {
      return fail(Fault::data, "{}: found {}, expected an object", place, shown(row));
    }
    NamedValues named = TRY(named_values(row).in(place));
    if (!layout_ || named.names != layout_->names) {
      layout_ =
          TRY(layout_of(std::move(named.names), columns_, words_, true, place + ", "));
    }
    return list_.add(*layout_, named.values, number);
  }

  Result<std::vector<Question>> finish() && { return std::move(list_).finish(); }

 private:
  Words words_;
  const std::optional<Columns>& columns_;
  QuestionList list_;
  std::optional<Layout> layout_;
};

std::string_view take_line(std::string_view& rest) {
  const std::size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return line;
}

bool is_spread(std::string_view line) {
  line = trimmed(line);
  return !line.empty() && std::string_view("[{,:").find(line.back()) != line.npos;
}

// A document, where the text is none of one object a line.
Result<std::optional<Value>> document_in(std::string_view text) {
  json::parser parser;
  std::string_view rest = text;
  std::string_view line = take_line(rest);
  while (is_blank(line) && !rest.empty()) line = take_line(rest);
  const bool is_one_line = is_blank(rest);
  if (!is_one_line && parsed(parser, line)) return std::nullopt;
  auto whole = parsed(parser, text);
  if (whole) return *std::move(whole);
  if (is_one_line || !is_spread(line)) return std::nullopt;
  return fail(Fault::data, "not valid JSON: {}; is the file cut off?",
              whole.error().message);
}

std::optional<Value> document_of(std::string_view content) {
  const auto text = checked_text(content);
  return text ? document_in(*text).value_or(std::nullopt) : std::nullopt;
}

Result<std::vector<Question>> questions_of(const JsonTable& table,
                                           const std::optional<Columns>& columns,
                                           const std::string& subject,
                                           const std::string& split) {
  Rows rows(table.words, columns, subject, split);
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    TRY(rows.add(table.rows[i], i + 1));
  }
  return std::move(rows).finish();
}

Status add_lines(Rows& rows, std::string_view rest) {
  json::parser parser;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const bool is_last = rest.find('\n') == std::string_view::npos;
    const std::string_view line = take_line(rest);
    if (is_blank(line)) continue;
    const auto row = parsed(parser, line);
    if (!row) {
      return fail(Fault::data, "line {}: not valid JSON{}", number,
                  is_last ? "; is the file cut off?" : ": " + row.error().message);
    }
    TRY(rows.add(*row, number));
  }
  return {};
}

}  // namespace

bool json_holds_split(std::string_view content, const std::string& split) {
  const auto document = document_of(content);
  return document && holds_split(*document, split);
}

std::optional<SaidBeside> json_says_beside(std::string_view content) {
  const auto document = document_of(content);
  return document ? said_beside(*document) : std::nullopt;
}

Result<std::vector<Question>> read_json(std::string_view content,
                                        const std::optional<Columns>& columns,
                                        const std::string& subject,
                                        const std::string& split) {
  const std::string_view text = TRY(checked_text(content));
  if (auto document = TRY(document_in(text))) {
    auto table = TRY(table_in(*document, columns, split));
    const bool is_one_line = trimmed(text).find('\n') == std::string_view::npos;
    if (!table && !is_one_line) {
      table = JsonTable{{"item", "key"}, {*std::move(document)}};
    }
    if (table) return questions_of(*table, columns, subject, split);
  }
  Rows rows({"line", "key"}, columns, subject, split);
  TRY(add_lines(rows, text));
  return std::move(rows).finish();
}

}  // namespace proctor
