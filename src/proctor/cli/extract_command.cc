#include <nlohmann/json.hpp>

#include "proctor/cli/commands.h"
#include "proctor/dataset/dataset.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

struct Line {
  Json id;
  std::string output;
  std::vector<std::string> choices;
  std::string labels;
  std::string finish_reason;
};

Result<Line> read_line(std::string_view text, const std::string& labels) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return fail(Fault::data, "expected a JSON object");
  const auto output = json.find("output");
  if (output == json.end() || !output->is_string()) {
    return fail(Fault::data, "expected a text under \"output\"");
  }
  Line line{.id = json.value("id", Json(nullptr)), .output = *output, .labels = labels};
  if (const auto choices = json.find("choices"); choices != json.end()) {
    if (choices->is_array()) {
      for (const Json& choice : *choices) {
        line.choices.push_back(choice.is_string() ? choice.get<std::string>()
                                                  : choice.dump());
      }
    }
  }
  std::size_t options = line.choices.size();
  if (const auto n = json.find("n_options");
      n != json.end() && n->is_number_unsigned()) {
    options = n->get<std::size_t>();
  }
  if (options >= 1 && options <= 26 && labels.empty()) {
    line.labels = labels_of(options);
  }
  if (line.labels.empty()) line.labels = "ABCD";
  if (const auto reason = json.find("finish_reason");
      reason != json.end() && reason->is_string()) {
    line.finish_reason = *reason;
  }
  return line;
}

Json answer_json(const Line& line, const Answer& answer) {
  return {
      {"id", line.id},
      {"letter", answer.letter ? Json(std::string(1, *answer.letter)) : Json(nullptr)},
      {"text", answer.text ? Json(*answer.text) : Json(nullptr)},
      {"rule", answer.rule},
      {"refused", answer.refused}};
}

}  // namespace

Result<int> extract_command(const Arguments& arguments, World& world) {
  if (arguments.positional.size() != 1) {
    return fail(
        Fault::usage, "expected one .jsonl file, found {}",
        arguments.positional.empty() ? "none" : join(arguments.positional, " "));
  }
  const Reader& reader =
      *TRY(find_reader(arguments.get("--extract").value_or("proctor")).in("--extract"));
  const std::string labels = arguments.get("--labels").value_or("");
  const std::string& path = arguments.positional[0];
  const std::string content = TRY(read_file(path));
  std::string_view rest = content;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = python_strip(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    if (text.empty()) continue;
    const Line line =
        TRY(read_line(text, labels).in(fmt::format("{}: line {}", path, number)));
    const Answer answer = reader.read({.reply = line.output,
                                       .labels = line.labels,
                                       .choices = line.choices,
                                       .finish_reason = line.finish_reason});
    world.console.print(
        answer_json(line, answer)
            .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
        "\n");
  }
  return complete;
}

}  // namespace proctor
