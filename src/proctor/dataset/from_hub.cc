#include "proctor/dataset/from_hub.h"

#include <algorithm>

namespace proctor {
namespace {

bool is_part(std::string_view text) {
  return !text.empty() && text[0] != '.' && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '_' || c == '.';
  });
}

}  // namespace

bool is_hub_name(std::string_view name) {
  if (const std::size_t colon = name.find(':'); colon != std::string_view::npos) {
    if (!is_part(name.substr(colon + 1))) return false;
    name = name.substr(0, colon);
  }
  const std::size_t slash = name.find('/');
  if (slash == std::string_view::npos) return false;
  const std::string_view file = name.substr(slash + 1);
  for (const std::string_view ending : {".csv", ".jsonl", ".ndjson", ".parquet"}) {
    if (file.ends_with(ending)) return false;
  }
  return is_part(name.substr(0, slash)) && is_part(file);
}

Result<HubQuestions> read_from_hub(const DatasetRequest& request, const std::string&,
                                   DatasetWorld&) {
  return fail(Fault::usage, "{}: not read from the hub yet", request.name);
}

}  // namespace proctor
