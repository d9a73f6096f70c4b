#include <nlohmann/json.hpp>

#include "proctor/cli/commands.h"
#include "proctor/cli/specs.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

Json prompt_json(const Question& question, const Prompt& prompt,
                 const ModelChoice& choice) {
  Json json = {
      {"id", question.id}, {"subject", question.subject}, {"index", question.index}};
  if (prompt.messages.empty()) {
    json["prompt"] = prompt.text;
  } else {
    json["messages"] = Json::array();
    for (const Message& message : prompt.messages) {
      json["messages"].push_back(
          {{"role", message.role}, {"content", message.content}});
    }
  }
  if (!prompt.continuations.empty()) json["continuations"] = prompt.continuations;
  if (choice.provider == nullptr) return json;
  const auto request = choice.provider->dialect->encode(choice.model, prompt);
  json["url"] = request ? Json(url_to_show(request->url)) : Json(nullptr);
  json["body"] = request ? Json::parse(body_to_keep(request->body)) : Json(nullptr);
  if (!request) json["cannot_be_sent"] = request.error().message;
  return json;
}

std::string prompt_text(const Prompt& prompt) {
  if (prompt.messages.empty()) return prompt.text;
  std::string text;
  for (const Message& message : prompt.messages) {
    // One user's message is the whole prompt, as it is.
    if (prompt.messages.size() > 1) text += fmt::format("[{}]\n", message.role);
    text += message.content;
    if (prompt.messages.size() > 1) text += "\n";
  }
  return text;
}

}  // namespace

Result<int> prompt_command(const Arguments& arguments, World& world) {
  const auto index = TRY(arguments.whole("--index", 0, INT32_MAX));
  const ModelSpec model = TRY(model_specs(arguments)).front();
  const ExamSpec asked = TRY(exam_spec(arguments));
  const ModelChoice choice = TRY(choose_model(model, world.environment, false));
  TRY(check_applies(model, asked, std::span(&choice, 1)));
  const Exam exam = TRY(prepare_exam(asked, reading_world(world)));
  TRY(check_applies(model, std::span(&exam, 1)));
  const Evaluation evaluation = evaluation_of(exam, choice);
  std::int64_t shown = 0;
  for (const TrialId trial : evaluation.plan.trials) {
    const Question& question = exam.dataset->questions[trial.ordinal];
    if (index && question.index != *index) continue;
    const Prompt prompt = prompt_for(evaluation, trial);
    ++shown;
    world.console.print(
        arguments.has("--json")
            ? prompt_json(question, prompt, choice)
                      .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) +
                  "\n"
            : prompt_text(prompt));
  }
  if (shown == 0) {
    return fail(Fault::usage, "--index: found {}, and {} has no such question",
                index.value_or(0), exam.subjects);
  }
  return complete;
}

}  // namespace proctor
