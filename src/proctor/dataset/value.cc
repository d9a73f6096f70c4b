#include "proctor/dataset/value.h"

#include <algorithm>
#include <charconv>

namespace proctor {
namespace {

using Kind = Value::Kind;

bool is_plain(const Value& value) {
  return value.kind == Kind::text || value.kind == Kind::none ||
         (value.kind == Kind::number && !value.has_point);
}

std::string spelled(const Value& value) {
  return value.kind == Kind::number ? fmt::format("{}", value.number) : value.text;
}

std::vector<std::string> spelled(const std::vector<Value>& values) {
  std::vector<std::string> texts;
  for (const Value& value : values) texts.push_back(spelled(value));
  return texts;
}

const Value* member(const Value& object, std::string_view key) {
  const auto found = std::ranges::find(object.keys, key);
  return found == object.keys.end()
             ? nullptr
             : &object.items[static_cast<std::size_t>(found - object.keys.begin())];
}

bool is_list(const Value* value) {
  return value != nullptr && value->kind == Kind::list &&
         std::ranges::all_of(value->items, is_plain);
}

// [{"text": "…", "label": "A"}], as ARC's own files have it.
std::optional<Choices> labelled_items(const Value& list) {
  Choices choices;
  for (const Value& item : list.items) {
    const Value* const text = member(item, "text");
    const Value* const label = member(item, "label");
    if (text == nullptr || label == nullptr || !is_plain(*text) || !is_plain(*label)) {
      return std::nullopt;
    }
    choices.texts.push_back(spelled(*text));
    choices.labels.push_back(spelled(*label));
  }
  return choices;
}

Result<Choices> of_list(const Value& list) {
  if (is_list(&list)) {
    return Choices{.texts = spelled(list.items),
                   .are_numbers = std::ranges::any_of(list.items, [](auto& item) {
                     return item.kind == Kind::number;
                   })};
  }
  if (auto labelled = labelled_items(list)) return *std::move(labelled);
  return fail(Fault::data, "found a list that holds other than text, expected a list");
}

Choices without_empty_end(Choices labelled) {
  std::size_t count = labelled.texts.size();
  while (count > 2 && is_blank(labelled.texts[count - 1])) --count;
  labelled.texts.resize(count);
  labelled.labels.resize(count);
  return labelled;
}

Result<Choices> of_object(const Value& object) {
  const Value* const texts = member(object, "text");
  const Value* const labels = member(object, "label");
  if (is_list(texts) && is_list(labels)) {
    if (texts->items.size() != labels->items.size()) {
      return fail(Fault::data, "found an object whose text and label do not fit");
    }
    return without_empty_end({spelled(texts->items), spelled(labels->items)});
  }
  if (!std::ranges::all_of(object.items, is_plain)) {
    return fail(Fault::data, "found an object, expected a list");
  }
  return without_empty_end({spelled(object.items), object.keys});
}

}  // namespace

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

bool is_blank(const Value& value) {
  return value.kind == Kind::none || (value.kind == Kind::text && is_blank(value.text));
}

std::string shown(const Value& value) {
  switch (value.kind) {
    case Kind::none:
      return "nothing";
    case Kind::text:
      if (is_blank(value)) return "nothing";
      return fit(for_terminal_line(to_valid_utf8(value.text)), 40);
    case Kind::number:
      return fmt::format("{}{}", value.number, value.has_point ? ".0" : "");
    case Kind::list:
      return "a list";
    case Kind::object:
      return "an object";
    case Kind::other:
      break;
  }
  return value.text;
}

bool looks_listed(std::string_view text) {
  text = trimmed(text, " \t");
  return text.starts_with('[') && text.ends_with(']');
}

std::optional<std::int64_t> whole_number_of(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || stop != end || error != std::errc{}) return std::nullopt;
  return number;
}

Result<Choices> choices_of(const Value& value) {
  Choices choices = TRY(value.kind == Kind::object ? of_object(value) : of_list(value));
  const auto empty = std::ranges::find_if(
      choices.texts, [](const std::string& text) { return is_blank(text); });
  if (empty != choices.texts.end()) {
    return fail(Fault::data, "choice {} is empty", empty - choices.texts.begin() + 1);
  }
  if (choices.texts.empty() || choices.texts.size() > most_choices) {
    return fail(Fault::data, "found {} choices, expected 1 to {}", choices.texts.size(),
                most_choices);
  }
  return choices;
}

}  // namespace proctor
