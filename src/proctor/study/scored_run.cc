#include "proctor/study/scored_run.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/study/subjects_title.h"

namespace proctor {

std::string server_of(const RunKey& key) {
  const nlohmann::json engine = nlohmann::json::parse(key.engine, nullptr, false);
  if (!engine.is_object() || !engine.contains("server")) return {};
  return engine["server"].dump(-1, ' ', false,
                               nlohmann::json::error_handler_t::replace);
}

std::optional<ImportedFrom> imported_from(const RunKey& key) {
  const auto protocol = nlohmann::json::parse(key.protocol, nullptr, false);
  const auto at = nlohmann::json::json_pointer("/imported");
  if (!protocol.is_object() || !protocol.contains(at) || !protocol[at].is_object())
    return std::nullopt;
  const auto word = [&](const char* name) {
    const auto found = protocol[at].find(name);
    return found != protocol[at].end() && found->is_string() ? found->get<std::string>()
                                                             : std::string();
  };
  return ImportedFrom{.harness = word("harness"), .sha256 = word("sha256")};
}

std::optional<std::int64_t> threads_of(const RunKey& key) {
  const auto engine = nlohmann::json::parse(key.engine, nullptr, false);
  if (!engine.is_object() || !engine.contains("threads")) return std::nullopt;
  const auto& threads = engine["threads"];
  return threads.is_number_integer() ? std::optional(threads.get<std::int64_t>())
                                     : std::nullopt;
}

std::string scoring_of(const RunKey& key) {
  const nlohmann::json protocol = nlohmann::json::parse(key.protocol, nullptr, false);
  if (!protocol.is_object()) return {};
  const auto scoring = protocol.find("scoring");
  if (scoring == protocol.end() || !scoring->is_string()) return {};
  return scoring->get<std::string>();
}

std::optional<std::int64_t> shots_of(const RunKey& key) {
  const nlohmann::json protocol = nlohmann::json::parse(key.protocol, nullptr, false);
  const auto count = nlohmann::json::json_pointer("/shots/count");
  if (!protocol.is_object() || !protocol.contains(count)) return std::nullopt;
  const nlohmann::json& shots = protocol[count];
  return shots.is_number_integer() ? std::optional(shots.get<std::int64_t>())
                                   : std::nullopt;
}

Answerer answerer_of(const RunInfo& info) {
  const Answerer last = read_answerer(info.answerer);
  const std::string server = server_of(info.key);
  if (server.empty()) return last;
  Answerer named = read_answerer(server);
  named.build = last.build;
  return named;
}

std::map<std::string, std::int64_t> counted_models(const ScoredRun& run) {
  std::map<std::string, std::int64_t> models;
  for (const auto& [source, n] : run.account.sources) {
    const std::string model = model_said(run.info.key.model, source.first);
    if (!model.empty()) models[for_terminal_line(model)] += n;
  }
  return models;
}

std::map<std::string, std::int64_t> counted_builds(const ScoredRun& run) {
  std::map<std::string, std::int64_t> builds;
  for (const auto& [source, n] : run.account.sources) {
    if (!source.second.empty()) builds[for_terminal_line(source.second)] += n;
  }
  return builds;
}

Answerer author_of(const ScoredRun& run) {
  Answerer author = answerer_of(run.info);
  const auto models = counted_models(run);
  if (models.size() > 1) {
    author.model = fmt::format("{} models", models.size());
    author.digest.clear();
  } else if (models.size() == 1 && author.model.empty() && run.info.key.model.empty()) {
    author.model = models.begin()->first;
  }
  const auto builds = counted_builds(run);
  if (author.build.empty() || builds.empty()) return author;
  author.build = builds.size() > 1 ? fmt::format("{} builds", builds.size())
                                   : builds.begin()->first;
  return author;
}

std::string model_name(const RunKey& key) {
  return key.model.empty() ? key.provider : key.provider + "/" + key.model;
}

std::vector<std::string> ScoredRun::arithmetic() const {
  const auto engine = nlohmann::json::parse(info.key.engine, nullptr, false);
  std::vector<std::string> ways;
  if (!engine.is_object()) return ways;
  if (engine.contains("precision") && engine["precision"].is_string())
    ways.push_back(for_terminal_line(engine["precision"].get<std::string>()));
  if (engine.contains("exact") && engine["exact"] == true) ways.emplace_back("exact");
  return ways;
}

std::string ScoredRun::model_title() const {
  std::vector<std::string> more = arithmetic();
  if (info.key.model.empty()) {
    const std::string who = for_terminal_line(author_of(*this).model);
    if (!who.empty()) more.insert(more.begin(), who);
  }
  return more.empty() ? model_name()
                      : fmt::format("{} ({})", model_name(), join(more, ", "));
}

std::optional<double> ScoredRun::rate() const {
  if (asked == 0 || seconds <= 0) return std::nullopt;
  return static_cast<double>(asked) / seconds;
}

std::chrono::microseconds time_covered(
    std::vector<std::pair<WallTime, WallTime>> spans) {
  std::ranges::sort(spans);
  std::chrono::microseconds sum{};
  WallTime until = WallTime::min();
  for (const auto& [from, to] : spans) {
    const WallTime begin = std::max(from, until);
    if (to <= begin) continue;
    sum += to - begin;
    until = to;
  }
  return sum;
}

namespace {

// By ordinal: whether a question is one of those subjects.
Result<std::vector<bool>> wanted_questions(const Dataset& dataset, const Look& look) {
  const bool all = look.subjects.empty() && look.ordinals.empty();
  std::vector<bool> wanted(dataset.questions.size(), all);
  std::vector<std::uint32_t> chosen = look.ordinals;
  if (!look.subjects.empty()) {
    chosen = TRY(select_questions(dataset, look.subjects, {}).in("`subjects`"));
  }
  for (const std::uint32_t ordinal : chosen) wanted[ordinal] = true;
  return wanted;
}

}  // namespace

Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run, const Look& look,
                                   bool with_bodies,
                                   const std::function<Status(const Graded&)>& see) {
  const Dataset dataset = TRY(store.questions(run.id));
  return score_stored_run(store, run, dataset, look, with_bodies, see);
}

Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run,
                                   const Dataset& dataset, const Look& look,
                                   bool with_bodies,
                                   const std::function<Status(const Graded&)>& see) {
  const std::string name = look.reader.empty() ? run.info.extract : look.reader;
  const Reader& reader = *TRY(find_reader(name).in("`reader`"));
  const std::vector<bool> wanted = TRY(wanted_questions(dataset, look));
  ScoredRun scored{
      .info = run.info, .id = run.id, .extract = name, .stored = run.results};
  scored.written = run.updated;
  std::vector<bool> tried(dataset.questions.size());
  std::vector<std::pair<WallTime, WallTime>> spans;
  const auto count = [&](const StoredResult& result) -> Status {
    if (result.trial.ordinal >= dataset.questions.size()) {
      return fail(Fault::data,
                  "run {}: question {} is not in its data set; run proctor verify",
                  scored.short_id(), result.trial.ordinal);
    }
    if (!wanted[result.trial.ordinal]) return {};
    tried[result.trial.ordinal] = true;
    const Question& question = dataset.questions[result.trial.ordinal];
    Graded graded = grade(reader, question, result.trial, result.attempt);
    graded.attempts = result.attempts;
    graded.is_second_try = result.generation > 0;
    scored.account.add(graded);
    scored.requests += result.attempts;
    spans.emplace_back(result.attempt.started,
                       result.attempt.started + result.attempt.latency);
    if (!result.attempt.outcome)
      scored.failure = result.attempt.outcome.error().message;
    return see ? see(graded) : Status();
  };
  TRY(store.results(run.id, with_bodies, count));
  scored.subjects = subjects_title(scored.account.tally, dataset);
  scored.reused = scored.ended();
  scored.planned = scored.ended();
  scored.asked = scored.ended();
  const std::chrono::duration<double> covered = time_covered(std::move(spans));
  scored.seconds = covered.count();
  for (const std::uint32_t ordinal : run.info.selection) {
    const bool is_missing =
        ordinal < tried.size() && wanted[ordinal] && !tried[ordinal];
    scored.planned += is_missing ? 1 : 0;
  }
  return scored;
}

Status check_has_reply(const ScoredRun& run) {
  if (run.has_reply()) return {};
  if (run.ended() == 0) {
    return fail(Fault::usage, "run {}: none of these questions was asked",
                run.short_id());
  }
  return fail(Fault::usage,
              "run {}: nothing was answered: {}; without a reply there is no accuracy",
              run.short_id(), for_terminal_line(run.reason()));
}

std::map<std::string, Ledger, std::less<>> by_category(const Tally& tally,
                                                       std::string_view dataset) {
  std::map<std::string, Ledger, std::less<>> categories;
  Ledger rest;
  for (const auto& [name, ledger] : tally.by_subject) {
    const Subject* subject = find_subject(name, dataset);
    if (subject == nullptr) {
      rest += ledger;
      continue;
    }
    for (const std::string_view category : {subject->category, subject->also}) {
      if (!category.empty()) categories[std::string(category_key(category))] += ledger;
    }
  }
  if (!categories.empty() && rest.n() > 0) categories[std::string(no_category)] = rest;
  return categories;
}

}  // namespace proctor
