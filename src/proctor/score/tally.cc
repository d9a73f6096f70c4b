#include "proctor/score/tally.h"

#include <algorithm>
#include <span>

#include "proctor/score/aggregation.h"

namespace proctor {
namespace {

constexpr std::array<std::string_view, all_marks.size()> mark_names = {
    "right", "wrong", "unread", "refused", "cut", "failed"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

// One ledger, whether it is read or added to.
template <class SomeLedger>
auto& account(SomeLedger& ledger, Mark mark) {
  switch (mark) {
    case Mark::right:
      return ledger.right;
    case Mark::wrong:
      return ledger.wrong;
    case Mark::unread:
      return ledger.unread;
    case Mark::refused:
      return ledger.refused;
    case Mark::cut:
      return ledger.cut;
    case Mark::failed:
      break;
  }
  return ledger.failed;
}

}  // namespace

std::string_view name_of(Mark mark) {
  return mark_names[static_cast<std::size_t>(mark)];
}

Result<Mark> find_mark(std::string_view name) {
  const auto found = std::ranges::find(mark_names, name);
  if (found != mark_names.end())
    return all_marks[static_cast<std::size_t>(found - mark_names.begin())];
  return fail(Fault::usage,
              "found {}, expected right, wrong, unread, refused, cut or failed", name);
}

Result<std::vector<Mark>> parse_marks(std::string_view names) {
  std::vector<Mark> marks;
  for (const std::string& name : split(names, ',')) {
    const Mark mark = TRY(find_mark(python_strip(name)));
    if (std::ranges::find(marks, mark) == marks.end()) marks.push_back(mark);
  }
  return marks;
}

bool means_cut(std::string_view finish_reason) {
  // OpenAI, ollama, llama-server, DeepSeek; Gemini; Anthropic.
  constexpr std::array<std::string_view, 4> words = {
      "length", "MAX_TOKENS", "max_tokens", "model_context_window_exceeded"};
  return is_one_of(finish_reason, words);
}

bool means_refused(std::string_view finish_reason) {
  constexpr std::array<std::string_view, 13> words = {"content_filter",
                                                      "refusal",
                                                      "SAFETY",
                                                      "RECITATION",
                                                      "BLOCKLIST",
                                                      "LANGUAGE",
                                                      "OTHER",
                                                      "SPII",
                                                      "PROHIBITED_CONTENT",
                                                      "IMAGE_SAFETY",
                                                      "MODEL_ARMOR",
                                                      "JAILBREAK",
                                                      "BLOCK_REASON_UNSPECIFIED"};
  return is_one_of(finish_reason, words);
}

Mark mark_of(const Answer& answer, char right, std::string_view finish_reason) {
  if (answer.letter) return *answer.letter == right ? Mark::right : Mark::wrong;
  if (answer.refused || means_refused(finish_reason)) return Mark::refused;
  if (means_cut(finish_reason)) return Mark::cut;
  return Mark::unread;
}

void Ledger::add(Mark mark) {
  ++account(*this, mark);
}

Ledger& Ledger::operator+=(const Ledger& other) {
  for (const Mark mark : all_marks) account(*this, mark) += other.of(mark);
  return *this;
}

std::int64_t Ledger::of(Mark mark) const {
  return account(*this, mark);
}

std::int64_t Ledger::n() const {
  return right + wrong + unread + refused + cut + failed;
}

Interval Ledger::bounds() const {
  if (n() == 0) return {0, 1};
  const auto all = static_cast<double>(n());
  return {static_cast<double>(right) / all, static_cast<double>(n() - wrong) / all};
}

void Tally::add(std::string_view subject, Mark mark) {
  ledger.add(mark);
  const auto found = by_subject.find(subject);
  (found != by_subject.end() ? found->second : by_subject[std::string(subject)])
      .add(mark);
}

std::vector<Count> Tally::subjects() const {
  std::vector<Count> counts;
  for (const auto& [subject, of_subject] : by_subject)
    counts.push_back(of_subject.count());
  return counts;
}

std::optional<double> macro_accuracy(const Tally& tally) {
  return macro_mean(tally.subjects());
}

std::string accuracy_text(const Count& count) {
  const auto share = count.share();
  if (!share) return "- (0/0)";
  return fmt::format("{:.2f}% ({}/{})", 100 * *share, count.right, count.n);
}

std::string interval_text(const Interval& interval) {
  return fmt::format("95 % CI {:.1f}-{:.1f}", 100 * interval.low, 100 * interval.high);
}

}  // namespace proctor
