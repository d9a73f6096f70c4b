#include "proctor/backend/json.h"

#include <algorithm>

namespace proctor {
namespace {

// Where the string that begins at `at` ends: behind its closing quote, or at the end.
std::size_t end_of_string(std::string_view json, std::size_t at) {
  for (std::size_t quote = json.find('"', at + 1); quote != std::string_view::npos;
       quote = json.find('"', quote + 1)) {
    std::size_t escapes = 0;
    while (json[quote - escapes - 1] == '\\') ++escapes;  // ends: a quote came before
    if (escapes % 2 == 0) return quote + 1;
  }
  return json.size();
}

// Fifty megabytes of one string are copied into no document.
std::string without_long_strings(std::string_view json) {
  std::string rest;
  for (std::size_t at = 0; at < json.size();) {
    const std::size_t begin = std::min(json.find('"', at), json.size());
    rest += json.substr(at, begin - at);
    if (begin == json.size()) break;
    at = end_of_string(json, begin);
    rest += at - begin > most_parsed ? "null" : json.substr(begin, at - begin);
    if (rest.size() > most_parsed) break;  // too long without them, too
  }
  return rest;
}

}  // namespace

Result<Document> Document::parse(std::string_view body) {
  std::string_view text = python_strip(body);
  if (text.empty()) return fail(Fault::network, "the answer is empty");
  Document document;
  std::string rest;
  if (text.size() > most_parsed && (text[0] == '{' || text[0] == '[')) {
    rest = without_long_strings(text);
    document.left_out_ = rest.size() < text.size();
    text = rest;
  }
  if (text.size() > most_parsed) {
    return fail(Fault::rejected,
                "the answer is too long to be read ({} bytes; {} at most): {}",
                body.size(), most_parsed, beginning_of(text));
  }
  auto error = document.parser_->parse(text.data(), text.size()).get(document.root_);
  if (error == simdjson::UTF8_ERROR) {
    const std::string valid = to_valid_utf8(text);
    error = document.parser_->parse(valid.data(), valid.size()).get(document.root_);
  }
  if (error != simdjson::SUCCESS) {
    return fail(Fault::network, "the answer is not JSON: {}", beginning_of(text));
  }
  return document;
}

std::string beginning_of(std::string_view body) {
  return fit(for_terminal_line(body.substr(0, 400)), 60);
}

std::string_view text_at(simdjson::dom::element root, std::string_view pointer) {
  std::string_view text;
  if (root.at_pointer(pointer).get(text) != simdjson::SUCCESS) return {};
  return text;
}

std::optional<std::int64_t> number_at(simdjson::dom::element root,
                                      std::string_view pointer) {
  std::int64_t number = 0;
  if (root.at_pointer(pointer).get(number) != simdjson::SUCCESS) return std::nullopt;
  return number;
}

void keep_number(std::optional<std::int64_t>& kept, simdjson::dom::element root,
                 std::string_view pointer) {
  if (const auto number = number_at(root, pointer)) kept = number;
}

void add_header(HttpRequest& request, std::string_view name, std::string value) {
  const std::string lowered = ascii_lower(name);
  for (const auto& header : request.headers) {
    if (ascii_lower(header.first) == lowered) return;
  }
  request.headers.emplace_back(name, std::move(value));
}

Result<HttpRequest> json_request(const Model& model, std::string url,
                                 nlohmann::json body) {
  if (!model.extra_body.empty()) {
    body.merge_patch(nlohmann::json::parse(model.extra_body));
  }
  HttpRequest request{.method = "POST", .url = std::move(url)};
  request.headers = model.headers;
  add_header(request, "Content-Type", "application/json");
  // Questions are valid UTF-8; a user's words might not be.
  request.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return request;
}

}  // namespace proctor
