// What a user asks for, as values: which model, which exam, how a run is kept. Plain
// data; whoever has them in another form (a command line) makes these of it. Errors of
// the library name a field in backquotes: "`max_tokens`: found 0, …". Part of exam.h.
#pragma once

#include <chrono>
#include <climits>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/score/score.h"

namespace proctor {

// Who computes a .gguf: this process, or a llama-server that is started for it.
enum class Computes { process, server };
// What the weights of a .gguf are computed in.
enum class Precision { f32 };

// The least and the most that a number of a spec may be.
template <class T>
struct NumberRange {
  T least, most;
  bool has(T value) const { return value >= least && value <= most; }
};
struct NumberRanges {
  using Time = NumberRange<std::chrono::milliseconds>;
  NumberRange<std::size_t> concurrency{1, 4096};
  NumberRange<int> retries{0, 1000}, threads{1, 4096}, gpu_layers{0, 100'000};
  NumberRange<int> context{64, 100'000'000};
  NumberRange<std::int64_t> rate{1, 1'000'000'000'000};
  Time timeout{std::chrono::milliseconds(1), std::chrono::hours(24)};
  Time serve_wait{std::chrono::milliseconds(100), std::chrono::hours(24)};
  NumberRange<int> limit{1, INT_MAX}, shots{0, 1000}, max_tokens{1, 10'000'000};
  NumberRange<double> temperature{0, 100};
  NumberRange<std::int64_t> seed{0, INT64_MAX};
};
inline constexpr NumberRanges number_ranges;

// A model, where it is, and what changes how it is asked. What is left empty is as the
// model's provider, its file or its server has it; what is set for a kind of model that
// has no such thing is an error of check_applies().
struct ModelSpec {
  // "provider/name", "provider", a path that ends in .gguf, "hf:owner/repo:Q4_K_M", or
  // "baseline/random".
  std::string name = "ollama";
  // How errors call it; empty: by its name.
  std::string called = {};

  // ---- Asked at a server ----
  std::optional<std::string> base_url = {};
  // More addresses of the same model, which share its questions.
  std::vector<std::string> also_at = {};
  // The variable of the environment that holds the key, instead of the provider's own.
  std::optional<std::string> key_variable = {};
  std::vector<std::string> headers = {};  // "Name: value"
  // A JSON object that is merged into every request (Model::extra_body).
  std::optional<std::string> extra_body = {};
  std::optional<std::size_t> concurrency = {};
  std::optional<std::chrono::milliseconds> timeout = {};  // of one try
  std::optional<int> retries = {};                        // after the first try
  // At most so many requests a minute, tokens a minute, requests a day: of all runs of
  // this user that ask this model there with this key.
  std::optional<std::int64_t> rpm = {}, tpm = {}, rpd = {};

  // ---- A server that is started for it, and ends with it ----
  // A shell's command, with {port} and {model} in it.
  std::optional<std::string> serve = {};
  std::optional<std::chrono::milliseconds> serve_wait = {};  // until it is ready

  // ---- A .gguf ----
  std::optional<Computes> computes = {};    // empty: this process
  bool exact = false;                       // EngineOptions has these
  std::optional<Precision> precision = {};  // empty: as the file has them
  std::optional<int> threads = {}, gpu_layers = {};
  std::optional<int> context = {};  // in tokens; ollama takes it as well
  std::optional<std::string> chat_template = {};
  std::optional<std::chrono::year_month_day> template_date = {};

  std::string cache_dir = {};  // of the hub; empty: the hub's conventions
};

// "2026-01-31", where there is such a day.
Result<std::chrono::year_month_day> parse_date(const std::string& text);

// One of `of` parts, from 1: see shard.h.
struct Shard {
  int at = 1, of = 1;
};

// What is asked, and how it is put. One run a protocol; all of them share the rest.
struct ExamSpec {
  std::vector<std::string> protocols = {"seed"};  // names, or paths that end in .toml
  std::string dataset = "cais/mmlu";              // DatasetRequest::name
  std::optional<std::string> split = {};          // empty: the protocol's
  std::optional<std::string> columns = {};        // as parse_columns() reads them
  std::string cache_dir = {};
  // As select_questions() takes them. Empty: college_computer_science of an MMLU, for
  // a full run costs money; of any other exam all.
  std::optional<std::string> subjects = {};
  std::optional<int> limit = {};   // the first so many of each subject
  std::optional<int> sample = {};  // or so many at random, the same every time
  bool drop_bad_labels = false;
  // Only that part of it is asked here; the run is the whole one all the same.
  std::optional<Shard> shard = {};

  // ---- Instead of what the protocol has ----
  std::optional<int> shots = {};
  std::optional<std::string> shots_from = {};  // a file of worked examples
  std::optional<std::string> system = {};      // set and empty: none at all
  std::optional<std::string> reader = {};

  // A value of the user's own, or that whatever the server takes by itself is meant.
  template <class T>
  struct Own {
    std::optional<T> value;  // empty: the server's default
  };
  std::optional<Own<int>> max_tokens = {};
  std::optional<Own<double>> temperature = {};
  std::optional<std::int64_t> seed = {};  // of baseline/random, too
  // Instead of all that the protocol has; an empty text is none.
  std::optional<std::vector<std::string>> stop = {};
  std::optional<std::string> reasoning = {};  // one of reasoning_words()
  bool only_letters = false;
};

// Fault::usage for a number that is out of its range, and for a day that is none.
// Whoever takes a spec looks at once.
Status check_numbers(const ModelSpec& spec);
Status check_numbers(const ExamSpec& spec);

// What a run is called, and what may go on in it.
struct RunNotes {
  std::string name = {}, note = {};
  // Replies of another model or build than the first may follow in the same run.
  bool mixed = false;
  // What of the stored run is asked again, and nothing else: see second_tries.h. Empty:
  // all that has no reply yet.
  std::vector<Mark> again = {};
  // How its caller would ask the same again, word by word (RunInfo::command).
  std::vector<std::string> command = {};
};

// All that evaluate() needs to know.
struct RunSpec {
  ModelSpec model = {};
  ExamSpec exam = {};
  RunNotes notes = {};
};

}  // namespace proctor
