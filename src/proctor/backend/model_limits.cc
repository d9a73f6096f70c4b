// What models refuse of a sampling that other models of the same address take, and
// whose limit of tokens their thoughts use up. After the vendors' documents: OpenAI's
// guide to reasoning and to each gpt-5, Anthropic's pages "what's new" and its
// messages' errors, DeepSeek's guide to its reasoner, Google's to thinking, and what
// others found of Moonshot (agentscope) and Perplexity (Bifrost).
#include <algorithm>
#include <array>

#include "proctor/backend/dialects.h"

namespace proctor {
namespace {

enum class Thinks { never, when_asked, unless_off, always };
enum class Takes {
  all,
  one,              // temperature or top_p, not both
  none_in_thought,  // neither, as long as it thinks
  none,
};

// Which texts that end a reply it takes.
enum class Stops { all, not_blank, none };

struct Row {
  std::string_view provider;
  std::string_view name;  // how the model's name begins; # is a digit
  Thinks thinks = Thinks::never;
  Takes takes = Takes::all;
  Stops stops = Stops::all;
  bool ignores = false;  // what it does not take, instead of refusing it
};

// The first row that fits holds.
constexpr std::array rows = {
    Row{"openai", "gpt-5-chat"},
    Row{"openai", "gpt-5.1", Thinks::when_asked, Takes::none_in_thought, Stops::none},
    Row{"openai", "gpt-5.2-pro", Thinks::always, Takes::none, Stops::none},
    Row{"openai", "gpt-5.2", Thinks::when_asked, Takes::none_in_thought, Stops::none},
    Row{"openai", "gpt-5.4-pro", Thinks::always, Takes::none, Stops::none},
    Row{"openai", "gpt-5.4", Thinks::when_asked, Takes::none_in_thought, Stops::none},
    Row{"openai", "gpt-5", Thinks::always, Takes::none, Stops::none},
    Row{"openai", "o1", Thinks::always, Takes::none},
    Row{"openai", "o#", Thinks::always, Takes::none, Stops::none},
    Row{"anthropic", "claude-3", Thinks::never, Takes::all, Stops::not_blank},
    Row{"anthropic", "claude-opus-4-2025", Thinks::never, Takes::all, Stops::not_blank},
    Row{"anthropic", "claude-opus-4-0", Thinks::never, Takes::all, Stops::not_blank},
    Row{"anthropic", "claude-sonnet-4-2025", Thinks::never, Takes::all,
        Stops::not_blank},
    Row{"anthropic", "claude-sonnet-4-0", Thinks::never, Takes::all, Stops::not_blank},
    Row{"anthropic", "claude-opus-4-7", Thinks::never, Takes::none, Stops::not_blank},
    Row{"anthropic", "claude-opus-4-8", Thinks::never, Takes::none, Stops::not_blank},
    Row{"anthropic", "claude-opus-5", Thinks::never, Takes::none, Stops::not_blank},
    Row{"anthropic", "claude-sonnet-5", Thinks::never, Takes::none, Stops::not_blank},
    Row{"anthropic", "claude-fable-5", Thinks::never, Takes::none, Stops::not_blank},
    Row{"anthropic", "", Thinks::never, Takes::one, Stops::not_blank},
    Row{"deepseek", "deepseek-reasoner", Thinks::always, Takes::none, Stops::all, true},
    Row{"deepseek", "", Thinks::when_asked, Takes::none_in_thought, Stops::all, true},
    Row{"moonshot", "kimi-", Thinks::unless_off, Takes::none},
    Row{"perplexity", "", Thinks::never, Takes::all, Stops::none, true},
    Row{"gemini", "gemini-2.5-flash-lite", Thinks::when_asked},
    Row{"gemini", "gemini-2.5", Thinks::unless_off},
    Row{"gemini", "gemini-3", Thinks::unless_off},
};

bool begins(std::string_view name, std::string_view pattern) {
  return name.size() >= pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), name.begin(), [](char p, char c) {
           return p == c || (p == '#' && c >= '0' && c <= '9');
         });
}

bool thinks(Thinks when, const std::string& reasoning) {
  if (when == Thinks::when_asked) return !reasoning.empty() && reasoning != "off";
  if (when == Thinks::unless_off) return reasoning != "off";
  return when == Thinks::always;
}

}  // namespace

std::string listed(std::vector<std::string> words) {
  if (words.size() < 2) return join(words, "");
  const std::string last = std::move(words.back());
  words.pop_back();
  return join(words, ", ") + " and " + last;
}

SentSampling sampling_for(const Model& model, const Sampling& asked,
                          bool limit_is_own) {
  SentSampling sent{.sampling = asked};
  const auto provider = find_provider(model.provider);
  const std::string_view whose = provider && !(*provider)->models_of.empty()
                                     ? (*provider)->models_of
                                     : model.provider;
  const auto row = std::ranges::find_if(rows, [&](const Row& each) {
    return each.provider == whose && begins(model.name, each.name);
  });
  if (row == rows.end()) return sent;
  Sampling& sampling = sent.sampling;
  const bool in_thought = thinks(row->thinks, asked.reasoning);
  const bool takes_none =
      row->takes == Takes::none || (row->takes == Takes::none_in_thought && in_thought);
  std::vector<std::string> refused;
  // 1 is what they take by themselves, and say so.
  if (takes_none && sampling.temperature.value_or(1) != 1) {
    sampling.temperature.reset();
    refused.emplace_back("temperature");
  }
  if (sampling.top_p &&
      (takes_none || (row->takes == Takes::one && sampling.temperature))) {
    sampling.top_p.reset();
    refused.emplace_back("top_p");
  }
  const std::size_t stops = sampling.stop.size();
  if (row->stops == Stops::none) sampling.stop.clear();
  if (row->stops == Stops::not_blank) {
    std::erase_if(sampling.stop,
                  [](const std::string& stop) { return python_strip(stop).empty(); });
  }
  if (sampling.stop.size() != stops) {
    refused.emplace_back(row->stops == Stops::not_blank ? "blank stop" : "stop");
  }
  if (!refused.empty()) {
    sent.left_out = listed(refused) + (row->ignores ? ", which it would ignore"
                                                    : ", which it would refuse");
  }
  if (in_thought && sampling.max_tokens && !limit_is_own) {
    if (!sent.left_out.empty()) sent.left_out += "; ";
    sent.left_out += fmt::format("max_tokens {}, which its thoughts would use up",
                                 *sampling.max_tokens);
    sampling.max_tokens.reset();
  }
  return sent;
}

}  // namespace proctor
