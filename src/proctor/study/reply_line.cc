#include "proctor/study/reply_line.h"

#include <nlohmann/json.hpp>

#include "proctor/question/question.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t most_letters = 26;

std::vector<std::string> choices_in(const Json& json) {
  std::vector<std::string> choices;
  const auto found = json.find("choices");
  if (found == json.end() || !found->is_array()) return choices;
  for (const Json& choice : *found)
    choices.push_back(choice.is_string() ? choice.get<std::string>() : choice.dump());
  return choices;
}

std::string labels_in(const Json& json, std::size_t choices) {
  const auto said = json.find("n_options");
  const std::size_t options = said != json.end() && said->is_number_unsigned()
                                  ? said->get<std::size_t>()
                                  : choices;
  return options >= 1 && options <= most_letters ? labels_of(options) : "ABCD";
}

}  // namespace

Reading ReplyLine::reading() const {
  return {.reply = reply,
          .labels = labels,
          .choices = choices,
          .finish_reason = finish_reason};
}

Result<ReplyLine> read_reply_line(std::string_view text, const std::string& labels) {
  if (is_nested_too_deeply(text)) {
    return fail(Fault::data, "found JSON nested more than {} deep; no reply needs that",
                most_nested);
  }
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(Fault::data, "expected a JSON object");
  auto output = json.find("output");
  if (output == json.end()) output = json.find("reply");  // as `export` has it
  if (output == json.end() || !output->is_string()) {
    return fail(Fault::data, "expected a text under \"output\" or \"reply\"");
  }
  ReplyLine line{.id = json.value("id", Json(nullptr)).dump(), .reply = *output};
  line.choices = choices_in(json);
  line.labels = labels.empty() ? labels_in(json, line.choices.size()) : labels;
  const auto reason = json.find("finish_reason");
  if (reason != json.end() && reason->is_string()) line.finish_reason = *reason;
  return line;
}

Status each_reply_line(std::string_view text, const std::string& labels,
                       const std::function<void(const ReplyLine&)>& see) {
  return each_line(text, [&](std::string_view line) -> Status {
    see(TRY(read_reply_line(line, labels)));
    return {};
  });
}

}  // namespace proctor
