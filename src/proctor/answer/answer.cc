#include "proctor/answer/answer.h"

#include <algorithm>
#include <array>

#include "proctor/answer/readers.h"

namespace proctor {
namespace {

constexpr std::array table = {
    Extractor{"first-letter",
              "the first character of the reply, upper-cased (the seed)",
              read_first_letter},
};

}  // namespace

std::span<const Extractor> extractors() {
  return table;
}

Result<const Extractor*> find_extractor(std::string_view name) {
  const auto found = std::ranges::find(table, name, &Extractor::name);
  if (found != table.end()) return &*found;
  std::vector<std::string> names;
  for (const Extractor& extractor : table) names.emplace_back(extractor.name);
  const std::string hint = suggestion(name, names);
  return fail(Fault::usage, "{}: no such reader{}", name,
              hint.empty() ? "; expected one of " + join(names, ", ") : hint);
}

}  // namespace proctor
