#include "proctor/exam/evaluation.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/exam/secrets.h"
#include "proctor/exam/shard.h"

namespace proctor {
namespace {

// Header lines can pick another model behind the same address; the values stay secret.
std::string headers_digest(const Model& model) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : model.headers) {
    const std::string lowered = ascii_lower(name);
    if (lowered == "authorization" || lowered.find("api-key") != std::string::npos)
      continue;
    lines.push_back(lowered + ": " + value);
  }
  if (lines.empty()) return {};
  std::ranges::sort(lines);
  return sha256_hex(join(lines, "\n"));
}

std::string request_identity(const Exam& exam, const ModelChoice& choice) {
  const Model& model = choice.model;
  nlohmann::json json = nlohmann::json::object();
  if (!model.extra_body.empty()) {
    json["extra_body"] = nlohmann::json::parse(body_to_keep(model.extra_body));
  }
  if (model.context) json["context"] = *model.context;
  if (const auto headers = headers_digest(model); !headers.empty())
    json["headers"] = headers;
  if (model.provider == "baseline")
    json["seed"] = fmt::format("{}", exam.seed.value_or(0));
  return json.dump();
}
// The protocol's sampling for that provider, before the model's own refusals.
Sampling sampling_asked(const Exam& exam, const ModelChoice& choice) {
  Sampling sampling = exam.protocol.sampling;
  const auto& limits = exam.protocol.max_tokens_for;
  const auto limit = limits.find(choice.model.provider);
  if (limit != limits.end() && !sampling.max_tokens && !exam.limit_is_own)
    sampling.max_tokens = limit->second;
  return sampling;
}

SentSampling sent_sampling(const Exam& exam, const ModelChoice& choice) {
  return sampling_for(choice.model, sampling_asked(exam, choice), exam.limit_is_own);
}

}  // namespace

std::string left_out_of(const Exam& exam, const ModelChoice& choice) {
  return sent_sampling(exam, choice).left_out;
}

Evaluation evaluation_of(const Exam& exam, const ModelChoice& choice,
                         const RunNotes& notes, const std::string& engine) {
  Evaluation evaluation{.protocol = exam.protocol,
                        .shots = exam.shots,
                        .reader = exam.reader,
                        .mixed = notes.mixed};
  Protocol& protocol = evaluation.protocol;
  // What is not sent is in no run's name.
  protocol.sampling = sent_sampling(exam, choice).sampling;
  Plan& plan = evaluation.plan;
  plan.dataset = exam.dataset.get();
  for (const std::uint32_t ordinal : exam.selection) plan.trials.push_back({ordinal});
  plan.info = {
      .key = {.provider = choice.model.provider,
              .model = choice.model.name,
              .base_url = addresses_in_name(choice),
              .dataset_digest = exam.dataset->digest,
              .protocol = identity_of(protocol),
              .request = request_identity(exam, choice),
              .engine = engine},
      .dataset = exam.dataset->name,
      .split = exam.dataset->split,
      .revision = exam.dataset->revision,
      .protocol = exam.protocol.name,
      .extract = std::string(exam.reader->name),
      .aggregation = exam.protocol.aggregation,
      .subjects = exam.subjects,
      .selection = exam.selection,
      .dropped = exam.dataset->dropped,
      .name = notes.name,
      .note = notes.note,
      .version = PROCTOR_VERSION,
      .command = notes.command,
  };
  if (exam.shard) plan.trials = shard_of(evaluation, *exam.shard);
  return evaluation;
}

}  // namespace proctor
