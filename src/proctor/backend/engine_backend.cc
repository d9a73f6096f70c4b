#include <algorithm>
#include <cassert>
#include <unordered_map>

#include <nlohmann/json.hpp>

#include "proctor/backend/attempt_id.h"
#include "proctor/backend/backend.h"
#include "proctor/backend/letters.h"
#include "proctor/engine/engine.h"

namespace proctor {
namespace {

// Enough to look ahead for common beginnings; few enough to lose when it is killed.
constexpr std::size_t most_under_way = 64;
// Questions too long for the context that are kept until one is answered.
constexpr std::size_t most_held_back = 1U << 14U;

std::uint32_t seed_of(const Sampling& sampling, TrialId trial) {
  return static_cast<std::uint32_t>(
      mixed(static_cast<std::uint64_t>(sampling.seed.value_or(0)) +
            mixed(std::uint64_t{trial.ordinal} << 32U)));
}

std::int64_t characters_of(std::string_view text) {
  std::int64_t count = 0;
  const std::string valid = to_valid_utf8(text);
  for (std::size_t at = 0; at < valid.size(); ++count) next_code_point(valid, at);
  return count;
}

}  // namespace

EngineRequest engine_request(const Prompt& prompt) {
  EngineRequest request;
  for (const Message& message : prompt.messages) {
    request.turns.push_back({message.role, message.content});
  }
  request.text = prompt.text;
  request.continuations = prompt.continuations;
  const Sampling& sampling = prompt.sampling;
  request.reasoning = sampling.reasoning;
  if (sampling.max_tokens) request.max_tokens = *sampling.max_tokens;
  request.temperature = sampling.temperature.value_or(0);
  request.top_p = sampling.top_p;
  request.stop = sampling.stop;
  if (sampling.only_letters) {
    request.grammar = letters_grammar(prompt.labels);
    request.max_tokens = std::max(request.max_tokens, most_of_a_letter);
  }
  return request;
}

namespace {

class EngineBackend final : public Backend {
 public:
  EngineBackend(std::shared_ptr<Engine> engine, EngineBackendOptions options)
      : engine_(std::move(engine)),
        options_(std::move(options)),
        ids_(options_.id_seed) {}
  EngineBackend(const EngineBackend&) = delete;
  EngineBackend& operator=(const EngineBackend&) = delete;
  // Whoever asks next gets no answer of ours.
  ~EngineBackend() override {
    if (!asked_.empty()) engine_->cancel(true);
    while (!asked_.empty()) {
      const auto ended = engine_->wait(TimePoint::max());
      if (ended.empty()) break;
      for (const EngineAnswer& answer : ended) asked_.erase(answer.tag);
    }
  }

  std::size_t room() const override {
    if (fatal_ || drained_) return 0;
    return asked_.size() < most_under_way ? most_under_way - asked_.size() : 0;
  }

  void start(TrialId trial, Prompt prompt) override {
    assert(room() > 0);
    const std::uint64_t tag = next_tag_++;
    EngineRequest request = engine_request(prompt);
    request.tag = tag;
    request.name = fmt::format("question {}", trial.ordinal);
    request.seed = seed_of(prompt.sampling, trial);
    asked_.emplace(tag, Asked{trial, std::move(prompt)});
    engine_->start(std::move(request));
  }

  std::vector<Completion> wait(TimePoint until) override {
    // Nothing was started since the last one came back: there is no other question.
    if (asked_.empty()) judge_held_back();
    while (done_.empty() && !asked_.empty()) {
      std::vector<EngineAnswer> answers = engine_->wait(until);
      if (answers.empty()) break;  // it is time
      for (EngineAnswer& answer : answers) take(std::move(answer));
    }
    return std::exchange(done_, {});
  }

  std::optional<Error> fatal() const override { return fatal_; }

  void cancel(Cancel what) override {
    drained_ = true;
    engine_->cancel(what == Cancel::all);
  }

 private:
  struct Asked {
    TrialId trial;
    Prompt prompt;
  };

  void take(EngineAnswer answer) {
    const auto found = asked_.find(answer.tag);
    assert(found != asked_.end());
    const Asked asked = std::move(found->second);
    asked_.erase(found);
    const bool overflowed = answer.overflowed;
    Completion completion = completion_of(asked, std::move(answer));
    const auto& outcome = completion.attempts.back().outcome;
    if (outcome) {
      answered_ = true;
      release_held_back();
    } else if (overflowed && !answered_ && held_back_.size() < most_held_back) {
      // Too long for the context: this question, or all of them? The others will tell.
      held_back_.push_back(std::move(completion));
      return;
    } else if (outcome.error().fault == Fault::usage && !fatal_) {
      fatal_ = outcome.error();
      engine_->cancel(true);
    }
    // What ends the run is no failure of the question.
    if (fatal_) mark_cancelled(completion);
    done_.push_back(std::move(completion));
  }

  // Nothing is on its way any more: were all of them too long?
  void judge_held_back() {
    if (held_back_.empty()) return;
    if (!answered_ && !fatal_ && !drained_) {
      fatal_ = Error{Fault::usage,
                     held_back_.front().attempts.back().outcome.error().message};
      for (Completion& completion : held_back_) mark_cancelled(completion);
    }
    release_held_back();
  }

  void release_held_back() {
    for (Completion& completion : held_back_) done_.push_back(std::move(completion));
    held_back_.clear();
  }

  static void mark_cancelled(Completion& completion) {
    Attempt& attempt = completion.attempts.back();
    if (!attempt.outcome) {
      attempt.outcome = fail(Fault::cancelled, "{}", attempt.outcome.error().message);
    }
  }

  Completion completion_of(const Asked& asked, EngineAnswer answer) {
    Attempt attempt;
    attempt.started = answer.started == WallTime{} ? options_.clock() : answer.started;
    attempt.id = ids_.next(attempt.started);
    attempt.latency = answer.latency;
    attempt.request = request_text(asked.prompt, answer);
    if (answer.reply) {
      attempt.outcome = reply_of(asked.prompt, *answer.reply);
      attempt.response = response_text(asked.prompt, *answer.reply);
    } else {
      attempt.outcome = tl::unexpected(answer.reply.error());
    }
    return {asked.trial, {std::move(attempt)}};
  }

  // What was put in: the text to the byte, and what was asked of it.
  static std::string request_text(const Prompt& prompt, const EngineAnswer& answer) {
    nlohmann::ordered_json json;
    json["prompt"] = to_valid_utf8(answer.prompt);
    if (!prompt.continuations.empty()) {
      json["continuations"] = prompt.continuations;
    } else {
      const Sampling& sampling = prompt.sampling;
      if (sampling.max_tokens) json["max_tokens"] = *sampling.max_tokens;
      if (sampling.temperature) json["temperature"] = *sampling.temperature;
      if (sampling.top_p) json["top_p"] = *sampling.top_p;
      if (sampling.seed) json["seed"] = *sampling.seed;
      if (!sampling.stop.empty()) json["stop"] = sampling.stop;
      if (sampling.only_letters) json["only_letters"] = prompt.labels;
    }
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  Reply reply_of(const Prompt& prompt, const EngineReply& engine) const {
    Reply reply;
    reply.model = options_.model;
    reply.build = engine_->info().build;
    reply.finish_reason = engine.finish_reason;
    reply.tokens = {.prompt = engine.prompt_tokens,
                    .reply = engine.reply_tokens,
                    .decoded = engine.decoded};
    if (prompt.continuations.empty()) {
      reply.text = engine.text;
      reply.reasoning = engine.reasoning;
      return reply;
    }
    const auto best =
        std::ranges::max_element(engine.likelihoods, {}, &Likelihood::sum);
    for (std::size_t i = 0; i < engine.likelihoods.size(); ++i) {
      reply.logprobs[label(prompt, i)] = engine.likelihoods[i].sum;
    }
    reply.text =
        label(prompt, static_cast<std::size_t>(best - engine.likelihoods.begin()));
    return reply;
  }

  static std::string label(const Prompt& prompt, std::size_t i) {
    return i < prompt.labels.size()
               ? std::string(1, prompt.labels[i])
               : std::string(1, static_cast<char>('A' + static_cast<int>(i)));
  }

  static std::string response_text(const Prompt& prompt, const EngineReply& engine) {
    nlohmann::ordered_json json;
    for (std::size_t i = 0; i < engine.likelihoods.size(); ++i) {
      const Likelihood& likelihood = engine.likelihoods[i];
      // By the option's own length, without the blank before it, as lm-eval divides.
      const std::string& text =
          i < prompt.choices.size() &&
                  prompt.continuations[i].ends_with(prompt.choices[i])
              ? prompt.choices[i]
              : prompt.continuations[i];
      const auto tokens =
          static_cast<double>(std::max<std::int64_t>(1, likelihood.tokens));
      const auto characters =
          static_cast<double>(std::max<std::int64_t>(1, characters_of(text)));
      const auto bytes = static_cast<double>(std::max<std::size_t>(1, text.size()));
      json["scores"].push_back({{"letter", label(prompt, i)},
                                {"sum", likelihood.sum},
                                {"per_token", likelihood.sum / tokens},
                                {"per_character", likelihood.sum / characters},
                                {"per_byte", likelihood.sum / bytes}});
    }
    if (engine.likelihoods.empty()) json["text"] = engine.written;
    json["finish_reason"] = engine.finish_reason;
    json["tokens"] = {{"prompt", engine.prompt_tokens},
                      {"reply", engine.reply_tokens},
                      {"decoded", engine.decoded}};
    return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  }

  std::shared_ptr<Engine> engine_;
  EngineBackendOptions options_;
  AttemptIds ids_;
  std::unordered_map<std::uint64_t, Asked> asked_;
  std::vector<Completion> held_back_;  // too long, while nothing is answered yet
  std::vector<Completion> done_;
  std::optional<Error> fatal_;
  bool drained_ = false;
  bool answered_ = false;  // one question at least
  std::uint64_t next_tag_ = 0;
};

}  // namespace

std::unique_ptr<Backend> make_engine_backend(std::shared_ptr<Engine> engine,
                                             EngineBackendOptions options) {
  return std::make_unique<EngineBackend>(std::move(engine), std::move(options));
}

}  // namespace proctor
