#include "proctor/cli/scored_run.h"

#include <algorithm>
#include <functional>
#include <ranges>

#include <nlohmann/json.hpp>

#include "proctor/cli/arithmetic.h"
#include "proctor/cli/harness_score.h"
#include "proctor/cli/run_name.h"
#include "proctor/cli/subjects_title.h"

namespace proctor {
namespace {

// `has_reply`: of the run; without one there is no accuracy anywhere.
nlohmann::ordered_json accuracy_json(std::optional<double> accuracy, bool has_reply) {
  return number_or_null(has_reply ? accuracy : std::nullopt);
}

// Who was there, as the server said; null where it said nothing.
nlohmann::ordered_json answerer_json_of(const ScoredRun& run) {
  auto json = nlohmann::ordered_json::parse(answerer_json(answerer_of(run.info)),
                                            nullptr, false);
  return json.is_object() ? json : nlohmann::ordered_json(nullptr);
}

// The replies by model and build, in the servers' own words.
nlohmann::ordered_json sources_json(const Progress& progress) {
  auto json = nlohmann::ordered_json::array();
  for (const auto& [source, n] : progress.sources)
    json.push_back({{"model", source.first}, {"build", source.second}, {"n", n}});
  return json;
}

nlohmann::ordered_json counts_json(const auto& ledgers, bool has_reply) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& [name, ledger] : ledgers) {
    json[name] = {{"n", ledger.n()},
                  {"correct", ledger.right},
                  {"accuracy", accuracy_json(ledger.count().share(), has_reply)}};
  }
  return json;
}

std::string_view mark_word(Mark mark, Language language) {
  if (language == Language::en) return name_of(mark);
  constexpr std::array<std::string_view, all_marks.size()> words = {
      "正解", "不正解", "読み取れず", "拒否", "打ち切り", "失敗"};
  return words[static_cast<std::size_t>(mark)];
}

std::string count_lines(const std::map<std::string, Ledger, std::less<>>& ledgers) {
  int width = 0;
  for (const auto& [name, ledger] : ledgers)
    width = std::max(width, display_width(name));
  std::string text;
  for (const auto& [name, ledger] : ledgers) {
    text +=
        fmt::format("  {}  {}, {}\n", pad(name, width), accuracy_text(ledger.count()),
                    interval_text(wilson(ledger.count())));
  }
  return text;
}

// " (HTTP 400: too long)", or of several reasons the most frequent with their numbers.
std::string reasons_text(const Progress& progress, Language language) {
  constexpr std::size_t most_shown = 3;
  std::vector<std::pair<std::string, std::int64_t>> reasons(progress.reasons.begin(),
                                                            progress.reasons.end());
  if (reasons.empty()) return {};
  std::ranges::stable_sort(reasons, std::ranges::greater(),
                           &std::pair<std::string, std::int64_t>::second);
  std::string text;
  for (const auto& [why, count] : reasons | std::views::take(most_shown)) {
    text += text.empty() ? "" : ", ";
    text += fit(for_terminal_line(why), 160);
    if (reasons.size() == 1) continue;
    text += in_language(language, " in {}", " {} 問", with_thousands(count));
  }
  return fmt::format(" ({}{})", text, reasons.size() > most_shown ? ", …" : "");
}

// Where a model only thought, its replies are unread or cut, and it is not the model's
// fault.
std::string empty_text(const Progress& progress, Language language) {
  if (progress.thoughts_only == 0) return {};
  const std::string some = with_thousands(progress.thoughts_only);
  const std::string n = with_thousands(progress.ended() - progress.tally.ledger.failed);
  if (2 * progress.thoughts_cut > progress.thoughts_only) {
    return in_language(
        language,
        "{} of {} replies are empty; the thoughts took all of the token limit: try a "
        "larger --max-tokens, or --reasoning off\n",
        "{1} 件中 {0} 件の回答が空です。思考がトークン上限を使い切りました: "
        "--max-tokens "
        "を大きくするか、--reasoning off を試してください\n",
        some, n);
  }
  return in_language(
      language,
      "{} of {} replies are empty; the server put everything into the thoughts: try "
      "--reasoning off, or a larger --max-tokens\n",
      "{1} 件中 {0} 件の回答が空です。サーバーはすべてを思考に入れました: --reasoning "
      "off "
      "または大きな --max-tokens を試してください\n",
      some, n);
}

// Replies by model, in words fit for a terminal; those that only repeat the name that
// was asked for are not in it.
std::map<std::string, std::int64_t> counted_models(const Progress& progress,
                                                   const RunKey& key) {
  std::map<std::string, std::int64_t> models;
  for (const auto& [source, n] : progress.sources) {
    const std::string model = model_said(key.model, source.first);
    if (!model.empty()) models[for_terminal_line(model)] += n;
  }
  return models;
}

std::map<std::string, std::int64_t> counted_builds(const Progress& progress) {
  std::map<std::string, std::int64_t> builds;
  for (const auto& [source, n] : progress.sources) {
    if (!source.second.empty()) builds[for_terminal_line(source.second)] += n;
  }
  return builds;
}

// Who wrote the replies: the one that was there, but for what they say otherwise.
// Whoever was there last may have written none of them.
Answerer author_of(const ScoredRun& run) {
  Answerer author = answerer_of(run.info);
  const auto models = counted_models(run.progress, run.info.key);
  if (models.size() > 1) {
    author.model = fmt::format("{} models", models.size());
    author.digest.clear();
  } else if (models.size() == 1 && author.model.empty() && run.info.key.model.empty()) {
    author.model = models.begin()->first;
  }
  const auto builds = counted_builds(run.progress);
  if (author.build.empty() || builds.empty()) return author;
  author.build = builds.size() > 1 ? fmt::format("{} builds", builds.size())
                                   : builds.begin()->first;
  return author;
}

// "llama (mistral-7b.gguf, b4567)": the model, and all that is known of who answered.
std::string full_title(const ScoredRun& run) {
  const std::string who = title_of(author_of(run));
  return who.empty() ? run.model_name() : fmt::format("{} ({})", run.model_name(), who);
}

std::string list_of(const std::map<std::string, std::int64_t>& counts) {
  constexpr std::size_t most = 5;  // a cloud may have many builds
  std::vector<std::pair<std::int64_t, std::string>> order;
  for (const auto& [word, n] : counts) order.emplace_back(-n, word);
  std::ranges::sort(order);
  std::vector<std::string> parts;
  for (const auto& [n, word] : order) {
    if (parts.size() < most) parts.push_back(fmt::format("{} {}", word, -n));
  }
  if (order.size() > most) parts.push_back(fmt::format("+{}", order.size() - most));
  return join(parts, ", ");
}

}  // namespace

std::string mixture_text(const ScoredRun& run, Language language) {
  // The engine's build names its threads, and llama.cpp's version is in the run's name.
  if (run.info.key.provider == "gguf") return {};
  const auto builds = counted_builds(run.progress);
  const auto models = counted_models(run.progress, run.info.key);
  std::string text;
  if (models.size() > 1) {
    text += in_language(language, "answered by {} models: {}\n",
                        "{} 個のモデルが回答: {}\n", models.size(), list_of(models));
  }
  if (builds.size() > 1) {
    text += in_language(language, "answered by {} builds: {}\n",
                        "{} 個のビルドが回答: {}\n", builds.size(), list_of(builds));
  }
  return text;
}

nlohmann::ordered_json number_or_null(std::optional<double> value) {
  return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

nlohmann::ordered_json ledger_json(const Ledger& ledger) {
  nlohmann::ordered_json json;
  for (const Mark mark : all_marks) json[std::string(name_of(mark))] = ledger.of(mark);
  return json;
}

bool ScoredRun::is_complete() const {
  return progress.ended() == progress.planned && progress.tally.ledger.failed == 0;
}

std::string ScoredRun::model_name() const {
  return info.key.model.empty() ? info.key.provider
                                : info.key.provider + "/" + info.key.model;
}

namespace {

// How a model file was computed with, where it was not the usual way.
std::vector<std::string> arithmetic_of(const RunKey& key) {
  const auto engine = nlohmann::json::parse(key.engine, nullptr, false);
  std::vector<std::string> ways;
  if (!engine.is_object()) return ways;
  if (engine.contains("precision") && engine["precision"].is_string())
    ways.push_back(for_terminal_line(engine["precision"].get<std::string>()));
  if (engine.contains("exact") && engine["exact"] == true) ways.emplace_back("exact");
  return ways;
}

}  // namespace

std::string ScoredRun::model_title() const {
  std::vector<std::string> more = arithmetic_of(info.key);
  if (info.key.model.empty()) {
    const std::string who = for_terminal_line(author_of(*this).model);
    if (!who.empty()) more.insert(more.begin(), who);
  }
  return more.empty() ? model_name()
                      : fmt::format("{} ({})", model_name(), join(more, ", "));
}

namespace {

// By ordinal: whether a question is one of those subjects.
Result<std::vector<bool>> wanted_questions(const Dataset& dataset,
                                           const std::string& subjects) {
  std::vector<bool> wanted(dataset.questions.size(), subjects.empty());
  if (subjects.empty()) return wanted;
  for (const std::uint32_t ordinal :
       TRY(select_questions(dataset, subjects, std::nullopt).in("--subject"))) {
    wanted[ordinal] = true;
  }
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
  const Evaluation evaluation{.plan = {.info = run.info, .dataset = &dataset},
                              .extractor = TRY(find_extractor(name).in("--extract"))};
  const std::vector<bool> wanted = TRY(wanted_questions(dataset, look.subjects));
  ScoredRun scored{
      .info = run.info, .id = run.id, .extract = name, .stored = run.results};
  std::vector<bool> tried(dataset.questions.size());
  const auto count = [&](const StoredResult& result) -> Status {
    if (result.trial.ordinal >= dataset.questions.size()) {
      return fail(Fault::data,
                  "run {}: question {} is not in its data set; run proctor verify",
                  scored.short_id(), result.trial.ordinal);
    }
    if (!wanted[result.trial.ordinal]) return {};
    tried[result.trial.ordinal] = true;
    Graded graded = grade(evaluation, result.trial, result.attempt);
    graded.attempts = result.attempts;
    count_graded(graded, scored.progress);
    scored.progress.requests += result.attempts;
    if (!result.attempt.outcome)
      scored.failure = result.attempt.outcome.error().message;
    return see ? see(graded) : Status();
  };
  // The engine's bodies tell what it computed.
  TRY(store.results(run.id, with_bodies || run.info.key.provider == "gguf", count));
  scored.subjects = subjects_title(scored.progress.tally, dataset);
  scored.progress.reused = scored.progress.ended();
  scored.progress.planned = scored.progress.ended();
  for (const std::uint32_t ordinal : run.info.selection) {
    const bool is_missing =
        ordinal < tried.size() && wanted[ordinal] && !tried[ordinal];
    scored.progress.planned += is_missing ? 1 : 0;
  }
  return scored;
}

Status check_has_reply(const ScoredRun& run) {
  if (run.has_reply()) return {};
  if (run.progress.ended() == 0) {
    return fail(Fault::usage, "run {}: none of these questions was asked",
                run.short_id());
  }
  return fail(Fault::usage,
              "run {}: nothing was answered: {}; without a reply there is no accuracy",
              run.short_id(), for_terminal_line(run.reason()));
}

std::string exam_title(const ScoredRun& run) {
  return fmt::format("{} {}", run.info.dataset,
                     run.subjects.empty() ? run.info.subjects : run.subjects);
}

std::string accuracy_cell(const ScoredRun& run) {
  return run.has_reply() ? accuracy_text(run.progress.tally.ledger.count()) : "-";
}

std::string interval_cell(const ScoredRun& run) {
  return run.has_reply() ? range_text(wilson(run.progress.tally.ledger.count())) : "-";
}

std::vector<std::string> right_letters(const Question& question) {
  std::vector<std::string> letters;
  for (const char letter : labels_of(question.choices.size())) {
    if (is_right(question, letter)) letters.emplace_back(1, letter);
  }
  return letters;
}

std::string ledger_text(const Ledger& ledger, Language language) {
  std::string text;
  for (const Mark mark : all_marks) {
    const bool always = mark == Mark::right || mark == Mark::wrong;
    if (!always && ledger.of(mark) == 0) continue;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", mark_word(mark, language),
                        with_thousands(ledger.of(mark)));
  }
  return text;
}

std::string range_text(const Interval& range) {
  return fmt::format("{:.1f}-{:.1f}", 100 * range.low, 100 * range.high);
}

std::map<std::string, Ledger, std::less<>> by_category(const Tally& tally,
                                                       std::string_view dataset) {
  std::map<std::string, Ledger, std::less<>> categories;
  for (const auto& [name, ledger] : tally.by_subject) {
    const Subject* subject = find_subject(name, dataset);
    if (subject == nullptr) continue;
    for (const std::string_view category : {subject->category, subject->also}) {
      if (!category.empty()) categories[std::string(category_key(category))] += ledger;
    }
  }
  return categories;
}

namespace {

std::string unknown_letters_text(const Progress& progress, Language language) {
  if (progress.unknown_letters == 0) return {};
  const std::string some = with_thousands(progress.unknown_letters);
  const std::string n = with_thousands(progress.ended());
  const std::string none = with_thousands(progress.no_letters);
  return language == Language::ja
             ? fmt::format(
                   "{} 問中 {} 問で、サーバーの上位トークンにない選択肢がありました"
                   "（うち {} 問は一つもなく、読み取れず）\n",
                   n, some, none)
             : fmt::format(
                   "letters outside the server's likeliest tokens in {} of {} "
                   "questions ({} of them with none at all: unread)\n",
                   some, n, none);
}

std::string cut_prompts_text(const PromptSizes& sizes, Language language) {
  if (sizes.cut() == 0) return {};
  return in_language(
      language,
      "{} prompts were cut by the server: it read {} tokens of questions of different "
      "lengths; give it a longer context\n",
      "サーバーが {} 問のプロンプトを切り詰めました（長さの違う問題でも {} "
      "トークン）。コンテキスト長を増やしてください\n",
      with_thousands(sizes.cut()), with_thousands(sizes.most_tokens));
}

// "Subject: stem (18 subjects)"; where nothing was counted, what was asked for.
std::string subject_line(const ScoredRun& run) {
  const std::string title =
      run.subjects.empty()
          ? run.info.subjects
          : with_count(run.subjects, run.progress.tally.by_subject.size());
  return fmt::format("Subject: {}\n", for_terminal_line(title));
}

// The accuracy with all that bounds it, or why there is none.
std::string accuracy_lines(const ScoredRun& run, Language language) {
  const Ledger& ledger = run.progress.tally.ledger;
  const bool ja = language == Language::ja;
  std::string text;
  if (!run.has_reply()) {
    text = ja ? "回答がありません" : "nothing was answered";
    if (!run.reason().empty()) text += ": " + for_terminal_line(run.reason());
    return text + "\n" + ledger_text(ledger, language) +
           reasons_text(run.progress, language) + "\n";
  }
  text = fmt::format("Accuracy: {}, {}\n", accuracy_text(ledger.count()),
                     interval_text(wilson(ledger.count())));
  // Failures stand last, and their reasons behind them.
  text += ledger_text(ledger, language) + reasons_text(run.progress, language);
  if (ledger.right + ledger.wrong < ledger.n()) {
    const std::string bounds = range_text(ledger.bounds());
    text +=
        ja ? fmt::format("（不明分をすべて誤り・すべて正解とした場合 {} %）", bounds)
           : fmt::format("; {} % with all unknown wrong or right", bounds);
  }
  return text + "\n" + arithmetic_text(run, language);
}

// What this summary leaves out: bad labels, questions that are still to be asked, and
// what the run holds of other questions.
std::string left_out_lines(const ScoredRun& run, Language language) {
  const Progress& progress = run.progress;
  std::string text;
  if (run.info.dropped > 0) {
    text += in_language(language, "left out: {} with bad labels (--drop-bad-labels)\n",
                        "除外: ラベル不良の {} 問（--drop-bad-labels）\n",
                        with_thousands(run.info.dropped));
  }
  if (progress.planned > progress.ended()) {
    text += in_language(language, "not asked: {}\n", "未出題: {}\n",
                        with_thousands(progress.planned - progress.ended()));
  }
  if (run.stored > progress.ended() - progress.tally.ledger.failed) {
    text += in_language(
        language, "of these questions alone; run {} holds {} replies in all\n",
        "以上はこの選択のみ。実行 {} には全部で {} 件の回答があります\n",
        run.short_id(), with_thousands(run.stored));
  }
  return text;
}

std::string averages_text(const ScoredRun& run, Language language) {
  const Tally& tally = run.progress.tally;
  const std::size_t subjects = tally.by_subject.size();
  const auto harness = harness_score(run.info, tally);
  std::string text;
  if (subjects > 1) {
    const auto categories = by_category(tally, run.info.dataset);
    const bool other_groups =
        harness && harness->how->grouping == Grouping::lm_eval;  // listed below
    if (!other_groups) text += count_lines(categories);
    if (subjects <= 10 && categories.empty()) text += count_lines(tally.by_subject);
    const double mean = 100 * macro_accuracy(tally).value_or(0);
    const std::string interval = interval_text(macro_interval(tally.subjects()));
    text += in_language(language, "mean of subjects {:.2f}% ({} subjects), {}\n",
                        "科目平均 {:.2f}%（{} 科目）, {}\n", mean, subjects, interval);
  }
  if (harness) text += harness_text(*harness, language);
  return text;
}

}  // namespace

std::string summary_text(const ScoredRun& run, Language language) {
  std::string text = fmt::format(
      "{} {}\n", language == Language::ja ? "モデル:" : "Model:", full_title(run));
  text += subject_line(run) + accuracy_lines(run, language);
  text += mixture_text(run, language);
  text += unknown_letters_text(run.progress, language);
  text += empty_text(run.progress, language);
  text += cut_prompts_text(run.progress.sizes, language);
  text += left_out_lines(run, language);
  if (run.has_reply()) text += averages_text(run, language);
  return text;
}

std::string summary_json(const ScoredRun& run) {
  const Progress& progress = run.progress;
  const Ledger& ledger = progress.tally.ledger;
  const bool has_reply = run.has_reply();
  const Interval interval = has_reply ? wilson(ledger.count()) : Interval{0, 1};
  const Interval bounds = ledger.bounds();
  const auto harness =
      has_reply ? harness_score(run.info, progress.tally) : std::nullopt;
  nlohmann::ordered_json json = {
      {"run", run.id},
      {"model", run.model_name()},
      {"answerer", answerer_json_of(run)},
      {"answered_by", sources_json(run.progress)},
      {"dataset", run.info.dataset},
      {"dataset_digest", run.info.key.dataset_digest},
      {"split", run.info.split},
      {"subjects", run.subjects.empty() ? run.info.subjects : run.subjects},
      {"protocol", run.info.protocol},
      {"extract", run.extract},
      {"planned", progress.planned},
      {"n", ledger.n()},
      {"not_asked", progress.planned - ledger.n()},
      {"correct", ledger.right},
      {"accuracy", accuracy_json(ledger.count().share(), has_reply)},
      {"ci95", {interval.low, interval.high}},
      {"ledger", ledger_json(ledger)},
      {"bounds", {bounds.low, bounds.high}},
      {"arithmetic", arithmetic_json(run)},
      {"by_subject", counts_json(progress.tally.by_subject, has_reply)},
      {"by_category",
       counts_json(by_category(progress.tally, run.info.dataset), has_reply)},
      {"macro_accuracy", accuracy_json(macro_accuracy(progress.tally), has_reply)},
      {"aggregation", aggregation_json(harness)},
      {"complete", run.is_complete()},
      {"unknown_letters", progress.unknown_letters},
      {"no_letters", progress.no_letters},
      {"empty_replies", progress.empty},
      {"failures", progress.reasons},
      {"cut_prompts", progress.sizes.cut()},
      {"requests", progress.requests},
      {"reused", progress.reused},
      {"stored", run.stored},
      {"tokens",
       {{"prompt", progress.prompt_tokens},
        {"reply", progress.reply_tokens},
        {"decoded", progress.decoded_tokens}}},
      {"seconds", run.seconds},
      {"dropped_bad_labels", run.info.dropped},
      {"name", run.info.name},
      {"note", run.info.note},
  };
  if (!run.fatal.empty()) json["stopped"] = run.fatal;
  if (!has_reply && !run.failure.empty()) json["failure"] = run.failure;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace proctor
