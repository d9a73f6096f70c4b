#include "options.h"

#include <charconv>

namespace proctor::fakes {

namespace {

constexpr std::string_view examples = R"(A model server that says what it is told to.

  fake_server --port 11434 --answer B           every question gets B
  fake_server --right 40/100 --key test/        of each 100 questions the first 40 right
  fake_server --answers script.jsonl            {"match": "part of the prompt", "reply": "C"}
  fake_server --fault status=429:first=3 --retry-after 2
  fake_server --fault reset:every=10 --fault hang:0.01 --latency-ms 50

)";

constexpr std::string_view notes = R"(
It speaks OpenAI's, ollama's, llama-server's, DeepSeek's, Gemini's and Anthropic's forms
at their paths, on 127.0.0.1. GET /log: the model requests so far; GET /stats: counts;
POST /reset: as just started; POST /quit: stop.
A line of --answers: match, reply, status, headers, times, delay_ms, finish_reason,
reasoning, body, fault. The first that matches and has `times` left is taken.
A line of --replies: question, choices, reply, subject. Questions that are alike take turns.
)";

template <class Number>
Status take_number(Number& out, std::string_view name, std::string_view text,
                   Number least, Number most) {
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || stop != text.data() + text.size() || out < least ||
      out > most)
    return fail(Fault::usage, "{}: expected a number from {} to {}, found \"{}\"", name,
                least, most, text);
  return {};
}

Status take_milliseconds(std::chrono::milliseconds& out, std::string_view name,
                         std::string_view text) {
  int number = 0;
  TRY(take_number(number, name, text, 0, 86'400'000));
  out = std::chrono::milliseconds(number);
  return {};
}

Status take_limit(std::uint64_t& out, std::string_view name, std::string_view text) {
  return take_number<std::uint64_t>(out, name, text, 1, 1'000'000'000'000);
}

Status take_share(Options& options, std::string_view text) {
  const std::size_t slash = text.find('/');
  Share share;
  if (slash == std::string_view::npos)
    return fail(Fault::usage, "--right: expected K/N, such as 40/100, found \"{}\"",
                text);
  constexpr std::uint64_t most = 1'000'000'000;
  TRY(take_number<std::uint64_t>(share.of, "--right", text.substr(slash + 1), 1, most));
  TRY(take_number<std::uint64_t>(share.right, "--right", text.substr(0, slash), 0,
                                 share.of));
  options.answers.right = share;
  return {};
}

struct Row {
  std::string_view name;
  std::string_view argument;  // empty: a switch
  std::string_view help;
  Status (*take)(Options& options, std::string_view text);
};

constexpr Row rows[] = {
    {"--port", "N", "the port (0, the default: a free one, which it prints)",
     [](Options& o, std::string_view t) {
       return take_number(o.port, "--port", t, 0, 65535);
     }},
    {"--port-file", "FILE", "write the port there, too",
     [](Options& o, std::string_view t) {
       o.port_file = t;
       return Status();
     }},
    {"--answer", "TEXT", "what it says (A)",
     [](Options& o, std::string_view t) {
       o.answers.always = t;
       return Status();
     }},
    {"--answers", "FILE.jsonl", "what it says to which prompt; may be repeated",
     [](Options& o, std::string_view t) { return o.answers.script.add(t); }},
    {"--replies", "FILE.jsonl", "recorded replies, by question; may be repeated",
     [](Options& o, std::string_view t) { return o.answers.replay.add(t); }},
    {"--right", "K/N", "by --key, the first K of each N questions of a file right",
     take_share},
    {"--key", "CSV...|DIR", "exams in Hendrycks' layout; may be repeated",
     [](Options& o, std::string_view t) { return o.answers.key.add(t); }},
    {"--random", "SEED", "a letter by hash of the prompt",
     [](Options& o, std::string_view t) {
       return take_number<std::uint64_t>(o.answers.random.emplace(), "--random", t, 0,
                                         UINT64_MAX);
     }},
    {"--letters", "ABCD", "the letters of --random and --logprobs (ABCD)",
     [](Options& o, std::string_view t) -> Status {
       if (t.empty()) return fail(Fault::usage, "--letters: expected letters");
       o.answers.letters = t;
       return {};
     }},
    {"--wrap", "TEXT", "around a letter of --right and --random, as in \"Answer: {}\"",
     [](Options& o, std::string_view t) {
       o.answers.wrap = t;
       return Status();
     }},
    {"--fault", "KIND[:WHEN]",
     "misbehave; WHEN is a share, every=N or first=N; repeatable",
     [](Options& o, std::string_view t) -> Status {
       o.faults.add(TRY(read_fault(t)));
       return Status();
     }},
    {"--retry-after", "V", "with 429 and 503: seconds or a date; Gemini: in the body",
     [](Options& o, std::string_view t) {
       o.retry_after = t;
       return Status();
     }},
    {"--rpm", "N", "requests a minute: headers that tell, 429 for more",
     [](Options& o, std::string_view t) {
       return take_limit(o.limits.rpm, "--rpm", t);
     }},
    {"--tpm", "N", "tokens a minute, in the same way",
     [](Options& o, std::string_view t) {
       return take_limit(o.limits.tpm, "--tpm", t);
     }},
    {"--rpd", "N", "requests a day, told where --rpm is not",
     [](Options& o, std::string_view t) {
       return take_limit(o.limits.rpd, "--rpd", t);
     }},
    {"--burst-ms", "N", "how much of a minute's may come at once (60000)",
     [](Options& o, std::string_view t) {
       return take_milliseconds(o.limits.burst, "--burst-ms", t);
     }},
    {"--latency-ms", "N", "wait before each reply",
     [](Options& o, std::string_view t) {
       return take_milliseconds(o.latency, "--latency-ms", t);
     }},
    {"--jitter-ms", "N", "and up to N more, by the request's number",
     [](Options& o, std::string_view t) {
       return take_milliseconds(o.jitter, "--jitter-ms", t);
     }},
    {"--loading-ms", "N", "answer 503 \"Loading model\" everywhere for that long",
     [](Options& o, std::string_view t) {
       return take_milliseconds(o.loading, "--loading-ms", t);
     }},
    {"--key-required", "KEY", "401 without it (Bearer, x-api-key, x-goog-api-key)",
     [](Options& o, std::string_view t) {
       o.key_required = t;
       return Status();
     }},
    {"--models", "A,B", "404 for any other model",
     [](Options& o, std::string_view t) {
       o.models = split(t, ',');
       return Status();
     }},
    {"--flavour", "NAME", "openai, ollama, llama, deepseek; default: by path and model",
     [](Options& o, std::string_view t) -> Status {
       o.flavour = flavour_named(t);
       if (o.flavour) return {};
       return fail(
           Fault::usage,
           "--flavour: expected openai, ollama, llama or deepseek, found \"{}\"", t);
     }},
    {"--logprobs", "", "return log-probabilities when asked for them",
     [](Options& o, std::string_view) {
       o.logprobs = true;
       return Status();
     }},
    {"--build", "NAME", "system_fingerprint and build_info (fp_fake)",
     [](Options& o, std::string_view t) {
       o.build = t;
       return Status();
     }},
    {"--slots", "N", "total_slots of GET /props (4)",
     [](Options& o, std::string_view t) {
       return take_number(o.slots, "--slots", t, 1, 100000);
     }},
    {"--log-limit", "N", "requests kept for GET /log (20000)",
     [](Options& o, std::string_view t) {
       return take_number<std::size_t>(o.log_limit, "--log-limit", t, 0, 100'000'000);
     }},
    {"--no-log", "", "keep none: fastest",
     [](Options& o, std::string_view) {
       o.log_limit = 0;
       return Status();
     }},
    {"--help", "", "this text",
     [](Options& o, std::string_view) {
       o.help = true;
       return Status();
     }},
};

const Row* row_named(std::string_view name) {
  for (const Row& row : rows)
    if (row.name == name) return &row;
  return nullptr;
}

std::vector<std::string> option_names() {
  std::vector<std::string> out;
  for (const Row& row : rows) out.emplace_back(row.name);
  return out;
}

}  // namespace

Result<Options> read_options(const std::vector<std::string>& arguments) {
  Options options;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    const std::size_t equals =
        word.starts_with("--") ? word.find('=') : std::string::npos;
    const std::string name = word == "-h" ? "--help" : word.substr(0, equals);
    const Row* row = row_named(name);
    if (row == nullptr)
      return fail(Fault::usage, "{}: no such option{}; see --help", name,
                  suggestion(name, option_names()));
    std::string value;
    if (equals != std::string::npos) {
      value = word.substr(equals + 1);
      if (row->argument.empty())
        return fail(Fault::usage, "{}: it takes no value", name);
    } else if (!row->argument.empty()) {
      if (i + 1 == arguments.size())
        return fail(Fault::usage, "{}: its {} is missing", name, row->argument);
      value = arguments[++i];
    }
    TRY(row->take(options, value));
    // A shell makes many words of --key *.csv.
    while (row->name == "--key" && i + 1 < arguments.size() &&
           !arguments[i + 1].starts_with("-"))
      TRY(row->take(options, arguments[++i]));
  }
  const bool key = !options.answers.key.questions().empty();
  if (options.answers.right && !key)
    return fail(Fault::usage, "--right: needs --key with the right answers");
  // A key alone means a model that knows everything.
  if (key && !options.answers.right) options.answers.right = Share{};
  options.answers.key.close();
  options.answers.replay.close();
  return options;
}

std::string help_text() {
  std::string out(examples);
  for (const Row& row : rows) {
    const std::string left = std::string(row.name) + (row.argument.empty() ? "" : " ") +
                             std::string(row.argument);
    out += "  " + pad(left, 24) + std::string(row.help) + "\n";
  }
  out +=
      "\nFaults (status=N, redirect=URL, drip=MS, blank-lines=N; the rest by name):\n";
  std::string line = " ";
  for (const std::string& name : fault_names()) {
    if (line.size() + name.size() > 86) {
      out += line + "\n";
      line = " ";
    }
    line += " " + name;
  }
  out += line + "\n";
  return out + std::string(notes);
}

}  // namespace proctor::fakes
