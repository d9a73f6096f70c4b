#include "proctor/cli/asked_model.h"

#include <charconv>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "proctor/cli/run_name.h"
#include "proctor/cli/secrets.h"

namespace proctor {
namespace {

std::uint64_t chance() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32U | device();
}

// "2026-01-31", where there is such a day.
std::optional<std::chrono::year_month_day> date_of(std::string_view text) {
  const std::vector<std::string> parts = split(text, '-');
  if (text.size() != 10 || parts.size() != 3 || parts[0].size() != 4) return {};
  std::array<int, 3> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const char* const end = parts[i].data() + parts[i].size();
    const auto [stop, error] = std::from_chars(parts[i].data(), end, numbers[i]);
    if (error != std::errc{} || stop != end || numbers[i] < 0) return {};
  }
  const std::chrono::year_month_day date{
      std::chrono::year(numbers[0]),
      std::chrono::month(static_cast<unsigned>(numbers[1])),
      std::chrono::day(static_cast<unsigned>(numbers[2]))};
  return date.ok() ? std::optional(date) : std::nullopt;
}

// How many requests a server takes at once, where its own variable says so here too.
std::optional<std::size_t> parallelism(const Provider& provider,
                                       const Environment& environment) {
  if (provider.concurrency_variable.empty()) return std::nullopt;
  const std::string text =
      environment.get(std::string(provider.concurrency_variable)).value_or("");
  std::size_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool fits =
      error == std::errc{} && stop == end && number >= 1 && number <= 4096;
  return fits ? std::optional(number) : std::nullopt;
}

Result<std::unique_ptr<Backend>> make_server_backend(const ModelChoice& choice,
                                                     const Answerer& there,
                                                     const Arguments& arguments,
                                                     World& world,
                                                     std::size_t questions) {
  const auto timeout = TRY(arguments.decimal("--timeout", 0.001, 86'400));
  const auto retries = TRY(arguments.whole("--retries", 0, 1000));
  const auto asked = TRY(arguments.whole("--concurrency", 1, 4096));
  HttpBackendOptions options{.id_seed = chance()};
  if (timeout) {
    const std::chrono::milliseconds total(static_cast<std::int64_t>(*timeout * 1000));
    options.deadlines.total = total;
    options.deadlines.connect = std::min(options.deadlines.connect, total);
    options.deadlines.silence = std::min(options.deadlines.silence, total);
  }
  if (retries) options.retries = static_cast<int>(*retries);
  if (asked) {
    options.concurrency = static_cast<std::size_t>(*asked);
  } else {
    options.concurrency =
        parallelism(*choice.provider, world.environment)
            .value_or(there.slots.value_or(choice.provider->concurrency));
  }
  options.concurrency =
      std::min(options.concurrency, std::max<std::size_t>(1, questions));
  options.talk = talk_of(arguments, world);
  return make_http_backend(*choice.provider, choice.model, options,
                           http_options(world.environment, options.concurrency));
}

// The day that chat templates are to be told, where one is said.
Result<std::optional<std::chrono::year_month_day>> template_date(
    const Arguments& arguments) {
  const auto said = arguments.get("--template-date");
  if (!said) return std::nullopt;
  if (*said == "today") {
    const auto now = std::chrono::system_clock::now();
    return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now));
  }
  const auto date = date_of(*said);
  if (date) return *date;
  return fail(Fault::usage, "--template-date: found {}, expected YYYY-MM-DD or today",
              *said);
}

Result<EngineOptions> engine_options(const ModelChoice& choice,
                                     const Arguments& arguments, World& world) {
  EngineOptions options{.model = choice.file, .exact = arguments.has("--exact")};
  if (const auto precision = arguments.get("--precision")) {
    if (*precision != "f32")
      return fail(Fault::usage, "--precision: found {}, expected f32", *precision);
    options.float32 = true;
  }
  options.threads =
      static_cast<int>(TRY(arguments.whole("--threads", 1, 4096)).value_or(0));
  options.gpu_layers =
      static_cast<int>(TRY(arguments.whole("--gpu-layers", 0, 100'000)).value_or(-1));
  options.context =
      static_cast<int>(TRY(arguments.whole("--context", 64, 100'000'000)).value_or(0));
  options.chat_template = arguments.get("--chat-template").value_or("");
  options.date = TRY(template_date(arguments));
  options.cache = digest_cache(world.environment);
  options.talk = talk_of(arguments, world);
  return options;
}

// How many tokens the longest prompt may be, as a power of two: ollama cuts what is
// longer than its own setting, and says nothing. Two bytes a token are fewer than any
// language has with today's vocabularies. One number for all, for another makes ollama
// load the model anew; it changes no answer, so it is in no run's name.
std::optional<int> context_needed(const Exam& exam, const ModelChoice& choice,
                                  const Arguments& arguments) {
  const bool can_be_told =
      exam.protocol.scoring == Scoring::letters && exam.protocol.form == Form::text;
  if (!can_be_told || choice.model.context) return choice.model.context;
  const Evaluation evaluation = evaluation_of(exam, choice, arguments);
  std::size_t longest = 0;
  for (const TrialId trial : evaluation.plan.trials)
    longest = std::max(longest, prompt_for(evaluation, trial).text.size());
  constexpr int usual = 2048;  // the smallest that an ollama has by itself
  int tokens = usual;
  while (static_cast<std::size_t>(tokens) < longest / 2 + 2 && tokens < 1 << 20)
    tokens *= 2;
  return tokens == usual ? std::nullopt : std::optional(tokens);
}

// What a server of ours makes of a run: its command with the places in it, for the port
// is another every time, and which file the model is.
Result<EngineIdentity> server_identity(const ModelChoice& choice,
                                       const Arguments& arguments, World& world,
                                       const IsStopped& is_stopped) {
  const std::string command = command_in_name(command_to_keep(choice.serve));
  nlohmann::json json = {{"serve", command}};
  if (!choice.file.empty()) {
    json["model"] = TRY(model_digest(choice.file, digest_cache(world.environment),
                                     talk_of(arguments, world), is_stopped));
  }
  const auto dumped = [](const nlohmann::json& part) {
    return part.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  nlohmann::json text = json;
  text["serve"] = without_template(command);
  // A file may say something else tomorrow; a name may not.
  const std::string asked = arguments.get("--chat-template").value_or("");
  if (is_template_file(asked)) {
    json["serve"] = text["serve"];
    json["chat_template"] = sha256_hex(TRY(read_file(asked)));
  }
  return EngineIdentity{.chat = dumped(json), .text = dumped(text)};
}

}  // namespace

std::filesystem::path digest_cache(const Environment& environment) {
  const std::string home = environment.get("HOME").value_or("/tmp");
  return environment.get("XDG_CACHE_HOME").value_or(home + "/.cache") + "/proctor";
}

Talk talk_of(const Arguments& arguments, World& world) {
  if (arguments.has("--quiet")) return {};
  return
      [&world](std::string_view line) { world.console.say(for_terminal_line(line)); };
}

namespace {

// A thought that nothing is left of but another name for the run.
Status check_can_think(const Protocol& protocol) {
  const std::string& reasoning = protocol.sampling.reasoning;
  if (reasoning.empty() || reasoning == "off" || !protocol.answers_at_once()) return {};
  return fail(Fault::usage,
              "--reasoning {}: --protocol {} {}, so that nothing is thought before; "
              "leave it out, or say off",
              reasoning, protocol.name,
              protocol.scoring != Scoring::generate ? "scores the answer at once"
              : protocol.sampling.only_letters ? "is held to a letter by --only-letters"
                                               : "begins the reply itself");
}

}  // namespace

Status check_can_be_sent(const Exam& exam, const ModelChoice& choice,
                         const Arguments& arguments) {
  const Sampling& sampling = exam.protocol.sampling;
  if (sampling.only_letters && exam.protocol.scoring != Scoring::generate) {
    return fail(Fault::usage,
                "--only-letters: --protocol {} scores continuations, so no reply is "
                "written",
                exam.protocol.name);
  }
  if (choice.provider == nullptr) {
    if (!sampling.reasoning.empty() && choice.file.empty()) {
      return fail(Fault::usage, "--reasoning {}: {} cannot be told so",
                  sampling.reasoning, choice.title());
    }
    if (!sampling.reasoning.empty() && exam.protocol.form == Form::text) {
      return fail(
          Fault::usage,
          "--reasoning {}: the protocol sends bare text, which is only continued",
          sampling.reasoning);
    }
    if (sampling.only_letters && choice.file.empty()) {
      return fail(Fault::usage, "--only-letters: {} writes nothing else anyway",
                  choice.title());
    }
    return check_can_think(exam.protocol);
  }
  const Evaluation evaluation = evaluation_of(exam, choice, arguments);
  const Prompt first = prompt_for(evaluation, evaluation.plan.trials.front());
  const auto request = choice.provider->dialect->encode(choice.model, first);
  if (request) return check_can_think(exam.protocol);
  const Error& error = request.error();
  if (error.message.starts_with("--")) return tl::unexpected(error);
  return tl::unexpected(
      error.in(fmt::format("{}: --protocol {}", choice.title(), exam.protocol.name)));
}

Result<EngineIdentity> identity_beforehand(const ModelChoice& choice,
                                           const Arguments& arguments, World& world) {
  if (!choice.serve.empty()) return server_identity(choice, arguments, world, {});
  if (choice.provider != nullptr || choice.file.empty()) return EngineIdentity();
  const EngineOptions options = TRY(engine_options(choice, arguments, world));
  EngineForecast told = TRY(forecast(options, {}));
  return EngineIdentity{std::move(told.identity), std::move(told.text_identity)};
}

Result<std::int64_t> tokens_of_file(const ModelChoice& choice,
                                    std::span<const Prompt> prompts,
                                    const Arguments& arguments, World& world) {
  std::vector<EngineRequest> requests;
  for (const Prompt& prompt : prompts) requests.push_back(engine_request(prompt));
  const EngineOptions options = TRY(engine_options(choice, arguments, world));
  return TRY(forecast(options, requests)).prompt_tokens;
}

Result<OpenModel> open_model(const ModelChoice& choice, const Arguments& arguments,
                             World& world, const IsStopped& is_stopped) {
  OpenModel model{.choice = choice};
  if (!choice.serve.empty()) {
    model.identity = TRY(server_identity(choice, arguments, world, is_stopped));
    model.server = std::make_unique<Server>(
        TRY(start_server(choice, arguments, world, is_stopped)));
  } else if (choice.provider == nullptr && !choice.file.empty()) {
    EngineOptions options = TRY(engine_options(choice, arguments, world));
    options.is_stopped = is_stopped;
    model.engine = TRY(load_engine(std::move(options)));
    const EngineInfo& info = model.engine->info();
    model.identity = {info.identity, info.text_identity};
  }
  return model;
}

namespace {

// Where the model is asked: a server that was started for it has an address of its own.
ModelChoice at_its_address(const OpenModel& model) {
  ModelChoice at = model.choice;
  if (model.server) at.model.base_url = model.server->base_url();
  return at;
}

}  // namespace

Result<Answerer> who_is_there(const OpenModel& model, const Arguments& arguments,
                              World& world, const IsStopped& is_stopped) {
  if (model.choice.provider == nullptr) return Answerer{.is_there = true};
  const ModelChoice at = at_its_address(model);
  const auto most = TRY(arguments.decimal("--timeout", 0.001, 86'400)).value_or(600);
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::milliseconds(static_cast<std::int64_t>(most * 1000));
  HttpClient http(http_options(world.environment, 1));
  bool has_said = false;
  while (true) {
    Answerer there = who_answers(*at.provider, at.model, http);
    if (!there.is_loading || std::chrono::steady_clock::now() >= until) return there;
    if (!std::exchange(has_said, true) && !arguments.has("--quiet"))
      world.console.say("the server is loading its model: waiting");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (is_stopped()) return fail(Fault::cancelled, "the server is loading its model");
  }
}

Result<std::unique_ptr<Backend>> ask_model(const OpenModel& model,
                                           const Answerer& there, const Exam& exam,
                                           const Arguments& arguments, World& world) {
  const ModelChoice& choice = model.choice;
  if (choice.provider != nullptr) {
    ModelChoice at = at_its_address(model);
    if (choice.provider->takes_context)
      at.model.context = context_needed(exam, choice, arguments);
    return make_server_backend(at, there, arguments, world, exam.selection.size());
  }
  if (!model.engine) {
    const auto seed = TRY(arguments.whole("--seed", 0, INT64_MAX)).value_or(0);
    return make_baseline(choice.model.name, static_cast<std::uint64_t>(seed), chance());
  }
  if (exam.protocol.form != Form::text) {
    TRY(model.engine->can_chat(exam.protocol.sampling.reasoning)
            .in("--protocol " + exam.protocol.name));
  }
  return make_engine_backend(model.engine,
                             {.model = choice.model.name, .id_seed = chance()});
}

}  // namespace proctor
