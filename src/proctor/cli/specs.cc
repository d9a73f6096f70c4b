#include "proctor/cli/specs.h"

#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

namespace proctor {
namespace fs = std::filesystem;
namespace {

std::string ending_of(const std::string& path) {
  const std::string ending = ascii_lower(fs::path(path).extension().string());
  return ending.empty() ? "" : ending.substr(1);
}

// As an option or an ending names it: "markdown", ".md".
std::string word_of(TableFormat form, bool is_ending) {
  if (!is_ending) return std::string(name_of(form));
  if (form == TableFormat::terminal) return ".txt";
  return form == TableFormat::markdown ? ".md" : fmt::format(".{}", name_of(form));
}

Result<std::optional<std::chrono::milliseconds>> seconds(const Arguments& arguments,
                                                         std::string_view option,
                                                         NumberRanges::Time range) {
  constexpr std::chrono::duration<double> second{1};
  const auto number = TRY(
      arguments.number(option, NumberRange{range.least / second, range.most / second}));
  if (!number) return std::nullopt;
  return std::chrono::milliseconds(static_cast<std::int64_t>(*number * 1000));
}

Result<std::optional<Computes>> computes(const Arguments& arguments) {
  const auto name = arguments.get("--engine");
  if (!name) return std::nullopt;
  if (*name == "process") return Computes::process;
  if (*name == "server") return Computes::server;
  return fail(Fault::usage, "--engine: found {}, expected process or server", *name);
}

Result<std::optional<Precision>> precision(const Arguments& arguments) {
  const auto name = arguments.get("--precision");
  if (!name) return std::nullopt;
  if (*name == "f32") return Precision::f32;
  return fail(Fault::usage, "--precision: found {}, expected f32", *name);
}

// The day that chat templates are to be told, where one is said.
Result<std::optional<std::chrono::year_month_day>> template_date(
    const Arguments& arguments) {
  const auto said = arguments.get("--template-date");
  if (!said) return std::nullopt;
  if (*said != "today") return TRY(parse_date(*said).in("--template-date"));
  const auto now = std::chrono::system_clock::now();
  return std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(now));
}

// --max-tokens and --temperature: a number, or "default", whatever the server takes.
template <class T>
Result<std::optional<ExamSpec::Own<T>>> own(const Arguments& arguments,
                                            std::string_view option,
                                            NumberRange<T> range) {
  if (arguments.get(option) == "default") return ExamSpec::Own<T>{};
  const auto value = TRY(arguments.number(option, range));
  return value ? std::optional(ExamSpec::Own<T>{*value}) : std::nullopt;
}

// The options that say what is sent. The rest chooses questions, changes no answer, or
// is in the run's key.
constexpr std::array kept_options = {
    "--engine",     "--split",           "--columns",       "--cache-dir",
    "--shots-from", "--drop-bad-labels", "--shots",         "--system",
    "--max-tokens", "--temperature",     "--stop",          "--seed",
    "--reasoning",  "--only-letters",    "--exact",         "--precision",
    "--gpu-layers", "--context",         "--chat-template", "--template-date",
    "--api-key-env"};

// A file or folder by its whole path, so that the command works from anywhere.
std::string whole_path(const std::string& word) {
  std::error_code error;
  if (word.empty() || !std::filesystem::exists(word, error)) return word;
  const auto path = std::filesystem::absolute(word, error);
  return error ? word : path.lexically_normal().string();
}

void add_option(std::string_view name, const Arguments& arguments,
                std::vector<std::string>& words) {
  if (!arguments.has(name)) return;
  if (!takes_value(name)) {
    words.emplace_back(name);
    return;
  }
  constexpr std::array files = {"--cache-dir", "--shots-from"};
  const bool is_file = std::ranges::find(files, name) != files.end();
  for (const std::string& value : arguments.all(name)) {
    words.emplace_back(name);
    words.push_back(is_file ? whole_path(value) : value);
  }
}

}  // namespace

std::string store_option(const Arguments& arguments) {
  const std::string shown = shown_store(store_path(arguments));
  const bool is_plain = shown.find_first_of("?&") == shown.npos;
  return arguments.has("--store") ? " --store " + (is_plain ? shown : for_shell(shown))
                                  : "";
}

std::string store_path(const Arguments& arguments) {
  return arguments.get("--store").value_or(arguments.usual_store);
}

Result<TableFormat> format_of(const Arguments& arguments,
                              std::initializer_list<TableFormat> forms) {
  const std::string path = arguments.get("--output").value_or("");
  const auto said = arguments.has("--json") ? std::optional<std::string>("json")
                                            : arguments.get("--format");
  const auto form = table_format_named(said ? *said : ending_of(path));
  if (form && std::ranges::find(forms, *form) != forms.end()) return *form;
  if (!said && (path.empty() || path == "-" || ending_of(path).empty()))
    return *forms.begin();
  std::vector<std::string> words;
  for (const TableFormat one : forms) words.push_back(word_of(one, !said));
  const std::string last = words.back();
  words.pop_back();
  return fail(Fault::usage, "{}: found {}, expected {} or {}", said ? "--format" : "-o",
              said ? *said : path, join(words, ", "), last);
}

Result<Output> output_of(const Arguments& arguments) {
  Output output{.path = arguments.get("--output")};
  output.marks_order = arguments.has("--bom");
  if (output.marks_order && TRY(format_of(arguments)) != TableFormat::csv)
    return fail(Fault::usage, "--bom: only of csv: --format csv, or -o FILE.csv");
  for (const char* const ending : {"", "-wal", "-shm", "-journal", ".lock"}) {
    output.taken.push_back({store_path(arguments) + ending, "the store (--store)"});
    if (const auto store = arguments.get("--into"))
      output.taken.push_back({*store + ending, "the store (--into)"});
  }
  for (const char* const option :
       {"--config", "--dataset", "--shots-from", "--protocol"}) {
    for (const std::string& named : arguments.all(option))
      for (const std::string& path : split(named, ','))
        output.taken.push_back({path, fmt::format("the file of {}", option)});
  }
  for (const std::string& word : arguments.positional)
    output.taken.push_back({word, "what is read"});
  return output;
}

std::string json_with_flags(const std::string& json) {
  auto object = nlohmann::ordered_json::parse(json);
  for (const char* const member : {"problems", "warnings", "cannot_be_sent"}) {
    if (!object.contains(member)) continue;
    for (auto& words : object[member]) words = with_flags(words.get<std::string>());
  }
  return object.dump();
}

Result<std::vector<std::string>> model_names(const Arguments& arguments) {
  const auto type = arguments.get("--type");
  if (!type) {
    return arguments.positional.empty() ? std::vector{ModelSpec().name}
                                        : arguments.positional;
  }
  TRY(find_provider(*type).in("--type " + *type));
  std::vector<std::string> names;
  for (const std::string& name : arguments.positional)
    names.push_back(*type + "/" + name);
  if (names.empty()) names.push_back(*type);
  return names;
}

ModelSpec model_texts(const Arguments& arguments) {
  std::vector<std::string> more = arguments.all("--base-url");
  if (!more.empty()) more.pop_back();  // which get() has
  return {.base_url = arguments.get("--base-url"),
          .also_at = std::move(more),
          .key_variable = arguments.get("--api-key-env"),
          .headers = arguments.all("--header"),
          .extra_body = arguments.get("--extra-body"),
          .serve = arguments.get("--serve"),
          .chat_template = arguments.get("--chat-template"),
          .cache_dir = arguments.get("--cache-dir").value_or("")};
}

Result<ModelSpec> model_settings(const Arguments& arguments) {
  ModelSpec spec = model_texts(arguments);
  if (arguments.positional.empty() && arguments.has("--type"))
    spec.called = "--type " + *arguments.get("--type");
  spec.concurrency = TRY(arguments.number("--concurrency", number_ranges.concurrency));
  spec.timeout = TRY(seconds(arguments, "--timeout", number_ranges.timeout));
  spec.retries = TRY(arguments.number("--retries", number_ranges.retries));
  spec.rpm = TRY(arguments.number("--rpm", number_ranges.rate));
  spec.tpm = TRY(arguments.number("--tpm", number_ranges.rate));
  spec.rpd = TRY(arguments.number("--rpd", number_ranges.rate));
  spec.serve_wait = TRY(seconds(arguments, "--serve-wait", number_ranges.serve_wait));
  spec.computes = TRY(computes(arguments));
  spec.exact = arguments.has("--exact");
  spec.precision = TRY(precision(arguments));
  spec.threads = TRY(arguments.number("--threads", number_ranges.threads));
  spec.gpu_layers = TRY(arguments.number("--gpu-layers", number_ranges.gpu_layers));
  spec.context = TRY(arguments.number("--context", number_ranges.context));
  spec.template_date = TRY(template_date(arguments));
  return spec;
}

Result<std::vector<ModelSpec>> model_specs(const Arguments& arguments) {
  const std::vector<std::string> names = TRY(model_names(arguments));
  std::vector<ModelSpec> specs(names.size(), TRY(model_settings(arguments)));
  for (std::size_t i = 0; i < names.size(); ++i) specs[i].name = names[i];
  return specs;
}

Result<ExamSpec> exam_spec(const Arguments& arguments) {
  ExamSpec spec{.split = arguments.get("--split"),
                .columns = arguments.get("--columns"),
                .cache_dir = arguments.get("--cache-dir").value_or(""),
                .subjects = arguments.get("--subject"),
                .drop_bad_labels = arguments.has("--drop-bad-labels"),
                .shots_from = arguments.get("--shots-from"),
                .system = arguments.get("--system"),
                .reader = arguments.get("--extract"),
                .reasoning = arguments.get("--reasoning"),
                .only_letters = arguments.has("--only-letters")};
  if (const auto names = arguments.get("--protocol")) {
    spec.protocols.clear();
    for (const std::string& name : split(*names, ','))
      spec.protocols.emplace_back(python_strip(name));
  }
  spec.dataset = arguments.get("--dataset").value_or(spec.dataset);
  spec.limit = TRY(arguments.number("--limit", number_ranges.limit));
  spec.sample = TRY(arguments.number("--sample", number_ranges.limit));
  spec.shots = TRY(arguments.number("--shots", number_ranges.shots));
  spec.max_tokens = TRY(own(arguments, "--max-tokens", number_ranges.max_tokens));
  spec.temperature = TRY(own(arguments, "--temperature", number_ranges.temperature));
  spec.seed = TRY(arguments.number("--seed", number_ranges.seed));
  if (const auto shard = arguments.get("--shard"))
    spec.shard = TRY(parse_shard(*shard));
  if (arguments.has("--stop")) spec.stop = arguments.all("--stop");
  return spec;
}

Result<ExamSpec> one_exam_spec(const Arguments& arguments) {
  const std::vector<std::string> named = arguments.all("--dataset");
  if (named.size() > 1)
    return fail(Fault::usage, "--dataset: found {}, expected one", join(named, ", "));
  return exam_spec(arguments);
}

Result<std::vector<Exam>> prepare_exams(const Arguments& arguments, World& world) {
  ExamSpec spec = TRY(exam_spec(arguments));
  std::vector<std::string> datasets = arguments.all("--dataset");
  if (datasets.empty()) datasets.push_back(spec.dataset);
  std::vector<Exam> exams;
  for (std::string& name : datasets) {
    spec.dataset = std::move(name);
    std::ranges::move(TRY(prepare_exams(spec, reading_world(world))),
                      std::back_inserter(exams));
  }
  return exams;
}

Result<RunNotes> run_notes(const Arguments& arguments) {
  RunNotes notes{.name = arguments.get("--name").value_or(""),
                 .note = arguments.get("--note").value_or(""),
                 .mixed = arguments.has("--mixed")};
  const auto marks = arguments.get("--again");
  if (marks) notes.again = TRY(parse_marks(*marks).in("--again"));
  TRY(check_second_tries(notes));
  return notes;
}

std::vector<std::string> command_of(const Exam& exam, const ModelChoice& choice,
                                    const Arguments& arguments) {
  std::vector<std::string> words = {
      choice.file.empty() ? choice.title() : whole_path(choice.file.string()),
      "--protocol",
      exam.protocol_asked.ends_with(".toml") ? whole_path(exam.protocol_asked)
                                             : exam.protocol_asked};
  if (arguments.has("--dataset")) {
    words.emplace_back("--dataset");
    words.push_back(whole_path(exam.dataset_asked));
  }
  for (const std::string_view name : kept_options) add_option(name, arguments, words);
  if (arguments.has("--exact")) add_option("--threads", arguments, words);
  return words;
}

ExamWorld exam_world(const Arguments& arguments, World& world) {
  ExamWorld outside = reading_world(world);
  outside.waits = [&world, has_said = false](const std::string& base_url,
                                             std::chrono::seconds so_far) mutable {
    const std::string line = "starting the server at " + base_url;
    if (!world.console.err_is_terminal() && !std::exchange(has_said, true))
      world.console.tell(line);
    world.console.progress(
        in_language(world.console.language(), "{}: {} s", "{}: {} 秒",
                    translated(world.console.language(), line), so_far.count()));
  };
  if (arguments.has("--quiet")) {
    outside.talk = {};
    outside.waits = {};
  }
  return outside;
}

ExamWorld reading_world(World& world) {
  return {.environment = world.environment,
          .talk = [&world](std::string_view line) { world.console.tell(line); }};
}

Status expect_words(const Arguments& arguments, std::size_t count,
                    std::string_view what, std::string_view hint) {
  const auto& words = arguments.positional;
  if (words.size() == count) return {};
  return fail(Fault::usage, "expected {}, found {}{}", what,
              words.empty() ? "none" : join(words, " "), hint);
}

// ---- What is stored ----

Result<std::unique_ptr<Store>> open_for_reading(const Arguments& arguments) {
  return open_store(store_path(arguments), OpenMode::read_only).in("--store");
}

Result<std::unique_ptr<Store>> open_for_writing(const Arguments& arguments,
                                                const StoreWorld& world) {
  return open_store(store_path(arguments), OpenMode::read_write, world).in("--store");
}

Look look_of(const Arguments& arguments) {
  return {.reader = arguments.get("--extract").value_or(""),
          .subjects = arguments.get("--subject").value_or("")};
}

Among among_of(const Arguments& arguments) {
  return arguments.has("--all") ? Among::all : Among::shown;
}

Result<StoredRun> run_called(Store& store, const std::string& word, Among among,
                             Console& console) {
  StoredRun run = TRY(find_run(store, word, among));
  if (const auto text = TRY(namesakes_text(store, word, run, among)); !text.empty())
    console.tell(text);
  return run;
}

Result<StoredRun> run_named(Store& store, const Arguments& arguments,
                            Console& console) {
  const auto& names = arguments.positional;
  if (!names.empty()) TRY(expect_words(arguments, 1, "one run"));
  return run_called(store, names.empty() ? "last" : names[0], among_of(arguments),
                    console);
}

Result<bool> tell_missing(Store& store, std::span<const StoredRun> runs,
                          Console& console) {
  bool lacks = false;
  for (const StoredRun& run : runs) {
    const Missing missing = TRY(missing_of(store, run));
    if (missing.replies == 0) continue;
    lacks = true;
    std::vector<std::string> subjects;
    for (const auto& [name, count] : missing.subjects)
      subjects.push_back(
          fmt::format("{} {}", for_terminal_line(name), with_thousands(count)));
    console.tell(fmt::format("run {}: {} of {} questions have no reply: {}",
                             run.id.substr(0, 8), with_thousands(missing.replies),
                             with_thousands(missing.planned), join(subjects, ", ")));
  }
  return lacks;
}

void tell_hidden(std::size_t hidden, Console& console) {
  if (hidden == 0) return;
  console.tell(fmt::format(
      "{} forgotten or without a reply; --all shows {}",
      hidden == 1 ? "1 run is hidden:" : fmt::format("{} runs are hidden:", hidden),
      hidden == 1 ? "it" : "them"));
}

Result<std::vector<ScoredRun>> runs_meant(Store& store, const Arguments& arguments,
                                          const std::vector<std::string>& names,
                                          Console& console) {
  const Look look = look_of(arguments);
  for (const std::string& name : names)
    TRY(run_called(store, name, among_of(arguments), console));
  ScoredRuns scored = TRY(score_runs(store, names, among_of(arguments), look));
  tell_hidden(scored.hidden, console);
  if (scored.elsewhere > 0) {
    console.tell(fmt::format("{} run{} no answer in {}", scored.elsewhere,
                             scored.elsewhere == 1 ? " has" : "s have", look.subjects));
  }
  return std::move(scored.runs);
}

}  // namespace proctor
