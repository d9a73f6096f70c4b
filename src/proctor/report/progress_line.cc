#include "proctor/report/progress_line.h"

#include <algorithm>

namespace proctor {
namespace {

using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

std::int64_t asked_of(const Progress& progress) {
  return progress.ended() - progress.reused;
}

double share_of(const Progress& progress) {
  if (progress.planned == 0) return 0;
  return static_cast<double>(progress.ended()) / static_cast<double>(progress.planned);
}

// "0:07", "12:05", "3:25:00".
std::string clock_text(milliseconds time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time).count();
  const auto minutes = seconds / 60;
  if (minutes < 60) return fmt::format("{}:{:02}", minutes, seconds % 60);
  return fmt::format("{}:{:02}:{:02}", minutes / 60, minutes % 60, seconds % 60);
}

std::string number_text(double number) {
  if (number < 10) return fmt::format("{:.1f}", number);
  return with_thousands(static_cast<std::int64_t>(number + 0.5));
}

// Of a line; what has the lowest rank goes first when it gets narrow.
enum class Rank {
  in_flight,
  tokens,
  rate,
  elapsed,
  bar,
  interval,
  failed,
  left,
  stays
};
struct Part {
  Rank rank;
  std::string text;
  std::string_view before = "  ";
};

std::string joined(const std::vector<Part>& parts) {
  std::string text;
  for (const Part& part : parts)
    text += (text.empty() ? "" : std::string(part.before)) + part.text;
  return text;
}

// Blocks and lines are two columns wide in some terminals of East Asia; these are not.
std::string bar_text(double share, int cells) {
  const int done = static_cast<int>(share * cells);
  std::string bar(static_cast<std::size_t>(done), '=');
  if (done > 0 && done < cells) bar.back() = '>';
  return "[" + pad(bar, cells) + "]";
}

std::vector<Part> parts_of(const Progress& progress, const Pace& pace, bool in_words,
                           Language language) {
  const Ledger& ledger = progress.account.tally.ledger;
  const std::string place = fmt::format("{}/{}", with_thousands(progress.ended()),
                                        with_thousands(progress.planned));
  std::vector<Part> parts;
  parts.push_back(
      {Rank::stays,
       in_words ? in_language(language, "Evaluating {}", "評価中 {}", place) : place});
  const auto share = ledger.count().share();
  if (share && ledger.failed < ledger.n()) {  // failures alone have no accuracy
    const Interval interval = wilson(ledger.count());
    if (in_words) {
      parts.push_back(
          {Rank::stays,
           in_language(language, "accuracy {:.1f} % (95 % CI {:.1f}-{:.1f})",
                       "正答率 {:.1f} %（95 % CI {:.1f}-{:.1f}）", 100 * *share,
                       100 * interval.low, 100 * interval.high)});
    } else {
      parts.push_back({Rank::stays, fmt::format("{:.1f}%", 100 * *share)});
      parts.push_back(
          {Rank::interval,
           fmt::format("[{:.0f}-{:.0f}]", 100 * interval.low, 100 * interval.high),
           " "});
    }
  } else if (pace.computed > 0) {
    parts.push_back(
        {Rank::left, in_language(language, "{} tokens computed", "{} トークン計算済み",
                                 with_thousands(pace.computed))});
  }
  if (pace.questions) {
    parts.push_back({Rank::rate, in_language(language, "{} q/s", "{} 問/秒",
                                             number_text(*pace.questions))});
  }
  if (pace.tokens) {
    parts.push_back(
        {Rank::tokens, in_language(language, "{} tokens/s", "{} トークン/秒",
                                   number_text(*pace.tokens))});
  }
  parts.push_back({Rank::elapsed,
                   in_language(language, "{}", "経過 {}", clock_text(pace.elapsed))});
  if (pace.left) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(*pace.left);
    parts.push_back({Rank::left,
                     in_language(language, "{} left", "残り {}", clock_text(left)),
                     language == Language::en ? ", " : "  "});
  }
  if (ledger.failed > 0) {
    parts.push_back({Rank::failed, in_language(language, "{} failed", "失敗 {}",
                                               with_thousands(ledger.failed))});
  }
  if (progress.ended() == progress.planned) return parts;
  parts.push_back({Rank::in_flight, in_language(language, "{} in flight", "処理中 {}",
                                                with_thousands(progress.under_way))});
  return parts;
}

void fit_into(std::vector<Part>& parts, int width) {
  while (display_width(joined(parts)) >= width) {
    const auto least = std::ranges::min_element(parts, {}, &Part::rank);
    if (least->rank == Rank::stays) return;
    parts.erase(least);
  }
}

}  // namespace

Pacer::Pacer(Clock clock)
    : clock_(std::move(clock)),
      started_(clock_.now()),
      answered_(started_),
      counted_(started_) {}

Pace Pacer::of(const Progress& progress, std::int64_t computed) {
  const TimePoint now = clock_.now();
  const std::int64_t asked = asked_of(progress);
  const Account& account = progress.account;
  const std::int64_t tokens =
      computed > 0 ? computed : account.prompt_tokens + account.reply_tokens;
  // So many were there. The first to come took all the time since the start.
  if (is_first_ || (computed == 0 && asked == 0)) tokens_ = tokens;
  if (is_first_) counted_ = now;
  is_first_ = false;
  if (asked != asked_) {
    longest_gap_ = std::max<Seconds>(longest_gap_, now - answered_);
    answered_ = now;
    asked_ = asked;
    a_question_ = Seconds(now - started_) / static_cast<double>(asked);
  }
  Pace pace{.elapsed = std::chrono::floor<milliseconds>(now - started_),
            .computed = computed > 0 ? tokens - tokens_ : 0};
  if (const Seconds counted = now - counted_; counted.count() > 0 && tokens > tokens_)
    pace.tokens = static_cast<double>(tokens - tokens_) / counted.count();
  if (asked == 0 || a_question_.count() <= 0) return pace;
  pace.questions = 1 / a_question_.count();
  if (progress.ended() == progress.planned) return pace;
  const Seconds since = std::min<Seconds>(now - answered_, longest_gap_);
  const Seconds left =
      a_question_ * static_cast<double>(progress.planned - progress.ended()) - since;
  pace.left = std::chrono::floor<milliseconds>(std::max(left, Seconds(0)));
  return pace;
}

std::string progress_line(const Progress& progress, const Pace& pace, int width,
                          Language language) {
  std::vector<Part> parts = parts_of(progress, pace, true, language);
  if (width == 0) return joined(parts);
  constexpr int least_cells = 10, most_cells = 30, brackets = 2, blanks = 1;
  const bool fits =
      display_width(joined(parts)) + blanks + brackets + least_cells < width;
  if (!fits) parts = parts_of(progress, pace, false, language);
  const double share = share_of(progress);
  parts.insert(parts.begin() + 1, {Rank::bar, bar_text(share, least_cells), " "});
  fit_into(parts, width);
  const auto bar = std::ranges::find(parts, Rank::bar, &Part::rank);
  if (bar != parts.end()) {
    const int room = width - 1 - display_width(joined(parts));
    bar->text = bar_text(share, std::min(most_cells, least_cells + room));
  }
  return fit(joined(parts), std::max(1, width - 1));
}

// ---- When there is something to say -------------------------------------------------

Result<ProgressForm> progress_form(std::string_view word, bool is_terminal) {
  if (word == "none") return ProgressForm::none;
  if (word == "line") return ProgressForm::lines;
  if (word == "auto") return is_terminal ? ProgressForm::drawn : ProgressForm::lines;
  return fail(Fault::usage, "`progress`: found {}, expected auto, line or none", word);
}

ProgressTeller::ProgressTeller(ProgressForm form, std::string place, Language language,
                               Clock clock)
    : form_(form),
      place_(std::move(place)),
      language_(language),
      clock_(std::move(clock)),
      pacer_(clock_),
      started_(clock_.now()),
      said_(started_) {}

bool ProgressTeller::is_due(double share) {
  constexpr std::chrono::seconds longest{30}, shortest{2};
  const auto tenth = static_cast<std::int64_t>(10 * share);
  const TimePoint now = clock_.now();
  const auto since = now - said_;
  said_tenth_ = std::min(said_tenth_, tenth);  // another file begins
  if (since < longest && (since < shortest || tenth <= said_tenth_)) return false;
  said_ = now;
  said_tenth_ = tenth;
  return true;
}

std::optional<std::string> ProgressTeller::tell(const Progress& progress,
                                                std::int64_t computed, int width) {
  const Pace pace = pacer_.of(progress, computed);
  if (form_ == ProgressForm::drawn) {
    const int room = std::max(1, width - display_width(place_));
    return place_ + progress_line(progress, pace, room, language_);
  }
  // Of what is all there the summary follows.
  if (form_ == ProgressForm::none || progress.ended() == progress.planned)
    return std::nullopt;
  const double share = share_of(progress);
  if (asked_of(progress) == 0) said_tenth_ = static_cast<std::int64_t>(10 * share);
  if (!is_due(share)) return std::nullopt;
  return place_ + progress_line(progress, pace, 0, language_);
}

std::optional<std::string> ProgressTeller::prepare(std::string_view what, double share,
                                                   int width) {
  const auto elapsed = std::chrono::floor<milliseconds>(clock_.now() - started_);
  const std::string percent = share > 0 ? fmt::format(" {:.0f} %", 100 * share) : "";
  return tell(fmt::format("{}{}, {}", what, percent, clock_text(elapsed)), share,
              width);
}

std::optional<std::string> ProgressTeller::tell(std::string_view line, double share,
                                                int width) {
  constexpr milliseconds a_moment{100};
  if (form_ == ProgressForm::none) return std::nullopt;
  if (form_ == ProgressForm::lines)
    return is_due(share) ? std::optional(place_ + std::string(line)) : std::nullopt;
  const TimePoint now = clock_.now();
  if (now - said_ < a_moment) return std::nullopt;
  said_ = now;
  return fit(place_ + std::string(line), std::max(1, width - 1));
}

}  // namespace proctor
