// A value of a row, whatever format it came in, and the choices that one may hold.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct Value {
  enum class Kind { none, text, number, list, object, other };
  Kind kind = Kind::none;
  std::string text;  // for other: what it is instead, "true or false"
  std::int64_t number = 0;
  bool has_point = false;         // of a number: 1.0, which is no choice's text
  std::vector<Value> items;       // of a list or an object
  std::vector<std::string> keys;  // of an object, one an item

  static Value of_text(std::string_view text) {
    return {.kind = Kind::text, .text = std::string(text)};
  }
};

// As an error shows it: cut, on one line.
std::string shown(const Value& value);
bool is_blank(std::string_view text);
// Nothing, or blanks.
bool is_blank(const Value& value);

std::optional<std::int64_t> whole_number_of(std::string_view text);

// The list or object that a text spells out to its end: JSON, Python's repr, or how
// numpy prints an array (array([...], dtype=object), or items without commas). Numbers
// that are not whole are text, as they are spelled. Nothing where it is neither.
std::optional<Value> written_in(std::string_view text);

// "[…]": where it is no list that can be read, it was meant to be one.
bool looks_listed(std::string_view text);

struct Choices {
  std::vector<std::string> texts;
  std::vector<std::string> labels;  // one a choice, where they have any: "A", "1"
  bool are_numbers = false;         // in the data, not as text
};

constexpr std::size_t most_choices = 26;

// A list of texts or whole numbers, or choices with labels:
//   {"text": ["…"], "label": ["A"]}   {"A": "…"}   [{"text": "…", "label": "A"}]
// Fault::data, without a place, for what is none of these, has more than 26, or an
// empty one; empty ones at the end of those with labels, {"A": …, "E": ""}, are none.
Result<Choices> choices_of(const Value& value);

}  // namespace proctor
