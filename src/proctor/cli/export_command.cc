#include <nlohmann/json.hpp>

#include "proctor/cli/output.h"
#include "proctor/cli/stored_runs.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

Json text_or_null(const std::string& text, bool is_there) {
  return is_there ? Json(text) : Json(nullptr);
}

Json letter_or_null(const Answer& answer) {
  return answer.letter ? Json(std::string(1, *answer.letter)) : Json(nullptr);
}

Json tokens_json(const Tokens& tokens) {
  Json json = Json::object();
  json["prompt"] = tokens.prompt ? Json(*tokens.prompt) : Json(nullptr);
  json["reply"] = tokens.reply ? Json(*tokens.reply) : Json(nullptr);
  return json;
}

std::string jsonl_line(const Graded& graded) {
  const Question& question = *graded.question;
  const Attempt& attempt = *graded.attempt;
  const bool replied = attempt.outcome.has_value();
  const Reply reply = replied ? *attempt.outcome : Reply();
  Json json = {
      {"id", question.id},
      {"subject", question.subject},
      {"index", question.index},
      {"question", question.text},
      {"choices", question.choices},
      {"right", join(right_letters(question), ",")},
      {"letter", letter_or_null(graded.answer)},
      {"mark", name_of(graded.mark)},
      {"rule", graded.answer.rule},
      {"reply", text_or_null(reply.text, replied)},
      {"reasoning", reply.reasoning},
      {"finish_reason", text_or_null(reply.finish_reason, replied)},
      {"logprobs", reply.logprobs},
      {"tokens", tokens_json(reply.tokens)},
      {"latency_ms", static_cast<double>(attempt.latency.count()) / 1000},
      {"attempts", graded.attempts},
      {"error", replied ? Json(nullptr) : Json(attempt.outcome.error().message)},
  };
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

constexpr std::string_view csv_header =
    "id,subject,index,question,choices,right,letter,mark,rule,reply,reasoning,"
    "finish_reason,prompt_tokens,reply_tokens,latency_ms,attempts,error\n";

std::string csv_line(const Graded& graded) {
  const Question& question = *graded.question;
  const Attempt& attempt = *graded.attempt;
  const bool replied = attempt.outcome.has_value();
  const Reply reply = replied ? *attempt.outcome : Reply();
  const auto count = [](std::optional<std::int64_t> number) {
    return number ? fmt::format("{}", *number) : std::string();
  };
  std::string choices;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    choices += fmt::format("{}{}. {}", i == 0 ? "" : "\n",
                           letter_of(static_cast<int>(i)), question.choices[i]);
  }
  std::vector<std::string> cells = {
      question.id,
      question.subject,
      fmt::format("{}", question.index),
      question.text,
      choices,
      join(right_letters(question), ","),
      graded.answer.letter ? std::string(1, *graded.answer.letter) : "",
      std::string(name_of(graded.mark)),
      graded.answer.rule,
      reply.text,
      reply.reasoning,
      reply.finish_reason,
      count(reply.tokens.prompt),
      count(reply.tokens.reply),
      fmt::format("{}", static_cast<double>(attempt.latency.count()) / 1000),
      fmt::format("{}", graded.attempts),
      replied ? "" : attempt.outcome.error().message,
  };
  for (std::string& cell : cells) cell = for_csv(cell);
  return join(cells, ",") + "\n";
}

}  // namespace

Result<int> export_command(const Arguments& arguments, World& world) {
  const std::string format = arguments.get("--format").value_or("jsonl");
  if (format != "jsonl" && format != "csv") {
    return fail(Fault::usage, "--format: found {}, expected jsonl or csv", format);
  }
  TRY(check_output(arguments));
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored = TRY(run_named(*store, arguments));
  std::string text(format == "csv" ? csv_header : "");
  const auto add = [&](const Graded& graded) -> Status {
    text += format == "csv" ? csv_line(graded) : jsonl_line(graded);
    return {};
  };
  const ScoredRun run =
      TRY(score_stored_run(*store, stored, look_of(arguments), false, add));
  if (TRY(write_output(arguments, world, text))) {
    world.console.say(fmt::format("{}: {} questions of run {}",
                                  *arguments.get("--output"), run.ended(),
                                  run.short_id()));
  }
  return complete;
}

}  // namespace proctor
