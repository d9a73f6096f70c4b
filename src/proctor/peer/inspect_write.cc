// The keys are those of inspect_ai 0.3.285, log version 2.
#include <algorithm>

#include "proctor/peer/exported.h"
#include "proctor/peer/json_file.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

constexpr int log_version = 2;

// Python's datetime.fromisoformat() takes it.
std::string time_text(WallTime time) {
  return iso_time(time);
}

Json usage_of(std::int64_t prompt, std::int64_t reply) {
  return {{"input_tokens", prompt},
          {"output_tokens", reply},
          {"total_tokens", prompt + reply}};
}

// ---- A sample ---------------------------------------------------------------------

Json target_of(const Question& question) {
  const std::vector<std::string> letters = right_letters(question);
  return letters.size() == 1 ? Json(letters.front()) : Json(letters);
}

Json scores_of(const ExportedReply& one, const std::string& scorer) {
  const auto& letter = one.answer.letter;
  return {{scorer,
           {{"value", one.is_right() ? "C" : "I"},
            {"answer", letter ? Json(std::string(1, *letter)) : Json(nullptr)},
            {"explanation", one.answer.rule},
            {"metadata", {{"mark", name_of(one.mark)}}},
            {"history", Json::array()}}}};
}

// The words that inspect knows.
std::string stop_reason(const std::string& finish_reason) {
  if (means_cut(finish_reason)) return "max_tokens";
  return means_refused(finish_reason) ? "content_filter" : "stop";
}

Json content_of(const Reply& reply) {
  if (reply.reasoning.empty()) return reply.text;
  return Json::array({{{"type", "reasoning"}, {"reasoning", reply.reasoning}},
                      {{"type", "text"}, {"text", reply.text}}});
}

Json messages_of(const ExportedReply& one, const std::string& model) {
  Json messages = Json::array();
  for (const SentTurn& turn : sent_turns(one.attempt.request)) {
    // Gemini's word for an assistant.
    const std::string role = turn.role.empty()      ? "user"
                             : turn.role == "model" ? "assistant"
                                                    : turn.role;
    messages.push_back({{"role", role}, {"source", "input"}, {"content", turn.words}});
  }
  if (one.has_reply()) {
    messages.push_back({{"role", "assistant"},
                        {"source", "generate"},
                        {"model", model},
                        {"content", content_of(*one.attempt.outcome)}});
  }
  return messages;
}

Json output_of(const ExportedReply& one, const std::string& model) {
  if (!one.has_reply()) return {{"model", model}, {"choices", Json::array()}};
  const Reply& reply = *one.attempt.outcome;
  Json output = {
      {"model", model},
      {"choices", Json::array({{{"message",
                                 {{"role", "assistant"},
                                  {"source", "generate"},
                                  {"model", model},
                                  {"content", content_of(reply)}}},
                                {"stop_reason", stop_reason(reply.finish_reason)}}})},
      {"completion", reply.text},
      {"time", static_cast<double>(one.attempt.latency.count()) / 1e6}};
  if (reply.tokens.prompt || reply.tokens.reply) {
    output["usage"] =
        usage_of(reply.tokens.prompt.value_or(0), reply.tokens.reply.value_or(0));
  }
  return output;
}

// What a sample and its line in the summaries have in common.
Json summary_of(const ExportedReply& one, const std::string& scorer) {
  Json sample = {{"id", one.question.id},
                 {"epoch", 1},
                 {"input", one.question.text},
                 {"choices", one.question.choices},
                 {"target", target_of(one.question)},
                 {"metadata", {{"subject", one.question.subject}}}};
  if (one.has_reply()) sample["scores"] = scores_of(one, scorer);
  if (one.attempt.started != WallTime{}) {
    sample["started_at"] = time_text(one.attempt.started);
    sample["completed_at"] = time_text(one.attempt.started + one.attempt.latency);
    sample["total_time"] = static_cast<double>(one.attempt.latency.count()) / 1e6;
  }
  return sample;
}

Json sample_of(const ExportedReply& one, const std::string& model,
               const std::string& scorer) {
  Json sample = summary_of(one, scorer);
  sample["messages"] = messages_of(one, model);
  sample["output"] = output_of(one, model);
  if (!one.has_reply()) {
    const std::string& why = one.attempt.outcome.error().message;
    sample["error"] = {{"message", why}, {"traceback", ""}, {"traceback_ansi", ""}};
  }
  return sample;
}

// ---- The header -------------------------------------------------------------------

Json eval_of(const ExportedRun& run, const std::string& task) {
  const RunInfo& info = run.run.info;
  Json ids = Json::array();
  for (const ExportedReply& one : run.replies) ids.push_back(one.question.id);
  const std::string& id = run.run.id;
  const Json metrics = Json::array({{{"name", "accuracy"}, {"options", Json::object()}},
                                    {{"name", "stderr"}, {"options", Json::object()}}});
  return {{"eval_id", id.substr(0, 22)},
          {"run_id", id.substr(0, 22)},
          {"created", time_text(run.created)},
          {"task", task},
          {"task_id", id.substr(0, 22)},
          {"task_version", 0},
          {"task_args", {{"protocol", info.protocol}, {"reader", run.run.extract}}},
          {"dataset",
           {{"name", info.dataset},
            {"samples", run.run.planned},
            {"sample_ids", ids},
            {"shuffled", false}}},
          {"model", run.model()},
          {"config", {{"epochs", 1}}},
          {"packages", {{"proctor", info.version}}},
          {"metadata", {{"proctor_run", id}}},
          {"scorers", Json::array({{{"name", run.run.extract},
                                    {"options", Json::object()},
                                    {"metrics", metrics}}})}};
}

Json metric_of(const char* name, double value) {
  return {{"name", name}, {"value", value}, {"params", Json::object()}};
}

// Over what was scored, as inspect counts: a sample with an error is not.
Json results_of(const ExportedRun& run) {
  const Ledger& ledger = run.run.ledger();
  const Count count{ledger.right, ledger.n() - ledger.failed};
  const double accuracy =
      static_cast<double>(count.right) / static_cast<double>(count.n);
  const Json score = {
      {"name", run.run.extract},
      {"scorer", run.run.extract},
      {"scored_samples", count.n},
      {"unscored_samples", ledger.failed},
      {"params", Json::object()},
      {"metrics",
       {{"accuracy", metric_of("accuracy", accuracy)},
        {"stderr", metric_of("stderr", standard_error(count).value_or(0))}}}};
  return {{"total_samples", run.run.planned},
          {"completed_samples", count.n},
          {"scores", Json::array({score})}};
}

Json header_of(const ExportedRun& run, const std::string& task) {
  const Account& account = run.run.account;
  return {{"version", log_version},
          {"status", run.is_whole() ? "success" : "cancelled"},
          {"eval", eval_of(run, task)},
          {"plan",
           {{"name", "plan"}, {"steps", Json::array()}, {"config", Json::object()}}},
          {"results", results_of(run)},
          {"stats",
           {{"started_at", time_text(run.created)},
            {"completed_at", time_text(run.updated)},
            {"model_usage",
             {{run.model(), usage_of(account.prompt_tokens, account.reply_tokens)}}}}}};
}

// A sample's name within the log; a slash makes a folder, as inspect's own do, and no
// name leads out of the folder samples.
std::string inner_name(const Question& question) {
  const std::string id = replace_all(question.id, "\\", "_");
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= id.size();) {
    const std::size_t end = std::min(id.find('/', at), id.size());
    const std::string part = id.substr(at, end - at);
    parts.push_back(part.empty() || part == "." || part == ".." ? "_" : part);
    at = end + 1;
  }
  return join(parts, "/");
}

// A log knows its samples by their ids alone.
void tell_apart(std::vector<ExportedReply>& replies) {
  std::set<std::string> taken;
  for (ExportedReply& one : replies)
    one.question.id = unused_name(one.question.id, taken);
}

}  // namespace

Result<std::string> inspect_log(ExportedRun run) {
  tell_apart(run.replies);
  const std::string model = run.model();
  const std::string task = run.run.info.protocol;
  const Json header = header_of(run, task);
  std::vector<FileContent> files;
  files.push_back({"_journal/start.json", compact({{"version", log_version},
                                                   {"eval", header["eval"]},
                                                   {"plan", header["plan"]}})});
  Json summaries = Json::array();
  std::set<std::string> taken;
  for (const ExportedReply& one : run.replies) {
    files.push_back({fmt::format("samples/{}_epoch_1.json",
                                 unused_name(inner_name(one.question), taken)),
                     compact(sample_of(one, model, run.run.extract))});
    Json& summary = summaries.emplace_back(summary_of(one, run.run.extract));
    if (!one.has_reply()) summary["error"] = one.attempt.outcome.error().message;
    summary["completed"] = true;
  }
  files.push_back({"summaries.json", compact(summaries)});
  files.push_back({"header.json", compact(header)});
  return zip_of(files);
}

}  // namespace proctor
