#include "proctor/report/export.h"

#include <array>
#include <filesystem>

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

Json line_json(const Graded& graded) {
  const Question& question = *graded.question;
  const Attempt& attempt = *graded.attempt;
  const bool replied = attempt.outcome.has_value();
  const Reply reply = reply_of(attempt);
  return {
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
  };
}

// A table's cells have one type a column, whichever letters a question has.
Json table_row(Json line) {
  Json logprobs = Json::array();
  for (const auto& [letter, logprob] : line["logprobs"].items())
    logprobs.push_back({{"letter", letter}, {"logprob", logprob}});
  line["logprobs"] = std::move(logprobs);
  line["prompt_tokens"] = line["tokens"]["prompt"];
  line["reply_tokens"] = line["tokens"]["reply"];
  line.erase("tokens");
  return line;
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

Result<ExportFormat> export_format_of(std::string_view name, std::string_view file) {
  const std::string ending = std::filesystem::path(file).extension().string();
  const std::string_view word =
      !name.empty() || ending.empty() ? name : std::string_view(ending).substr(1);
  if (word.empty() || word == "jsonl" || word == "json") return ExportFormat::jsonl;
  if (word == "csv") return ExportFormat::csv;
  if (word == "parquet") return ExportFormat::parquet;
  if (name.empty())
    return fail(Fault::usage, "-o: found {}, expected .jsonl, .csv, .parquet or .eval",
                file);
  return fail(Fault::usage,
              "--format: found {}, expected jsonl, csv, parquet, inspect, lm-eval or "
              "mmlu-pro",
              name);
}

std::span<const std::pair<std::string_view, std::string_view>> export_columns() {
  using Column = std::pair<std::string_view, std::string_view>;
  static constexpr std::array columns = {
      Column{"id", "string"},
      Column{"subject", "string"},
      Column{"index", "int64"},
      Column{"question", "string"},
      Column{"choices", "list<item: string>"},
      Column{"right", "string"},
      Column{"letter", "string"},
      Column{"mark", "string"},
      Column{"rule", "string"},
      Column{"reply", "string"},
      Column{"reasoning", "string"},
      Column{"finish_reason", "string"},
      Column{"logprobs", "list<item: struct<letter: string, logprob: double>>"},
      Column{"prompt_tokens", "int64"},
      Column{"reply_tokens", "int64"},
      Column{"latency_ms", "double"},
      Column{"attempts", "int64"},
      Column{"second_try", "bool"},
      Column{"error", "string"},
  };
  return columns;
}

std::string export_head(ExportFormat format) {
  return std::string(format == ExportFormat::csv ? csv_titles : "");
}

std::string export_line(ExportFormat format, const Graded& graded) {
  if (format == ExportFormat::csv) return csv_line(graded) + "\n";
  const Json line = line_json(graded);
  return json_line(format == ExportFormat::parquet ? table_row(line) : line) + "\n";
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
