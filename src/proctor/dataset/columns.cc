#include <algorithm>

#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

constexpr std::string_view example =
    "question=Q,choices=A+B+C+D,answer=Key,subject=S,id=I";

Status set(std::string& column, const std::string& role, std::string_view name) {
  if (!column.empty()) return fail(Fault::usage, "{} is named twice", role);
  column = name;
  return {};
}

Status set_choices(std::vector<std::string>& choices, std::string_view names) {
  if (!choices.empty()) return fail(Fault::usage, "choices is named twice");
  choices = split(names, '+');
  if (choices.size() > 26) {
    return fail(Fault::usage, "choices names {} columns, at most 26 can be",
                choices.size());
  }
  for (auto name = choices.begin(); name != choices.end(); ++name) {
    if (name->empty()) {
      return fail(Fault::usage, "choices={} has an empty name; write choices=A+B+C+D",
                  names);
    }
    if (std::find(choices.begin(), name, *name) != name) {
      return fail(Fault::usage, "choices={} names {} twice", names, *name);
    }
  }
  return {};
}

// "Key@1": the answers' numbers count from 1. "Key@text": they are choices' texts.
Status set_answer(Columns& columns, std::string_view name) {
  constexpr std::string_view as_text = "@text";
  if (name.ends_with(as_text) && name.size() > as_text.size()) {
    columns.answer_is_text = true;
    return set(columns.answer, "answer", name.substr(0, name.size() - as_text.size()));
  }
  for (const int first : {0, 1}) {
    const std::string ending = fmt::format("@{}", first);
    if (!name.ends_with(ending) || name.size() == ending.size()) continue;
    columns.first_answer = first;
    name.remove_suffix(ending.size());
    break;
  }
  return set(columns.answer, "answer", name);
}

Status set_role(Columns& columns, const std::string& role, std::string_view name) {
  if (role == "question") return set(columns.question, role, name);
  if (role == "answer") return set_answer(columns, name);
  if (role == "context") return set(columns.context, role, name);
  if (role == "subject") return set(columns.subject, role, name);
  if (role == "id") return set(columns.id, role, name);
  if (role == "choices") return set_choices(columns.choices, name);
  const std::vector<std::string> roles = {"question", "choices", "answer",
                                          "subject",  "id",      "context"};
  return fail(Fault::usage, "no part of a question is called {}, expected {}{}", role,
              join(roles, ", "), suggestion(role, roles));
}

}  // namespace

Result<Columns> parse_columns(std::string_view text) {
  Columns columns;
  for (const std::string& part : split(text, ',')) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0 || equals + 1 == part.size()) {
      return fail(Fault::usage, "found {}, expected a form such as {}",
                  part.empty() ? "nothing" : part, example);
    }
    TRY(set_role(columns, part.substr(0, equals),
                 std::string_view(part).substr(equals + 1)));
  }
  return columns;
}

}  // namespace proctor
