#include "proctor/cli/evaluation.h"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "proctor/cli/run_again.h"
#include "proctor/cli/secrets.h"
#include "proctor/cli/serve_options.h"
#include "proctor/dataset/dataset.h"
#include "proctor/engine/engine.h"
#include "proctor/hub/hub.h"

namespace proctor {
namespace {

constexpr std::string_view seed_subject = "college_computer_science";
constexpr std::size_t most_named = 5;  // files of a folder

// Where the model's name stood, for an error.
std::string place_of(std::string_view spec, const Arguments& arguments) {
  const bool by_type = arguments.positional.empty() && arguments.has("--type");
  return by_type ? fmt::format("--type {}", arguments.get("--type").value_or(""))
                 : std::string(spec);
}

Result<std::string> key_for(const Provider& provider, const Arguments& arguments,
                            const Environment& environment, bool needs_key) {
  const auto variables = key_variables_of(provider, arguments);
  for (const std::string& variable : variables) {
    const auto key = environment.get(variable);
    if (!key) continue;
    for (const char c : *key) {
      if (c <= ' ' || c > '~') {
        return fail(Fault::usage, "{}: holds a blank or a character that no key has",
                    variable);
      }
    }
    return *key;
  }
  const bool is_needed = provider.key_is_needed || arguments.has("--api-key-env");
  if (needs_key && is_needed) {
    return fail(Fault::usage, "no key: set {0}, or put {0}=… into .env",
                join(variables, " or "));
  }
  return std::string();
}

Result<std::pair<std::string, std::string>> header_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  const bool fits = colon != std::string::npos && colon > 0 &&
                    text.find_first_of("\r\n") == std::string::npos;
  if (!fits) {
    // It may be a key without its name.
    return fail(
        Fault::usage, "--header: found {}, expected 'Name: value'",
        colon == std::string::npos ? "no colon in it" : "a line end or no name");
  }
  return std::pair(std::string(python_strip(text.substr(0, colon))),
                   std::string(python_strip(text.substr(colon + 1))));
}

Result<std::string> extra_body(const Arguments& arguments) {
  const auto text = arguments.get("--extra-body");
  if (!text) return std::string();
  const auto json = nlohmann::json::parse(*text, nullptr, false);
  if (!json.is_object()) {
    return fail(Fault::usage, "--extra-body: found {}, expected a JSON object",
                json.is_discarded() ? "what is no JSON" : json.type_name());
  }
  return json.dump();
}

// The limits of a reply, of which one of several protocols at least writes some. In the
// name of one that scores continuations they would part the batch's run from its own.
Status apply_limits(const Arguments& arguments, Sampling& sampling) {
  if (arguments.get("--max-tokens") == "default") {
    sampling.max_tokens.reset();
  } else if (const auto tokens = TRY(arguments.whole("--max-tokens", 1, 10'000'000))) {
    sampling.max_tokens = static_cast<int>(*tokens);
  }
  if (arguments.has("--stop")) {
    sampling.stop = arguments.all("--stop");
    std::erase(sampling.stop, "");  // an empty one: none, whatever the protocol has
  }
  return {};
}

Status apply_sampling(const Arguments& arguments, Sampling& sampling) {
  if (arguments.get("--temperature") == "default") {
    sampling.temperature.reset();
  } else if (const auto t = TRY(arguments.decimal("--temperature", 0, 100))) {
    sampling.temperature = *t;
  }
  if (const auto seed = TRY(arguments.whole("--seed", 0, INT64_MAX)))
    sampling.seed = *seed;
  if (arguments.has("--only-letters")) sampling.only_letters = true;
  return {};
}

Result<Protocol> choose_protocol(const std::string& name, const Arguments& arguments) {
  Protocol protocol = TRY(find_protocol(name).in("--protocol"));
  if (const auto shots = TRY(arguments.whole("--shots", 0, 1000))) {
    if (*shots > 0 && !protocol.takes_shots()) {
      return fail(Fault::usage, "--shots: the protocol {} has no place for examples",
                  protocol.name);
    }
    protocol.shots = static_cast<int>(*shots);
  }
  if (const auto system = arguments.get("--system")) {
    protocol.system = *system;
    if (system->empty()) protocol.templates.system.clear();  // none at all
  }
  if (protocol.scoring == Scoring::generate)
    TRY(apply_limits(arguments, protocol.sampling));
  TRY(apply_sampling(arguments, protocol.sampling));
  return protocol;
}

bool is_of_mmlu(const Dataset& dataset) {
  return std::ranges::any_of(dataset.questions, [](const Question& question) {
    return question.subject == seed_subject;
  });
}

// A full run costs money: MMLU's is asked for by --subject all.
std::string subjects_asked_for(const Arguments& arguments, const Dataset& dataset) {
  if (const auto subjects = arguments.get("--subject")) return *subjects;
  return is_of_mmlu(dataset) ? std::string(seed_subject) : "all";
}

// All that the shots of each subject may be taken from.
Result<std::vector<Question>> read_examples(const DatasetRequest& questions,
                                            const Arguments& arguments,
                                            const Protocol& protocol,
                                            DatasetWorld& world) {
  const auto file = arguments.get("--shots-from");
  if (file && file->ends_with(".jsonl")) return read_shots(*file);
  DatasetRequest request = questions;
  request.drop_bad_labels = false;  // examples carry no such labels
  if (file) {
    request.name = *file;
    request.split = "";  // a file is one split, whichever
  } else if (protocol.shots_from == "file") {
    return fail(Fault::usage,
                "--shots-from: the protocol {} takes its examples from a file of yours",
                protocol.name);
  } else {
    request.split = protocol.shots_from;
  }
  auto examples = read_dataset(request, world);
  // MMLU-Pro keeps them in validation; the other exams of the family in dev.
  if (!examples && request.split == "validation") {
    request.split = "dev";
    auto others = read_dataset(request, world);
    if (others) examples = std::move(others);
  }
  return TRY(std::move(examples).in("the examples")).questions;
}

Status take_shots(const DatasetRequest& questions, const Arguments& arguments,
                  DatasetWorld& world, Exam& exam) {
  if (exam.protocol.shots == 0) return {};
  const auto examples = TRY(read_examples(questions, arguments, exam.protocol, world));
  exam.protocol.shots_digest = digest_of(examples);
  for (const Question& question : examples) {
    exam.shots[question.subject].push_back(question);
  }
  for (const std::uint32_t ordinal : exam.selection) {
    const std::string& subject = exam.dataset->questions[ordinal].subject;
    const auto found = exam.shots.find(subject);
    const std::size_t have = found == exam.shots.end() ? 0 : found->second.size();
    if (have < static_cast<std::size_t>(exam.protocol.shots)) {
      return fail(Fault::usage, "--shots {}: {} has {} example{}", exam.protocol.shots,
                  subject, have, have == 1 ? "" : "s");
    }
  }
  return {};
}

// Header lines can pick another model behind the same address; the values stay secret.
std::string headers_digest(const Model& model) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : model.headers) {
    const std::string lowered = ascii_lower(name);
    if (lowered == "authorization" || lowered.find("api-key") != std::string::npos)
      continue;
    lines.push_back(lowered + ": " + value);
  }
  if (lines.empty()) return {};
  std::ranges::sort(lines);
  return sha256_hex(join(lines, "\n"));
}

std::string request_identity(const Model& model, const Arguments& arguments) {
  nlohmann::json json = nlohmann::json::object();
  if (!model.extra_body.empty()) {
    json["extra_body"] = nlohmann::json::parse(body_to_keep(model.extra_body));
  }
  if (model.context) json["context"] = *model.context;
  if (const auto headers = headers_digest(model); !headers.empty())
    json["headers"] = headers;
  if (model.provider == "baseline")
    json["seed"] = arguments.get("--seed").value_or("0");
  return json.dump();
}

// Where a server is asked, and what says so: a flag or a variable.
struct Address {
  std::string url, place;
};

// --base-url, else what the provider's own tools read, else the provider's own.
Result<Address> address_of(const Provider& provider, const Arguments& arguments,
                           const Environment& environment, const std::string& serve) {
  if (const auto url = arguments.get("--base-url")) return Address{*url, "--base-url"};
  if (!serve.empty()) return Address{};  // one of its own
  for (const std::string_view variable : provider.address_variables) {
    const auto url = environment.get(std::string(variable));
    if (!url) continue;
    const bool is_read = provider.read_address != nullptr;
    return Address{is_read ? provider.read_address(*url) : *url, std::string(variable)};
  }
  return Address{std::string(provider.base_url), ""};
}

// The address itself goes into the run's name and onto the screen; what is secret in it
// travels beside it: a user and a password as a header, a parameter in a query apart.
Status take_address(const Provider& provider, const Address& address, Model& model) {
  if (address.url.find('#') != std::string::npos) {
    return fail(Fault::usage,
                "found a # in the address; what stands behind it is never sent to a "
                "server: leave it out (a # of a password is written %23)");
  }
  const UrlAndUser parts = TRY(without_user(address.url));
  if (!parts.user.empty() || !parts.password.empty()) {
    const bool has_own = std::ranges::any_of(model.headers, [](const auto& header) {
      return ascii_lower(header.first) == "authorization";
    });
    if (!has_own) {
      model.headers.emplace_back(
          "Authorization", "Basic " + base64_of(parts.user + ":" + parts.password));
    }
  }
  model.base_url = normal_base_url(address_to_keep(parts.url), provider.name);
  const std::size_t mark = parts.url.find('?');
  if (mark == std::string::npos) return {};
  std::vector<std::string> secret;
  for (std::string& parameter : split(parts.url.substr(mark + 1), '&')) {
    if (is_secret_parameter(parameter.substr(0, parameter.find('='))))
      secret.push_back(std::move(parameter));
  }
  model.secret_query = join(secret, "&");
  return {};
}

// The server's part of a choice: address, key, and what is added to requests.
Status choose_server(const std::string& place, const Arguments& arguments,
                     const Environment& environment, bool needs_key,
                     ModelChoice& choice) {
  const Provider& provider = *choice.provider;
  Address address = TRY(address_of(provider, arguments, environment, choice.serve));
  if (address.url.empty() && choice.serve.empty()) {
    const std::vector<std::string> variables(provider.address_variables.begin(),
                                             provider.address_variables.end());
    return fail(Fault::usage, "{}: --base-url is missing: the server's address{}",
                place, variables.empty() ? "" : ", or set " + join(variables, " or "));
  }
  for (const std::string& header : arguments.all("--header")) {
    choice.model.headers.push_back(TRY(header_of(header)));
  }
  if (!address.url.empty())
    TRY(take_address(provider, address, choice.model).in(address.place));
  choice.asked_at = std::move(address.place);
  choice.model.key =
      TRY(key_for(provider, arguments, environment, needs_key).in(place));
  choice.model.secrets = secrets_given(arguments, environment);
  if (provider.takes_context) {
    const auto context = TRY(arguments.whole("--context", 64, 100'000'000));
    if (context) choice.model.context = static_cast<int>(*context);
  }
  choice.model.extra_body = TRY(extra_body(arguments));
  return {};
}

// In this process, or by a llama-server that is started for it.
Result<ModelChoice> choose_file(std::string_view spec, std::string serve,
                                const Arguments& arguments,
                                const Environment& environment, bool needs_key) {
  ModelChoice choice{.file = std::filesystem::path(spec), .serve = std::move(serve)};
  choice.model.provider = "gguf";
  choice.model.name = choice.file.filename().string();
  if (choice.serve.empty()) return choice;
  choice.model.provider = "llama";
  choice.provider = TRY(find_provider("llama"));
  TRY(choose_server(std::string(spec), arguments, environment, needs_key, choice));
  return choice;
}

// What lies on the disk by that name is meant: why it is no model.
Status check_path(std::string_view spec) {
  namespace fs = std::filesystem;
  std::error_code problem;
  const fs::path path(spec);
  if (fs::is_directory(path, problem)) {
    std::vector<std::string> files;
    for (fs::directory_iterator each(path, problem), end; !problem && each != end;
         each.increment(problem)) {
      if (each->path().extension() == ".gguf")
        files.push_back(each->path().filename().string());
    }
    std::ranges::sort(files);
    const bool are_more = files.size() > most_named;
    files.resize(std::min(files.size(), most_named));
    return fail(Fault::usage, "{}: a folder; expected a .gguf file in it ({}{})", spec,
                files.empty() ? "it has none" : "it has " + join(files, ", "),
                are_more ? ", …" : "");
  }
  if (!fs::is_regular_file(path, problem)) return {};
  TRY(read_model_file(path));
  return fail(Fault::usage,
              "{}: a GGUF file whose name does not end in .gguf; give it one that does",
              spec);
}

}  // namespace

std::string ModelChoice::title() const {
  return model.name.empty() ? model.provider : model.provider + "/" + model.name;
}

void say_where(const ModelChoice& choice, World& world) {
  const bool is_usual = choice.provider == nullptr || choice.asked_at.empty() ||
                        choice.asked_at.starts_with("--") ||
                        choice.model.base_url == choice.provider->base_url;
  if (is_usual) return;
  world.console.say(fmt::format(
      "{} is asked at {} ({})", for_terminal_line(choice.title()),
      for_terminal_line(url_to_show(choice.model.base_url)), choice.asked_at));
}

std::vector<std::string> key_variables_of(const Provider& provider,
                                          const Arguments& arguments) {
  if (const auto named = arguments.get("--api-key-env")) return {*named};
  return {provider.key_variables.begin(), provider.key_variables.end()};
}

Result<std::vector<std::string>> model_specs(const Arguments& arguments) {
  const auto type = arguments.get("--type");
  if (!type) {
    return arguments.positional.empty() ? std::vector<std::string>{"ollama"}
                                        : arguments.positional;
  }
  TRY(find_provider(*type).in("--type " + *type));
  std::vector<std::string> specs;
  for (const std::string& name : arguments.positional)
    specs.push_back(*type + "/" + name);
  if (specs.empty()) specs.push_back(*type);
  return specs;
}

Result<ModelChoice> choose_model(std::string_view spec, const Arguments& arguments,
                                 const Environment& environment, bool needs_key) {
  const std::string place = place_of(spec, arguments);
  std::string serve = TRY(server_command(spec, arguments, environment));
  const std::size_t slash = spec.find('/');
  const std::string_view provider_name = spec.substr(0, slash);
  const auto known = find_provider(provider_name);
  const bool is_file =
      spec.ends_with(".gguf") && !(known && (*known)->names_may_be_files);
  if (is_file || is_hub_model(spec)) {
    return choose_file(spec, std::move(serve), arguments, environment, needs_key);
  }
  const std::string_view name =
      slash == std::string_view::npos ? std::string_view() : spec.substr(slash + 1);
  ModelChoice choice{.serve = std::move(serve)};
  choice.model.provider = provider_name;
  choice.model.name = name;
  if (provider_name == "baseline") {
    TRY(make_baseline(name, 0, 0));
    return choice;
  }
  if (!known) TRY(check_path(spec));
  const Provider& provider = *TRY(find_provider(provider_name).in(place));
  choice.provider = &provider;
  if (name.empty()) choice.model.name = provider.default_model;
  if (choice.model.name.empty() && !provider.may_be_nameless) {
    return fail(Fault::usage, "{}: expected a model's name: {}/NAME", place,
                provider.name);
  }
  TRY(choose_server(place, arguments, environment, needs_key, choice));
  return choice;
}

namespace {

// As each is named, and what that is.
using NamedProtocol = std::pair<std::string, Protocol>;

// Of several protocols those are told of it that can make something of it.
Status apply_reasoning(const Arguments& arguments,
                       std::vector<NamedProtocol>& protocols) {
  const auto asked = arguments.get("--reasoning");
  if (!asked) return {};
  const auto words = reasoning_words();
  if (std::ranges::find(words, *asked) == words.end()) {
    const std::vector<std::string> known(words.begin(), words.end());
    return fail(Fault::usage, "--reasoning: found {}, expected {}{}", *asked,
                join(known, ", "), suggestion(*asked, known));
  }
  const auto can_be_told = [&](const NamedProtocol& named) {
    const Protocol& protocol = named.second;
    return protocol.form != Form::text &&
           (*asked == "off" || !protocol.answers_at_once());
  };
  const bool any_can = std::ranges::any_of(protocols, can_be_told);
  for (NamedProtocol& named : protocols) {
    if (!any_can || can_be_told(named)) named.second.sampling.reasoning = *asked;
  }
  return {};
}

Result<std::vector<NamedProtocol>> choose_protocols(const Arguments& arguments) {
  std::vector<NamedProtocol> protocols;
  for (const std::string& part :
       split(arguments.get("--protocol").value_or("seed"), ',')) {
    const std::string asked(python_strip(part));
    protocols.emplace_back(asked, TRY(choose_protocol(asked, arguments)));
    const std::string& name = protocols.back().second.name;
    const auto same = [&](const NamedProtocol& other) {
      return other.second.name == name;
    };
    if (std::ranges::count_if(protocols, same) > 1)
      return fail(Fault::usage, "--protocol: {} is named twice", name);
  }
  TRY(apply_reasoning(arguments, protocols));
  return protocols;
}

// Options of what a protocol does: one of several is enough, as with models.
Status check_options_of(const std::vector<NamedProtocol>& protocols,
                        const Arguments& arguments) {
  const auto none = [&](auto does) {
    return std::ranges::none_of(protocols, does, &NamedProtocol::second);
  };
  std::vector<std::string> names;
  for (const auto& [asked, protocol] : protocols) names.push_back(protocol.name);
  if (arguments.has("--shots-from") &&
      none([](const Protocol& protocol) { return protocol.shots > 0; })) {
    return fail(Fault::usage, "--shots-from: --protocol {} takes no examples here{}",
                join(names, ","),
                none([](const Protocol& protocol) { return protocol.takes_shots(); })
                    ? ""
                    : "; --shots K says how many");
  }
  for (const std::string_view option : {"--chat-template", "--template-date"}) {
    const auto is_chat = [](const Protocol& protocol) {
      return protocol.form != Form::text;
    };
    if (arguments.has(option) && none(is_chat)) {
      return fail(Fault::usage,
                  "{}: --protocol {} sends bare text, in which no chat template has a "
                  "part",
                  option, join(names, ","));
    }
  }
  for (const std::string_view option : {"--max-tokens", "--stop"}) {
    const bool writes = !none(
        [](const Protocol& protocol) { return protocol.scoring == Scoring::generate; });
    if (arguments.has(option) && !writes) {
      return fail(Fault::usage,
                  "{}: --protocol {} scores continuations, so no reply is written",
                  option, join(names, ","));
    }
  }
  return {};
}

// Data sets that were read, by split: the protocols of one command mostly share one.
using ReadSplits = std::map<std::string, std::shared_ptr<const Dataset>>;

Result<Exam> exam_of(NamedProtocol protocol, const Arguments& arguments,
                     DatasetWorld& outside, ReadSplits& splits) {
  Exam exam;
  exam.protocol_asked = std::move(protocol.first);
  exam.protocol = std::move(protocol.second);
  const std::string reader = arguments.get("--extract").value_or(exam.protocol.extract);
  exam.reader = TRY(find_reader(reader.empty() ? "first-letter" : reader)
                        .in(arguments.has("--extract") ? "--extract" : "the protocol"));
  TRY(find_aggregation(exam.protocol.aggregation).in("the protocol's aggregation"));
  DatasetRequest request;
  request.name = arguments.get("--dataset").value_or("cais/mmlu");
  request.split = arguments.get("--split").value_or(exam.protocol.split);
  request.cache_dir = arguments.get("--cache-dir").value_or("");
  request.subjects = arguments.get("--subject").value_or("");
  request.drop_bad_labels = arguments.has("--drop-bad-labels");
  if (const auto columns = arguments.get("--columns")) {
    request.columns = TRY(parse_columns(*columns).in("--columns"));
  }
  const auto limit = TRY(arguments.whole("--limit", 1, INT32_MAX));

  auto& dataset = splits[request.split];
  if (!dataset) {
    dataset = std::make_shared<const Dataset>(TRY(read_dataset(request, outside)));
  }
  exam.dataset = dataset;
  exam.subjects = subjects_asked_for(arguments, *exam.dataset);
  const auto most = limit ? std::optional(static_cast<int>(*limit)) : std::nullopt;
  exam.selection =
      TRY(select_questions(*exam.dataset, exam.subjects, most).in("--subject"));
  TRY(take_shots(request, arguments, outside, exam));
  return exam;
}

}  // namespace

Result<std::vector<Exam>> prepare_exams(const Arguments& arguments, World& world) {
  HttpClient http(http_options(world.environment, 8));
  DatasetWorld outside{world.environment,
                       http,
                       [&](std::string_view line) { world.console.say(line); },
                       {}};
  ReadSplits splits;
  std::vector<Exam> exams;
  std::vector<NamedProtocol> protocols = TRY(choose_protocols(arguments));
  TRY(check_options_of(protocols, arguments));
  for (NamedProtocol& protocol : protocols) {
    exams.push_back(TRY(exam_of(std::move(protocol), arguments, outside, splits)));
  }
  return exams;
}

Result<Exam> prepare_exam(const Arguments& arguments, World& world) {
  std::vector<Exam> exams = TRY(prepare_exams(arguments, world));
  if (exams.size() == 1) return std::move(exams.front());
  return fail(Fault::usage, "--protocol: found {} protocols, expected one",
              exams.size());
}

namespace {

// The protocol's sampling for that provider, before the model's own refusals.
Sampling sampling_asked(const Protocol& protocol, const ModelChoice& choice,
                        const Arguments& arguments) {
  Sampling sampling = protocol.sampling;
  const auto limit = protocol.max_tokens_for.find(choice.model.provider);
  if (limit != protocol.max_tokens_for.end() && !sampling.max_tokens &&
      !arguments.has("--max-tokens")) {
    sampling.max_tokens = limit->second;
  }
  return sampling;
}

SentSampling sent_sampling(const Protocol& protocol, const ModelChoice& choice,
                           const Arguments& arguments) {
  return sampling_for(choice.model, sampling_asked(protocol, choice, arguments),
                      arguments.has("--max-tokens"));
}

}  // namespace

std::string left_out_of(const Exam& exam, const ModelChoice& choice,
                        const Arguments& arguments) {
  return sent_sampling(exam.protocol, choice, arguments).left_out;
}

Evaluation evaluation_of(const Exam& exam, const ModelChoice& choice,
                         const Arguments& arguments, const std::string& engine) {
  Evaluation evaluation{
      .protocol = exam.protocol, .shots = exam.shots, .reader = exam.reader};
  Protocol& protocol = evaluation.protocol;
  // What is not sent is in no run's name.
  protocol.sampling = sent_sampling(protocol, choice, arguments).sampling;
  Plan& plan = evaluation.plan;
  plan.dataset = exam.dataset.get();
  for (const std::uint32_t ordinal : exam.selection) plan.trials.push_back({ordinal});
  plan.info = {
      .key = {.provider = choice.model.provider,
              .model = choice.model.name,
              .base_url = choice.model.base_url,
              .dataset_digest = exam.dataset->digest,
              .protocol = identity_of(protocol),
              .request = request_identity(choice.model, arguments),
              .engine = engine},
      .dataset = exam.dataset->name,
      .split = exam.dataset->split,
      .revision = exam.dataset->revision,
      .protocol = exam.protocol.name,
      .extract = std::string(exam.reader->name),
      .aggregation = exam.protocol.aggregation,
      .subjects = exam.subjects,
      .selection = exam.selection,
      .dropped = exam.dataset->dropped,
      .name = arguments.get("--name").value_or(""),
      .note = arguments.get("--note").value_or(""),
      .version = PROCTOR_VERSION,
      .command = command_of(exam, choice, arguments),
  };
  return evaluation;
}

HttpOptions http_options(const Environment& environment, std::size_t connections) {
  return {.connections = connections,
          .user_agent = "proctor/" PROCTOR_VERSION,
          .ca_file = environment.get("SSL_CERT_FILE").value_or("")};
}

}  // namespace proctor
