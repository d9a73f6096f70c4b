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
// Fault::data where the columns do not fit together, and where there are several lists.
Result<std::optional<JsonTable>> table_in(Value& document,
                                          const std::optional<Columns>& columns);

}  // namespace proctor
