#include "proctor/engine/llama/writer.h"

#include <algorithm>

#include "proctor/engine/thoughts.h"

namespace proctor {
namespace {

// Without a last character of which some bytes are missing.
std::string_view whole_characters(std::string_view text) {
  for (std::size_t back = 1; back <= std::min<std::size_t>(3, text.size()); ++back) {
    const auto byte = static_cast<unsigned char>(text[text.size() - back]);
    if ((byte & 0xC0U) == 0x80U) continue;  // inside a character
    const std::size_t length = byte >= 0xF0U   ? 4
                               : byte >= 0xE0U ? 3
                               : byte >= 0xC0U ? 2
                                               : 1;
    if (length > back) text.remove_suffix(back);
    break;
  }
  return text;
}

}  // namespace

Result<Writer> Writer::of(const EngineRequest& request, const Vocabulary& vocabulary,
                          std::size_t room,
                          std::optional<std::string_view> open_until) {
  Writer made;
  made.open_until_ = open_until;
  made.vocabulary_ = &vocabulary;
  for (const std::string& stop : request.stop) {
    if (stop.empty()) continue;
    made.stop_.push_back(stop);
    made.longest_stop_ = std::max(made.longest_stop_, stop.size());
  }
  made.most_ =
      std::min(room, static_cast<std::size_t>(std::max(request.max_tokens, 1)));
  if (request.temperature <= 0 && request.grammar.empty()) return made;

  auto params = llama_sampler_chain_default_params();
  params.no_perf = true;
  made.sampler_.reset(llama_sampler_chain_init(params));
  if (!request.grammar.empty()) {
    llama_sampler* grammar =
        llama_sampler_init_grammar(vocabulary.get(), request.grammar.c_str(), "root");
    if (grammar == nullptr) {
      return fail(Fault::rejected, "llama.cpp does not take this grammar: {}",
                  for_terminal_line(request.grammar));
    }
    llama_sampler_chain_add(made.sampler_.get(), grammar);
  }
  if (request.temperature <= 0) {
    llama_sampler_chain_add(made.sampler_.get(), llama_sampler_init_greedy());
    return made;
  }
  if (request.top_p) {
    llama_sampler_chain_add(
        made.sampler_.get(),
        llama_sampler_init_top_p(static_cast<float>(*request.top_p), 1));
  }
  llama_sampler_chain_add(
      made.sampler_.get(),
      llama_sampler_init_temp(static_cast<float>(request.temperature)));
  llama_sampler_chain_add(made.sampler_.get(), llama_sampler_init_dist(request.seed));
  return made;
}

Result<llama_token> Writer::next(Session& session, std::int32_t index) {
  if (sampler_) return session.sample(*sampler_, index);
  const std::span<const float> logits = TRY(session.logits(index));
  return static_cast<llama_token>(std::ranges::max_element(logits) - logits.begin());
}

std::size_t Writer::first_stop(std::size_t from) const {
  std::size_t first = std::string::npos;
  for (const std::string& stop : stop_) first = std::min(first, text_.find(stop, from));
  return first;
}

std::optional<std::string> Writer::take(llama_token token) {
  if (vocabulary_->ends(token)) return "stop";
  ++tokens_;
  const std::size_t before = text_.size();
  text_ += vocabulary_->text_of(token);
  const std::size_t from = before > longest_stop_ ? before - longest_stop_ : 0;
  std::size_t end = first_stop(from);
  if (end != std::string::npos) {
    const auto answer = answer_at(text_, open_until_);
    end = answer ? first_stop(std::max(from, *answer)) : std::string::npos;
  }
  if (end != std::string::npos) {
    text_.resize(end);
    return "stop";
  }
  if (static_cast<std::size_t>(tokens_) >= most_) {
    text_.resize(whole_characters(text_).size());
    return "length";
  }
  return std::nullopt;
}

}  // namespace proctor
