#include "proctor/report/question_pages.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "proctor/report/phrases.h"
#include "proctor/report/summary.h"
#include "proctor/report/wrap.h"

namespace proctor {
namespace {

constexpr std::string_view margin = "  ";

std::int64_t characters_in(std::string_view text) {
  return std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; });
}

std::vector<std::string> broken(std::string_view text, int width) {
  const int room =
      width == 0 ? 0 : std::max(10, width - static_cast<int>(margin.size()));
  std::vector<std::string> lines;
  for (const std::string& line : split(for_terminal(text), '\n'))
    break_line(line, room, lines);
  return lines;
}

std::string indented(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines)
    text += line.empty() ? "\n" : fmt::format("{}{}\n", margin, line);
  return text;
}

// The first and the last lines of what is long: what is concluded stands at the end.
std::string folded(std::string_view text, const PageStyle& style) {
  constexpr std::size_t first = 4, last = 6;
  std::vector<std::string> lines = broken(text, style.width);
  if (style.full || lines.size() <= first + last + 2) return indented(lines);
  const std::size_t left_out = lines.size() - first - last;
  const std::string said =
      in_language(style.language, "… {} lines left out; --full has them",
                  "… {} 行を省略（--full ですべて表示）", left_out);
  const auto middle = lines.begin() + first;
  return indented({lines.begin(), middle}) +
         fmt::format("{}{}\n", margin, style.ink.in(Tone::dim, said)) +
         indented({middle + static_cast<std::ptrdiff_t>(left_out), lines.end()});
}

Tone tone_of(Mark mark) {
  if (mark == Mark::right) return Tone::good;
  return mark == Mark::wrong ? Tone::bad : Tone::doubtful;
}

bool was_scored(const Graded& graded) {
  return graded.attempt->outcome && graded.attempt->outcome->finish_reason == "scored";
}

// " (first letter)": by which rule the letter was read. A pattern stays as it is.
std::string rule_text(const std::string& rule, Language language) {
  if (language == Language::en) return fmt::format(" ({})", rule);
  const std::string english = fmt::format("({})", rule);
  const std::string said = translated(language, english);
  return said == english ? fmt::format("（{}）", rule) : said;
}

// "[12] anatomy/test/3: wrong, answered B (first letter), right A or C"
std::string head_of(const Graded& graded, const PageStyle& style) {
  const bool ja = style.language == Language::ja;
  std::vector<std::string> parts = {
      std::string(mark_word(graded.mark, style.language))};
  if (const auto letter = graded.answer.letter) {
    std::string answered =
        in_language(style.language, "answered {}", "答え {}", *letter);
    if (!was_scored(graded) && !graded.answer.rule.empty())
      answered += rule_text(graded.answer.rule, style.language);
    parts.push_back(std::move(answered));
  }
  const auto right = right_letters(*graded.question);
  if (graded.mark != Mark::right || right.size() > 1)
    parts.push_back(in_language(style.language, "right {}", "正解 {}",
                                join(right, ja ? "・" : " or ")));
  if (graded.is_second_try)
    parts.push_back(in_language(style.language, "second try", "再試行"));
  const std::string head = fmt::format("[{}] {}: {}\n", graded.trial.ordinal,
                                       for_terminal_line(graded.question->id),
                                       join(parts, ja ? "、" : ", "));
  return style.ink.in(tone_of(graded.mark), wrapped(head, style.width, 4));
}

// Every letter's share of what the letters have together, with a bar.
std::string letters_text(const Graded& graded, const PageStyle& style) {
  constexpr double bar_width = 24;
  const auto& logprobs = graded.attempt->outcome->logprobs;
  double most = -std::numeric_limits<double>::infinity(), sum = 0;
  for (const auto& [letter, logprob] : logprobs) most = std::max(most, logprob);
  for (const auto& [letter, logprob] : logprobs) sum += std::exp(logprob - most);
  std::string text;
  for (std::size_t i = 0; i < graded.question->choices.size(); ++i) {
    const char letter = letter_of(static_cast<int>(i));
    const auto known = logprobs.find(std::string(1, letter));
    std::string said;
    if (is_right(*graded.question, letter))
      said = style.language == Language::ja ? "正解" : "right";
    if (graded.answer.letter == letter) {
      said += fmt::format("{}{}",
                          said.empty()                     ? ""
                          : style.language == Language::ja ? "、"
                                                           : ", ",
                          style.language == Language::ja ? "答え" : "answered");
    }
    std::string bar, share = "-";
    if (known == logprobs.end()) {
      bar = in_language(style.language, "not among the likeliest", "上位候補になし");
    } else {
      const double value = std::exp(known->second - most) / sum;
      share = fmt::format("{:.1f} %", 100 * value);
      for (long k = std::lround(value * bar_width); k > 0; --k) bar += "█";
    }
    std::string line = fmt::format("{}{}  {:>7}  {}  {}", margin, letter, share,
                                   pad(bar, static_cast<int>(bar_width)), said);
    line.erase(line.find_last_not_of(' ') + 1);
    const bool is_answer = graded.answer.letter == letter;
    text += (is_answer ? style.ink.in(tone_of(graded.mark), line) : line) + "\n";
  }
  return text;
}

std::string reply_text(const Graded& graded, const PageStyle& style) {
  const bool ja = style.language == Language::ja;
  const auto heading = [&](std::string_view english, std::string_view japanese) {
    return style.ink.in(Tone::dim, ja ? japanese : english) + "\n";
  };
  const Attempt& attempt = *graded.attempt;
  if (!attempt.outcome) {
    return heading("error", "エラー") +
           folded(for_terminal_line(attempt.outcome.error().message), style);
  }
  if (was_scored(graded)) {
    double together = 0;
    for (const auto& [letter, logprob] : attempt.outcome->logprobs)
      together += std::exp(logprob);
    const std::string percent =
        together < 0.001 ? "<0.1" : fmt::format("{:.1f}", 100 * together);
    const std::string head =
        attempt.outcome->logprobs.empty()
            ? in_language(style.language, "letters", "選択肢")
            : in_language(style.language,
                          "letters, of the {} % that they have together",
                          "選択肢（合計 {} % に占める割合）", percent);
    return style.ink.in(Tone::dim, head) + "\n" + letters_text(graded, style);
  }
  const Reply& reply = *attempt.outcome;
  std::string text;
  if (!reply.reasoning.empty())
    text = heading("thoughts", "思考") + folded(reply.reasoning, style);
  if (python_strip(reply.text).empty())
    return text +
           style.ink.in(Tone::dim, in_language(style.language, "the reply is empty\n",
                                               "返答は空です\n"));
  return text + heading("reply", "返答") + folded(reply.text, style);
}

// How much of a prompt need not be shown again: up to the question, where all before it
// is the same, else up to the beginning of a line.
std::size_t shared_part(std::string_view before, std::string_view prompt,
                        const Question& question) {
  constexpr std::size_t least = 100;
  const auto differs = std::ranges::mismatch(before, prompt).in2;
  auto shared = static_cast<std::size_t>(differs - prompt.begin());
  const std::size_t asked = prompt.rfind(question.text);
  if (asked != std::string_view::npos && asked <= shared) {
    shared = asked;
  } else {
    const std::size_t line = prompt.substr(0, shared).rfind('\n');
    shared = line == std::string_view::npos ? 0 : line + 1;
  }
  return shared < least || shared == prompt.size() ? 0 : shared;
}

}  // namespace

std::string asked_text(const Question& question, int width) {
  std::vector<std::string> lines = broken(question.text, width);
  for (std::size_t i = 0; i < question.choices.size(); ++i) {
    const std::string choice =
        fmt::format("{}. {}", letter_of(static_cast<int>(i)), question.choices[i]);
    std::ranges::move(broken(choice, width), std::back_inserter(lines));
  }
  return indented(lines);
}

std::string QuestionPages::prompt_text(const Graded& graded) {
  const Question& question = *graded.question;
  const std::string& body = graded.attempt->request;
  auto sent = sent_text(body);
  if (!sent) {
    before_.clear();
    const std::string rest =
        body.empty() || !style_.full
            ? ""
            : indented(broken(for_terminal_line(body), style_.width));
    return rest + asked_text(question, style_.width);
  }
  std::string text;
  const std::size_t shared = style_.full ? 0 : shared_part(before_, *sent, question);
  if (shared > 0) {
    const std::string length = with_thousands(characters_in(sent->substr(0, shared)));
    const std::int64_t shots = style_.shots.value_or(0);
    const bool has_all =
        shots > 0 && sent->compare(shared, question.text.size(), question.text) == 0;
    const std::string said =
        has_all ? in_language(style_.language,
                              "… the same {} example{} as above ({} characters)",
                              "… 前と同じ例題 {0} 問（{2} 文字）", shots,
                              shots == 1 ? "" : "s", length)
                : in_language(style_.language,
                              "… the same beginning as above ({} characters)",
                              "… 前と同じ書き出し（{} 文字）", length);
    text = fmt::format("{}{}\n", margin, style_.ink.in(Tone::dim, said));
  }
  text += indented(
      broken(python_strip(std::string_view(*sent).substr(shared)), style_.width));
  const bool has_choices = std::ranges::all_of(
      question.choices,
      [&](const std::string& choice) { return sent->find(choice) != sent->npos; });
  if (!has_choices) text += asked_text(question, style_.width);
  before_ = std::move(*sent);
  return text;
}

std::string QuestionPages::add(const Graded& graded) {
  return head_of(graded, style_) + prompt_text(graded) + reply_text(graded, style_) +
         "\n";
}

}  // namespace proctor
