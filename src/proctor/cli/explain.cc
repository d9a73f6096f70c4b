#include "proctor/cli/explain.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

#include "proctor/cli/harness_score.h"
#include "proctor/cli/run_again.h"

namespace proctor {
namespace {

using Json = nlohmann::json;

// What a run's identity says of its protocol.
struct Sent {
  Json prompt;  // all but the shots
  std::int64_t shots = 0;
  Json shots_of;  // count, source, order
  std::string scoring;
};

Result<Sent> sent_in(const RunInfo& info) {
  Json json = Json::parse(info.key.protocol, nullptr, false);
  if (!json.is_object() || !json.contains("shots") || !json["shots"].is_object())
    return fail(Fault::data, "the run's protocol cannot be read; run proctor verify");
  Sent sent{.shots_of = json["shots"]};
  sent.shots = sent.shots_of.value("count", std::int64_t{0});
  if (sent.shots == 0) sent.shots_of = Json::object();  // whence, is all the same
  sent.scoring = json.value("scoring", "");
  json.erase("shots");
  sent.prompt = std::move(json);
  return sent;
}

// Several readings of the same questions, each question once in all.
class Common {
 public:
  void add(const MarkedRun& run) {
    std::map<QuestionKey, std::string> next;
    for (const auto& [key, question] : run.marks) {
      if (question.mark == Mark::failed) continue;
      if (is_first_ || keys_.contains(key)) next.emplace(key, question.subject);
    }
    keys_ = std::move(next);
    is_first_ = false;
  }
  std::int64_t n() const { return static_cast<std::int64_t>(keys_.size()); }

  Pairs pairs(const MarkedRun& before, const MarkedRun& after) const {
    Pairs pairs;
    for (const auto& [key, subject] : keys_)
      pairs.add(is_right(before, key), is_right(after, key));
    return pairs;
  }
  Tally tally(const MarkedRun& run) const {
    Tally tally;
    for (const auto& [key, subject] : keys_)
      tally.add(subject, is_right(run, key) ? Mark::right : Mark::wrong);
    return tally;
  }

 private:
  static bool is_right(const MarkedRun& run, const QuestionKey& key) {
    return run.marks.at(key).mark == Mark::right;
  }
  std::map<QuestionKey, std::string> keys_;
  bool is_first_ = true;
};

ExplainedPart part_of(std::string name, std::string how, const Pairs& pairs) {
  return {.name = std::move(name),
          .points = pairs.difference(),
          .how = std::move(how),
          .pairs = pairs};
}

// A run between the two: one's prompt with the other's shots.
struct Between {
  StoredRun stored;
  bool has_prompt_of_b = false;
};

Result<std::optional<Between>> find_between(Store& store, const RunInfo& a,
                                            const Sent& sent_a, const Sent& sent_b) {
  const auto runs = TRY(store.runs());
  std::optional<Between> found;
  for (const StoredRun& run : runs) {
    RunKey key = run.info.key;
    key.protocol = a.key.protocol;
    if (!(key == a.key)) continue;
    const auto sent = sent_in(run.info);
    if (!sent) continue;
    const bool prompt_of_b =
        sent->prompt == sent_b.prompt && sent->shots == sent_a.shots;
    const bool prompt_of_a =
        sent->prompt == sent_a.prompt && sent->shots == sent_b.shots;
    if (prompt_of_b || (prompt_of_a && !found)) found = Between{run, prompt_of_b};
    if (prompt_of_b) break;
  }
  return found;
}

double harness_value(const MarkedRun& run, const Common& common) {
  const auto score = harness_score(run.run.info, common.tally(run));
  return score ? score->all.value : 0;
}

double share_of(const MarkedRun& run, const Common& common) {
  return common.tally(run).ledger.count().share().value_or(0);
}

}  // namespace

std::vector<double> rounded_points(const Explanation& explanation) {
  constexpr double unit = 10'000;  // a hundredth of a point
  std::vector<double> points;
  for (const ExplainedPart& part : explanation.parts)
    points.push_back(std::round(part.points * unit));
  double missing = std::round(explanation.total * unit) -
                   std::accumulate(points.begin(), points.end(), 0.0);
  // Where rounding lost a hundredth, the part that was rounded most takes it.
  while (missing != 0 && !points.empty()) {
    const double step = missing > 0 ? 1 : -1;
    std::size_t most = 0;
    for (std::size_t i = 1; i < points.size(); ++i) {
      const auto lost = [&](std::size_t k) {
        return step * (explanation.parts[k].points * unit - points[k]);
      };
      if (lost(i) > lost(most)) most = i;
    }
    points[most] += step;
    missing -= step;
  }
  for (double& value : points) value /= 100;
  return points;
}

Result<Explanation> explain(Store& store, const StoredRun& stored_a, const MarkedRun& a,
                            const MarkedRun& b, const std::string& store_option) {
  const RunInfo& info_a = a.run.info;
  const RunInfo& info_b = b.run.info;
  if (info_a.key.provider != info_b.key.provider ||
      info_a.key.model != info_b.key.model) {
    return fail(Fault::usage,
                "--explain: found {} and {}, expected two runs of one model; it splits "
                "what two protocols make of it",
                a.run.model_title(), b.run.model_title());
  }
  const Sent sent_a = TRY(sent_in(info_a)), sent_b = TRY(sent_in(info_b));
  Explanation out;
  const bool reads_both = sent_a.scoring == "generate" && sent_b.scoring == "generate";
  const bool same_prompt = sent_a.prompt == sent_b.prompt;
  const bool same_shots = sent_a.shots_of == sent_b.shots_of;

  // A's replies with B's reader; where letters are scored there is nothing to read.
  const bool read_again = reads_both && a.run.extract != b.run.extract;
  const MarkedRun reread =
      read_again ? TRY(read_marked_run(store, stored_a, b.run.extract)) : a;
  Common common;
  common.add(a);
  common.add(b);

  std::optional<Between> between;
  std::optional<MarkedRun> middle;
  if (!same_prompt && !same_shots) {
    between = TRY(find_between(store, info_a, sent_a, sent_b));
    if (between) {
      middle = TRY(read_marked_run(store, between->stored, b.run.extract));
      Common with_middle = common;
      with_middle.add(*middle);
      if (with_middle.n() == 0) {
        middle.reset();
      } else {
        common = std::move(with_middle);
      }
    }
  }
  out.n = common.n();
  if (out.n == 0) {
    return fail(Fault::usage,
                "--explain: the two runs have no answered question in "
                "common");
  }

  if (reads_both) {
    out.parts.push_back(part_of("reading", a.run.extract + " -> " + b.run.extract,
                                common.pairs(a, reread)));
  } else if (sent_a.scoring != sent_b.scoring) {
    out.notes.push_back(
        {fmt::format("A takes its answers by {}, B by {}: reading cannot be told apart "
                     "from the prompt",
                     sent_a.scoring, sent_b.scoring),
         fmt::format(
             "回答の取り方が A は {}、B は {} のため、読み取りとプロンプトは分けら"
             "れません",
             sent_a.scoring, sent_b.scoring)});
  }
  const Pairs rest = common.pairs(reread, b);
  if (middle) {
    const std::string of = between->stored.id.substr(0, 8);
    const MarkedRun &first = reread, &second = *middle;
    const auto before = common.pairs(first, second), after = common.pairs(second, b);
    const std::string how_before = fmt::format("A -> run {}", of);
    const std::string how_after = fmt::format("run {} -> B", of);
    if (between->has_prompt_of_b) {
      out.parts.push_back(part_of("prompt", how_before, before));
      out.parts.push_back(part_of("shots", how_after, after));
    } else {
      out.parts.push_back(part_of("shots", how_before, before));
      out.parts.push_back(part_of("prompt", how_after, after));
    }
  } else if (!same_prompt && !same_shots) {
    out.parts.push_back(part_of("prompt and shots", "no run in between", rest));
    out.notes.push_back(
        {"the prompt's part and the shots' cannot be told apart: both differ, and the "
         "store holds no run with one of each",
         "プロンプトと例題は両方とも異なり、片方だけを変えた実行が保存されていないため"
         "、"
         "分けられません"});
    out.next = TRY(command_between(store, a.run, b.run)) + store_option;
  } else if (same_prompt && !same_shots) {
    out.parts.push_back(
        part_of("shots", fmt::format("{} -> {}", sent_a.shots, sent_b.shots), rest));
  } else {
    out.parts.push_back(part_of("prompt", same_prompt ? "the same: chance" : "", rest));
  }
  if (info_a.key.request != info_b.key.request ||
      info_a.key.engine != info_b.key.engine ||
      info_a.key.base_url != info_b.key.base_url) {
    out.notes.push_back(
        {"address, engine or added request fields differ, too: their part is in the "
         "prompt's",
         "接続先、エンジン、追加の要求項目も異なります。その分はプロンプトに含まれま"
         "す"});
  }
  out.from = harness_value(a, common);
  out.to = harness_value(b, common);
  const double averaging =
      (out.to - share_of(b, common)) - (out.from - share_of(a, common));
  const auto way = [&](const MarkedRun& run) {
    const auto score = harness_score(run.run.info, common.tally(run));
    const bool micro = !score || score->how->average == Average::micro;
    return micro ? "questions" : "subjects";
  };
  out.parts.push_back({.name = "averaging",
                       .points = averaging,
                       .how = fmt::format("mean of {} -> of {}", way(a), way(b))});
  for (const ExplainedPart& part : out.parts) out.total += part.points;
  return out;
}

}  // namespace proctor
