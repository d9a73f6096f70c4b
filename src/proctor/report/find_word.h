// What a word of a few names. Part of report.h.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

template <class Value, std::size_t n>
using NamedValues = std::array<std::pair<std::string_view, Value>, n>;

// Fault::usage says which words there are.
template <class Value, std::size_t n>
Result<Value> find_word(std::string_view name, const NamedValues<Value, n>& words) {
  std::vector<std::string> known;
  for (const auto& [word, value] : words) {
    if (word == name) return value;
    known.emplace_back(word);
  }
  return fail(Fault::usage, "found {}, expected {}", name, join(known, ", "));
}

}  // namespace proctor
