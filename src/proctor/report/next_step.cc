#include "proctor/report/next_step.h"

#include <algorithm>

#include "proctor/report/json_line.h"
#include "proctor/report/summary.h"

namespace proctor {

std::string forecast_text(const RunForecast& run, Language language) {
  const RunInfo& info = run.info;
  return in_language(
      language,
      "{}: {} planned, {} stored, {} to ask, {}{} prompt tokens; {} ({}), protocol {}, "
      "reader {}, run {}\n",
      "{}: 予定 {} 問、保存済み {} 問、出題 {} 問、プロンプト{} {} トークン。{}（{}）、"
      "プロトコル {}、読み取り方式 {}、実行 {}\n",
      for_terminal_line(run.model), with_thousands(run.planned),
      with_thousands(run.stored), with_thousands(run.to_ask),
      run.is_exact ? "" : in_language(language, "about ", "約"),
      with_thousands(run.prompt_tokens), for_terminal_line(info.dataset),
      for_terminal_line(info.subjects), info.protocol, info.extract,
      run.id.empty() ? in_language(language, "not known yet", "未定")
                     : run.id.substr(0, 8));
}

std::string forecast_json(const RunForecast& run) {
  using Json = nlohmann::ordered_json;
  const RunInfo& info = run.info;
  return json_line({{"run", run.id.empty() ? Json(nullptr) : Json(run.id)},
                    {"model", run.model},
                    {"dataset", info.dataset},
                    {"subjects", info.subjects},
                    {"protocol", info.protocol},
                    {"extract", info.extract},
                    {"planned", run.planned},
                    {"stored", run.stored},
                    {"to_ask", run.to_ask},
                    {"prompt_tokens", run.prompt_tokens},
                    {"prompt_tokens_exact", run.is_exact}});
}

std::string stopping_text(Language language) {
  return in_language(
      language,
      "stopping: what is on its way is awaited, it may be paid for; once more drops it",
      "停止します: 送信済みの問題の返答を待ちます（もう一度押すと破棄）");
}

std::string cut_prompts_warning(std::string_view model, const PromptSizes& sizes) {
  return fmt::format(
      "{}: prompts are cut: it read {} tokens of questions of different lengths; give "
      "it a longer context (OLLAMA_CONTEXT_LENGTH where ollama runs)",
      model, with_thousands(sizes.most_tokens));
}

namespace {

// Of the replies with a word in them. Where letters were scored no reader is to blame.
bool is_mostly_unread(const ScoredRun& run) {
  const Ledger& ledger = run.ledger();
  const std::int64_t wordless = run.account.empty + run.account.no_letters;
  return 2 * (ledger.unread - wordless) > ledger.n();
}

}  // namespace

std::string next_step(const ScoredRun& run, Language language, std::string_view options,
                      bool is_again) {
  const auto command = [&](std::string_view name, std::string_view more = "") {
    return fmt::format("proctor {} {}{}{}", name, run.short_id(), more, options);
  };
  const Ledger& ledger = run.ledger();
  // What the summary has not shown.
  std::string look = command("report");
  if (is_mostly_unread(run)) {
    look = in_language(language, "{} shows what other readers read",
                       "{}（ほかの読み取り方式で読めるもの）", command("audit"));
  } else if (run.account.tally.by_subject.size() <= most_subjects_listed) {
    if (ledger.wrong > 0) look = command("show", " --only wrong");
    if (ledger.failed > 0) look = command("show", " --only failed");
  }
  const std::int64_t left = run.planned - run.ended() + ledger.failed;
  std::string how_many = with_thousands(left);
  if (language == Language::en)
    how_many =
        left == 1 ? "the one that is left" : "the " + how_many + " that are left";
  if (left > 0 && is_again) {
    return in_language(language,
                       "next: without --again, and with the first --max-tokens, the "
                       "command asks {}; {}",
                       "次は: --again を外し、最初の --max-tokens で残り {} "
                       "問を続行、または {}",
                       how_many, look);
  }
  if (left > 0 && !run.has_reply()) {
    return in_language(language, "next: the same command again asks {}",
                       "次は: 同じコマンドで残り {} 問を続行", how_many);
  }
  if (left > 0) {
    return in_language(language, "next: the same command again asks {}; {}",
                       "次は: 同じコマンドで残り {} 問を続行、または {}", how_many,
                       look);
  }
  if (ledger.cut > 0 && !is_mostly_unread(run)) {
    return in_language(
        language,
        "next: with --again cut --max-tokens N the same command asks the {} that were "
        "cut once more; {}",
        "次は: 同じコマンドに --again cut --max-tokens N を付けると、打ち切られた {} "
        "問だけを再出題、または {}",
        with_thousands(ledger.cut), look);
  }
  return in_language(language, "next: {}", "次は: {}", look);
}

std::string next_step(std::span<const ScoredRun> runs, std::size_t of,
                      Language language, std::string_view options) {
  std::string ids;
  for (const ScoredRun& run : runs) ids += " " + run.short_id();
  const bool whole =
      runs.size() == of && std::ranges::all_of(runs, &ScoredRun::is_complete);
  std::string command = fmt::format(
      "proctor {}{}{}", runs.size() == 2 ? "compare" : "report", ids, options);
  for (const ScoredRun& run : runs) {
    if (is_mostly_unread(run))
      command += fmt::format("; proctor audit {}{}", run.short_id(), options);
  }
  if (whole) return in_language(language, "next: {}", "次は: {}", command);
  return in_language(language, "next: the same command again asks what is left; {}",
                     "次は: 同じコマンドで続行、または {}", command);
}

}  // namespace proctor
