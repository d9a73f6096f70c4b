#include "proctor/dataset/json_table.h"

#include <algorithm>

#include "proctor/dataset/file_place.h"

namespace proctor {
namespace {

using Kind = Value::Kind;
using Found = Result<std::optional<JsonTable>>;

constexpr Words items{"item", "key"};
constexpr Words rows{"row", "key"};

Value* member(Value& object, std::string_view key) {
  const auto found = std::ranges::find(object.keys, key);
  if (found == object.keys.end()) return nullptr;
  return &object.items[static_cast<std::size_t>(found - object.keys.begin())];
}

const Value* member(const Value& object, std::string_view key) {
  return member(const_cast<Value&>(object), key);
}

// Where the names are those of a question's parts.
std::optional<Layout> layout_among(const std::vector<std::string>& names,
                                   const std::optional<Columns>& columns) {
  auto layout = layout_of(names, columns, items, true, "");
  return layout ? std::optional(*std::move(layout)) : std::nullopt;
}

bool is_question(const Value& value, const std::optional<Columns>& columns) {
  if (value.kind != Kind::object) return false;
  const auto named = named_values(value);
  return !named || layout_among(named->names, columns);
}

bool are_all(const Value& value, Kind kind) {
  return !value.items.empty() &&
         std::ranges::all_of(value.items,
                             [&](const Value& item) { return item.kind == kind; });
}

// Lists or objects of all questions and of all answers; {"question": {"text": …},
// "answer": 1} is a row.
bool has_columns(const Value& document, std::size_t question) {
  const Kind kind = document.items[question].kind;
  if (kind != Kind::list && kind != Kind::object) return false;
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    if (names_a_part(document.keys[i]) && document.items[i].kind != kind) return false;
  }
  return true;
}

// What the datasets-server gives is a page.
Status check_whole(const Value& document, std::size_t count) {
  const Value* const total = member(document, "num_rows_total");
  if (total == nullptr || total->kind != Kind::number ||
      total->number <= static_cast<std::int64_t>(count)) {
    return {};
  }
  return fail(Fault::data,
              "found {} of {} rows (num_rows_total); take the data set's own files",
              count, total->number);
}

// What is said once for all rows: a subject, a passage.
bool is_for_all(const Layout& layout, std::size_t column, const Value& value) {
  return (value.kind == Kind::text || value.kind == Kind::number) &&
         (column == layout.subject || column == layout.context ||
          std::ranges::find(layout.passages, column) != layout.passages.end());
}

// {"question": ["…", "…"], …}, and with an object for each list, {"0": "…", "1": "…"}.
// What is not as long as the question's, a title or a version, is no column.
Found from_columns(Value& document, const Layout& layout) {
  const Value& questions = document.items[layout.question];
  const Kind kind = questions.kind;
  const std::vector<std::string> row_names = questions.keys;
  const std::size_t count = questions.items.size();
  JsonTable table{rows, std::vector<Value>(count, Value{.kind = Kind::object})};
  for (std::size_t column = 0; column < document.items.size(); ++column) {
    Value& values = document.items[column];
    const bool for_all = is_for_all(layout, column, values);
    if (values.kind != kind && !for_all) continue;
    if (!for_all && (values.items.size() != count || values.keys != row_names)) {
      return fail(Fault::data, "key {}: found {} values, but {} has {}{}",
                  document.keys[column], values.items.size(),
                  document.keys[layout.question], count,
                  values.items.size() == count ? " of other names" : "");
    }
    for (std::size_t row = 0; row < count; ++row) {
      table.rows[row].keys.push_back(document.keys[column]);
      table.rows[row].items.push_back(for_all ? values : std::move(values.items[row]));
    }
  }
  TRY(check_whole(document, count));
  return table;
}

// {"columns": ["question", …], "data": [["…", …], …]}
Found from_split(const Value& names, Value& data) {
  JsonTable table{rows, {}};
  for (Value& values : data.items) {
    if (values.items.size() != names.items.size()) {
      return fail(Fault::data, "row {}: expected {} values, found {}",
                  table.rows.size() + 1, names.items.size(), values.items.size());
    }
    Value row{.kind = Kind::object, .items = std::move(values.items)};
    for (const Value& name : names.items) row.keys.push_back(name.text);
    table.rows.push_back(std::move(row));
  }
  return table;
}

// Whether it may be all questions of a split: also an empty list, or columns.
bool is_split(std::string_view key, const Value& value) {
  if (!is_split_name(ascii_lower(key))) return false;
  if (value.kind == Kind::object) return std::ranges::any_of(value.keys, names_a_part);
  return value.kind == Kind::list &&
         (value.items.empty() || are_all(value, Kind::object));
}

// What is said once beside a list, and named as a column, is every row's.
void give_to_rows(Value& document, const std::string& name) {
  const Value* const said = name.empty() ? nullptr : member(document, name);
  if (said == nullptr || (said->kind != Kind::text && said->kind != Kind::number))
    return;
  const Value value = *said;
  for (Value& list : document.items) {
    if (list.kind != Kind::list || !are_all(list, Kind::object)) continue;
    for (Value& row : list.items) {
      if (member(row, name) != nullptr) continue;
      row.keys.push_back(name);
      row.items.push_back(value);
    }
  }
}

// The one list of questions that an object holds. Where none is told by its names, the
// only list of objects is it, unless the object has a question's names itself. A split
// beside it is not passed over: it may be the one that is meant; of several splits, the
// one that is asked for is.
Found from_member(Value& document, const std::optional<Columns>& columns,
                  const std::string& wanted) {
  if (columns) {
    give_to_rows(document, columns->subject);
    give_to_rows(document, columns->context);
  }
  std::vector<std::string> questions, lists, splits;
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    const Value& list = document.items[i];
    if (is_split(document.keys[i], list)) splits.push_back(document.keys[i]);
    if (list.kind != Kind::list || !are_all(list, Kind::object)) continue;
    lists.push_back(document.keys[i]);
    if (is_question(list.items.front(), columns)) questions.push_back(lists.back());
  }
  if (questions.empty() && lists.size() == 1 &&
      std::ranges::none_of(document.keys, names_a_part)) {
    questions = lists;
  }
  if (questions.empty()) return std::nullopt;
  const auto meant = std::ranges::find_if(questions, [&](const std::string& name) {
    return is_split_name(ascii_lower(name)) && split_named(ascii_lower(name)) == wanted;
  });
  const std::string own = meant == questions.end() ? "" : *meant;
  for (const std::string& split : splits) {
    if (std::ranges::find(questions, split) == questions.end()) {
      questions.push_back(split);
    }
  }
  if (questions.size() > 1) {
    const bool are_splits = splits.size() == questions.size();
    if (!are_splits)
      return fail(
          Fault::data,
          "found {} lists of questions, {}; give a file that holds one, such as "
          "`jq .{} FILE` writes",
          questions.size(), join(questions, ", "), questions.front());
    if (own.empty())
      return fail(Fault::data,
                  "found {} splits, {}; `split` {} takes that one, or give a file that "
                  "holds one, such as `jq .{} FILE` writes",
                  questions.size(), join(questions, ", "), questions.front(),
                  questions.front());
    questions = {own};
  }
  JsonTable table{items, std::move(member(document, questions.front())->items)};
  TRY(check_whole(document, table.rows.size()));
  return table;
}

}  // namespace

std::optional<SaidBeside> said_beside(const Value& document) {
  if (document.kind != Kind::object || std::ranges::any_of(document.keys, names_a_part))
    return std::nullopt;  // columns: what stands beside them is each row's
  const auto rows = std::ranges::find_if(document.items, [](const Value& value) {
    return value.kind == Kind::list && are_all(value, Kind::object);
  });
  if (rows == document.items.end()) return std::nullopt;
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    const std::string& name = document.keys[i];
    const std::string_view part = shared_part(name);
    const Kind kind = document.items[i].kind;
    if (!part.empty() && (kind == Kind::text || kind == Kind::number) &&
        member(rows->items.front(), name) == nullptr)
      return SaidBeside{name, part};
  }
  return std::nullopt;
}

bool holds_split(const Value& document, const std::string& split) {
  if (document.kind != Kind::object) return false;
  for (std::size_t i = 0; i < document.items.size(); ++i) {
    const std::string& key = document.keys[i];
    if (is_split(key, document.items[i]) && split_named(ascii_lower(key)) == split)
      return true;
  }
  return false;
}

Result<NamedValues> named_values(const Value& object) {
  const Value* const row = member(object, "row");
  if (row != nullptr && row->kind == Kind::object && member(object, "row_idx")) {
    const Value* const shortened = member(object, "truncated_cells");
    if (shortened != nullptr && !shortened->items.empty()) {
      return fail(Fault::data,
                  "the datasets-server has shortened it (truncated_cells); take the "
                  "data set's files");
    }
    return named_values(*row);
  }
  NamedValues named;
  for (std::size_t i = 0; i < object.items.size(); ++i) {
    const Value& value = object.items[i];
    const bool is_part = value.kind == Kind::object && !value.items.empty() &&
                         (names_a_part(object.keys[i]) || !choices_of(value));
    if (!is_part) {
      named.names.push_back(object.keys[i]);
      named.values.push_back(value);
    }
    if (value.kind != Kind::object) continue;
    for (std::size_t part = 0; part < value.items.size(); ++part) {
      named.names.push_back(object.keys[i] + "." + value.keys[part]);
      named.values.push_back(value.items[part]);
    }
  }
  return named;
}

Found table_in(Value& document, const std::optional<Columns>& columns,
               const std::string& split) {
  if (document.kind == Kind::list) return JsonTable{items, std::move(document.items)};
  if (document.kind != Kind::object) return std::nullopt;
  if (const auto layout = layout_among(document.keys, columns)) {
    if (has_columns(document, layout->question)) {
      return from_columns(document, *layout);
    }
    return std::nullopt;
  }
  if (is_question(document, columns)) return std::nullopt;
  Value* const names = member(document, "columns");
  Value* const data = member(document, "data");
  if (names != nullptr && data != nullptr && are_all(*names, Kind::text) &&
      are_all(*data, Kind::list)) {
    return from_split(*names, *data);
  }
  if (are_all(document, Kind::object) && is_question(document.items.front(), columns)) {
    return JsonTable{rows, std::move(document.items)};
  }
  return from_member(document, columns, split);
}

}  // namespace proctor
