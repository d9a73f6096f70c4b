#include "proctor/cli/scored_run.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/cli/harness_score.h"

namespace proctor {
namespace {

nlohmann::ordered_json count_json(const Ledger& ledger) {
  return {{"n", ledger.n()},
          {"correct", ledger.right},
          {"accuracy", number_or_null(ledger.count().share())}};
}

nlohmann::ordered_json counts_json(const auto& ledgers) {
  auto json = nlohmann::ordered_json::object();
  for (const auto& [name, ledger] : ledgers) json[name] = count_json(ledger);
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

}  // namespace

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

std::string ScoredRun::model_title() const {
  return info.key.model.empty() ? info.key.provider
                                : info.key.provider + "/" + info.key.model;
}

Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run,
                                   const std::string& reader, bool with_bodies,
                                   const std::function<Status(const Graded&)>& see) {
  const Dataset dataset = TRY(store.questions(run.id));
  return score_stored_run(store, run, dataset, reader, with_bodies, see);
}

Result<ScoredRun> score_stored_run(Store& store, const StoredRun& run,
                                   const Dataset& dataset, const std::string& reader,
                                   bool with_bodies,
                                   const std::function<Status(const Graded&)>& see) {
  const std::string name = reader.empty() ? run.info.extract : reader;
  const Evaluation evaluation{.plan = {.info = run.info, .dataset = &dataset},
                              .extractor = TRY(find_extractor(name).in("--extract"))};
  ScoredRun scored{.info = run.info, .id = run.id, .extract = name};
  std::vector<bool> tried(dataset.questions.size());
  const auto count = [&](const StoredResult& result) -> Status {
    if (result.trial.ordinal >= dataset.questions.size()) {
      return fail(Fault::data,
                  "run {}: question {} is not in its data set; run proctor verify",
                  scored.short_id(), result.trial.ordinal);
    }
    tried[result.trial.ordinal] = true;
    Graded graded = grade(evaluation, result.trial, result.attempt);
    graded.attempts = result.attempts;
    count_graded(graded, scored.progress);
    scored.progress.requests += result.attempts;
    return see ? see(graded) : Status();
  };
  // The engine's bodies tell what it computed.
  TRY(store.results(run.id, with_bodies || !run.info.key.engine.empty(), count));
  scored.progress.reused = scored.progress.ended();
  scored.progress.planned = scored.progress.ended();
  for (const std::uint32_t ordinal : run.info.selection) {
    const bool is_missing = ordinal < tried.size() && !tried[ordinal];
    scored.progress.planned += is_missing ? 1 : 0;
  }
  return scored;
}

std::string exam_title(const ScoredRun& run) {
  const auto& subjects = run.progress.tally.by_subject;
  return fmt::format(
      "{} {}", run.info.dataset,
      subjects.size() == 1 ? subjects.begin()->first : run.info.subjects);
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

std::string summary_text(const ScoredRun& run, Language language) {
  const bool ja = language == Language::ja;
  const Tally& tally = run.progress.tally;
  const Ledger& ledger = tally.ledger;
  const std::size_t subjects = tally.by_subject.size();
  const bool is_whole = run.progress.planned == run.progress.ended();
  std::string asked = run.info.subjects;
  if (is_whole && subjects == 1) asked = tally.by_subject.begin()->first;
  if (is_whole && subjects > 1) asked += fmt::format(" ({} subjects)", subjects);
  std::string text = fmt::format("{} {}\nSubject: {}\n",
                                 ja ? "モデル:" : "Model:", run.model_title(), asked);
  text += fmt::format("Accuracy: {}, {}\n", accuracy_text(ledger.count()),
                      interval_text(wilson(ledger.count())));
  text += ledger_text(ledger, language);
  if (ledger.right + ledger.wrong < ledger.n()) {
    const std::string bounds = range_text(ledger.bounds());
    text +=
        ja ? fmt::format("（不明分をすべて誤り・すべて正解とした場合 {} %）", bounds)
           : fmt::format("; {} % with all unknown wrong or right", bounds);
  }
  text += '\n';
  text += unknown_letters_text(run.progress, language);
  const std::int64_t not_asked = run.progress.planned - run.progress.ended();
  if (run.info.dropped > 0) {
    const std::string count = with_thousands(run.info.dropped);
    text +=
        ja ? fmt::format("除外: ラベル不良の {} 問（--drop-bad-labels）\n", count)
           : fmt::format("left out: {} with bad labels (--drop-bad-labels)\n", count);
  }
  if (not_asked > 0) {
    text += fmt::format("{} {}\n",
                        ja ? "未出題:" : "not asked:", with_thousands(not_asked));
  }
  const auto harness = harness_score(run.info, tally);
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

std::string summary_json(const ScoredRun& run) {
  const Progress& progress = run.progress;
  const Ledger& ledger = progress.tally.ledger;
  const Interval interval = wilson(ledger.count());
  const Interval bounds = ledger.bounds();
  nlohmann::ordered_json json = {
      {"run", run.id},
      {"model", run.model_title()},
      {"dataset", run.info.dataset},
      {"dataset_digest", run.info.key.dataset_digest},
      {"split", run.info.split},
      {"subjects", run.info.subjects},
      {"protocol", run.info.protocol},
      {"extract", run.extract},
      {"planned", progress.planned},
      {"n", ledger.n()},
      {"not_asked", progress.planned - ledger.n()},
      {"correct", ledger.right},
      {"accuracy", number_or_null(ledger.count().share())},
      {"ci95", {interval.low, interval.high}},
      {"ledger", ledger_json(ledger)},
      {"bounds", {bounds.low, bounds.high}},
      {"by_subject", counts_json(progress.tally.by_subject)},
      {"by_category", counts_json(by_category(progress.tally, run.info.dataset))},
      {"macro_accuracy", number_or_null(macro_accuracy(progress.tally))},
      {"aggregation", aggregation_json(harness_score(run.info, progress.tally))},
      {"complete", run.is_complete()},
      {"unknown_letters", progress.unknown_letters},
      {"no_letters", progress.no_letters},
      {"requests", progress.requests},
      {"reused", progress.reused},
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
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace proctor
