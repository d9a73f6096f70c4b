#include "proctor/backend/letters.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "proctor/backend/dialects.h"

namespace proctor {
namespace {

// Whoever lists likely tokens where such a prompt is asked.
std::string who_can(const Prompt& prompt) {
  std::vector<std::string> names;
  for (const Provider& provider : providers()) {
    const int listed =
        prompt.messages.empty() ? provider.listed_after_text : provider.listed_in_chat;
    if (listed > 0) names.emplace_back(provider.name);
  }
  return join(names, ", ") + " do, and a .gguf file in this process";
}

// What OpenAI and vLLM write for "not among the likeliest".
constexpr double no_likelihood = -9000;

// How tokenizers spell the blank before a word: as it is, SentencePiece's U+2581, and
// the stand-in of GPT-2's byte alphabet, U+0120.
constexpr std::array<std::string_view, 3> blanks = {" ", "\xE2\x96\x81", "\xC4\xA0"};

std::string_view without_blank(std::string_view token) {
  for (const std::string_view blank : blanks) {
    if (token.starts_with(blank)) return token.substr(blank.size());
  }
  return token;
}

double log_of_sum(double a, double b) {
  const double most = std::max(a, b);
  return most + std::log1p(std::exp(std::min(a, b) - most));
}

void add(std::string_view token, double logprob, const Prompt& prompt, Reply& reply) {
  const std::string_view letter = without_blank(token);
  const bool is_label =
      letter.size() == 1 && prompt.labels.find(letter[0]) != std::string::npos;
  if (!is_label || !(logprob > no_likelihood)) return;
  const auto [place, is_new] = reply.logprobs.emplace(letter, logprob);
  if (!is_new) place->second = log_of_sum(place->second, logprob);
}

// [{"token":" A","logprob":-0.1,…},…]
void add_list(simdjson::dom::array tokens, const Prompt& prompt, Reply& reply) {
  for (const simdjson::dom::element each : tokens) {
    double logprob = 0;
    if (each["logprob"].get(logprob) != simdjson::SUCCESS) continue;
    add(text_at(each, "/token"), logprob, prompt, reply);
  }
}

// {" A":-0.1,…}: OpenAI's completions.
void add_object(simdjson::dom::object tokens, const Prompt& prompt, Reply& reply) {
  for (const auto& [token, value] : tokens) {
    double logprob = 0;
    if (value.get(logprob) == simdjson::SUCCESS) add(token, logprob, prompt, reply);
  }
}

bool add_all(simdjson::dom::element answer, const Prompt& prompt, Reply& reply) {
  for (const std::string_view place :
       {"/choices/0/logprobs/content/0/top_logprobs",  // chats; llama-server
        "/choices/0/logprobs/top_logprobs/0",          // completions
        "/logprobs/0/top_logprobs"}) {                 // ollama's own
    simdjson::dom::element tokens;
    if (answer.at_pointer(place).get(tokens) != simdjson::SUCCESS) continue;
    simdjson::dom::array list;
    simdjson::dom::object object;
    if (tokens.get(list) == simdjson::SUCCESS) {
      add_list(list, prompt, reply);
      return true;
    }
    if (tokens.get(object) == simdjson::SUCCESS) {
      add_object(object, prompt, reply);
      return true;
    }
  }
  return false;
}

}  // namespace

std::string letters_grammar(std::string_view labels) {
  return fmt::format("root ::= \" \"? [{}]", labels);
}

Status add_only_letters(const Model& model, const Prompt& prompt,
                        nlohmann::json& body) {
  if (!prompt.sampling.only_letters || !prompt.continuations.empty()) return {};
  if (!provider_of(model).takes_grammar) {
    return fail(Fault::usage,
                "`only_letters`: a .gguf and llama-server can be held to letters, {} "
                "cannot; where a server has words of its own for it, `extra_body` "
                "sends them",
                model.provider);
  }
  body["grammar"] = letters_grammar(prompt.labels);
  if (prompt.sampling.max_tokens) {
    body["max_tokens"] = std::max(*prompt.sampling.max_tokens, most_of_a_letter);
  }
  return {};
}

Status check_letters(const Prompt& prompt) {
  for (std::size_t i = 0; i < prompt.continuations.size(); ++i) {
    const std::string_view letter = without_blank(prompt.continuations[i]);
    if (letter.size() == 1 && i < prompt.labels.size() &&
        letter[0] == prompt.labels[i]) {
      continue;
    }
    return fail(
        Fault::usage,
        "this protocol scores whole texts (\"{}\"), and of those a server tells "
        "the first token's likelihood only; a .gguf file in this process can "
        "be asked",
        fit(for_terminal_line(prompt.continuations[i]), 40));
  }
  return {};
}

Status check_generates(const Prompt& prompt, std::string_view server) {
  TRY(check_letters(prompt));
  if (prompt.continuations.empty()) return {};
  return fail(Fault::usage,
              "this protocol scores the likelihoods of letters, which {} does not "
              "give; {}",
              server, who_can(prompt));
}

Status read_letters(simdjson::dom::element answer, const Prompt& prompt, Reply& reply) {
  if (!add_all(answer, prompt, reply)) {
    return fail(Fault::usage,
                "the server's answer lists no likelihoods of tokens; take a newer "
                "server, a protocol that generates, or a .gguf file");
  }
  reply.text.clear();
  reply.finish_reason = "scored";
  double best = 0;
  for (const char label : prompt.labels) {
    const auto known = reply.logprobs.find(std::string(1, label));
    if (known == reply.logprobs.end()) continue;
    if (!reply.text.empty() && known->second <= best) continue;
    reply.text = known->first;
    best = known->second;
  }
  return {};
}

}  // namespace proctor
