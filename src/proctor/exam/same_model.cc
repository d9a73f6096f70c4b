#include "proctor/exam/same_model.h"

#include <array>
#include <memory>
#include <optional>

#include "proctor/http/http.h"
#include "proctor/reply/reply.h"

namespace proctor {
namespace {

// Short, and with one likely reply: no near tie that two machines round apart.
constexpr std::array<std::string_view, 3> questions = {
    "Write the numbers from 1 to 5, separated by blanks.",
    "Which city is the capital of Japan? Answer with its name only.",
    "Write the word house backwards.",
};

Prompt prompt_of(std::string_view question, const Model& model, Form form) {
  constexpr int enough = 16;
  Prompt prompt;
  if (form == Form::text) {
    prompt.text = std::string(question) + "\n";
  } else {
    prompt.messages = {{"user", std::string(question)}};
  }
  const Sampling asked{.max_tokens = enough, .temperature = 0};
  prompt.sampling = sampling_for(model, asked, true).sampling;
  return prompt;
}

// A server that is being asked.
struct Candidate {
  ModelPlace place;
  std::unique_ptr<Backend> backend;
  std::vector<std::string> replies = {};  // in the questions' order
  std::optional<Error> error = {};        // instead of the next one
};

Candidate candidate_at(const ModelChoice& choice, const Model& model,
                       const ExamWorld& world) {
  HttpBackendOptions options{.concurrency = 1, .retries = 1};
  options.deadlines.total =
      choice.spec.timeout.value_or(std::chrono::milliseconds(60'000));
  HttpClient http(http_options(world.environment, 1));
  return {{model, who_answers(*choice.provider, model, http)},
          make_http_backend(*choice.provider, model, options,
                            http_options(world.environment, 1))};
}

void take_reply(Candidate& candidate) {
  for (Completion& done : candidate.backend->wait(TimePoint::max())) {
    const auto& outcome = done.attempts.back().outcome;
    if (!outcome) candidate.error = outcome.error();
    if (outcome) candidate.replies.push_back(outcome->reasoning + outcome->text);
  }
}

// All of them at once: the slowest decides how long it takes.
void ask(std::vector<Candidate>& candidates, Form form) {
  for (const std::string_view question : questions) {
    for (Candidate& each : candidates) {
      if (each.error) continue;
      each.backend->start({}, prompt_of(question, each.place.model, form));
    }
    for (Candidate& each : candidates)
      if (!each.error) take_reply(each);
  }
}

std::string shown(std::string_view reply) {
  return fmt::format("\"{}\"", fit(for_terminal_line(reply), 40));
}

std::string address_of(const Model& model) {
  return for_terminal_line(model.base_url);
}

Status check_words(const ModelPlace& one, const ModelPlace& other) {
  const bool other_build = !one.there.build.empty() && !other.there.build.empty() &&
                           one.there.build != other.there.build;
  if (!other_build && !contradicts(one.there, other.there)) return {};
  return fail(Fault::usage,
              "`base_url`: {} is {}, and {} is {}; expected one model and one build",
              address_of(one.model), title_of(one.there), address_of(other.model),
              title_of(other.there));
}

Status check_replies(const Candidate& one, const Candidate& other) {
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const std::string &its = one.replies.at(i), &others = other.replies.at(i);
    if (its == others) continue;
    return fail(Fault::usage,
                "`base_url`: {} and {} are not one model: asked \"{}\" they reply {} "
                "and {}",
                address_of(one.place.model), address_of(other.place.model),
                questions.at(i), shown(its), shown(others));
  }
  return {};
}

}  // namespace

Result<std::vector<ModelPlace>> places_of_one_model(const ModelChoice& choice,
                                                    Form form, const ExamWorld& world) {
  std::vector<Candidate> candidates;
  candidates.push_back(candidate_at(choice, choice.model, world));
  for (const Model& model : choice.also_at)
    candidates.push_back(candidate_at(choice, model, world));
  ask(candidates, form);
  const Candidate* first = nullptr;
  std::vector<ModelPlace> places;
  for (const Candidate& each : candidates) {
    if (each.error && each.error->fault != Fault::network)
      return tl::unexpected(each.error->in(address_of(each.place.model)));
    if (each.error && world.talk) {
      world.talk(
          fmt::format("{}; the run goes on without this server", each.error->message));
    }
    if (each.error) continue;
    if (first == nullptr) first = &each;
    TRY(check_words(first->place, each.place));
    TRY(check_replies(*first, each));
    places.push_back(each.place);
  }
  return places;
}

}  // namespace proctor
