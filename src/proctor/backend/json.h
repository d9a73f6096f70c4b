// What the dialects share in reading and writing JSON. Not for other folders.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <simdjson.h>
#include <nlohmann/json.hpp>

#include "proctor/backend/backend.h"
#include "proctor/base/base.h"

namespace proctor {

// What is parsed of an answer, and how long a text in it may be. A parsed document
// takes up to ten times its size.
constexpr std::size_t most_parsed = 16U << 20U;

// A server's answer, parsed. Owns its text; invalid UTF-8 was replaced before parsing.
class Document {
 public:
  // Blank lines before the JSON (DeepSeek's keep-alive) are no error. Of an answer that
  // is longer than most_parsed the strings of that length are not taken along: null
  // stands for them. Fault::rejected where the rest is too long as well.
  static Result<Document> parse(std::string_view body);

  simdjson::dom::element root() const { return root_; }
  // A string was too long to be taken along.
  bool left_out() const { return left_out_; }

 private:
  std::unique_ptr<simdjson::dom::parser> parser_ =
      std::make_unique<simdjson::dom::parser>();
  simdjson::dom::element root_;
  bool left_out_ = false;
};

// How an answer that is not as it should be begins, for an error: one inert line. It
// may be a page of many megabytes, of which no more is looked at.
std::string beginning_of(std::string_view body);

// The string at a JSON pointer ("/error/message"), or "" where there is none.
std::string_view text_at(simdjson::dom::element root, std::string_view pointer);
std::optional<std::int64_t> number_at(simdjson::dom::element root,
                                      std::string_view pointer);
// Keeps what stands there, where a number does: of an answer in pieces the last says
// it.
void keep_number(std::optional<std::int64_t>& kept, simdjson::dom::element root,
                 std::string_view pointer);

// A header of Proctor's own; one of that name that stands already, a user's, wins.
void add_header(HttpRequest& request, std::string_view name, std::string value);

// Adds what the prompt's reasoning is to this provider. Fault::usage, with the field's
// name, for what it cannot be told.
Status add_reasoning(const Model& model, const Prompt& prompt, nlohmann::json& body);

// A JSON request to `url`; what --extra-body says wins, deep into objects, and so do
// --header's lines.
Result<HttpRequest> json_request(const Model& model, std::string url,
                                 nlohmann::json body);

}  // namespace proctor
