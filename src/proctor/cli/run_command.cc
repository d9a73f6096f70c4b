#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>

#include <unistd.h>

#include "proctor/cli/applicable.h"
#include "proctor/cli/asked_model.h"
#include "proctor/cli/commands.h"
#include "proctor/cli/dry_run.h"
#include "proctor/cli/evaluation.h"
#include "proctor/cli/hub_download.h"
#include "proctor/cli/run_name.h"
#include "proctor/hub/hub.h"
#include "proctor/study/study.h"

namespace proctor {
namespace {

// Signal handlers have no argument: this is what they write, and the only such state.
std::atomic<int> signals_seen = 0;
std::atomic<int> last_signal = 0;
std::atomic<bool> second_leaves = false;
static_assert(std::atomic<int>::is_always_lock_free &&
              std::atomic<bool>::is_always_lock_free);

int exit_code_of(int signal) {
  return signal == SIGTERM ? terminated : ExitCode::interrupted;
}

extern "C" void note_signal(int number) {
  last_signal = number;
  if (signals_seen.fetch_add(1) > 0 && second_leaves) ::_exit(exit_code_of(number));
}

// SIGINT and SIGTERM ask to stop, as long as this lives.
class SignalWatch {
 public:
  SignalWatch() {
    signals_seen = 0;
    struct sigaction action {};
    action.sa_handler = note_signal;
    ::sigaction(SIGINT, &action, &old_int_);
    ::sigaction(SIGTERM, &action, &old_term_);
  }
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;
  ~SignalWatch() {
    ::sigaction(SIGINT, &old_int_, nullptr);
    ::sigaction(SIGTERM, &old_term_, nullptr);
  }
  int seen() const { return signals_seen; }
  int exit_code() const { return exit_code_of(last_signal); }
  // Whether the second one ends the program at once: while nothing is asked.
  void let_second_leave(bool yes) const { second_leaves = yes; }

 private:
  struct sigaction old_int_ {
  }, old_term_{};
};

// What a person sees while it runs, and when it has ended.
class Screen {
 public:
  Screen(const Evaluation& evaluation, const Arguments& arguments, World& world,
         Language language, std::string place)
      : console_(world.console),
        language_(language),
        place_(std::move(place)),
        is_quiet_(arguments.has("--quiet")),
        shows_(arguments.has("--show")),
        json_(arguments.has("--json")),
        in_order_(evaluation.plan.trials) {}

  void saw(const Graded& graded) {
    if (shows_) put(in_order_.add(graded));
  }
  void tick(const Progress& progress) {
    if (is_quiet_ || !console_.err_is_terminal()) return;
    const int width = console_.width() - display_width(place_);
    console_.progress(place_ + progress_line(progress, elapsed(), width, language_));
  }
  void end(const Progress& progress) {
    if (shows_) put(in_order_.rest());
    tick(progress);
    console_.end_progress(true);
  }
  std::chrono::milliseconds elapsed() const {
    return std::chrono::floor<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - started_);
  }

 private:
  // stdout is JSON's alone where it was asked for.
  void put(std::string text) {
    if (text.empty()) return;
    if (!json_) return console_.print(text);
    if (text.ends_with('\n')) text.pop_back();
    console_.say(text);
  }

  Console& console_;
  Language language_;
  std::string place_;  // "(1/3) ", or empty
  bool is_quiet_, shows_, json_;
  InOrder in_order_;
  TimePoint started_ = std::chrono::steady_clock::now();
};

std::string next_step(const Arguments& arguments, const ScoredRun& run,
                      Language language) {
  const bool ja = language == Language::ja;
  const std::string report =
      fmt::format("proctor report {}{}", run.short_id(), store_option(arguments));
  const std::int64_t left = run.planned - run.ended() + run.ledger().failed;
  const Ledger& ledger = run.ledger();
  if (left == 0 && 2 * ledger.unread > ledger.n()) {  // it may be the reader
    const std::string audit =
        fmt::format("proctor audit {}{}", run.short_id(), store_option(arguments));
    return ja ? fmt::format("次は: {}（他の読み取り器が読めるもの）、または {}", audit,
                            report)
              : fmt::format("next: {} shows what other readers read; {}", audit,
                            report);
  }
  if (left == 0) return (ja ? "次は: " : "next: ") + report;
  const std::string count = with_thousands(left);
  return ja ? fmt::format("次は: 同じコマンドで残り {} 問を続行、または {}", count,
                          report)
            : fmt::format("next: the same command again asks the {} that are left; {}",
                          count, report);
}

// What a person can do about a provider's no.
std::string advice_on(const Error& error, const ModelChoice& choice,
                      const Arguments& arguments) {
  if (choice.provider == nullptr || !error.message.starts_with("HTTP 401")) return "";
  const std::string variables =
      join(key_variables_of(*choice.provider, arguments), " or ");
  return variables.empty() ? "; --api-key-env names the variable that holds the key"
                           : fmt::format("; is {} set and right?", variables);
}

int exit_code_of(const Outcome& outcome, const SignalWatch& signals) {
  if (outcome.interrupted) return signals.exit_code();
  if (outcome.fatal) {
    // Nobody there: nothing was asked yet.
    return outcome.fatal->fault == Fault::denied ? denied : misused;
  }
  return outcome.is_complete() ? complete : partial;
}

// The runs of one command: models by protocols.
struct Batch {
  std::size_t at = 0, of = 1;
  std::vector<ScoredRun> done;
  std::string place() const { return of > 1 ? fmt::format("({}/{}) ", at, of) : ""; }
};

// The evaluation under the name by which the store has its run.
Result<Evaluation> named_evaluation(const Exam& exam, const OpenModel& model,
                                    Answerer there, Store& store,
                                    const Arguments& arguments, World& world) {
  const ModelChoice& choice = model.choice;
  const std::string& engine = model.identity.of(exam);
  Evaluation evaluation = evaluation_of(
      exam, choice, arguments, engine.empty() ? server_in_name(there) : engine);
  RunInfo& info = evaluation.plan.info;
  RunName name = TRY(name_in_store(store, info.key, there));
  info.key = std::move(name.key);
  info.answerer = answerer_json(there);
  if (info.answerer.empty()) {  // who it was when it last said so
    for (const StoredRun& run : TRY(store.runs())) {
      if (run.id == info.key.id()) info.answerer = run.info.answerer;
    }
  }
  evaluation.answerer = std::move(there);
  evaluation.mixed = arguments.has("--mixed");
  if (arguments.has("--quiet")) return evaluation;
  if (!name.said.empty()) world.console.say(name.said);
  if (choice.provider != nullptr && choice.provider->tells == Tells::props &&
      evaluation.answerer.is_there && !evaluation.answerer.says_who()) {
    world.console.say(
        fmt::format("{}: the server does not say which model it has; its replies may",
                    for_terminal_line(choice.title())));
  }
  return evaluation;
}

Result<int> run_one(const Exam& exam, const OpenModel& model, Store& store,
                    const Arguments& arguments, World& world,
                    const SignalWatch& signals, Language language, Batch& batch) {
  Answerer there = TRY(
      who_is_there(model, arguments, world, [&signals] { return signals.seen() > 0; }));
  const std::unique_ptr<Backend> backend =
      TRY(ask_model(model, there, exam, arguments, world));
  const ModelChoice& choice = model.choice;
  const Evaluation evaluation =
      TRY(named_evaluation(exam, model, std::move(there), store, arguments, world));
  TRY(store.open(evaluation.plan));

  const std::string left_out = left_out_of(exam, choice, arguments);
  if (!left_out.empty() && !arguments.has("--quiet")) {
    world.console.say(
        fmt::format("{} is not sent {}", for_terminal_line(choice.title()), left_out));
  }
  Screen screen(evaluation, arguments, world, language, batch.place());
  std::stop_source stop, stop_now;
  std::optional<Error> death;  // of a server that was started for this
  std::string failure;         // the newest
  bool cut_is_said = false;
  Watch watch;
  watch.saw = [&](const Graded& graded, const Progress&) {
    screen.saw(graded);
    const auto& outcome = graded.attempt->outcome;
    if (!outcome) failure = outcome.error().message;
  };
  watch.tick = [&](const Progress& progress) {
    screen.tick(progress);
    if (signals.seen() >= 1 && stop.request_stop()) {
      world.console.say(
          language == Language::ja
              ? "停止します: 送信済みの問題の回答を待ちます（もう一度押すと破棄）"
              : "stopping: what is on its way is awaited, it may be paid for; "
                "once more drops it");
    }
    if (progress.account.sizes.cut() > 0 && !std::exchange(cut_is_said, true)) {
      world.console.say(fmt::format(
          "{}: prompts are cut: it read {} tokens of questions of different lengths; "
          "give it a longer context (OLLAMA_CONTEXT_LENGTH where ollama runs)",
          for_terminal_line(choice.title()),
          with_thousands(progress.account.sizes.most_tokens)));
    }
    if (model.server && !death) death = model.server->death();
    if (signals.seen() >= 2 || death) stop_now.request_stop();
    if (death) stop.request_stop();
  };
  auto outcome =
      run(evaluation, *backend, store, watch, stop.get_token(), stop_now.get_token());
  if (!outcome) {
    world.console.end_progress(true);
    if (outcome.error().fault == Fault::cancelled) {
      return tl::unexpected(outcome.error());
    }
    world.console.complain(outcome.error());
    return broke;
  }
  if (model.server && !death) death = model.server->death();
  if (death) outcome->fatal = death;
  screen.end(outcome->progress);
  ScoredRun scored{
      .info = evaluation.plan.info,
      .id = evaluation.plan.info.key.id(),
      .extract = evaluation.plan.info.extract,
      .subjects = subjects_title(outcome->progress.account.tally, *exam.dataset),
      .account = outcome->progress.account,
      .planned = outcome->progress.planned,
      .reused = outcome->progress.reused,
      .requests = outcome->progress.requests,
      .seconds = static_cast<double>(screen.elapsed().count()) / 1000,
      .fatal = outcome->fatal ? outcome->fatal->message : "",
      .failure = failure};
  for (const SubjectReplies& subject : TRY(store.subjects(scored.id)))
    scored.stored += subject.replied;
  const bool nobody_there = outcome->fatal && outcome->progress.requests > 0 &&
                            outcome->fatal->fault == Fault::network;
  if (outcome->fatal) {
    Error error = outcome->fatal->in(choice.title());
    error.message += advice_on(*outcome->fatal, choice, arguments);
    world.console.complain(error);
  }
  if (arguments.has("--json")) {
    world.console.print(summary_json(scored) + "\n");
  } else if (!nobody_there || scored.reused > 0) {
    world.console.print(summary_text(scored, language));
  }
  if (!arguments.has("--quiet") && scored.ended() > 0 && batch.of == 1) {
    world.console.say(next_step(arguments, scored, language));
  }
  batch.done.push_back(std::move(scored));
  if (death && signals.seen() == 0 && !outcome->is_complete()) return broke;
  return exit_code_of(*outcome, signals);
}

// From what is whole to what stopped everything.
int worse_of(int one, int other) {
  constexpr std::array order = {complete, partial, denied, misused, broke};
  const auto rank = [&](int code) {
    return std::ranges::find(order, static_cast<ExitCode>(code)) - order.begin();
  };
  return rank(other) > rank(one) ? other : one;
}

int not_opened(const Error& error, World& world, const SignalWatch& signals) {
  if (error.fault != Fault::cancelled) {
    world.console.complain(error);
    return misused;
  }
  world.console.say("stopped: " + error.message);
  return signals.exit_code();
}

// One model by all protocols: its file is read once, its server started once. What is
// wrong with one is said, and the others are run.
int run_model(const ModelChoice& choice, const std::vector<Exam>& exams, Store& store,
              const Arguments& arguments, World& world, const SignalWatch& signals,
              Language language, Batch& batch) {
  const std::size_t behind = batch.at + exams.size();
  std::optional<OpenModel> model;
  int worst = complete;
  for (const Exam& exam : exams) {
    // A server may have died once it had answered the last protocol.
    if (!model || (model->server && model->server->death())) {
      model.reset();
      signals.let_second_leave(true);
      auto opened = open_model(choice, arguments, world,
                               [&signals] { return signals.seen() > 0; });
      signals.let_second_leave(false);
      if (!opened) {
        batch.at = behind;
        return not_opened(opened.error(), world, signals);
      }
      model.emplace(*std::move(opened));
    }
    ++batch.at;
    if (batch.of > 1 && !arguments.has("--quiet")) {
      world.console.say(fmt::format("{}{}, {}", batch.place(),
                                    for_terminal_line(choice.title()),
                                    exam.protocol.name));
    }
    const auto code =
        run_one(exam, *model, store, arguments, world, signals, language, batch);
    if (!code && code.error().fault == Fault::cancelled)
      return not_opened(code.error(), world, signals);
    if (!code) world.console.complain(code.error());
    const int ended = code.value_or(misused);
    if (ended == broke || signals.seen() > 0) return ended;
    worst = worse_of(worst, ended);
  }
  return worst;
}

// The runs of one command beside each other.
void end_batch(const Batch& batch, const Arguments& arguments, World& world,
               Language language) {
  if (batch.of == 1 || batch.done.empty()) return;
  if (!arguments.has("--json")) {
    world.console.print("\n" + table_text(short_runs_table(batch.done, language),
                                          TableFormat::terminal,
                                          world.console.table_width()));
  }
  if (arguments.has("--quiet")) return;
  const bool ja = language == Language::ja;
  std::string ids;
  for (const ScoredRun& run : batch.done) ids += " " + run.short_id();
  const bool whole = batch.done.size() == batch.of &&
                     std::ranges::all_of(batch.done, &ScoredRun::is_complete);
  world.console.say(fmt::format(
      "{}{}{}{}", ja ? "次は: " : "next: ",
      whole ? ""
            : (ja ? "同じコマンドで続行、または "
                  : "the same command again asks what is left; "),
      batch.done.size() == 2 ? "proctor compare" + ids : "proctor report" + ids,
      store_option(arguments)));
}

}  // namespace

Result<int> run_command(const Arguments& arguments, World& world) {
  const Language language = TRY(language_of(arguments));
  std::vector<ModelChoice> choices;
  const bool asks = !arguments.has("--dry-run");
  for (std::string& spec : TRY(model_specs(arguments))) {
    if (asks && is_hub_model(spec)) {
      spec = TRY(download_model(spec, arguments, world));
    }
    choices.push_back(TRY(choose_model(spec, arguments, world.environment, asks)));
  }
  TRY(check_options_apply(choices, arguments));
  if (!arguments.has("--quiet")) {
    for (const ModelChoice& choice : choices) say_where(choice, world);
  }
  const std::vector<Exam> exams = TRY(prepare_exams(arguments, world));
  for (const ModelChoice& choice : choices) {
    for (const Exam& exam : exams) TRY(check_can_be_sent(exam, choice, arguments));
  }
  if (arguments.has("--dry-run")) {
    TRY(tell_dry_run(choices, exams, arguments, world));
    return complete;
  }
  const auto store =
      TRY(open_sqlite_store(store_path(arguments), OpenMode::read_write).in("--store"));
  const SignalWatch signals;
  Batch batch{.of = choices.size() * exams.size()};
  int worst = complete;
  for (const ModelChoice& choice : choices) {
    const int code =
        run_model(choice, exams, *store, arguments, world, signals, language, batch);
    worst = worse_of(worst, code);
    if (code == broke || signals.seen() > 0) {
      worst = code;
      break;
    }
  }
  end_batch(batch, arguments, world, language);
  return worst;
}

}  // namespace proctor
