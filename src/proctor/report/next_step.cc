#include "proctor/report/next_step.h"

#include <algorithm>

#include "proctor/report/json_line.h"

namespace proctor {

std::string forecast_text(const RunForecast& run) {
  const RunInfo& info = run.info;
  return fmt::format(
      "{}: {} planned, {} stored, {} to ask, {}{} prompt tokens; {} ({}), protocol {}, "
      "reader {}, run {}\n",
      for_terminal_line(run.model), with_thousands(run.planned),
      with_thousands(run.stored), with_thousands(run.to_ask),
      run.is_exact ? "" : "about ", with_thousands(run.prompt_tokens),
      for_terminal_line(info.dataset), for_terminal_line(info.subjects), info.protocol,
      info.extract, run.id.empty() ? "not known yet" : run.id.substr(0, 8));
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

std::string next_step(const ScoredRun& run, Language language, std::string_view options,
                      bool is_again) {
  const auto command = [&](std::string_view name) {
    return fmt::format("proctor {} {}{}", name, run.short_id(), options);
  };
  const Ledger& ledger = run.ledger();
  const std::int64_t left = run.planned - run.ended() + ledger.failed;
  if (left > 0 && is_again) {
    return in_language(language,
                       "next: without --again, and with the first --max-tokens, the "
                       "command asks the {} that are left; {}",
                       "次は: --again を外し、最初の --max-tokens で残り {} "
                       "問を続行、または {}",
                       with_thousands(left), command("report"));
  }
  if (left > 0) {
    return in_language(language,
                       "next: the same command again asks the {} that are left; {}",
                       "次は: 同じコマンドで残り {} 問を続行、または {}",
                       with_thousands(left), command("report"));
  }
  if (2 * ledger.unread > ledger.n()) {  // it may be the reader
    return in_language(language, "next: {} shows what other readers read; {}",
                       "次は: {}（他の読み取り器が読めるもの）、または {}",
                       command("audit"), command("report"));
  }
  if (ledger.cut > 0) {
    return in_language(
        language,
        "next: with --again cut --max-tokens N the same command asks the {} that were "
        "cut once more; {}",
        "次は: 同じコマンドに --again cut --max-tokens N を付けると、打ち切られた {} "
        "問だけを再出題、または {}",
        with_thousands(ledger.cut), command("report"));
  }
  return in_language(language, "next: {}", "次は: {}", command("report"));
}

std::string next_step(std::span<const ScoredRun> runs, std::size_t of,
                      Language language, std::string_view options) {
  std::string ids;
  for (const ScoredRun& run : runs) ids += " " + run.short_id();
  const bool whole =
      runs.size() == of && std::ranges::all_of(runs, &ScoredRun::is_complete);
  const std::string command = fmt::format(
      "proctor {}{}{}", runs.size() == 2 ? "compare" : "report", ids, options);
  if (whole) return in_language(language, "next: {}", "次は: {}", command);
  return in_language(language, "next: the same command again asks what is left; {}",
                     "次は: 同じコマンドで続行、または {}", command);
}

}  // namespace proctor
