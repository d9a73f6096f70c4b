#include "proctor/store/form.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>

#include <nlohmann/json.hpp>

namespace proctor {
namespace {

using Json = nlohmann::json;

// A name in another encoding must not stop a run: what is no UTF-8 becomes U+FFFD.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

// Ordinals as numbers and [first, last] ranges: a whole split is one pair.
Json ranges_of(const std::vector<std::uint32_t>& selection) {
  Json ranges = Json::array();
  for (std::size_t first = 0; first < selection.size();) {
    std::size_t end = first + 1;
    while (end < selection.size() && selection[end] == selection[end - 1] + 1) ++end;
    if (end - first == 1) {
      ranges.push_back(selection[first]);
    } else {
      ranges.push_back({selection[first], selection[end - 1]});
    }
    first = end;
  }
  return ranges;
}

Result<std::vector<std::uint32_t>> selection_of(const Json& ranges) {
  // A damaged range must not ask for all memory.
  constexpr std::uint64_t most = 100'000'000;
  std::vector<std::uint32_t> selection;
  for (const Json& range : ranges) {
    const bool is_pair = range.is_array() && range.size() == 2;
    const auto first = (is_pair ? range[0] : range).get<std::uint32_t>();
    const auto last = is_pair ? range[1].get<std::uint32_t>() : first;
    if (last < first || selection.size() + (last - first) >= most) {
      return fail(Fault::data, "expected a range of questions, found {}-{}", first,
                  last);
    }
    for (std::uint64_t at = first; at <= last; ++at) {
      selection.push_back(static_cast<std::uint32_t>(at));
    }
  }
  return selection;
}

// What `read` makes of the JSON; whatever the library throws becomes an Error.
template <class Read>
auto from_json(std::string_view text, Read read) -> decltype(read(Json())) {
  try {
    return read(Json::parse(text));
  } catch (const Json::exception& exception) {
    return fail(Fault::data, "unreadable JSON: {}", exception.what());
  }
}

void add_optional(Sha256& hash, const std::optional<std::int64_t>& number) {
  hash.add_number(number.has_value() ? 1 : 0);
  hash.add_number(static_cast<std::uint64_t>(number.value_or(0)));
}

// Behind all else, a name and its number cannot be taken for anything else.
void add_named(Sha256& hash, std::string_view name,
               const std::optional<std::int64_t>& number,
               const std::optional<std::int64_t>& usual = std::nullopt) {
  if (number == usual) return;
  hash.add_field(name);
  hash.add_number(static_cast<std::uint64_t>(number.value_or(0)));
}

}  // namespace

std::string RunKey::canonical_json() const {
  return dump(Json{{"provider", provider},
                   {"model", model},
                   {"base_url", base_url},
                   {"dataset_digest", dataset_digest},
                   {"protocol", protocol},
                   {"request", request},
                   {"engine", engine}});
}

std::string RunKey::id() const {
  return sha256_hex(canonical_json());
}

std::string info_json(const RunInfo& info) {
  Json json{{"dataset", info.dataset},   {"split", info.split},
            {"revision", info.revision}, {"protocol", info.protocol},
            {"extract", info.extract},   {"aggregation", info.aggregation},
            {"subjects", info.subjects}, {"selection", ranges_of(info.selection)},
            {"name", info.name},         {"note", info.note},
            {"version", info.version}};
  if (info.hidden) json["hidden"] = true;
  if (!info.answerer.empty()) json["answerer"] = info.answerer;
  if (!info.command.empty()) json["command"] = info.command;
  if (!info.again.empty()) json["again"] = info.again;
  if (!info.notes.empty()) json["notes"] = info.notes;
  return dump(json);
}

Result<RunInfo> read_info(std::string_view key_json, std::string_view info) {
  const auto key = from_json(key_json, [](const Json& json) -> Result<RunKey> {
    return RunKey{.provider = json.value("provider", ""),
                  .model = json.value("model", ""),
                  .base_url = json.value("base_url", ""),
                  .dataset_digest = json.value("dataset_digest", ""),
                  .protocol = json.value("protocol", ""),
                  .request = json.value("request", ""),
                  .engine = json.value("engine", "")};
  });
  if (!key) return tl::unexpected(key.error().in("key"));
  return from_json(info,
                   [&key](const Json& json) -> Result<RunInfo> {
                     return RunInfo{
                         .key = *key,
                         .dataset = json.value("dataset", ""),
                         .split = json.value("split", ""),
                         .revision = json.value("revision", ""),
                         .protocol = json.value("protocol", ""),
                         .extract = json.value("extract", ""),
                         .aggregation = json.value("aggregation", ""),
                         .subjects = json.value("subjects", ""),
                         .selection =
                             TRY(selection_of(json.value("selection", Json::array()))),
                         .name = json.value("name", ""),
                         .note = json.value("note", ""),
                         .version = json.value("version", ""),
                         .hidden = json.value("hidden", false),
                         .answerer = json.value("answerer", ""),
                         .command = json.value("command", std::vector<std::string>()),
                         .again = json.value("again", std::vector<std::string>()),
                         .notes = json.value("notes", std::vector<std::string>())};
                   })
      .in("info");
}

std::string choices_json(const std::vector<std::string>& choices) {
  return dump(Json(choices));
}

Result<std::vector<std::string>> read_choices(std::string_view json) {
  return from_json(json, [](const Json& list) -> Result<std::vector<std::string>> {
    constexpr std::size_t most = 26;  // as many as there are letters
    if (list.empty() || list.size() > most) {
      return fail(Fault::data, "found {} of them, expected 1 to {}", list.size(), most);
    }
    return list.get<std::vector<std::string>>();
  });
}

std::string right_choices_json(const Question& question) {
  std::string json = fmt::format("[{}", question.right);
  for (const int choice : question.also_right) json += fmt::format(",{}", choice);
  return json + "]";
}

Status read_right_choices(std::string_view json, Question& question) {
  // Read by hand: there is one for each question, and only one way to write it.
  const std::string_view list = json.size() < 2 ? "" : json.substr(1, json.size() - 2);
  std::vector<int> choices;
  for (const std::string& word : split(list, ',')) {
    int choice = -1;
    std::from_chars(word.data(), word.data() + word.size(), choice);
    choices.push_back(choice);
  }
  const auto count = static_cast<int>(question.choices.size());
  const bool are_there = std::ranges::all_of(
      choices, [count](int choice) { return choice >= 0 && choice < count; });
  Question read{.right = choices.front()};
  read.also_right.assign(choices.begin() + 1, choices.end());
  const bool ascend =
      std::ranges::adjacent_find(read.also_right, std::greater_equal<>()) ==
      read.also_right.end();
  if (!are_there || !ascend || right_choices_json(read) != json) {
    return fail(Fault::data,
                "found {}, expected numbers below {}: the data set's own right choice, "
                "then the others, ascending",
                json, count);
  }
  question.right = read.right;
  question.also_right = std::move(read.also_right);
  return {};
}

std::string logprobs_json(const std::map<std::string, double>& logprobs) {
  Json json = Json::object();
  for (const auto& [letter, value] : logprobs) {
    if (std::isfinite(value)) {
      json[letter] = value;
    } else {
      json[letter] = std::isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    }
  }
  return dump(json);
}

Result<std::map<std::string, double>> read_logprobs(std::string_view json) {
  using Map = std::map<std::string, double>;
  if (json == "{}") return Map{};  // most replies: nothing to parse
  return from_json(json, [](const Json& object) -> Result<Map> {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    Map logprobs;
    for (const auto& [letter, value] : object.items()) {
      logprobs[letter] = value == "nan"    ? std::numeric_limits<double>::quiet_NaN()
                         : value == "-inf" ? -infinity
                         : value == "inf"  ? infinity
                                           : value.get<double>();
    }
    return logprobs;
  });
}

std::string run_sum(std::string_view id, std::string_view key_json,
                    std::string_view info_json, const RunInfo& info,
                    std::int64_t created) {
  Sha256 hash;
  hash.add_field(id);
  hash.add_field(key_json);
  hash.add_field(info_json);
  hash.add_number(static_cast<std::uint64_t>(created));
  add_named(hash, "dropped", info.dropped, 0);
  return hash.hex();
}

std::string dataset_sum(const Dataset& dataset) {
  Sha256 hash;
  hash.add_field(dataset.digest);
  hash.add_field(dataset.name);
  hash.add_field(dataset.split);
  hash.add_field(dataset.revision);
  hash.add_number(dataset.questions.size());
  return hash.hex();
}

std::string question_sum(std::string_view dataset_digest, std::uint32_t ordinal,
                         const Question& question) {
  Sha256 hash;
  hash.add_field(dataset_digest);
  hash.add_number(ordinal);
  hash.add_field(question.id);
  hash.add_field(question.subject);
  hash.add_number(static_cast<std::uint64_t>(question.index));
  add_content(question, hash);
  hash.add_field(question.worked);
  return hash.hex();
}

std::string attempt_sum(std::string_view run_id, TrialId trial, int generation,
                        const Attempt& attempt, std::string_view logprobs) {
  Sha256 hash;
  hash.add_field(run_id);
  hash.add_number(trial.ordinal);
  hash.add_number(0);  // the columns repeat
  hash.add_number(0);  // and rotation
  hash.add_number(static_cast<std::uint64_t>(generation));
  hash.add_field(attempt.id);
  hash.add_number(
      static_cast<std::uint64_t>(attempt.started.time_since_epoch().count()));
  hash.add_number(static_cast<std::uint64_t>(attempt.latency.count()));
  hash.add_number(static_cast<std::uint64_t>(attempt.status));
  if (attempt.outcome) {
    const Reply& reply = *attempt.outcome;
    hash.add_field("reply");
    hash.add_field(reply.text);
    hash.add_field(reply.reasoning);
    hash.add_field(reply.finish_reason);
    hash.add_field(reply.model);
    hash.add_field(reply.build);
    add_optional(hash, reply.tokens.prompt);
    add_optional(hash, reply.tokens.reply);
    hash.add_field(logprobs);
  } else {
    hash.add_field("failure");
    hash.add_field(name_of(attempt.outcome.error().fault));
    hash.add_field(attempt.outcome.error().message);
  }
  hash.add_field(attempt.request);
  hash.add_field(attempt.response);
  if (attempt.outcome) {
    add_named(hash, "decoded_tokens", attempt.outcome->tokens.decoded);
    add_named(hash, "thought_tokens", attempt.outcome->tokens.thought);
  }
  return hash.hex();
}

std::string attempt_sum(std::string_view run_id, const StoredAttempt& stored) {
  const Attempt& attempt = stored.attempt;
  return attempt_sum(run_id, stored.trial, stored.generation, attempt,
                     attempt.outcome ? logprobs_json(attempt.outcome->logprobs) : "");
}

RunInfo in_schema_1(RunInfo info) {
  info.dropped = 0;
  return info;
}

StoredAttempt in_schema_1(StoredAttempt stored) {
  if (stored.attempt.outcome) stored.attempt.outcome->tokens.decoded.reset();
  return stored;
}

}  // namespace proctor
