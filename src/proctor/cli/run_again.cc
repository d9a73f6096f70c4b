#include "proctor/cli/run_again.h"

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

using Json = nlohmann::json;

// As a POSIX shell reads it back.
std::string quoted(const std::string& word) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,=@%+";
  if (!word.empty() && word.find_first_not_of(plain) == std::string::npos) return word;
  return for_shell(word);
}

std::string text_of(const Json& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// --limit, where the first rows of every subject were asked and not all of one.
std::string limit_of(const Dataset& dataset, const RunInfo& info) {
  std::map<std::string, std::int64_t> asked, there;
  for (const Question& question : dataset.questions) ++there[question.subject];
  for (const std::uint32_t ordinal : info.selection) {
    if (ordinal < dataset.questions.size()) ++asked[dataset.questions[ordinal].subject];
  }
  std::int64_t most = 0;
  for (const auto& [subject, n] : asked) most = std::max(most, n);
  const bool all = std::ranges::all_of(
      asked, [&](const auto& entry) { return entry.second == there[entry.first]; });
  return all ? "" : fmt::format(" --limit {}", most);
}

// The options that made the sampling of `sent` from the protocol's own.
std::string sampling_of(const Json& sent, const Protocol& protocol) {
  const Json own = Json::parse(identity_of(protocol))["sampling"];
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> options = {
      {{"max_tokens", "--max-tokens"},
       {"temperature", "--temperature"},
       {"seed", "--seed"},
       {"reasoning", "--reasoning"}}};
  std::string text;
  for (const auto& [key, option] : options) {
    const std::string name(key);
    if (sent.contains(name) && (!own.contains(name) || own[name] != sent[name]))
      text += fmt::format(" {} {}", option, text_of(sent[name]));
  }
  if (sent.contains("only_letters") && !own.contains("only_letters")) {
    text += " --only-letters";
  }
  if (sent.contains("stop") && (!own.contains("stop") || own["stop"] != sent["stop"])) {
    for (const Json& stop : sent["stop"]) text += " --stop " + quoted(text_of(stop));
  }
  return text;
}

std::string model_of(const RunKey& key) {
  if (key.provider == "gguf") return quoted(key.model);
  return quoted(key.model.empty() ? key.provider : key.provider + "/" + key.model);
}

std::string server_of(const RunKey& key) {
  const auto provider = find_provider(key.provider);
  std::string text;
  if (provider && !key.base_url.empty() &&
      key.base_url != normal_base_url((*provider)->base_url)) {
    text += " --base-url " + quoted(key.base_url);
  }
  const Json request = Json::parse(key.request, nullptr, false);
  if (request.is_object() && request.contains("extra_body"))
    text += " --extra-body " + quoted(request["extra_body"].dump());
  return text;
}

}  // namespace

Result<std::string> command_between(Store& store, const ScoredRun& a,
                                    const ScoredRun& b) {
  const Json sent_a = Json::parse(a.info.key.protocol, nullptr, false);
  const Json sent_b = Json::parse(b.info.key.protocol, nullptr, false);
  const auto shots = [](const Json& sent) { return sent["shots"]["count"].get<int>(); };
  const auto of_b = find_protocol(b.info.protocol);
  const bool takes_a_s = shots(sent_a) == 0 || !of_b || of_b->takes_shots();
  const ScoredRun& prompt = takes_a_s ? b : a;
  const Json& sent = takes_a_s ? sent_b : sent_a;
  const int count = shots(takes_a_s ? sent_a : sent_b);
  const auto protocol = find_protocol(prompt.info.protocol);

  const RunInfo& info = prompt.info;
  const Dataset dataset = TRY(store.questions(prompt.id));
  std::string text = fmt::format(
      "proctor run {} --protocol {} --shots {} --dataset {}", model_of(info.key),
      quoted(protocol ? info.protocol : info.protocol + ".toml"), count,
      quoted(info.dataset));
  if (protocol && info.split != protocol->split && !info.split.empty())
    text += " --split " + quoted(info.split);
  text += " --subject " + quoted(info.subjects) + limit_of(dataset, info);
  if (info.dropped != 0) text += " --drop-bad-labels";
  if (protocol) text += sampling_of(sent["sampling"], *protocol);
  if (const std::string system = sent.value("system", ""); !system.empty())
    text += " --system " + quoted(system);
  return text + server_of(info.key);
}

}  // namespace proctor
