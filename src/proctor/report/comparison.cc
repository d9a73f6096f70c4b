#include "proctor/report/comparison.h"

#include <ranges>

#include "proctor/report/explanation.h"
#include "proctor/report/model_label.h"
#include "proctor/report/question_pages.h"
#include "proctor/report/summary.h"
#include "proctor/report/table.h"
#include "proctor/report/wrap.h"

namespace proctor {
namespace {

// What tells the two apart: models, protocols, readers or runs.
struct SideNames {
  std::string a, b;
};

SideNames names_of(const ScoredRun& a, const ScoredRun& b) {
  const std::string of_a = for_terminal_line(label_of(a).text()),
                    of_b = for_terminal_line(label_of(b).text());
  if (of_a != of_b) return {of_a, of_b};
  if (a.info.protocol != b.info.protocol)
    return {for_terminal_line(a.info.protocol), for_terminal_line(b.info.protocol)};
  if (a.extract != b.extract) return {a.extract, b.extract};
  return {"run " + a.short_id(), "run " + b.short_id()};
}

std::string points_text(double share) {
  return fmt::format("{:+.2f}", 100 * share);
}

std::string p_text(double p) {
  return p < 0.0001 ? "p < 0.0001" : fmt::format("p = {:.4f}", p);
}

std::string share_text(const Count& count) {
  return fmt::format("{:.2f}%", 100 * count.share().value_or(0));
}

// "What did it cost me?", in words.
std::string verdict(const SideNames& names, const Pairs& pairs, Language language) {
  const bool ja = language == Language::ja;
  const double d = 100 * pairs.difference();
  const std::string size = fmt::format("{:.2f}", d < 0 ? -d : d);
  const std::string n = with_thousands(pairs.n());
  const auto& [a, b] = names;
  const std::string shares =
      in_language(language, "{} against {}", "{} → {}",
                  ja ? share_text(pairs.a()) : share_text(pairs.b()),
                  ja ? share_text(pairs.b()) : share_text(pairs.a()));
  if (!is_beyond_chance(pairs)) {
    return ja ? fmt::format(
                    "{} と {} の差は、この {} 問では偶然と区別できません（{}、{:+.2f} "
                    "ポイント）\n",
                    b, a, n, shares, d)
              : fmt::format(
                    "{} and {} cannot be told apart on these {} questions: {} "
                    "({:+.2f} points)\n",
                    b, a, n, shares, d);
  }
  if (ja) {
    return fmt::format("{} は {} より {} ポイント{}（同じ {} 問で {}）\n", b, a, size,
                       d < 0 ? "低い" : "高い", n, shares);
  }
  return fmt::format("{} {} {} points {} {}: {} of the same {} questions\n", b,
                     d < 0 ? "costs" : "gains", size, d < 0 ? "against" : "over", a,
                     shares, n);
}

std::string interval_line(const Pairs& pairs, Language language) {
  const Interval interval = tango(pairs);
  const bool ja = language == Language::ja;
  return in_language(
      language,
      "95 % CI of the difference {:+.2f} to {:+.2f} points, n {}, exact McNemar "
      "{}: "
      "{}\n",
      "差の 95 % CI {:+.2f} ～ {:+.2f} ポイント、n {}、McNemar 検定 {}（{}）\n",
      100 * interval.low, 100 * interval.high, with_thousands(pairs.n()),
      p_text(mcnemar_p(pairs)),
      is_beyond_chance(pairs) ? (ja ? "偶然を超える" : "more than chance")
                              : (ja ? "偶然かもしれない" : "may be chance"));
}

// What the rounding of both runs can do to the difference; empty where one of them did
// not score letters: what its arithmetic does was not measured.
std::string arithmetic_line(const Comparison& comparison, Language language) {
  if (!comparison.has_leads) return {};
  const std::int64_t near = comparison.near.down + comparison.near.up;
  if (near == 0) {
    return in_language(language, "arithmetic: no mark hangs on nearly equal letters\n",
                       "計算誤差: ほぼ同点の文字で決まった判定はありません\n");
  }
  const Interval bounds = comparison.near.bounds(comparison.pairs);
  const bool ja = language == Language::ja;
  return in_language(
      language,
      "arithmetic: {} on nearly equal letters; {:+.2f} to {:+.2f} points "
      "whichever way they fall: {}\n",
      "計算誤差: ほぼ同点の文字で決まった判定が {} 件。どちらに転んでも {:+.2f} ～ "
      "{:+.2f} ポイント（{}）\n",
      ja          ? with_thousands(near)
      : near == 1 ? std::string("1 mark hangs")
                  : with_thousands(near) + " marks hang",
      100 * bounds.low, 100 * bounds.high,
      may_be_none(bounds)
          ? (ja ? "誤差かもしれない" : "may be the arithmetic's")
          : (ja ? "ふつうの誤差を超える" : "more than the arithmetic's usual error"));
}

std::string side_line(char letter, const ScoredRun& run, const Count& count,
                      Language language) {
  const std::string line = in_language(
      language, "{}  {}  {}, {}, {}, read by {}: {}, {}\n",
      "{}  {}  {}, {}, {}, 読み取り方式 {}: {}, {}\n", letter, run.short_id(),
      for_terminal_line(label_of(run).text()), for_terminal_line(exam_title(run)),
      for_terminal_line(run.info.protocol), run.extract, accuracy_text(count),
      interval_text(wilson(count)));
  const std::string more = second_tries_text(run, language);
  return line + (more.empty() ? "" : "   " + more);
}

std::string cells_line(const Pairs& pairs, Language language) {
  return in_language(language,
                     "both right {}, only A {}, only B {}, neither {} (n {})\n",
                     "両方正解 {}、A のみ {}、B のみ {}、両方不正解 {}（n {}）\n",
                     with_thousands(pairs.both), with_thousands(pairs.only_a),
                     with_thousands(pairs.only_b), with_thousands(pairs.neither),
                     with_thousands(pairs.n()));
}

std::string unpaired_line(char one, char other, const Unpaired& unpaired,
                          Language language) {
  if (unpaired.sum() == 0) return {};
  std::vector<std::string> parts;
  const auto add = [&](std::int64_t n, std::string text) {
    if (n > 0) parts.push_back(fmt::format("{} {}", with_thousands(n), text));
  };
  add(unpaired.no_such_question,
      in_language(language, "not in {}'s data set", "問は {} のデータにない", other));
  add(unpaired.not_asked,
      in_language(language, "not asked in {}", "問は {} で未出題", other));
  add(unpaired.failed,
      in_language(language, "without a reply in {}", "問は {} で返答なし", other));
  return in_language(language, "not paired, of {}: {}\n", "{} のうち対応なし: {}\n",
                     one, join(parts, ", "));
}

// Of a run with itself: an accuracy of fewer questions than its report's is explained.
std::string left_out_line(const Comparison& comparison, Language language) {
  if (comparison.failed_in_both == 0) return {};
  return in_language(
      language,
      "left out: {} without a reply; no reply says nothing of the model, "
      "though a report counts it as not right\n",
      "除外: 返答のない {} 問（モデルについて何も分からないため。report "
      "では正解でないものとして数えます）\n",
      with_thousands(comparison.failed_in_both));
}

std::string unpaired_lines(const Comparison& comparison, Language language) {
  std::string text = unpaired_line('A', 'B', comparison.of_a, language) +
                     unpaired_line('B', 'A', comparison.of_b, language);
  if (comparison.failed_in_both > 0) {
    text += in_language(language, "not paired: {} without a reply in either\n",
                        "対応なし: {} 問は A でも B でも返答なし\n",
                        with_thousands(comparison.failed_in_both));
  }
  return text;
}

// "right C; A answered C, B answered D": of one that named none, its mark.
std::string answers_of(const PartedQuestion& parted, Language language) {
  const auto side = [&](char name, const MarkedQuestion& one) {
    if (!one.letter) return fmt::format("{} {}", name, mark_word(one.mark, language));
    return in_language(language, "{} answered {}", "{} の答え {}", name, *one.letter);
  };
  const auto right = right_letters(parted.question);
  return in_language(language, "right {}; {}, {}", "正解 {}、{}、{}",
                     join(right, language == Language::ja ? "・" : " or "),
                     side('A', parted.a), side('B', parted.b));
}

std::string parted_text(const ComparedRuns& runs, Language language, int width,
                        const Ink& ink) {
  if (!runs.parted) return {};
  const Pairs& pairs = runs.comparison.pairs;
  std::string text = in_language(
      language, "\nonly A right {}, only B right {}; the most telling first:\n",
      "\nA のみ正解 {} 問、B のみ正解 {} 問。差のはっきりした順:\n",
      with_thousands(pairs.only_a), with_thousands(pairs.only_b));
  for (const PartedQuestion& one : *runs.parted | std::views::take(runs.most_shown)) {
    const std::string head = fmt::format("{}: {}\n", for_terminal_line(one.question.id),
                                         answers_of(one, language));
    text += "\n" + ink.in(one.only_a() ? Tone::bad : Tone::good, head) +
            asked_text(one.question, width);
  }
  if (runs.parted->size() > runs.most_shown) {
    const auto more = static_cast<std::int64_t>(runs.parted->size() - runs.most_shown);
    text +=
        in_language(language, "\nand {} more: --limit N shows N of them\n",
                    "\n他に {} 問: --limit N で N 問まで表示\n", with_thousands(more));
  }
  return text;
}

std::string subjects_text(const Comparison& comparison, Language language, int width,
                          const Ink& ink) {
  if (comparison.by_subject.size() < 2) return {};
  const bool ja = language == Language::ja;
  Table table{{{ja ? "科目" : "subject", Align::left, 12},
               {"n", Align::right},
               {"A", Align::right},
               {"B", Align::right},
               {ja ? "差" : "B - A", Align::right},
               {"95 % CI", Align::right}},
              {}};
  for (const auto& [subject, pairs] : comparison.by_subject) {
    const Interval interval = tango(pairs);
    table.rows.push_back(
        {subject, with_thousands(pairs.n()), share_text(pairs.a()),
         share_text(pairs.b()), points_text(pairs.difference()),
         fmt::format("{:+.1f} {:+.1f}", 100 * interval.low, 100 * interval.high)});
  }
  std::vector<std::string> lines =
      split(table_text(table, TableFormat::terminal, width), '\n');
  std::size_t at = 2;  // below the titles and their rule
  for (const auto& [subject, pairs] : comparison.by_subject) {
    if (is_beyond_chance(pairs))
      lines[at] = ink.in(pairs.difference() < 0 ? Tone::bad : Tone::good, lines[at]);
    ++at;
  }
  std::string text = "\n" + ink.heads(join(lines, "\n"));
  const std::size_t by_chance = comparison.by_subject.size() / 20;
  if (by_chance > 0) {
    text += in_language(
        language, "of {} subjects, about {} would miss 0 by chance alone\n",
        "{} 科目のうち約 {} 科目は、差がなくても偶然で区間が 0 を外れます\n",
        comparison.by_subject.size(), by_chance);
  }
  return text;
}

}  // namespace

std::string comparison_text(const ComparedRuns& runs, Language language, int width,
                            const Ink& ink) {
  const Comparison& comparison = runs.comparison;
  const Pairs& pairs = comparison.pairs;
  const std::string unpaired = unpaired_lines(comparison, language);
  if (pairs.n() == 0) {
    return (language == Language::ja
                ? "共通の問題がないため比較できません（n 0）\n"
                : "nothing to compare: the runs have no answered question in common "
                  "(n 0)\n") +
           unpaired;
  }
  const ScoredRun &a = runs.a.run, &b = runs.b.run;
  if (a.id == b.id) {
    return in_language(
               language, "A and B are one run, {}, which cannot differ from itself\n\n",
               "A と B は同じ実行 {} なので、差はありません\n\n", a.short_id()) +
           wrapped(side_line('A', a, pairs.a(), language), width, 3) +
           wrapped(left_out_line(comparison, language), width, 3);
  }
  const std::string explained =
      runs.explanation ? explanation_text(runs, language, width) : "";
  const Tone tone = !is_beyond_chance(pairs) ? Tone::bold
                    : pairs.difference() < 0 ? Tone::bad
                                             : Tone::good;
  return ink.in(tone, wrapped(verdict(names_of(a, b), pairs, language), width)) +
         wrapped(interval_line(pairs, language), width) +
         arithmetic_line(comparison, language) + "\n" +
         wrapped(side_line('A', a, pairs.a(), language), width, 3) +
         wrapped(side_line('B', b, pairs.b(), language), width, 3) +
         cells_line(pairs, language) + unpaired +
         subjects_text(comparison, language, width, ink) + ink.heads(explained) +
         parted_text(runs, language, width, ink);
}

}  // namespace proctor
