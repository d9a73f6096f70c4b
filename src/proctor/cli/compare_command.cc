#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "proctor/cli/commands.h"
#include "proctor/cli/explain.h"
#include "proctor/cli/runs_table.h"
#include "proctor/cli/stored_runs.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

// What is compared, and how it is called.
struct Sides {
  const MarkedRun& a;
  const MarkedRun& b;
  std::string name_a, name_b;  // what tells them apart: models, protocols or runs
};

Sides sides_of(const MarkedRun& a, const MarkedRun& b) {
  const ScoredRun &one = a.run, &other = b.run;
  if (one.model_title() != other.model_title())
    return {a, b, one.model_title(), other.model_title()};
  if (one.info.protocol != other.info.protocol)
    return {a, b, one.info.protocol, other.info.protocol};
  if (one.extract != other.extract) return {a, b, one.extract, other.extract};
  return {a, b, "run " + one.short_id(), "run " + other.short_id()};
}

// Beyond chance by both the test and the interval, which may differ by a hair.
bool is_clear(const Pairs& pairs) {
  const Interval interval = tango(pairs);
  return mcnemar_p(pairs) < 0.05 && (interval.low > 0 || interval.high < 0);
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
std::string verdict(const Sides& sides, const Pairs& pairs, Language language) {
  const bool ja = language == Language::ja;
  const double d = 100 * pairs.difference();
  const std::string size = fmt::format("{:.2f}", d < 0 ? -d : d);
  const std::string n = with_thousands(pairs.n());
  const std::string &a = sides.name_a, &b = sides.name_b;
  const std::string shares =
      in_language(language, "{} against {}", "{} → {}",
                  ja ? share_text(pairs.a()) : share_text(pairs.b()),
                  ja ? share_text(pairs.b()) : share_text(pairs.a()));
  if (!is_clear(pairs)) {
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
      is_clear(pairs) ? (ja ? "偶然を超える" : "more than chance")
                      : (ja ? "偶然かもしれない" : "may be chance"));
}

// What the rounding of both runs can do to the difference; empty where one of them did
// not score letters: what its arithmetic does was not measured.
std::string arithmetic_line(const Comparison& comparison, Language language) {
  if (!comparison.has_leads) return {};
  const std::int64_t near = comparison.near.down + comparison.near.up;
  if (near == 0) {
    return in_language(language, "arithmetic: no mark hangs on nearly equal letters\n",
                       "計算誤差: ほぼ同点の文字で決まった採点はありません\n");
  }
  const Interval bounds = comparison.near.bounds(comparison.pairs);
  const bool ja = language == Language::ja;
  return in_language(
      language,
      "arithmetic: {} on nearly equal letters; {:+.2f} to {:+.2f} points "
      "whichever way they fall: {}\n",
      "計算誤差: ほぼ同点の文字で決まった採点が {} 件。どちらに転んでも {:+.2f} ～ "
      "{:+.2f} ポイント（{}）\n",
      ja          ? with_thousands(near)
      : near == 1 ? std::string("1 mark hangs")
                  : with_thousands(near) + " marks hang",
      100 * bounds.low, 100 * bounds.high,
      may_be_none(bounds)
          ? (ja ? "誤差かもしれない" : "may be the arithmetic's")
          : (ja ? "ふつうの誤差を超える" : "more than the arithmetic's usual error"));
}

std::string side_line(char letter, const MarkedRun& run, const Count& count,
                      Language language) {
  return in_language(language, "{}  {}  {}, {}, {}, read by {}: {}, {}\n",
                     "{}  {}  {}, {}, {}, リーダー {}: {}, {}\n", letter,
                     run.run.short_id(), run.run.model_title(), exam_title(run.run),
                     run.run.info.protocol, run.run.extract, accuracy_text(count),
                     interval_text(wilson(count)));
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
      in_language(language, "without a reply in {}", "問は {} で回答なし", other));
  return in_language(language, "not paired, of {}: {}\n", "{} のうち対応なし: {}\n",
                     one, join(parts, ", "));
}

std::string subjects_text(const Comparison& comparison, Language language,
                          const Console& console) {
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
  std::string text =
      "\n" + table_text(table, TableFormat::terminal, table_width(console));
  const std::size_t by_chance = comparison.by_subject.size() / 20;
  if (by_chance > 0) {
    text += in_language(
        language, "of {} subjects, about {} would miss 0 by chance alone\n",
        "{} 科目のうち約 {} 科目は、差がなくても偶然で区間が 0 を外れます\n",
        comparison.by_subject.size(), by_chance);
  }
  return text;
}

std::string_view part_word(const std::string& name, Language language) {
  if (language == Language::en) return name;
  constexpr std::array<std::pair<std::string_view, std::string_view>, 5> words = {
      {{"reading", "読み取り"},
       {"prompt", "プロンプト"},
       {"shots", "例題"},
       {"prompt and shots", "プロンプトと例題"},
       {"averaging", "平均の取り方"}}};
  for (const auto& [english, japanese] : words) {
    if (english == name) return japanese;
  }
  return name;
}

std::string explanation_text(const Explanation& explained, Language language,
                             const Console& console) {
  const bool ja = language == Language::ja;
  const std::vector<double> points = rounded_points(explained);
  Table table{{{ja ? "内訳" : "part", Align::left, 10},
               {ja ? "ポイント" : "points", Align::right},
               {"95 % CI", Align::right},
               {"n", Align::right},
               {ja ? "比べたもの" : "what was compared", Align::left, 16}},
              {}};
  double total = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ExplainedPart& part = explained.parts[i];
    std::string interval = "-";
    if (part.pairs) {
      const Interval of = tango(*part.pairs);
      interval = fmt::format("{:+.2f} {:+.2f}", 100 * of.low, 100 * of.high);
    }
    table.rows.push_back({std::string(part_word(part.name, language)),
                          fmt::format("{:+.2f}", points[i]), interval,
                          with_thousands(explained.n), part.how});
    total += points[i];
  }
  table.rows.push_back(
      {ja ? "合計" : "total", fmt::format("{:+.2f}", total), "",
       with_thousands(explained.n),
       fmt::format("{:.2f}% -> {:.2f}%", 100 * explained.from, 100 * explained.to)});
  std::string text =
      "\n" + table_text(table, TableFormat::terminal, table_width(console));
  for (const ExplainedNote& note : explained.notes)
    text += (ja ? note.japanese : note.english) + "\n";
  if (explained.next) {
    text += in_language(language, "this run would part them:\n  {}\n",
                        "次を実行すると分けられます:\n  {}\n", *explained.next);
  }
  return text;
}

// ---- JSON -------------------------------------------------------------------------

Json pairs_json(const Pairs& pairs) {
  const Interval interval = tango(pairs);
  return {{"n", pairs.n()},
          {"both_right", pairs.both},
          {"only_a", pairs.only_a},
          {"only_b", pairs.only_b},
          {"both_wrong", pairs.neither},
          {"accuracy_a", number_or_null(pairs.a().share())},
          {"accuracy_b", number_or_null(pairs.b().share())},
          {"difference", pairs.difference()},
          {"ci95", {interval.low, interval.high}},
          {"mcnemar_p", mcnemar_p(pairs)}};
}

Json arithmetic_json(const Comparison& comparison) {
  if (!comparison.has_leads) return nullptr;
  const Interval bounds = comparison.near.bounds(comparison.pairs);
  return {{"near_marks", comparison.near.down + comparison.near.up},
          {"bounds", {bounds.low, bounds.high}},
          {"may_be_none",
           comparison.near.down + comparison.near.up > 0 && may_be_none(bounds)}};
}

Json side_json(const MarkedRun& run) {
  const Count count = run.run.ledger().count();
  const Interval interval = wilson(count);
  return {{"run", run.run.id},
          {"model", run.run.model_name()},
          {"dataset", run.run.info.dataset},
          {"dataset_digest", run.run.info.key.dataset_digest},
          {"subjects", run.run.subjects},
          {"protocol", run.run.info.protocol},
          {"extract", run.run.extract},
          {"n", count.n},
          {"correct", count.right},
          {"ci95", {interval.low, interval.high}}};
}

Json unpaired_json(const Unpaired& unpaired) {
  return {{"no_such_question", unpaired.no_such_question},
          {"not_asked", unpaired.not_asked},
          {"failed", unpaired.failed}};
}

Json explanation_json(const Explanation& explained) {
  Json parts = Json::array();
  for (const ExplainedPart& part : explained.parts) {
    Json json = {{"part", part.name}, {"difference", part.points}, {"how", part.how}};
    json["n"] = explained.n;
    json["ci95"] = nullptr;
    if (part.pairs) {
      const Interval interval = tango(*part.pairs);
      json["ci95"] = {interval.low, interval.high};
    }
    parts.push_back(std::move(json));
  }
  Json notes = Json::array();
  for (const ExplainedNote& note : explained.notes) notes.push_back(note.english);
  return {{"n", explained.n},
          {"from", explained.from},
          {"to", explained.to},
          {"total", explained.total},
          {"parts", std::move(parts)},
          {"notes", std::move(notes)},
          {"next", explained.next ? Json(*explained.next) : Json(nullptr)}};
}

std::string comparison_json(const Sides& sides, const Comparison& comparison,
                            const std::optional<Explanation>& explained) {
  Json json = {{"a", side_json(sides.a)}, {"b", side_json(sides.b)}};
  json.update(pairs_json(comparison.pairs));
  json["interval"] = "Tango 1998, score";
  json["test"] = "McNemar, exact, two-sided";
  json["arithmetic"] = arithmetic_json(comparison);
  json["unpaired"] = {{"a", unpaired_json(comparison.of_a)},
                      {"b", unpaired_json(comparison.of_b)}};
  auto subjects = Json::object();
  for (const auto& [subject, pairs] : comparison.by_subject)
    subjects[subject] = pairs_json(pairs);
  json["by_subject"] = std::move(subjects);
  if (explained) json["explain"] = explanation_json(*explained);
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string comparison_text(const Sides& sides, const Comparison& comparison,
                            Language language, const Console& console) {
  const Pairs& pairs = comparison.pairs;
  const std::string unpaired = unpaired_line('A', 'B', comparison.of_a, language) +
                               unpaired_line('B', 'A', comparison.of_b, language);
  if (pairs.n() == 0) {
    return (language == Language::ja
                ? "共通の問題がないため比較できません（n 0）\n"
                : "nothing to compare: the runs have no answered question in common "
                  "(n 0)\n") +
           unpaired;
  }
  return verdict(sides, pairs, language) + interval_line(pairs, language) +
         arithmetic_line(comparison, language) + "\n" +
         side_line('A', sides.a, pairs.a(), language) +
         side_line('B', sides.b, pairs.b(), language) + cells_line(pairs, language) +
         unpaired + subjects_text(comparison, language, console);
}

}  // namespace

Result<int> compare_command(const Arguments& arguments, World& world) {
  const Language language = TRY(language_of(arguments));
  if (arguments.positional.size() != 2) {
    return fail(
        Fault::usage, "expected two runs, found {}; proctor list runs",
        arguments.positional.empty() ? "none" : join(arguments.positional, " "));
  }
  const auto store = TRY(open_for_reading(arguments));
  const StoredRun stored_a =
      TRY(find_run(*store, arguments.positional[0], among_of(arguments)));
  const StoredRun stored_b =
      TRY(find_run(*store, arguments.positional[1], among_of(arguments)));
  const MarkedRun a = TRY(read_marked_run(*store, stored_a, look_of(arguments)));
  const MarkedRun b = TRY(read_marked_run(*store, stored_b, look_of(arguments)));
  TRY(check_has_reply(a.run));
  TRY(check_has_reply(b.run));
  const Sides sides = sides_of(a, b);
  const Comparison comparison = compare_runs(a, b);
  std::optional<Explanation> explained;
  if (arguments.has("--explain")) {
    explained = TRY(explain(*store, stored_a, a, b, store_option(arguments)));
  }
  if (arguments.has("--json")) {
    world.console.print(comparison_json(sides, comparison, explained));
    return complete;
  }
  std::string text = comparison_text(sides, comparison, language, world.console);
  if (explained) text += explanation_text(*explained, language, world.console);
  world.console.print(text);
  return complete;
}

}  // namespace proctor
