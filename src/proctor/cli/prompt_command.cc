#include "proctor/cli/specs.h"

namespace proctor {

Result<int> prompt_command(const Arguments& arguments, World& world) {
  const auto index = TRY(arguments.number("--index", NumberRange{0, INT32_MAX}));
  const auto form =
      TRY(format_of(arguments, {TableFormat::terminal, TableFormat::json}));
  const std::vector<ModelSpec> models = TRY(model_specs(arguments));
  if (models.size() > 1)
    return fail(Fault::usage, "expected one model, found {} and {}", models[0].name,
                models[1].name);
  const ModelSpec& model = models.front();
  const ExamSpec asked = TRY(one_exam_spec(arguments));
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
    if (++shown > 1 && form == TableFormat::terminal) world.console.print("\n----\n");
    world.console.print(form == TableFormat::json
                            ? json_with_flags(prompt_json(question, prompt, choice)) +
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
