#include "proctor/report/export.h"

#include "proctor/report/json_line.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

template <class Value>
Json or_null(const std::optional<Value>& value) {
  return value ? Json(*value) : Json(nullptr);
}

Json text_or_null(const std::string& text, bool is_there) {
  return is_there ? Json(text) : Json(nullptr);
}

Json letter_or_null(const Answer& answer) {
  return answer.letter ? Json(std::string(1, *answer.letter)) : Json(nullptr);
}

Json tokens_json(const Tokens& tokens) {
  return {{"prompt", or_null(tokens.prompt)}, {"reply", or_null(tokens.reply)}};
}

// Without a reply an empty one, and why there is none.
Reply reply_of(const Attempt& attempt) {
  return attempt.outcome ? *attempt.outcome : Reply();
}

double milliseconds_of(const Attempt& attempt) {
  return static_cast<double>(attempt.latency.count()) / 1000;
}

std::string jsonl_line(const Graded& graded) {
  const Question& question = *graded.question;
  const Attempt& attempt = *graded.attempt;
  const bool replied = attempt.outcome.has_value();
  const Reply reply = reply_of(attempt);
  return json_line({
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
      {"latency_ms", milliseconds_of(attempt)},
      {"attempts", graded.attempts},
      {"second_try", graded.is_second_try},
      {"error", replied ? Json(nullptr) : Json(attempt.outcome.error().message)},
  });
}

constexpr std::string_view csv_titles =
    "id,subject,index,question,choices,right,letter,mark,rule,reply,reasoning,"
    "finish_reason,prompt_tokens,reply_tokens,latency_ms,attempts,second_try,error\n";

std::string choices_cell(const Question& question) {
  std::string text;
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    text += fmt::format("{}{}. {}", i == 0 ? "" : "\n", letter_of(static_cast<int>(i)),
                        question.choices[i]);
  }
  return text;
}

std::string csv_line(const Graded& graded) {
  const Question& question = *graded.question;
  const Attempt& attempt = *graded.attempt;
  const Reply reply = reply_of(attempt);
  const auto count = [](std::optional<std::int64_t> number) {
    return number ? fmt::format("{}", *number) : std::string();
  };
  std::vector<std::string> cells = {
      question.id,
      question.subject,
      fmt::format("{}", question.index),
      question.text,
      choices_cell(question),
      join(right_letters(question), ","),
      graded.answer.letter ? std::string(1, *graded.answer.letter) : "",
      std::string(name_of(graded.mark)),
      graded.answer.rule,
      reply.text,
      reply.reasoning,
      reply.finish_reason,
      count(reply.tokens.prompt),
      count(reply.tokens.reply),
      fmt::format("{}", milliseconds_of(attempt)),
      fmt::format("{}", graded.attempts),
      graded.is_second_try ? "1" : "0",
      attempt.outcome ? "" : attempt.outcome.error().message,
  };
  for (std::string& cell : cells) cell = for_csv(cell);
  return join(cells, ",");
}

}  // namespace

std::string export_head(ExportFormat format) {
  return std::string(format == ExportFormat::csv ? csv_titles : "");
}

std::string export_line(ExportFormat format, const Graded& graded) {
  return (format == ExportFormat::csv ? csv_line(graded) : jsonl_line(graded)) + "\n";
}

std::string answer_head(ExportFormat format) {
  return format == ExportFormat::csv ? "id,letter,text,rule,refused\n" : "";
}

std::string answer_line(ExportFormat format, const ReplyLine& line,
                        const Answer& answer) {
  const Json json = {{"id", Json::parse(line.id, nullptr, false)},
                     {"letter", letter_or_null(answer)},
                     {"text", or_null(answer.text)},
                     {"rule", answer.rule},
                     {"refused", answer.refused}};
  if (format == ExportFormat::jsonl) return json_line(json) + "\n";
  const std::string with_titles = csv_of(std::span(&json, 1));
  return with_titles.substr(with_titles.find('\n') + 1);
}

}  // namespace proctor
