// Sampling::reasoning as each provider wants it.
#include <algorithm>

#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

constexpr int least_budget = 1024;  // Anthropic takes no smaller one

tl::unexpected<Error> cannot(const std::string& reasoning, std::string_view why) {
  return fail(Fault::usage, "`reasoning` {}: {}", reasoning, why);
}

bool is_switch(const std::string& reasoning) {
  return reasoning == "on" || reasoning == "off";
}

// How many tokens of thought an effort is: Google's own table for its OpenAI address.
int budget_of(const std::string& effort) {
  if (effort == "minimal" || effort == "low") return least_budget;
  if (effort == "high") return 24'576;
  return 8'192;  // medium, and on
}

// A model that always thinks does so in the middle by default, for most.
std::string effort_of(const Provider& provider, const std::string& reasoning) {
  if (reasoning == "off") return "none";
  return reasoning == "on" ? std::string(provider.effort_of_on) : reasoning;
}

// ollama's OpenAI address reads the effort; `think` is for what stands before the
// native one.
void add_effort_and_think(const Provider& provider, const std::string& reasoning,
                          Json& body) {
  body["reasoning_effort"] = effort_of(provider, reasoning);
  if (is_switch(reasoning)) {
    body["think"] = reasoning == "on";
  } else {
    body["think"] = reasoning;
  }
}

Status add_budget(const Provider& provider, const Sampling& sampling, Json& body) {
  const std::string& reasoning = sampling.reasoning;
  if (reasoning == "off") {
    body["thinking"] = {{"type", "disabled"}};
    return {};
  }
  if (sampling.temperature && *sampling.temperature != 1) {
    return cannot(reasoning, fmt::format("{} takes no `temperature` but 1 with it",
                                         provider.name));
  }
  const int budget = budget_of(reasoning);
  if (!sampling.max_tokens) {
    // The limit covers the thoughts as well: the reply keeps what it would have had.
    body["max_tokens"] = body["max_tokens"].get<int>() + budget;
  } else if (*sampling.max_tokens <= budget) {
    return cannot(reasoning, fmt::format("takes {} tokens of `max_tokens`, which is {}",
                                         budget, *sampling.max_tokens));
  }
  body["thinking"] = {{"type", "enabled"}, {"budget_tokens", budget}};
  return {};
}

void add_thinking_config(const Model& model, const std::string& reasoning, Json& body) {
  Json& config = body["generationConfig"]["thinkingConfig"];
  const bool has_levels = model.name.find("gemini-3") != std::string::npos;
  if (has_levels && !is_switch(reasoning)) {
    config["thinkingLevel"] = reasoning;
  } else {
    config["thinkingBudget"] = reasoning == "off"  ? 0
                               : reasoning == "on" ? -1  // as much as it likes
                                                   : budget_of(reasoning);
  }
  if (reasoning != "off") config["includeThoughts"] = true;
}

// llama-server, and vLLM, SGLang and their like, hand these on to the chat template.
void add_template_word(const char* name, const std::string& reasoning, Json& body) {
  Json& word = body["chat_template_kwargs"][name];
  if (is_switch(reasoning)) {
    word = reasoning == "on";
  } else {
    word = reasoning;
  }
}

Status check_known(const Provider& provider, const std::string& reasoning) {
  if (provider.reasoning == ReasoningForm::none) {
    return cannot(
        reasoning,
        fmt::format("{} cannot be told; where it has words of its own for it, "
                    "`extra_body` sends them",
                    provider.name));
  }
  std::vector<std::string> words = split(provider.reasoning_words, ' ');
  if (std::ranges::find(words, reasoning) != words.end()) return {};
  return cannot(reasoning,
                fmt::format("{} knows {}", provider.name, listed(std::move(words))));
}

}  // namespace

Status add_reasoning(const Model& model, const Prompt& prompt, Json& body) {
  const std::string& reasoning = prompt.sampling.reasoning;
  if (reasoning.empty()) return {};
  if (prompt.messages.empty()) {
    return cannot(reasoning, "the protocol sends bare text, which is only continued");
  }
  const Provider& provider = provider_of(model);
  TRY(check_known(provider, reasoning));
  switch (provider.reasoning) {
    case ReasoningForm::none:
      break;
    case ReasoningForm::effort:
      body["reasoning_effort"] = effort_of(provider, reasoning);
      break;
    case ReasoningForm::effort_think:
      add_effort_and_think(provider, reasoning, body);
      break;
    case ReasoningForm::enable_thinking:
      body["enable_thinking"] = reasoning == "on";
      break;
    case ReasoningForm::template_words:
      add_template_word(is_switch(reasoning) ? "enable_thinking" : "reasoning_effort",
                        reasoning, body);
      break;
    case ReasoningForm::template_switch:
      if (is_switch(reasoning)) {
        add_template_word("enable_thinking", reasoning, body);
      } else {
        body["reasoning_effort"] = reasoning;
      }
      break;
    case ReasoningForm::reasoning_switch:
      if (is_switch(reasoning)) {
        body["reasoning"] = {{"enabled", reasoning == "on"}};
      } else {
        body["reasoning_effort"] = reasoning;
      }
      break;
    case ReasoningForm::thinking_type:
      body["thinking"] = {{"type", reasoning == "on" ? "enabled" : "disabled"}};
      break;
    case ReasoningForm::thinking_budget:
      return add_budget(provider, prompt.sampling, body);
    case ReasoningForm::thinking_config:
      add_thinking_config(model, reasoning, body);
      break;
  }
  return {};
}

}  // namespace proctor
