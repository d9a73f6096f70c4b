#include "proctor/study/explain.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

#include "proctor/study/harness_score.h"

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
  const auto has = [](const Json& of, const char* key, auto is_kind) {
    return of.is_object() && of.contains(key) && (of[key].*is_kind)();
  };
  const bool is_whole = has(json, "shots", &Json::is_object) &&
                        has(json["shots"], "count", &Json::is_number_integer) &&
                        has(json, "sampling", &Json::is_object) &&
                        has(json, "scoring", &Json::is_string) &&
                        (!json.contains("system") || json["system"].is_string());
  if (!is_whole)
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

ExplainedPart part_of(Cause cause, const Pairs& pairs, std::string before = {},
                      std::string after = {}) {
  return {.cause = cause,
          .points = pairs.difference(),
          .before = std::move(before),
          .after = std::move(after),
          .pairs = pairs};
}

// A run between the two: one's prompt with the other's shots.
struct Between {
  MarkedRun run;
  bool has_prompt_of_b = false;
};

// What is held against each other, in this order; Common's questions alone count.
struct Chain {
  const MarkedRun& a;
  const MarkedRun& reread;  // A's replies, by B's reader
  const MarkedRun& b;
  const Sent &sent_a, &sent_b;
  std::optional<Between> between;
  Common common;

  bool has_same_prompt() const { return sent_a.prompt == sent_b.prompt; }
  bool has_same_shots() const { return sent_a.shots_of == sent_b.shots_of; }
};

Status check_one_model(const ScoredRun& a, const ScoredRun& b) {
  if (a.info.key.provider == b.info.key.provider &&
      a.info.key.model == b.info.key.model &&
      !contradicts(answerer_of(a.info), answerer_of(b.info))) {
    return {};
  }
  return fail(Fault::usage,
              "`explain`: found {} and {}, expected two runs of one model; it splits "
              "what two protocols make of it",
              a.model_title(), b.model_title());
}

struct Candidate {
  StoredRun run;
  bool has_prompt_of_b = false;
};

// The stored run that differs from A in prompt or shots alone, as B does; of two the
// one with B's prompt.
Result<std::optional<Candidate>> find_between(Store& store, const Chain& chain,
                                              const KeyOfToday& of_today) {
  const RunKey key_a = of_today(chain.a.run.info.key);
  std::optional<Candidate> found;
  for (const StoredRun& run : TRY(store.runs())) {
    RunKey key = of_today(run.info.key);
    key.protocol = key_a.protocol;
    if (!(key == key_a)) continue;
    const auto sent = sent_in(run.info);
    if (!sent) continue;
    const bool prompt_of_b =
        sent->prompt == chain.sent_b.prompt && sent->shots == chain.sent_a.shots;
    const bool prompt_of_a =
        sent->prompt == chain.sent_a.prompt && sent->shots == chain.sent_b.shots;
    if (prompt_of_b) return Candidate{run, true};
    if (prompt_of_a && !found) found = {run, false};
  }
  return found;
}

// Puts such a run into the chain, if it answered questions that A and B did.
Status add_between(Store& store, Chain& chain, const KeyOfToday& of_today) {
  if (chain.has_same_prompt() || chain.has_same_shots()) return {};
  const auto found = TRY(find_between(store, chain, of_today));
  if (!found) return {};
  Between between{
      .run = TRY(read_marked_run(store, found->run, {.reader = chain.b.run.extract})),
      .has_prompt_of_b = found->has_prompt_of_b};
  Common narrower = chain.common;
  narrower.add(between.run);
  if (narrower.n() == 0) return {};
  chain.common = std::move(narrower);
  chain.between = std::move(between);
  return {};
}

void add_reading(const Chain& chain, Explanation& out) {
  if (chain.sent_a.scoring != "generate" || chain.sent_b.scoring != "generate") return;
  out.parts.push_back(part_of(Cause::reading, chain.common.pairs(chain.a, chain.reread),
                              chain.a.run.extract, chain.b.run.extract));
}

void add_prompt_and_shots_apart(const Chain& chain, Explanation& out) {
  const MarkedRun& middle = chain.between->run;
  const std::string name = "run " + middle.run.short_id();
  const bool prompt_first = chain.between->has_prompt_of_b;
  out.parts.push_back(part_of(prompt_first ? Cause::prompt : Cause::shots,
                              chain.common.pairs(chain.reread, middle), "A", name));
  out.parts.push_back(part_of(prompt_first ? Cause::shots : Cause::prompt,
                              chain.common.pairs(middle, chain.b), name, "B"));
}

void add_prompt_and_shots(const Chain& chain, Explanation& out) {
  if (chain.between) return add_prompt_and_shots_apart(chain, out);
  const Pairs rest = chain.common.pairs(chain.reread, chain.b);
  if (chain.has_same_shots()) {
    out.parts.push_back(part_of(Cause::prompt, rest));
  } else if (chain.has_same_prompt()) {
    out.parts.push_back(part_of(Cause::shots, rest,
                                fmt::format("{}", chain.sent_a.shots),
                                fmt::format("{}", chain.sent_b.shots)));
  } else {
    out.parts.push_back(part_of(Cause::prompt_and_shots, rest));
  }
}

bool differ_otherwise(const RunKey& a, const RunKey& b) {
  return a.request != b.request || a.engine != b.engine || a.base_url != b.base_url;
}

// What the harness of a run makes of the common questions.
struct Averaged {
  double value = 0;  // as the harness averages
  double share = 0;  // right of all
  std::string over = "questions";
};

Averaged averaged(const MarkedRun& run, const Common& common) {
  const Tally tally = common.tally(run);
  Averaged out{.share = tally.ledger.count().share().value_or(0)};
  const auto score = harness_score(run.run.info, tally);
  if (!score) return out;
  out.value = score->all.value;
  if (score->how->average != Average::micro) out.over = "subjects";
  return out;
}

void add_averaging(const Chain& chain, Explanation& out) {
  const Averaged a = averaged(chain.a, chain.common);
  const Averaged b = averaged(chain.b, chain.common);
  out.from = a.value;
  out.to = b.value;
  out.parts.push_back({.cause = Cause::averaging,
                       .points = (b.value - b.share) - (a.value - a.share),
                       .before = a.over,
                       .after = b.over});
}

}  // namespace

std::string_view name_of(Cause cause) {
  constexpr std::array<std::string_view, 5> names = {"reading", "prompt", "shots",
                                                     "prompt and shots", "averaging"};
  return names[static_cast<std::size_t>(cause)];
}

bool Explanation::needs_run_between() const {
  return std::ranges::find(parts, Cause::prompt_and_shots, &ExplainedPart::cause) !=
         parts.end();
}

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
                            const MarkedRun& b, const KeyOfToday& of_today) {
  TRY(check_one_model(a.run, b.run));
  const Sent sent_a = TRY(sent_in(a.run.info)), sent_b = TRY(sent_in(b.run.info));
  // Where letters are scored there is nothing to read.
  std::optional<MarkedRun> again;
  if (sent_a.scoring == "generate" && sent_b.scoring == "generate" &&
      a.run.extract != b.run.extract) {
    again = TRY(read_marked_run(store, stored_a, {.reader = b.run.extract}));
  }
  Chain chain{
      .a = a, .reread = again ? *again : a, .b = b, .sent_a = sent_a, .sent_b = sent_b};
  chain.common.add(a);
  chain.common.add(b);
  TRY(add_between(store, chain, of_today));

  Explanation out{
      .n = chain.common.n(),
      .scoring_a = sent_a.scoring,
      .scoring_b = sent_b.scoring,
      .has_same_prompt = chain.has_same_prompt(),
      .has_other_differences = differ_otherwise(a.run.info.key, b.run.info.key)};
  if (out.n == 0) {
    return fail(Fault::usage,
                "`explain`: the two runs have no answered question in common");
  }
  add_reading(chain, out);
  add_prompt_and_shots(chain, out);
  add_averaging(chain, out);
  for (const ExplainedPart& part : out.parts) out.total += part.points;
  return out;
}

}  // namespace proctor
