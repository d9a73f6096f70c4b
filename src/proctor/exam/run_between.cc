#include "proctor/exam/run_between.h"

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "proctor/backend/backend.h"
#include "proctor/prompt/prompt.h"

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

// --limit or --sample, where a portion of every subject was asked and not all of one.
std::string portion_of(const Dataset& dataset, const RunInfo& info) {
  std::map<std::string, std::int64_t> asked, there;
  for (const Question& question : dataset.questions) ++there[question.subject];
  for (const std::uint32_t ordinal : info.selection) {
    if (ordinal < dataset.questions.size()) ++asked[dataset.questions[ordinal].subject];
  }
  int most = 0;
  for (const auto& [subject, n] : asked) most = std::max(most, static_cast<int>(n));
  const bool all = std::ranges::all_of(
      asked, [&](const auto& entry) { return entry.second == there[entry.first]; });
  if (all) return "";
  const auto sample = select_questions(dataset, info.subjects, {.sample = most});
  const bool is_sample = sample && *sample == info.selection;
  return fmt::format(" --{} {}", is_sample ? "sample" : "limit", most);
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
  if (key.is_in_process()) return quoted(key.model);
  return quoted(key.model.empty() ? key.provider : key.provider + "/" + key.model);
}

// What a run's key has of its server, as options.
std::string server_options_of(const RunKey& key) {
  const auto provider = find_provider(key.provider);
  std::string text;
  if (provider && !key.base_url.empty() &&
      key.base_url != normal_base_url((*provider)->base_url)) {
    for (const std::string& address : split(key.base_url, ' '))
      text += " --base-url " + quoted(address);
  }
  const Json request = Json::parse(key.request, nullptr, false);
  if (request.is_object() && request.contains("extra_body"))
    text += " --extra-body " + quoted(request["extra_body"].dump());
  return text;
}

std::string serve_of(const RunKey& key) {
  const Json engine = Json::parse(key.engine, nullptr, false);
  if (!engine.is_object() || !engine.contains("serve")) return {};
  return " --serve " + quoted(text_of(engine["serve"]));
}

// Words without one option and its value.
std::vector<std::string> without(const std::vector<std::string>& words,
                                 std::string_view option,
                                 const TakesValue& takes_value) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const bool has_value = takes_value(words[i]);
    if (words[i] != option) {
      kept.push_back(words[i]);
      if (has_value && i + 1 < words.size()) kept.push_back(words[i + 1]);
    }
    i += has_value ? 1 : 0;
  }
  return kept;
}

// An option's value among a command's words, or nothing.
std::optional<std::string> value_in(const std::vector<std::string>& words,
                                    std::string_view option) {
  for (std::size_t i = 0; i + 1 < words.size(); ++i) {
    if (words[i] == option) return words[i + 1];
  }
  return std::nullopt;
}

// A part of a run's protocol, whatever stands there.
Json part_of(const Json& sent, const char* name) {
  return sent.is_object() && sent.contains(name) ? sent[name] : Json();
}

int shots_in(const Json& sent) {
  const Json count = part_of(part_of(sent, "shots"), "count");
  return count.is_number_integer() ? count.get<int>() : 0;
}

// Of a run that was kept before commands were.
std::string words_of_old(const RunInfo& info, const Json& sent) {
  const auto protocol = find_protocol(info.protocol);
  std::string text = fmt::format(
      "{} --protocol {} --dataset {}", model_of(info.key),
      quoted(protocol ? info.protocol : info.protocol + ".toml"), quoted(info.dataset));
  if (protocol && info.split != protocol->split && !info.split.empty())
    text += " --split " + quoted(info.split);
  if (info.dropped != 0) text += " --drop-bad-labels";
  if (protocol) text += sampling_of(part_of(sent, "sampling"), *protocol);
  const Json system = part_of(sent, "system");
  if (system.is_string() && !system.get<std::string>().empty())
    text += " --system " + quoted(system.get<std::string>());
  return text;
}

// What is in no run's words: which questions, and what its key has of the server.
std::string rest_of(const Dataset& dataset, const RunInfo& info) {
  std::string text = " --subject " + quoted(info.subjects) + portion_of(dataset, info) +
                     server_options_of(info.key);
  if (!value_in(info.command, "--engine")) text += serve_of(info.key);
  return text;
}

}  // namespace

std::string command_again(const Dataset& dataset, const RunInfo& info) {
  if (imported_from(info.key)) return {};
  std::string text = "proctor run";
  if (info.command.empty())
    text += " " + words_of_old(info, Json::parse(info.key.protocol, nullptr, false));
  for (const std::string& word : info.command) text += " " + quoted(word);
  return text + rest_of(dataset, info);
}

Result<std::string> command_between(Store& store, const ScoredRun& a,
                                    const ScoredRun& b, const TakesValue& takes_value) {
  const Json sent_a = Json::parse(a.info.key.protocol, nullptr, false);
  const Json sent_b = Json::parse(b.info.key.protocol, nullptr, false);
  const auto asked_of_b =
      value_in(b.info.command, "--protocol").value_or(b.info.protocol);
  const auto of_b = find_protocol(asked_of_b);
  const bool takes_a_s = shots_in(sent_a) == 0 || !of_b || of_b->takes_shots();
  const ScoredRun& prompt = takes_a_s ? b : a;
  const ScoredRun& shots = takes_a_s ? a : b;

  const RunInfo& info = prompt.info;
  std::string text = "proctor run";
  const bool is_old = info.command.empty();
  if (is_old) text += " " + words_of_old(info, takes_a_s ? sent_b : sent_a);
  for (const std::string& word : without(without(info.command, "--shots", takes_value),
                                         "--shots-from", takes_value)) {
    text += " " + quoted(word);
  }
  const int count = shots_in(takes_a_s ? sent_a : sent_b);
  text += fmt::format(" --shots {}", count);
  const auto examples = value_in(shots.info.command, "--shots-from");
  if (examples && count > 0) text += " --shots-from " + quoted(*examples);
  const Dataset dataset = TRY(store.questions(prompt.id));
  return text + rest_of(dataset, info);
}

}  // namespace proctor
