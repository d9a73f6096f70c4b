#include "proctor/peer/json_file.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

tl::unexpected<Error> not_as_expected(const Json& object, std::string_view name,
                                      std::string_view expected) {
  if (!object.is_object()) {
    return fail(Fault::data, "expected an object with {}, found {}", name,
                object.type_name());
  }
  if (!object.contains(name))
    return fail(Fault::data, "{}: missing, expected {}", name, expected);
  return fail(Fault::data, "{}: found {}, expected {}", name,
              object.find(name)->type_name(), expected);
}

}  // namespace

Result<Json> json_of(std::string_view text) {
  if (is_nested_too_deeply(text)) {
    return fail(Fault::data, "found JSON nested more than {} deep; no run needs that",
                most_nested);
  }
  try {
    return Json::parse(text);
  } catch (const Json::parse_error& error) {
    if (error.byte > text.size()) {
      return fail(Fault::data,
                  "ends in the middle of its JSON, at byte {}; was it cut off?",
                  text.size());
    }
    return fail(Fault::data, "byte {}: no JSON stands there", error.byte);
  } catch (const Json::exception& error) {
    return fail(Fault::data, "unreadable JSON: {}", error.what());
  }
}

const Json& member(const Json& object, std::string_view name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

Result<std::string> text_in(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  if (!value.is_string()) return not_as_expected(object, name, "a text");
  return value.get<std::string>();
}

Result<std::vector<std::string>> texts_in(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  if (!value.is_array()) return not_as_expected(object, name, "a list of texts");
  std::vector<std::string> texts;
  for (const Json& each : value) {
    if (!each.is_string()) return not_as_expected(object, name, "a list of texts");
    texts.push_back(each.get<std::string>());
  }
  return texts;
}

std::string word_in(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  if (value.is_string()) return value.get<std::string>();
  return value.is_number() ? value.dump() : std::string();
}

std::optional<double> number_in(const Json& object, std::string_view name) {
  const Json& value = member(object, name);
  return value.is_number() ? std::optional(value.get<double>()) : std::nullopt;
}

std::string compact(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace proctor
