#include "proctor/exam/open_model.h"

#include <charconv>
#include <random>
#include <thread>

#include <nlohmann/json.hpp>

#include "proctor/exam/evaluation.h"
#include "proctor/exam/own_server.h"
#include "proctor/exam/run_name.h"
#include "proctor/exam/same_model.h"
#include "proctor/exam/secrets.h"

namespace proctor {
namespace {

std::uint64_t chance() {
  std::random_device device;
  return static_cast<std::uint64_t>(device()) << 32U | device();
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

HttpBackendOptions server_options(const ModelChoice& choice, const Answerer& there,
                                  const ExamWorld& world, std::size_t questions) {
  const ModelSpec& spec = choice.spec;
  HttpBackendOptions options{.id_seed = chance(), .talk = world.talk};
  if (spec.timeout) {
    options.deadlines.total = *spec.timeout;
    options.deadlines.connect = std::min(options.deadlines.connect, *spec.timeout);
    options.deadlines.silence = std::min(options.deadlines.silence, *spec.timeout);
  }
  options.rates = {spec.rpm, spec.tpm, spec.rpd};
  // A server of this run's alone is asked by nobody else.
  if (choice.serve.empty())
    options.rates_folder = digest_cache(world.environment) / "rates";
  options.retries = spec.retries.value_or(options.retries);
  options.concurrency =
      spec.concurrency
          ? *spec.concurrency
          : parallelism(*choice.provider, world.environment)
                .value_or(there.slots.value_or(choice.provider->concurrency));
  options.concurrency =
      std::min(options.concurrency, std::max<std::size_t>(1, questions));
  return options;
}

std::unique_ptr<Backend> make_server_backend(const ModelChoice& choice,
                                             const Answerer& there,
                                             const ExamWorld& world,
                                             std::size_t questions) {
  const HttpBackendOptions options = server_options(choice, there, world, questions);
  return make_http_backend(*choice.provider, choice.model, options,
                           http_options(world.environment, options.concurrency));
}

// What fails at one address is tried at another, so that none has tries of its own.
Result<std::vector<Endpoint>> endpoints_of(const ModelChoice& choice, Form form,
                                           const ExamWorld& world,
                                           std::size_t questions) {
  std::vector<Endpoint> endpoints;
  for (const ModelPlace& place : TRY(places_of_one_model(choice, form, world))) {
    HttpBackendOptions options = server_options(choice, place.there, world, questions);
    options.retries = 0;
    const auto make = [provider = choice.provider, model = place.model, options,
                       http = http_options(world.environment, options.concurrency)] {
      HttpBackendOptions own = options;
      own.id_seed = chance();
      return make_http_backend(*provider, model, own, http);
    };
    endpoints.push_back({for_terminal_line(place.model.base_url), make});
  }
  if (!endpoints.empty()) return endpoints;
  return fail(Fault::network, "none of the {} servers answers",
              choice.also_at.size() + 1);
}

std::unique_ptr<Backend> make_shared_backend(const ModelChoice& choice,
                                             const Exam& exam, const ExamWorld& world) {
  PoolOptions options{.talk = world.talk};
  options.retries = choice.spec.retries.value_or(options.retries);
  return make_pool(
      [choice, form = exam.protocol.form, world, questions = exam.selection.size()] {
        return endpoints_of(choice, form, world, questions);
      },
      options);
}

EngineOptions engine_options(const ModelChoice& choice, const ExamWorld& world) {
  const ModelSpec& spec = choice.spec;
  return {.model = choice.file,
          .exact = spec.exact,
          .float32 = spec.precision == Precision::f32,
          .threads = spec.threads.value_or(0),
          .gpu_layers = spec.gpu_layers.value_or(-1),
          .context = spec.context.value_or(0),
          .chat_template = spec.chat_template.value_or(""),
          .date = spec.template_date,
          .cache = digest_cache(world.environment),
          .talk = world.talk};
}

// How many tokens the longest prompt may be, as a power of two: ollama cuts what is
// longer than its own setting, and says nothing. Two bytes a token are fewer than any
// language has with today's vocabularies. One number for all, for another makes ollama
// load the model anew; it changes no answer, so it is in no run's name.
std::optional<int> context_needed(const Exam& exam, const ModelChoice& choice) {
  const bool can_be_told =
      exam.protocol.scoring == Scoring::letters && exam.protocol.form == Form::text;
  if (!can_be_told || choice.model.context) return choice.model.context;
  const Evaluation evaluation = evaluation_of(exam, choice);
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
                                       const ExamWorld& world) {
  const std::string command = command_in_name(command_to_keep(choice.serve));
  nlohmann::json json = {{"serve", command}};
  if (!choice.file.empty()) {
    json["model"] = TRY(model_digest(choice.file, digest_cache(world.environment),
                                     world.talk, world.is_stopped));
  }
  const auto dumped = [](const nlohmann::json& part) {
    return part.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  };
  nlohmann::json text = json;
  text["serve"] = without_template(command);
  // A file may say something else tomorrow; a name may not.
  const std::string asked = choice.spec.chat_template.value_or("");
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

Result<EngineIdentity> identity_beforehand(const ModelChoice& choice,
                                           const ExamWorld& world) {
  if (!choice.serve.empty()) return server_identity(choice, world);
  if (!choice.is_in_process()) return EngineIdentity();
  EngineForecast told = TRY(forecast(engine_options(choice, world), {}));
  return EngineIdentity{std::move(told.identity), std::move(told.text_identity)};
}

Result<std::int64_t> tokens_of_file(const ModelChoice& choice,
                                    std::span<const Prompt> prompts,
                                    const ExamWorld& world) {
  std::vector<EngineRequest> requests;
  for (const Prompt& prompt : prompts) requests.push_back(engine_request(prompt));
  return TRY(forecast(engine_options(choice, world), requests)).prompt_tokens;
}

Result<OpenModel> open_model(const ModelChoice& choice, const ExamWorld& world) {
  OpenModel model{.choice = choice};
  if (!choice.serve.empty()) {
    model.identity = TRY(server_identity(choice, world));
    model.server = std::make_unique<Server>(TRY(start_server(choice, world)));
  } else if (choice.is_in_process()) {
    EngineOptions options = engine_options(choice, world);
    options.is_stopped = world.is_stopped;
    options.prepares = world.prepares;
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

Result<Answerer> who_is_there(const OpenModel& model, const ExamWorld& world) {
  constexpr std::chrono::milliseconds longest{600'000};
  if (model.choice.provider == nullptr) return Answerer{.is_there = true};
  const ModelChoice at = at_its_address(model);
  const auto until =
      std::chrono::steady_clock::now() + at.spec.timeout.value_or(longest);
  HttpClient http(http_options(world.environment, 1));
  bool has_said = false;
  while (true) {
    Answerer there = who_answers(*at.provider, at.model, http);
    for (const Model& other : at.also_at)
      if (!there.is_there) there = who_answers(*at.provider, other, http);
    if (!there.is_loading || std::chrono::steady_clock::now() >= until) return there;
    if (!std::exchange(has_said, true) && world.talk)
      world.talk("the server is loading its model: waiting");
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    if (world.is_stopped && world.is_stopped())
      return fail(Fault::cancelled, "the server is loading its model");
  }
}

Result<std::unique_ptr<Backend>> ask_model(const OpenModel& model,
                                           const Answerer& there, const Exam& exam,
                                           const ExamWorld& world) {
  const ModelChoice& choice = model.choice;
  if (choice.provider != nullptr) {
    ModelChoice at = at_its_address(model);
    if (choice.provider->takes_context) at.model.context = context_needed(exam, choice);
    for (Model& other : at.also_at) other.context = at.model.context;
    if (!at.also_at.empty()) return make_shared_backend(at, exam, world);
    return make_server_backend(at, there, world, exam.selection.size());
  }
  if (!model.engine) {
    const auto seed = static_cast<std::uint64_t>(exam.seed.value_or(0));
    return make_baseline(choice.model.name, seed, chance());
  }
  if (exam.protocol.form != Form::text) {
    TRY(model.engine->can_chat(exam.protocol.sampling.reasoning)
            .in("`protocols` " + exam.protocol.name));
  }
  return make_engine_backend(model.engine,
                             {.model = choice.model.name, .id_seed = chance()});
}

}  // namespace proctor
