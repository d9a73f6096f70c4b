#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>

#include <unistd.h>

#include "proctor/cli/specs.h"

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

// What the command was told, and whom it tells.
struct Session {
  const Arguments& arguments;
  World& world;
  Language language;
  const SignalWatch& signals;
  const RunNotes& notes;
  ProgressForm form;
  bool is_quiet = arguments.has("--quiet");
  bool as_json = arguments.has("--json");
};

// What a person sees while it runs, and when it has ended.
class Screen {
 public:
  Screen(const Evaluation& evaluation, const OpenModel& model, const Session& session,
         const std::string& place)
      : console_(session.world.console),
        engine_(model.engine.get()),
        shows_(session.arguments.has("--show")),
        json_(session.as_json),
        in_order_(evaluation.plan.trials),
        teller_(session.form, place, session.language) {}

  void saw(const Graded& graded) {
    if (shows_) put(in_order_.add(graded));
  }
  void tick(const Progress& progress) {
    const std::int64_t computed = engine_ == nullptr ? 0 : engine_->computed();
    console_.show(teller_.form(), teller_.tell(progress, computed, console_.width()));
  }
  void end(const Progress& progress) {
    if (shows_) put(in_order_.rest());
    tick(progress);
    console_.end_progress(true);
  }

 private:
  // stdout is JSON's alone where it was asked for. Whoever follows a log sees it now.
  void put(std::string text) {
    if (text.empty()) return;
    if (!json_) return console_.print_now(text);
    if (text.ends_with('\n')) text.pop_back();
    console_.say(text);
  }

  Console& console_;
  const Engine* engine_;  // null where a server computes
  bool shows_, json_;
  InOrder in_order_;
  ProgressTeller teller_;
};

int exit_code_of(const RunEnd& end, const SignalWatch& signals) {
  const Outcome& outcome = end.outcome;
  if (outcome.interrupted) return signals.exit_code();
  if (outcome.fatal && outcome.fatal->fault != Fault::cancelled) {
    // Nobody there: nothing was asked yet.
    return outcome.fatal->fault == Fault::denied ? denied : misused;
  }
  return end.is_whole() ? complete : partial;
}

// The runs of one command: models by protocols.
struct Batch {
  std::size_t at = 0, of = 1;
  std::vector<ScoredRun> done;
  std::string place() const { return of > 1 ? fmt::format("({}/{}) ", at, of) : ""; }
};

// Tells what a run under way has come to, and hands signals on to it.
class Teller {
 public:
  Teller(const OpenModel& model, const Session& session, std::string place)
      : model_(model), session_(session), place_(std::move(place)) {}

  RunWatch watch() {
    return {
        .begins =
            [this](const Evaluation& evaluation) {
              screen_.emplace(evaluation, model_, session_, place_);
            },
        .saw = [this](const Graded& graded, const Progress&) { screen_->saw(graded); },
        .tick = [this](const Progress& progress) { tick(progress); },
        .stop = stop_.get_token(),
        .stop_now = stop_now_.get_token()};
  }
  std::optional<Screen>& screen() { return screen_; }

 private:
  void tick(const Progress& progress) {
    Console& console = session_.world.console;
    screen_->tick(progress);
    if (session_.signals.seen() >= 1 && stop_.request_stop()) {
      console.say(stopping_text(session_.language));
    }
    const PromptSizes& sizes = progress.account.sizes;
    if (sizes.cut() > 0 && !std::exchange(cut_is_said_, true))
      console.tell(cut_prompts_warning(model_.choice.title(), sizes));
    if (session_.signals.seen() >= 2) stop_now_.request_stop();
  }

  const OpenModel& model_;
  const Session& session_;
  std::string place_;
  std::optional<Screen> screen_;  // once it has begun
  std::stop_source stop_, stop_now_;
  bool cut_is_said_ = false;
};

// What is printed of a run that has ended.
void tell_end(const RunEnd& end, const ModelChoice& choice, const Session& session,
              bool is_alone) {
  Console& console = session.world.console;
  const ScoredRun& scored = end.scored;
  const std::optional<Error>& fatal = end.outcome.fatal;
  const bool nobody_there =
      fatal && scored.requests > 0 && fatal->fault == Fault::network;
  if (fatal) {
    Error error = fatal->in(choice.title());
    error.message += advice_on(*fatal, choice);
    console.complain(error);
  }
  if (session.as_json) {
    console.print(summary_json(scored) + "\n");
  } else if (!nobody_there || scored.reused > 0) {
    console.print(summary_text(scored, session.language));
  }
  if (!session.is_quiet && scored.ended() > 0 && is_alone)
    console.say(next_step(scored, session.language, store_option(session.arguments),
                          !session.notes.again.empty()));
}

Result<int> run_one(const Exam& exam, const OpenModel& model, Store& store,
                    const ExamWorld& outside, const Session& session, Batch& batch) {
  const ModelChoice& choice = model.choice;
  RunNotes notes = session.notes;
  notes.command = command_of(exam, choice, session.arguments);
  Teller teller(model, session, batch.place());
  auto end = run_exam(exam, model, notes, store, outside, teller.watch());
  if (!end) {
    session.world.console.end_progress(true);
    if (!teller.screen() || end.error().fault == Fault::cancelled)
      return tl::unexpected(end.error());
    session.world.console.complain(end.error());
    return broke;
  }
  end->scored.fatal = with_flags(end->scored.fatal);
  teller.screen()->end(end->outcome.progress);
  tell_end(*end, choice, session, batch.of == 1);
  const bool is_broken =
      end->server_died && session.signals.seen() == 0 && !end->outcome.is_complete();
  const int code = is_broken ? broke : exit_code_of(*end, session.signals);
  batch.done.push_back(std::move(end->scored));
  return code;
}

// From what is whole to what stopped everything.
int worse_of(int one, int other) {
  constexpr std::array order = {complete, partial, denied, misused, broke};
  const auto rank = [&](int code) {
    return std::ranges::find(order, static_cast<ExitCode>(code)) - order.begin();
  };
  return rank(other) > rank(one) ? other : one;
}

int not_opened(const Error& error, const Session& session) {
  if (error.fault != Fault::cancelled) {
    session.world.console.complain(error);
    return misused;
  }
  session.world.console.tell("stopped: " + error.message);
  return session.signals.exit_code();
}

// One model by all protocols: its file is read once, its server started once. What is
// wrong with one is said, and the others are run.
int run_model(const ModelChoice& choice, const std::vector<Exam>& exams, Store& store,
              const Session& session, Batch& batch) {
  Console& console = session.world.console;
  ExamWorld outside = exam_world(session.arguments, session.world);
  outside.is_stopped = [&] { return session.signals.seen() > 0; };
  const std::size_t behind = batch.at + exams.size();
  std::optional<OpenModel> model;
  int worst = complete;
  for (const Exam& exam : exams) {
    // A server may have died once it had answered the last protocol.
    if (!model || (model->server && model->server->death())) {
      model.reset();
      session.signals.let_second_leave(true);
      ProgressTeller teller(session.form, "", session.language);
      outside.prepares = [&](std::string_view what, double share) {
        const std::string line = fmt::format("{}: {}", choice.title(), what);
        console.show(session.form, teller.prepare(translated(session.language, line),
                                                  share, console.width()));
      };
      auto opened = open_model(choice, outside);
      session.signals.let_second_leave(false);
      console.end_progress(false);
      if (!opened) {
        batch.at = behind;
        return not_opened(opened.error(), session);
      }
      model.emplace(*std::move(opened));
    }
    ++batch.at;
    if (batch.of > 1 && !session.is_quiet) {
      console.say(fmt::format("{}{}, {}", batch.place(),
                              for_terminal_line(choice.title()), exam.protocol.name));
    }
    const auto code = run_one(exam, *model, store, outside, session, batch);
    if (!code && code.error().fault == Fault::cancelled)
      return not_opened(code.error(), session);
    if (!code) console.complain(code.error());
    const int ended = code.value_or(misused);
    if (ended == broke || session.signals.seen() > 0) return ended;
    worst = worse_of(worst, ended);
  }
  return worst;
}

// The runs of one command beside each other.
void end_batch(const Batch& batch, const Session& session) {
  if (batch.of == 1 || batch.done.empty()) return;
  Console& console = session.world.console;
  if (!session.as_json) {
    console.print("\n" + table_text(runs_table(batch.done, session.language,
                                               console.table_width()),
                                    TableFormat::terminal, console.table_width()));
  }
  if (session.is_quiet) return;
  console.say(next_step(batch.done, batch.of, session.language,
                        store_option(session.arguments)));
}

// ---- --dry-run --------------------------------------------------------------------

// One line a run. The store is read where there is one.
Status tell_dry_run(const std::vector<ModelChoice>& choices,
                    const std::vector<Exam>& exams, const RunNotes& notes,
                    const Arguments& arguments, World& world) {
  std::error_code error;
  const std::string place = store_path(arguments);
  const bool has_store = is_store_url(place) || std::filesystem::exists(place, error);
  const auto store = has_store ? TRY(open_for_reading(arguments)) : make_memory_store();
  const ExamWorld outside = exam_world(arguments, world);
  for (const ModelChoice& choice : choices) {
    for (const RunForecast& run :
         TRY(forecast_runs(choice, exams, *store, notes, outside)))
      world.console.print(arguments.has("--json")
                              ? forecast_json(run) + "\n"
                              : forecast_text(run, world.console.language()));
  }
  return {};
}

// What is named is here, and what is set is of use.
Result<std::vector<ModelChoice>> choose_models(const ExamSpec& exam,
                                               const Arguments& arguments, World& world,
                                               ProgressForm form, bool asks) {
  ExamWorld outside = exam_world(arguments, world);
  const Talk& talk = outside.talk;
  std::vector<ModelChoice> choices;
  for (ModelSpec& spec : TRY(model_specs(arguments))) {
    outside.downloads = [&console = world.console, form,
                         teller = std::make_shared<DownloadTeller>(
                             spec.name, form, world.console.language())](
                            std::uint64_t done, std::uint64_t total) {
      console.show(form, teller->tell(done, total, console.width()));
    };
    if (asks) spec = TRY(with_file_here(std::move(spec), outside));
    choices.push_back(TRY(choose_model(spec, world.environment, asks)));
  }
  TRY(check_applies(choices.front().spec, exam, choices));
  for (const ModelChoice& choice : choices) {
    if (const std::string line = where_asked(choice); talk && !line.empty()) talk(line);
  }
  return choices;
}

Result<ProgressForm> form_of(const Arguments& arguments, const World& world) {
  const std::string how = arguments.get("--progress").value_or("auto");
  return progress_form(arguments.has("--quiet") ? "none" : how,
                       world.console.err_is_terminal());
}

struct Asked {
  std::vector<ModelChoice> choices;
  std::vector<Exam> exams;
};

Result<Asked> what_is_asked(const Arguments& arguments, World& world, bool asks) {
  const ProgressForm form = TRY(form_of(arguments, world));
  const ExamSpec spec = TRY(exam_spec(arguments));
  Asked asked{.choices = TRY(choose_models(spec, arguments, world, form, asks))};
  asked.exams = TRY(prepare_exams(arguments, world));
  TRY(check_applies(asked.choices.front().spec, asked.exams));
  for (const ModelChoice& choice : asked.choices) {
    for (const Exam& exam : asked.exams) TRY(check_can_be_sent(exam, choice));
  }
  return asked;
}

}  // namespace

Status check_run(const Arguments& arguments, World& world) {
  TRY(run_notes(arguments));
  TRY(what_is_asked(arguments, world, false));
  return {};
}

Result<int> run_command(const Arguments& arguments, World& world) {
  const Language language = world.console.language();
  const RunNotes notes = TRY(run_notes(arguments));
  const bool asks = !arguments.has("--dry-run");
  const auto [choices, exams] = TRY(what_is_asked(arguments, world, asks));
  if (!asks) {
    TRY(tell_dry_run(choices, exams, notes, arguments, world));
    return complete;
  }
  const auto store = TRY(open_for_writing(
      arguments, {.talk = exam_world(arguments, world).talk,
                  .is_stopped = [] { return signals_seen.load() > 0; }}));
  const SignalWatch signals;
  const Session session{arguments, world, language,
                        signals,   notes, TRY(form_of(arguments, world))};
  Batch batch{.of = choices.size() * exams.size()};
  int worst = complete;
  for (const ModelChoice& choice : choices) {
    const int code = run_model(choice, exams, *store, session, batch);
    worst = worse_of(worst, code);
    if (code == broke || signals.seen() > 0) {
      worst = code;
      break;
    }
  }
  end_batch(batch, session);
  return worst;
}

}  // namespace proctor
