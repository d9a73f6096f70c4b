#include "proctor/run/run.h"

#include <algorithm>
#include <cassert>
#include <unordered_set>

namespace proctor {
namespace {

const Question& question_of(const Evaluation& evaluation, TrialId trial) {
  assert(trial.ordinal < evaluation.plan.dataset->questions.size());
  return evaluation.plan.dataset->questions[trial.ordinal];
}

// A try that was called off says nothing about the question.
void drop_cancelled(Completion& completion) {
  std::erase_if(completion.attempts, [](const Attempt& attempt) {
    return !attempt.outcome && attempt.outcome.error().fault == Fault::cancelled;
  });
}

bool was_cancelled(const Completion& completion) {
  const auto& outcome = completion.attempts.back().outcome;
  return !outcome && outcome.error().fault == Fault::cancelled;
}

constexpr std::size_t most_reasons = 100;

void count_empty(const Reply& reply, Mark mark, Progress& progress) {
  if (mark != Mark::unread && mark != Mark::cut) return;
  if (reply.finish_reason == "scored" || !python_strip(reply.text).empty()) return;
  ++progress.empty;
  if (reply.reasoning.empty() && reply.tokens.thought.value_or(0) == 0) return;
  ++progress.thoughts_only;
  progress.thoughts_cut += mark == Mark::cut ? 1 : 0;
}

void tell(const Watch& watch, const Graded& graded, const Progress& progress) {
  if (watch.saw) watch.saw(graded, progress);
}

// "A (60), B (40)", the most first.
std::string counted(const std::map<std::string, std::int64_t>& words) {
  std::vector<std::pair<std::int64_t, std::string>> order;
  for (const auto& [word, n] : words) order.emplace_back(-n, word);
  std::ranges::sort(order);
  std::vector<std::string> parts;
  for (const auto& [n, word] : order)
    parts.push_back(fmt::format("{} ({})", for_terminal_line(word), -n));
  return join(parts, ", ");
}

// Who wrote the replies of a run. What comes first is the run's word: some proxies
// answer with a longer name than they were asked for.
class Authors {
 public:
  explicit Authors(const Evaluation& evaluation)
      : key_(evaluation.plan.info.key), there_(evaluation.answerer) {}

  void wrote(const Reply& reply) {
    const std::string model = model_said(key_.model, reply.model);
    if (!model.empty()) ++models_[model];
    if (!reply.build.empty()) ++builds_[reply.build];
  }

  // Why nothing may be asked, or nothing.
  std::optional<Error> of_another_build() const {
    if (there_.build.empty() || builds_.empty() || builds_.contains(there_.build))
      return std::nullopt;
    return Error{
        Fault::usage,
        fmt::format("the stored replies are of build {}, and build {} is there "
                    "now; start the other one again, take another --store, or "
                    "go on with --mixed",
                    counted(builds_), for_terminal_line(there_.build))};
  }

  // What a reply is kept as that nobody of these wrote, or nothing.
  std::optional<Error> stranger(const Reply& reply) const {
    const std::string model = model_said(key_.model, reply.model);
    if (!model.empty() && !is_known(model)) {
      const std::string then =
          models_.empty() ? for_terminal_line(there_.model) : counted(models_);
      return failure(model, then);
    }
    // Where a server does not tell its build, the word is a cloud's fingerprint.
    if (there_.build.empty() || reply.build.empty() || reply.build == there_.build ||
        builds_.empty() || builds_.contains(reply.build)) {
      return std::nullopt;
    }
    return failure("build " + reply.build, "build " + counted(builds_));
  }

 private:
  bool is_known(const std::string& model) const {
    const auto& names = there_.names;
    if (models_.contains(model) || std::ranges::find(names, model) != names.end())
      return true;
    // A server that knew its file's name before says another's: that is no alias.
    const bool is_other_file = !names.empty() && model.ends_with(".gguf");
    return models_.empty() && !is_other_file;
  }

  static Error failure(std::string_view now, std::string_view then) {
    return {Fault::rejected,
            fmt::format("answered by {}, expected {}", for_terminal_line(now), then)};
  }

  const RunKey& key_;
  const Answerer& there_;
  std::map<std::string, std::int64_t> models_, builds_;
};

// A reply of somebody else is kept as a failure, and the run is to end.
std::optional<Error> turn_away(const Evaluation& evaluation, Authors& authors,
                               std::vector<Attempt>& attempts) {
  std::optional<Error> fatal;
  for (Attempt& attempt : attempts) {
    if (!attempt.outcome) continue;
    const auto error =
        evaluation.mixed ? std::nullopt : authors.stranger(*attempt.outcome);
    if (!error) {
      authors.wrote(*attempt.outcome);
      continue;
    }
    attempt.outcome = tl::unexpected(*error);
    fatal = Error{Fault::usage,
                  fmt::format("{}: start that one again and give the same command, "
                              "take another --store, or go on with --mixed",
                              error->message)};
  }
  return fatal;
}

std::size_t characters_of(const Question& question) {
  const auto count = [](const std::string& text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
  };
  std::size_t sum = count(question.text);
  for (const std::string& choice : question.choices) sum += count(choice);
  return sum;
}

// What earlier runs of this plan have answered. Their failures are asked again.
Status reuse_answers(const Evaluation& evaluation, Store& store, const Watch& watch,
                     Progress& progress, Authors& authors,
                     const std::stop_token& stop) {
  const auto& trials = evaluation.plan.trials;
  std::vector<TrialId> wanted(trials.begin(), trials.end());
  std::ranges::sort(wanted);
  TimePoint ticked = std::chrono::steady_clock::now();
  const auto see = [&](const StoredResult& result) -> Status {
    const TimePoint now = std::chrono::steady_clock::now();
    if (watch.tick && now - ticked >= watch.interval) {
      ticked = now;
      watch.tick(progress);
    }
    if (stop.stop_requested()) {
      return fail(Fault::cancelled, "nothing was asked yet");
    }
    if (result.attempt.outcome) authors.wrote(*result.attempt.outcome);
    if (!result.attempt.outcome || !std::ranges::binary_search(wanted, result.trial)) {
      return {};
    }
    Graded graded = grade(evaluation, result.trial, result.attempt);
    graded.attempts = result.attempts;
    ++progress.reused;
    count_graded(graded, progress);
    tell(watch, graded, progress);
    return {};
  };
  const RunKey& key = evaluation.plan.info.key;
  // The engine's bodies tell what it computed; nobody else's are needed.
  return store.results(key.id(), key.provider == "gguf", see);
}

}  // namespace

Prompt prompt_for(const Evaluation& evaluation, TrialId trial) {
  const Question& question = question_of(evaluation, trial);
  const auto shots = evaluation.shots.find(question.subject);
  return render(evaluation.protocol,
                shots == evaluation.shots.end()
                    ? std::span<const Question>{}
                    : std::span<const Question>(shots->second),
                question);
}

MarkedAnswer mark_reply(const Extractor& extractor, const Question& question,
                        const Reply& reply) {
  const std::string labels = labels_of(question.choices.size());
  MarkedAnswer marked;
  marked.answer = extractor.read({.reply = reply.text,
                                  .labels = labels,
                                  .choices = question.choices,
                                  .finish_reason = reply.finish_reason});
  // Of several right choices the one that was named is the key.
  const auto letter = marked.answer.letter;
  const bool names_right = letter && is_right(question, *letter);
  marked.mark =
      mark_of(marked.answer, names_right ? *letter : letter_of(question.right),
              reply.finish_reason);
  return marked;
}

Graded grade(const Evaluation& evaluation, TrialId trial, const Attempt& attempt) {
  const Question& question = question_of(evaluation, trial);
  Graded graded{
      .trial = trial, .question = &question, .attempt = &attempt, .attempts = 1};
  if (!attempt.outcome) return graded;
  const MarkedAnswer read =
      mark_reply(*evaluation.extractor, question, *attempt.outcome);
  graded.answer = read.answer;
  graded.mark = read.mark;
  return graded;
}

void PromptSizes::add(std::int64_t tokens, std::size_t question) {
  // No context is smaller; and where a server counts what it had not yet cached, or no
  // more than a fake does, the numbers are small.
  constexpr std::int64_t least = 500;
  if (tokens < least) return;
  // Eight characters a token are more than any language has over a whole question.
  if (question > 8 * static_cast<std::size_t>(tokens)) ++impossible;
  if (tokens < most_tokens) return;
  if (tokens > most_tokens) {
    most_tokens = tokens;
    at_most = 0;
    shortest = longest = question;
  }
  ++at_most;
  shortest = std::min(shortest, question);
  longest = std::max(longest, question);
}

std::int64_t PromptSizes::cut() const {
  // Two prompts may have the same number by chance; three of such different lengths
  // that all have the largest one have not.
  const bool is_a_wall = at_most >= 3 && 2 * longest >= 3 * shortest;
  return is_a_wall ? std::max(at_most, impossible) : impossible;
}

Lead lead_of(const Graded& graded) {
  if (!graded.attempt->outcome) return {};
  std::string right;
  for (const char letter : labels_of(graded.question->choices.size())) {
    if (is_right(*graded.question, letter)) right += letter;
  }
  Lead lead = lead_of(graded.attempt->outcome->logprobs, right);
  // An answer that another reader made of it is none of the arithmetic's.
  if (lead.is_right != (graded.mark == Mark::right)) lead.over_other_mark = Lead::none;
  return lead;
}

void count_graded(const Graded& graded, Progress& progress) {
  progress.tally.add(graded.question->subject, graded.mark);
  if (!graded.attempt->outcome) {
    const std::string& why = graded.attempt->outcome.error().message;
    if (progress.reasons.size() < most_reasons || progress.reasons.contains(why)) {
      ++progress.reasons[why];
    }
    return;
  }
  const Reply& reply = *graded.attempt->outcome;
  const Tokens& tokens = reply.tokens;
  count_empty(reply, graded.mark, progress);
  if (reply.finish_reason == "scored") {
    const std::size_t known = reply.logprobs.size();
    progress.unknown_letters += known < graded.question->choices.size() ? 1 : 0;
    progress.no_letters += known == 0 ? 1 : 0;
    if (known > 0) progress.leads.push_back(lead_of(graded));
  }
  if (!reply.model.empty() || !reply.build.empty())
    ++progress.sources[{reply.model, reply.build}];
  progress.prompt_tokens += tokens.prompt.value_or(0);
  progress.sizes.add(tokens.prompt.value_or(0), characters_of(*graded.question));
  progress.reply_tokens += tokens.reply.value_or(0);
  progress.decoded_tokens += decoded_tokens(*graded.attempt).value_or(0);
}

Result<Outcome> run(const Evaluation& evaluation, Backend& backend, Store& store,
                    const Watch& watch, std::stop_token stop,
                    std::stop_token stop_now) {
  const Plan& plan = evaluation.plan;
  Outcome outcome;
  Progress& progress = outcome.progress;
  progress.planned = static_cast<std::int64_t>(plan.trials.size());
  Authors authors(evaluation);
  TRY(reuse_answers(evaluation, store, watch, progress, authors, stop));
  if (!evaluation.mixed && progress.reused < progress.planned)
    outcome.fatal = authors.of_another_build();
  while (true) {
    if (stop.stop_requested() && !outcome.interrupted) {
      outcome.interrupted = true;
      backend.cancel(Cancel::waiting);
    }
    if (stop_now.stop_requested()) backend.cancel(Cancel::all);
    if (!outcome.interrupted && !outcome.fatal &&
        !backend.fatal()) {  // start as many as there is room for
      for (const TrialId trial : TRY(store.claim(plan, backend.room()))) {
        backend.start(trial, prompt_for(evaluation, trial));
        ++progress.under_way;
      }
    }
    if (progress.under_way == 0) break;
    std::vector<Record> records;  // what has come back
    std::vector<bool> ended;
    for (Completion& done :
         backend.wait(std::chrono::steady_clock::now() + watch.interval)) {
      assert(!done.attempts.empty());
      --progress.under_way;
      const bool cancelled = was_cancelled(done);
      drop_cancelled(done);
      if (done.attempts.empty()) continue;
      auto fatal = turn_away(evaluation, authors, done.attempts);
      if (fatal && !outcome.fatal) {
        outcome.fatal = std::move(fatal);
        backend.cancel(Cancel::waiting);  // what is on its way may be paid for
      }
      progress.requests += static_cast<std::int64_t>(done.attempts.size());
      records.push_back({done.trial, std::move(done.attempts)});
      ended.push_back(!cancelled);
    }
    if (!records.empty())
      TRY(store.append(plan, records));  // keep it before it is told
    for (std::size_t i = 0; i < records.size(); ++i) {
      if (!ended[i]) continue;
      Graded graded = grade(evaluation, records[i].trial, records[i].attempts.back());
      graded.attempts = static_cast<std::int64_t>(records[i].attempts.size());
      count_graded(graded, progress);
      tell(watch, graded, progress);
    }
    if (watch.tick) watch.tick(progress);
  }
  if (!outcome.fatal) outcome.fatal = backend.fatal();
  return outcome;
}

}  // namespace proctor
