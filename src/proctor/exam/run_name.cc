#include "proctor/exam/run_name.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "proctor/exam/evaluation.h"
#include "proctor/exam/second_tries.h"
#include "proctor/exam/secrets.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

// Takes " --flag VALUE" out of a command of our own making, a value for a shell too.
void drop_flag(std::string& command, std::string_view flag) {
  const std::string start = fmt::format(" {} ", flag);
  const std::size_t at = command.find(start);
  if (at == std::string::npos) return;
  std::size_t end = at + start.size();
  for (bool is_quoted = false; end < command.size(); ++end) {
    if (command[end] == '\'') is_quoted = !is_quoted;
    if (command[end] == '\\' && !is_quoted) ++end;  // of for_shell's '\''
    if (command[end] == ' ' && !is_quoted) break;
  }
  command.erase(at, std::min(end, command.size()) - at);
}

// A command of --engine server.
bool is_ours(std::string_view command) {
  return command.starts_with("exec ") &&
         command.find(" -m {model} --host 127.0.0.1 --port {port}") !=
             std::string_view::npos;
}

std::string short_name(const RunKey& key) {
  return key.id().substr(0, 8);
}

RunKey without_server(RunKey key) {
  if (!server_of(key).empty()) key.engine.clear();
  return key;
}

// A batch's limits of replies were in the names of its scored protocols, too, where
// they change nothing.
RunKey without_idle_limits(RunKey key) {
  constexpr std::string_view limits[] = {"max_tokens", "stop"};
  return scoring_of(key) == "generate" ? key : without_sampling(std::move(key), limits);
}

RunKey as_asked(RunKey key) {
  return without_idle_limits(without_server(std::move(key)));
}

bool is_chat(const RunKey& key) {
  const Json protocol = Json::parse(key.protocol, nullptr, false);
  return !protocol.is_object() || protocol.value("form", Json()) != "text";
}

// The key of a .gguf from when llama.cpp rendered the model's chat template by its
// look.
std::optional<RunKey> as_rendered_before(RunKey key) {
  constexpr std::string_view today = "jinja:";
  constexpr std::size_t digits = 16;
  Json engine = Json::parse(key.engine, nullptr, false);
  const auto found = engine.is_object() ? engine.find("chat_template") : engine.end();
  if (found == engine.end() || !found->is_string()) return std::nullopt;
  const auto name = found->get<std::string>();
  if (!name.starts_with(today)) return std::nullopt;
  *found = "model:" + name.substr(today.size(), digits);
  key.engine = engine.dump(-1, ' ', false, Json::error_handler_t::replace);
  return key;
}

// The stored runs that were asked the same at the same address, whoever answered.
using Namesakes = std::vector<const StoredRun*>;

// Whether one of the servers that were asked for the one was asked for the other.
bool share_an_address(const RunKey& one, const RunKey& other) {
  const std::vector<std::string> addresses = split(other.base_url, ' ');
  return std::ranges::any_of(split(one.base_url, ' '), [&](const std::string& address) {
    return std::ranges::find(addresses, address) != addresses.end();
  });
}

Namesakes namesakes_of(const std::vector<StoredRun>& runs, const RunKey& name) {
  const RunKey wanted = as_asked(name);
  Namesakes found;
  for (const StoredRun& run : runs) {
    RunKey key = as_asked(renamed(run.info.key));
    if (!share_an_address(key, wanted)) continue;
    key.base_url = wanted.base_url;
    if (key == wanted) found.push_back(&run);
  }
  return found;
}

const StoredRun& with_most_answers(const Namesakes& runs) {
  return **std::ranges::max_element(runs, {},
                                    [](const StoredRun* run) { return run->results; });
}

// Who answered a stored run, for a person.
Result<std::string> who_answered(Store& store, const StoredRun& run) {
  const std::string title = title_of(answerer_of(run.info));
  if (!title.empty()) return title;
  std::vector<std::string> models;
  for (const ReplySource& source : TRY(store.sources(run.id))) {
    const std::string model = for_terminal_line(source.model);
    if (!model.empty() && std::ranges::find(models, model) == models.end())
      models.push_back(model);
  }
  return models.empty() ? std::string("a server that did not say who it is")
                        : join(models, ", ");
}

Result<bool> is_answered_by_another(Store& store, const StoredRun& run,
                                    const Answerer& there) {
  const Answerer then = answerer_of(run.info);
  if (then.says_who()) return contradicts(then, there);
  if (there.names.empty()) return false;
  for (const ReplySource& source : TRY(store.sources(run.id))) {
    const std::string model = model_said(run.info.key.model, source.model);
    if (!model.empty() && std::ranges::find(there.names, model) == there.names.end())
      return true;
  }
  return false;
}

RunName kept_name(const Namesakes& runs, const RunKey& today) {
  const StoredRun& run = with_most_answers(runs);
  const std::string which =
      runs.size() > 1
          ? fmt::format(" (of {} such runs it has the most answers)", runs.size())
          : "";
  return {run.info.key,
          fmt::format("run {} keeps its name{}; it would be named {} today",
                      short_name(run.info.key), which, short_name(today))};
}

// The server says who it is, and today's name is new.
Result<RunName> name_of_known(Store& store, const Namesakes& found, const RunKey& today,
                              const Answerer& there) {
  Namesakes same;
  const StoredRun* other = nullptr;  // the newest
  for (const StoredRun* run : found) {
    if (!TRY(is_answered_by_another(store, *run, there))) {
      same.push_back(run);
    } else if (other == nullptr && run->results > 0) {
      other = run;
    }
  }
  if (!same.empty()) return kept_name(same, today);
  if (other == nullptr) return RunName{today, ""};
  return RunName{
      today, fmt::format("run {} at this address was answered by {}; now {} is there: "
                         "this is run {}",
                         short_name(other->info.key), TRY(who_answered(store, *other)),
                         title_of(there), short_name(today))};
}

// The server is down or silent, or there is none.
Result<RunName> name_of_unknown(Store& store, const Namesakes& found,
                                const RunKey& today) {
  const bool one_answered = std::ranges::all_of(found, [&](const StoredRun* run) {
    return server_of(run->info.key) == server_of(found.front()->info.key);
  });
  if (!one_answered) {
    std::vector<std::string> each;
    for (const StoredRun* run : found) {
      each.push_back(fmt::format("{} ({})", short_name(run->info.key),
                                 TRY(who_answered(store, *run))));
    }
    return fail(Fault::usage,
                "the server does not say who it is, and {} runs were asked the same "
                "there: {}; start the one that is meant, or take another `store`; "
                "proctor report shows what they have",
                found.size(), join(each, ", "));
  }
  const StoredRun& run = with_most_answers(found);
  if (run.info.key == today) return RunName{today, ""};
  if (server_of(run.info.key).empty()) return kept_name(found, today);
  return RunName{run.info.key,
                 fmt::format("the server does not say who it is; this is run {}, which "
                             "{} answered",
                             short_name(run.info.key), TRY(who_answered(store, run)))};
}

}  // namespace

std::string command_in_name(std::string command) {
  if (!is_ours(command)) return command;
  for (const std::string_view flag : {"--parallel", "--ctx-size", "--threads"})
    drop_flag(command, flag);
  return command;
}

std::string without_template(std::string command) {
  if (!is_ours(command)) return command;
  for (const std::string_view flag : {"--chat-template", "--chat-template-file"})
    drop_flag(command, flag);
  return command;
}

RunKey without_sampling(RunKey key, std::span<const std::string_view> words) {
  Json protocol = Json::parse(key.protocol, nullptr, false);
  if (!protocol.is_object() || !protocol.contains("sampling") ||
      !protocol["sampling"].is_object())
    return key;
  for (const std::string_view word : words) protocol["sampling"].erase(word);
  key.protocol = protocol.dump(-1, ' ', false, Json::error_handler_t::replace);
  return key;
}

RunKey renamed(RunKey stored) {
  std::vector<std::string> addresses = split(stored.base_url, ' ');
  for (std::string& address : addresses)
    address = normal_base_url(address_to_keep(address), stored.provider);
  stored.base_url = join(addresses, " ");
  Json request = Json::parse(stored.request, nullptr, false);
  if (request.is_object() && request.contains("extra_body")) {
    request["extra_body"] = Json::parse(body_to_keep(request["extra_body"].dump()));
    stored.request = request.dump();
  }
  if (request.is_object() && request.contains("seed") && request["seed"].is_string()) {
    // Of baseline/random, as it was written: "007" is 7.
    const auto written = request["seed"].get<std::string>();
    const std::size_t digits = std::min(written.find_first_not_of('0'), written.size());
    request["seed"] = digits == written.size() ? "0" : written.substr(digits);
    stored.request = request.dump();
  }
  Json engine = Json::parse(stored.engine, nullptr, false);
  if (!engine.is_object()) return stored;
  if (engine.contains("exact") && engine["exact"] == false) engine.erase("threads");
  if (engine.contains("serve") && engine["serve"].is_string()) {
    const auto command = engine["serve"].get<std::string>();
    const std::string kept = command_in_name(command_to_keep(command));
    engine["serve"] = engine.contains("chat_template") ? without_template(kept) : kept;
  }
  stored.engine = engine.dump(-1, ' ', false, Json::error_handler_t::replace);
  return stored;
}

std::vector<RunKey> former_keys(const RunKey& today) {
  // No chat template has a part in bare text.
  const auto before = as_rendered_before(today);
  return before && !is_chat(today) ? std::vector{*before} : std::vector<RunKey>();
}

std::string engine_in_name(const EngineIdentity& identity, const Exam& exam,
                           const Answerer& there) {
  if (const std::string& engine = identity.of(exam); !engine.empty()) return engine;
  if (!there.says_who()) return {};
  return fmt::format(R"({{"server":{}}})", there.identity());
}

namespace {

Result<RunName> name_among(const std::vector<StoredRun>& runs, Store& store,
                           const RunKey& today, const Answerer& there) {
  const bool says_who = !server_of(today).empty();
  const bool has_it = std::ranges::find(runs, today.id(), &StoredRun::id) != runs.end();
  // A server that is down may be any of those that were asked at its address.
  if (has_it && (says_who || there.is_there)) return RunName{today, ""};
  std::vector<RunKey> names = former_keys(today);
  names.insert(names.begin(), today);
  for (const RunKey& name : names) {
    const Namesakes found = namesakes_of(runs, name);
    if (found.empty()) continue;
    return says_who ? name_of_known(store, found, today, there)
                    : name_of_unknown(store, found, today);
  }
  if (const auto before = as_rendered_before(today)) {
    const Namesakes found = namesakes_of(runs, *before);
    if (!found.empty()) {
      return RunName{
          today, fmt::format(
                     "run {} of this model was asked through what llama.cpp takes the "
                     "model's chat template for, and not through the template itself: "
                     "this is run {}",
                     short_name(with_most_answers(found).info.key), short_name(today))};
    }
  }
  return RunName{today, ""};
}

}  // namespace

Result<RunName> name_in_store(Store& store, const RunKey& today,
                              const Answerer& there) {
  const std::vector<StoredRun> runs = TRY(store.runs());
  RunName name = TRY(name_among(runs, store, today, there));
  const auto stored = std::ranges::find(runs, name.key.id(), &StoredRun::id);
  if (stored != runs.end()) name.stored = *stored;
  return name;
}

Result<Evaluation> named_evaluation(const Exam& exam, const OpenModel& model,
                                    const Answerer& there, const RunNotes& notes,
                                    Store& store, const Talk& talk) {
  const ModelChoice& choice = model.choice;
  Evaluation evaluation =
      evaluation_of(exam, choice, notes, engine_in_name(model.identity, exam, there));
  RunInfo& info = evaluation.plan.info;
  RunName name = TRY(notes.again.empty()
                         ? name_in_store(store, info.key, there)
                         : name_of_second_tries(store, info.key, there, notes.again));
  info.key = name.key;
  info.answerer = answerer_json(there);
  if (name.stored) {
    // Who it was when it last said so, and the words of whoever has some: nobody loses
    // a name by going on without it.
    const RunInfo& before = name.stored->info;
    if (info.name.empty()) info.name = before.name;
    if (info.note.empty()) info.note = before.note;
    if (info.answerer.empty()) info.answerer = before.answerer;
    if (info.command.empty()) info.command = before.command;
    info.again = before.again;
  }
  if (!notes.again.empty())
    TRY(plan_second_tries(evaluation, choice, notes.again, *name.stored, store));
  evaluation.answerer = there;
  if (!talk) return evaluation;
  if (!name.said.empty()) talk(name.said);
  if (!notes.again.empty()) {
    talk(fmt::format("run {}: {} of {} questions are asked again", short_name(info.key),
                     evaluation.plan.trials.size(), exam.selection.size()));
  }
  if (choice.provider != nullptr && choice.provider->tells == Tells::props &&
      there.is_there && !there.says_who()) {
    talk(fmt::format("{}: the server does not say which model it has; its replies may",
                     for_terminal_line(choice.title())));
  }
  return evaluation;
}

}  // namespace proctor
