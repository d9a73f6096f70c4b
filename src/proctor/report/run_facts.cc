#include "proctor/report/run_facts.h"

#include <algorithm>
#include <functional>

#include "proctor/report/namesakes.h"
#include "proctor/report/phrases.h"
#include "proctor/report/summary.h"

namespace proctor {
namespace {

constexpr int summary_width = 80;

std::string protocol_line(const ScoredRun& run, Language language) {
  std::string text = in_language(language, "protocol {}", "プロトコル {}",
                                 for_terminal_line(run.info.protocol));
  if (const auto shots = shots_of(run.info.key)) {
    text += *shots == 1 ? in_language(language, ", 1 shot", "、1-shot")
                        : in_language(language, ", {} shots", "、{}-shot", *shots);
  }
  return text +
         in_language(language, ", reader {}\n", "、読み取り方式 {}\n", run.extract);
}

std::string rate_text(double rate) {
  if (rate < 10) return fmt::format("{:.1f}", rate);
  return with_thousands(static_cast<std::int64_t>(rate + 0.5));
}

std::string imported_line(const ImportedFrom& from, Language language) {
  return in_language(
      language, "imported from {}: files of SHA-256 {}; nothing was asked\n",
      "{} から取り込み（ファイルの SHA-256: {}）。出題はしていません\n",
      for_terminal_line(from.harness), for_terminal_line(from.sha256.substr(0, 16)));
}

// What its numbers have to be read with.
std::string notes_lines(const std::vector<std::string>& notes, Language language) {
  std::string text;
  for (const std::string& note : notes) {
    text += in_language(language, "note: {}\n", "注: {}\n",
                        for_terminal_line(translated(language, note)));
  }
  return text;
}

// "62 asked in 7.8 s, 8.0 questions/s; 64 requests; 38 reused"
std::string asked_line(const ScoredRun& run, Language language) {
  constexpr double next_to_nothing = 0.05;
  std::vector<std::string> parts;
  if (run.asked > 0 && run.seconds >= next_to_nothing) {
    std::string text =
        in_language(language, "{} asked in {}", "{} 問を {}で出題",
                    with_thousands(run.asked), duration_text(run.seconds, language));
    if (const auto rate = run.rate(); rate && run.has_reply())
      text +=
          in_language(language, ", {} questions/s", "（{} 問/秒）", rate_text(*rate));
    parts.push_back(text);
  }
  if (run.requests > 0 && !run.info.key.is_in_process()) {
    parts.push_back(run.requests == 1
                        ? in_language(language, "1 request", "リクエスト 1 回")
                        : in_language(language, "{} requests", "リクエスト {} 回",
                                      with_thousands(run.requests)));
  }
  if (const std::int64_t reused = run.ended() - run.asked; reused > 0) {
    parts.push_back(
        in_language(language, "{} reused", "保存済み {} 問", with_thousands(reused)));
  }
  return parts.empty() ? ""
                       : join(parts, language == Language::ja ? "、" : "; ") + "\n";
}

std::string tokens_line(const Account& account, Language language) {
  if (account.prompt_tokens + account.reply_tokens == 0) return {};
  std::string computed;
  if (account.decoded_tokens > 0) {
    computed = in_language(language, " ({} computed)", "（計算 {}）",
                           with_thousands(account.decoded_tokens));
  }
  std::string written;  // none where letters were scored
  if (account.reply_tokens > 0) {
    written = in_language(language, ", {} out", "、出力 {}",
                          with_thousands(account.reply_tokens));
  }
  return in_language(language, "tokens: {} in{}{}\n", "トークン: 入力 {}{}{}\n",
                     with_thousands(account.prompt_tokens), computed, written);
}

// ---- Failures -----------------------------------------------------------------------

struct Reason {
  std::string why;  // inert
  std::int64_t count = 0;
};

// The most frequent first.
std::vector<Reason> reasons_of(const Account& account, Language language) {
  std::vector<Reason> reasons;
  for (const auto& [why, count] : account.reasons)
    reasons.push_back({for_terminal_line(translated(language, why)), count});
  std::ranges::stable_sort(reasons, std::ranges::greater(), &Reason::count);
  return reasons;
}

// " (HTTP 400: too long)", or " (HTTP 400: too long in 3, timed out in 1)".
std::string in_brackets(const std::vector<Reason>& reasons, Language language) {
  std::vector<std::string> parts;
  for (const Reason& reason : reasons) {
    parts.push_back(reasons.size() == 1
                        ? reason.why
                        : in_language(language, "{} in {}", "{} {} 問", reason.why,
                                      with_thousands(reason.count)));
  }
  return fmt::format(" ({})", join(parts, ", "));
}

std::string as_list(const std::vector<Reason>& reasons, Language language) {
  constexpr std::size_t most = 3;
  const std::size_t width = with_thousands(reasons.front().count).size();
  const auto line = [&](std::int64_t count, const std::string& why) {
    return fit(fmt::format("  {:>{}}  {}", with_thousands(count), width, why),
               summary_width) +
           "\n";
  };
  std::string text;
  std::int64_t others = 0;
  for (std::size_t i = 0; i < reasons.size(); ++i) {
    if (i < most) text += line(reasons[i].count, reasons[i].why);
    if (i >= most) others += reasons[i].count;
  }
  if (others > 0)
    text += line(others, in_language(language, "for other reasons", "その他の理由"));
  return text;
}

}  // namespace

std::string duration_text(double seconds, Language language) {
  if (seconds < 9.95) return in_language(language, "{:.1f} s", "{:.1f} 秒", seconds);
  const auto whole = static_cast<std::int64_t>(seconds + 0.5);
  const std::int64_t minutes = whole / 60;
  if (whole < 100) return in_language(language, "{} s", "{} 秒", whole);
  if (minutes < 100)
    return in_language(language, "{} min {} s", "{} 分 {} 秒", minutes, whole % 60);
  return in_language(language, "{} h {} min", "{} 時間 {} 分", minutes / 60,
                     minutes % 60);
}

std::string made_lines(const ScoredRun& run, Language language) {
  std::string text = protocol_line(run, language);
  // A baseline takes no time, and has no tokens.
  if (run.info.key.provider == "baseline") return text;
  const auto from = imported_from(run.info.key);
  return text + (from ? imported_line(*from, language) : asked_line(run, language)) +
         notes_lines(run.info.notes, language) + tokens_line(run.account, language);
}

std::string ledger_lines(const ScoredRun& run, Language language) {
  const Ledger& ledger = run.ledger();
  std::string marks = ledger_text(ledger, language);
  std::vector<Reason> reasons = reasons_of(run.account, language);
  const bool is_said = !run.has_reply() && reasons.size() == 1 &&
                       for_terminal_line(translated(language, run.reason()))
                           .starts_with(reasons.front().why);
  if (is_said) reasons.clear();
  // Failures stand last, and their reasons behind them.
  if (!reasons.empty()) {
    const std::string with_reasons = marks + in_brackets(reasons, language);
    if (display_width(with_reasons) <= summary_width) {
      marks = with_reasons;
      reasons.clear();
    }
  }
  std::string bounds;
  if (run.has_reply() && ledger.right + ledger.wrong < ledger.n()) {
    bounds = in_language(language, "{} % with all unknown wrong or right",
                         "不明分をすべて誤り・すべて正解とした場合 {} %",
                         range_text(ledger.bounds()));
    const std::string in_a_line =
        in_language(language, "{}; {}", "{}（{}）", marks, bounds);
    const bool fits = display_width(in_a_line) <= summary_width;
    marks = fits ? in_a_line : marks + "\n  " + bounds;
  }
  return marks + "\n" + (reasons.empty() ? "" : as_list(reasons, language));
}

std::string failures_text(std::span<const ScoredRun> runs, Language language,
                          int width) {
  std::string text;
  for (const ScoredRun& run : runs) {
    const std::vector<Reason> reasons = reasons_of(run.account, language);
    if (reasons.empty()) continue;
    const std::string line =
        fmt::format("{}  {}{}", for_terminal_line(name_among(runs, run)),
                    in_language(language, "failed {}", "失敗 {}",
                                with_thousands(run.ledger().failed)),
                    in_brackets(reasons, language));
    text += (width > 0 ? fit(line, width) : line) + "\n";
  }
  return text;
}

std::string empty_text(const ScoredRun& run, Language language) {
  const Account& account = run.account;
  const std::int64_t replies = account.ended() - account.tally.ledger.failed;
  const bool says_thoughts = account.thoughts_only > 0;
  const std::int64_t some = says_thoughts ? account.thoughts_only : account.empty;
  if (!says_thoughts && 2 * some <= replies) return {};
  std::string text = in_language(language, "{} of {} replies are empty; ",
                                 "{1} 件中 {0} 件の返答が空です。",
                                 with_thousands(some), with_thousands(replies));
  const bool is_limit = 2 * account.thoughts_cut > account.thoughts_only;
  if (is_limit) {
    text += in_language(language,
                        "the thoughts took all of the token limit: try a larger "
                        "--max-tokens",
                        "思考がトークン上限を使い切りました。--max-tokens "
                        "を大きくしてください");
    if (run.can_stop_thinking)
      text +=
          in_language(language, ", or --reasoning off", "（または --reasoning off）");
  } else if (says_thoughts) {
    text += in_language(language, "the server put everything into the thoughts",
                        "サーバーはすべてを思考に入れました");
    if (run.can_stop_thinking)
      text += in_language(language, ": try --reasoning off",
                          "。--reasoning off を試してください");
  } else {
    text +=
        account.reply_tokens > 0
            ? in_language(language,
                          "the server says that it wrote {} tokens, and sent none "
                          "of them: they may be thoughts",
                          "サーバーは {} トークンを書いたと言い、本文は送って"
                          "いません（思考かもしれません）",
                          with_thousands(account.reply_tokens))
            : in_language(language, "no thoughts came either", "思考も返っていません");
  }
  return text + "\n";
}

}  // namespace proctor
