#include "proctor/report/explanation.h"

#include <array>

#include <nlohmann/json.hpp>

#include "proctor/report/phrases.h"
#include "proctor/report/table.h"

namespace proctor {
namespace {

using Json = nlohmann::ordered_json;

std::string_view part_word(Cause cause, Language language) {
  if (language == Language::en) return name_of(cause);
  constexpr std::array<std::string_view, 5> words = {
      "読み取り", "プロンプト", "例題", "プロンプトと例題", "平均の取り方"};
  return words[static_cast<std::size_t>(cause)];
}

// What was held against what.
std::string how(const ExplainedPart& part, const Explanation& explained) {
  if (part.cause == Cause::averaging)
    return fmt::format("mean of {} -> of {}", part.before, part.after);
  if (part.cause == Cause::prompt_and_shots) return "no run in between";
  if (!part.before.empty()) return fmt::format("{} -> {}", part.before, part.after);
  return explained.has_same_prompt ? "the same: chance" : "";
}

// What could not be told apart, and why.
std::vector<std::string> notes(const ComparedRuns& runs, Language language) {
  const Explanation& explained = *runs.explanation;
  std::vector<std::string> lines;
  const auto add = [&](std::string_view english, std::string_view japanese) {
    lines.emplace_back(language == Language::ja ? japanese : english);
  };
  const std::string &of_a = explained.scoring_a, &of_b = explained.scoring_b;
  if (of_a != of_b) {
    lines.push_back(in_language(
        language,
        "A takes its answers by {}, B by {}: reading cannot be told apart from the "
        "prompt",
        "答えの取り方が A は {}、B は {} のため、読み取りとプロンプトは分けられません",
        of_a, of_b));
  }
  if (explained.needs_run_between()) {
    add("the prompt's part and the shots' cannot be told apart: both differ, and the "
        "store holds no run with one of each",
        "プロンプトと例題は両方とも異なり、片方だけを変えた実行が保存されていないため、"
        "分けられません");
  }
  const RunKey& key_a = runs.a.run.info.key;
  if (runs.next && key_a.request.find("\"headers\"") != std::string::npos) {
    add("the runs were asked with --header lines, which are not kept: add them to the "
        "command",
        "--header の行は保存されないため、コマンドに書き足してください");
  }
  if (explained.has_other_differences) {
    add("address, engine or added request fields differ, too: their part is in the "
        "prompt's",
        "接続先、エンジン、追加の要求項目も異なります。その分はプロンプトに含まれます");
  }
  return lines;
}

Table parts_table(const Explanation& explained, Language language) {
  const bool ja = language == Language::ja;
  const std::vector<double> points = rounded_points(explained);
  Table table{{{ja ? "内訳" : "part", Align::left, 10},
               {ja ? "ポイント" : "points", Align::right},
               {"95 % CI", Align::right},
               {"n", Align::right},
               {ja ? "比べたもの" : "what was compared", Align::left, 16}},
              {}};
  const std::string n = with_thousands(explained.n);
  double total = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const ExplainedPart& part = explained.parts[i];
    std::string interval = "-";
    if (part.pairs) {
      const Interval of = tango(*part.pairs);
      interval = fmt::format("{:+.2f} {:+.2f}", 100 * of.low, 100 * of.high);
    }
    table.rows.push_back({std::string(part_word(part.cause, language)),
                          fmt::format("{:+.2f}", points[i]), interval, n,
                          translated(language, how(part, explained))});
    total += points[i];
  }
  table.rows.push_back(
      {ja ? "合計" : "total", fmt::format("{:+.2f}", total), "", n,
       fmt::format("{:.2f}% -> {:.2f}%", 100 * explained.from, 100 * explained.to)});
  return table;
}

Json part_json(const ExplainedPart& part, const Explanation& explained) {
  Json json = {{"part", name_of(part.cause)},
               {"difference", part.points},
               {"how", how(part, explained)},
               {"n", explained.n},
               {"ci95", nullptr}};
  if (part.pairs) {
    const Interval interval = tango(*part.pairs);
    json["ci95"] = {interval.low, interval.high};
  }
  return json;
}

}  // namespace

std::string explanation_text(const ComparedRuns& runs, Language language, int width) {
  std::string text = "\n" + table_text(parts_table(*runs.explanation, language),
                                       TableFormat::terminal, width);
  for (const std::string& note : notes(runs, language)) text += note + "\n";
  if (runs.next) {
    text += in_language(language, "this run would part them:\n  {}\n",
                        "次を実行すると分けられます:\n  {}\n", *runs.next);
  }
  return text;
}

Json explanation_json(const ComparedRuns& runs) {
  const Explanation& explained = *runs.explanation;
  Json parts = Json::array();
  for (const ExplainedPart& part : explained.parts)
    parts.push_back(part_json(part, explained));
  return {{"n", explained.n},
          {"from", explained.from},
          {"to", explained.to},
          {"total", explained.total},
          {"parts", std::move(parts)},
          {"notes", notes(runs, Language::en)},
          {"next", runs.next ? Json(*runs.next) : Json(nullptr)}};
}

}  // namespace proctor
