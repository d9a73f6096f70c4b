#include <algorithm>

#include "proctor/report/report.h"
#include "proctor/report/run_facts.h"

namespace proctor {

std::string_view mark_word(Mark mark, Language language) {
  if (language == Language::en) return name_of(mark);
  constexpr std::array<std::string_view, all_marks.size()> words = {
      "正解", "不正解", "読み取れず", "拒否", "打ち切り", "失敗"};
  return words[static_cast<std::size_t>(mark)];
}

std::string category_title(std::string_view key, Language language) {
  return key == no_category ? in_language(language, "no category", "区分なし")
                            : std::string(key);
}

namespace {

// What is in no category stands last.
std::string count_lines(const std::map<std::string, Ledger, std::less<>>& ledgers,
                        Language language) {
  std::vector<std::pair<std::string, Count>> parts;
  int width = 0;
  for (const auto& [name, ledger] : ledgers) {
    parts.emplace_back(for_terminal_line(category_title(name, language)),
                       ledger.count());
    width = std::max(width, display_width(parts.back().first));
  }
  if (!ledgers.empty() && ledgers.begin()->first == no_category)
    std::ranges::rotate(parts, parts.begin() + 1);
  std::string text;
  for (const auto& [title, count] : parts)
    text += fmt::format("  {}  {}, {}\n", pad(title, width), accuracy_text(count),
                        interval_text(wilson(count)));
  return text;
}

// "llama (mistral-7b.gguf, b4567)": the model, and all that is known of who answered.
std::string full_title(const ScoredRun& run) {
  const std::string who = title_of(author_of(run));
  const std::string name = for_terminal_line(run.model_name());
  return who.empty() ? name : fmt::format("{} ({})", name, who);
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
  if (run.info.key.is_in_process()) return {};
  const auto builds = counted_builds(run);
  const auto models = counted_models(run);
  std::string text;
  if (models.size() > 1) {
    text += in_language(language, "answered by {} models: {}\n",
                        "{} 個のモデルが応答: {}\n", models.size(), list_of(models));
  }
  if (builds.size() > 1) {
    text += in_language(language, "answered by {} builds: {}\n",
                        "{} 個のビルドが応答: {}\n", builds.size(), list_of(builds));
  }
  return text;
}

std::string second_tries_text(const ScoredRun& run, Language language) {
  std::string text;
  std::vector<std::string> ways;
  for (const std::string& way : run.info.again)
    ways.push_back(for_terminal_line(translated(language, way)));
  const std::string how = join(ways, "; ");
  if (run.account.second_tries > 0) {
    text = in_language(
        language, "{} of the replies are second tries{}\n",
        "返答のうち {} 件は再試行{}\n", with_thousands(run.account.second_tries),
        how.empty()
            ? ""
            : in_language(language, " (asked again: {})", "（再出題: {}）", how));
  }
  if (run.failed_again > 0) {
    text +=
        in_language(language, "{} second tries failed ({}): what was there stands\n",
                    "再試行 {} 件は失敗（{}）。前の結果のままです\n",
                    with_thousands(run.failed_again),
                    for_terminal_line(translated(language, run.failure)));
  }
  return text;
}

std::string exam_title(const ScoredRun& run) {
  return fmt::format("{} {}", run.info.dataset, run.about());
}

std::string accuracy_cell(const ScoredRun& run) {
  return run.has_reply() ? accuracy_text(run.ledger().count()) : "-";
}

std::string interval_cell(const ScoredRun& run) {
  return run.has_reply() ? range_text(wilson(run.ledger().count())) : "-";
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

namespace {

std::string unknown_letters_text(const Account& account, Language language) {
  if (account.unknown_letters == 0) return {};
  const std::string some = with_thousands(account.unknown_letters);
  const std::string n = with_thousands(account.ended());
  const std::string none = with_thousands(account.no_letters);
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
          : with_count(run.subjects, run.account.tally.by_subject.size());
  return fmt::format("Subject: {}\n", for_terminal_line(title));
}

// The accuracy with all that bounds it, or why there is none.
std::string accuracy_lines(const ScoredRun& run, Language language) {
  const Ledger& ledger = run.ledger();
  if (!run.has_reply()) {
    std::string text =
        in_language(language, "nothing was answered", "返答がありません");
    if (!run.reason().empty())
      text += ": " + for_terminal_line(translated(language, run.reason()));
    return text + "\n" + ledger_lines(run, language);
  }
  return fmt::format("Accuracy: {}, {}\n", accuracy_text(ledger.count()),
                     interval_text(wilson(ledger.count()))) +
         ledger_lines(run, language) + arithmetic_text(run, language);
}

// What this summary leaves out: bad labels, questions that are still to be asked, and
// what the run holds of other questions.
std::string left_out_lines(const ScoredRun& run, Language language) {
  const Account& account = run.account;
  std::string text;
  if (run.info.dropped > 0) {
    text += in_language(language, "left out: {} with bad labels (--drop-bad-labels)\n",
                        "除外: ラベル不良の {} 問（--drop-bad-labels）\n",
                        with_thousands(run.info.dropped));
  }
  if (run.planned > account.ended()) {
    text += in_language(language, "not asked: {}\n", "未出題: {}\n",
                        with_thousands(run.planned - account.ended()));
  }
  if (run.stored > account.ended() - account.tally.ledger.failed) {
    text += in_language(
        language, "of these questions alone; run {} holds {} replies in all\n",
        "以上はこの選択のみ。実行 {} には全部で {} 件の返答があります\n",
        run.short_id(), with_thousands(run.stored));
  }
  return text;
}

std::string averages_text(const ScoredRun& run, Language language, bool lists) {
  const Tally& tally = run.account.tally;
  const std::size_t subjects = tally.by_subject.size();
  const auto harness = harness_score(run.info, tally);
  std::string text;
  if (subjects > 1) {
    const auto categories = by_category(tally, run.info.dataset);
    const bool other_groups =
        harness && harness->how->grouping == Grouping::lm_eval;  // listed below
    if (lists && !other_groups) text += count_lines(categories, language);
    if (lists && subjects <= most_subjects_listed && categories.empty())
      text += count_lines(tally.by_subject, language);
    const double mean = 100 * macro_accuracy(tally).value_or(0);
    const std::string interval = interval_text(macro_interval(tally.subjects()));
    text += in_language(language, "mean of subjects {:.2f}% ({} subjects), {}\n",
                        "科目平均 {:.2f}%（{} 科目）, {}\n", mean, subjects, interval);
  }
  if (harness) text += harness_text(*harness, language);
  return text;
}

}  // namespace

std::string summary_text(const ScoredRun& run, Language language, Subjects subjects) {
  std::string text = fmt::format(
      "{} {}\n", language == Language::ja ? "モデル:" : "Model:", full_title(run));
  text += subject_line(run) + accuracy_lines(run, language);
  text += made_lines(run, language) + left_out_lines(run, language);
  text += mixture_text(run, language) + second_tries_text(run, language);
  text += unknown_letters_text(run.account, language);
  text += empty_text(run, language);
  text += cut_prompts_text(run.account.sizes, language);
  if (run.has_reply())
    text += averages_text(run, language, subjects == Subjects::listed);
  return text;
}

std::string recomputed_text(const ScoredRun& run, Language language) {
  const std::string name = in_language(language, "run {}", "実行 {}", run.short_id());
  std::string text = fmt::format(
      "{}  {}  {}{}  {}\n", name, for_terminal_line(run.model_title()),
      accuracy_cell(run), run.has_reply() ? ", 95 % CI " + interval_cell(run) : "",
      run.extract);
  const std::string more =
      mixture_text(run, language) + second_tries_text(run, language);
  for (const std::string& line : split(more, '\n')) {
    if (!line.empty()) text += fmt::format("{}  {}\n", name, line);
  }
  return text;
}

}  // namespace proctor
