// The rows of a JSON document, whichever way they stand in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "proctor/dataset/layout.h"

namespace proctor {

// An object's members. One that is an object itself, and not choices, is its members:
// {"question": {"stem": …}} has question.stem. Of one that may be choices both stand.
// {"row_idx": 0, "row": {…}}, as the datasets-server has it, is its row; Fault::data
// where that was shortened.
struct NamedValues {
  std::vector<std::string> names;
  std::vector<Value> values;
};
Result<NamedValues> named_values(const Value& object);

struct JsonTable {
  Words words;
  std::vector<Value> rows;
};

// Rows of a list; of an object that holds one list of questions, {"data": [{…}]}; and
// what pandas writes: {"question": ["…"]}, {"question": {"0": "…"}}, {"0": {…}} and
// {"columns": […], "data": [[…]]}. They are taken out of the document. Nothing for an
// object that is a row itself, which stays whole.
// Of an object that holds several splits, {"train": [{…}], "test": [{…}]}, `split`.
// Fault::data where the columns do not fit together, and where there are several lists.
Result<std::optional<JsonTable>> table_in(Value& document,
                                          const std::optional<Columns>& columns,
                                          const std::string& split);

// What is said once beside the one list of questions and in no row, {"subject": "law",
// "data": [{…}]}: its name, and the part that it could be given as by `columns`.
struct SaidBeside {
  std::string name;
  std::string_view part;  // "subject", "context"
};
std::optional<SaidBeside> said_beside(const Value& document);
// The same of a document's text.
std::optional<SaidBeside> json_says_beside(std::string_view content);

// Whether one of its members is that split: {"test": [{…}]}.
bool holds_split(const Value& document, const std::string& split);
// The same of a document's text.
bool json_holds_split(std::string_view content, const std::string& split);

}  // namespace proctor
