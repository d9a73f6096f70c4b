// --reasoning as each provider wants it.
#include "proctor/backend/dialects.h"
#include "proctor/backend/json.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

constexpr int least_budget = 1024;  // Anthropic takes no smaller one

tl::unexpected<Error> cannot(const std::string& reasoning, std::string_view why) {
  return fail(Fault::usage, "--reasoning {}: {}", reasoning, why);
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

// OpenAI's word: a model that always thinks does so in the middle by default.
std::string effort_of(const std::string& reasoning) {
  if (reasoning == "off") return "none";
  return reasoning == "on" ? "medium" : reasoning;
}

Status add_ollama(const std::string& reasoning, Json& body) {
  if (reasoning == "minimal") {
    return cannot(reasoning, "ollama knows on, off, low, medium and high");
  }
  // Its OpenAI address reads the effort; `think` is for what stands before the native
  // one.
  body["reasoning_effort"] = effort_of(reasoning);
  if (is_switch(reasoning)) {
    body["think"] = reasoning == "on";
  } else {
    body["think"] = reasoning;
  }
  return {};
}

Status add_anthropic(const Sampling& sampling, Json& body) {
  const std::string& reasoning = sampling.reasoning;
  if (reasoning == "off") {
    body["thinking"] = {{"type", "disabled"}};
    return {};
  }
  if (sampling.temperature && *sampling.temperature != 1) {
    return cannot(reasoning, "anthropic takes no --temperature but 1 with it");
  }
  const int budget = budget_of(reasoning);
  if (!sampling.max_tokens) {
    // The limit covers the thoughts as well: the reply keeps what it would have had.
    body["max_tokens"] = body["max_tokens"].get<int>() + budget;
  } else if (*sampling.max_tokens <= budget) {
    return cannot(reasoning, fmt::format("takes {} tokens of --max-tokens, which is {}",
                                         budget, *sampling.max_tokens));
  }
  body["thinking"] = {{"type", "enabled"}, {"budget_tokens", budget}};
  return {};
}

void add_gemini(const Model& model, const std::string& reasoning, Json& body) {
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
void add_template_words(const Model& model, const std::string& reasoning, Json& body) {
  if (is_switch(reasoning)) {
    body["chat_template_kwargs"]["enable_thinking"] = reasoning == "on";
  } else if (model.provider == "llama") {
    body["chat_template_kwargs"]["reasoning_effort"] = reasoning;
  } else {
    body["reasoning_effort"] = reasoning;
  }
}

}  // namespace

Status add_reasoning(const Model& model, const Prompt& prompt, Json& body) {
  const std::string& reasoning = prompt.sampling.reasoning;
  if (reasoning.empty()) return {};
  if (prompt.messages.empty()) {
    return cannot(reasoning, "the protocol sends bare text, which is only continued");
  }
  if (model.provider == "ollama") return add_ollama(reasoning, body);
  if (model.provider == "anthropic") return add_anthropic(prompt.sampling, body);
  if (model.provider == "gemini") {
    add_gemini(model, reasoning, body);
  } else if (model.provider == "openai") {
    body["reasoning_effort"] = effort_of(reasoning);
  } else if (model.provider == "deepseek") {
    if (!is_switch(reasoning)) return cannot(reasoning, "deepseek knows on and off");
    body["thinking"] = {{"type", reasoning == "on" ? "enabled" : "disabled"}};
  } else {
    add_template_words(model, reasoning, body);
  }
  return {};
}

}  // namespace proctor
