// The embedded engine: a GGUF file, llama.cpp in this process, requests in, likelihoods
// or text out. Knows nothing of questions or protocols.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

// llama.cpp is in a plug-in, proctor_llama.so, that is loaded when it is first needed
// and stays. What is found there:
struct FoundEngine {
  std::filesystem::path plugin;
  std::string version;  // llama.cpp's
};
// Fault::usage: there is no plug-in. Fault::data: it does not load, or is of another
// build than this program.
Result<FoundEngine> find_engine();
bool has_engine();
// The names that EngineOptions::chat_template may be, but for "none". Errors are
// find_engine()'s.
Result<std::vector<std::string>> chat_templates();

// What a model file says of itself in its header, all parts of one that is split. Words
// are the file's own: hostile, but for the title, which is one line for a person.
struct ModelFile {
  std::string title;                                    // "SmolLM2 135M Instruct Q4_1"
  std::string name, size_label, architecture, license;  // empty: it does not say
  std::string quantisation;  // "Q4_1", of most of its weights
  std::int64_t parameters = 0, weight_bytes = 0;
  int context = 0;      // tokens it was trained for; 0: it does not say
  std::string why_not;  // it cannot be asked anything, "is …", "has …"; or empty
  std::vector<std::string> warnings;  // it can, but; in the same form
};
// Fault::usage for no file, a part that is missing, and one that is not the first;
// Fault::data for what is no GGUF, or is cut. Needs no plug-in.
Result<ModelFile> read_model_file(const std::filesystem::path& model);

// What a chat template's file says.
struct TemplateFile {
  std::string jinja;
  bool is_json = false;  // it stood in JSON
};
// A file of Jinja, or JSON as Hugging Face writes it (tokenizer_config.json,
// chat_template.json): its "chat_template", of several the one called default.
// Fault::data for JSON without one, and for no UTF-8. Whether it is Jinja is not asked.
Result<TemplateFile> read_template_file(const std::filesystem::path& file);

// "4.7 GB", "812 kB".
std::string in_bytes(std::int64_t bytes);

inline constexpr std::chrono::year_month_day usual_template_date{
    std::chrono::year(2026), std::chrono::January, std::chrono::day(1)};

struct EngineOptions {
  std::filesystem::path model;
  // Flash attention off, tokens decoded in the same portions for every order of
  // requests, one at a time: the same bits in every run on one kind of machine.
  bool exact = false;
  // The weights dequantised beforehand: four bytes each, and next to no error of the
  // arithmetic. Else as the file has them.
  bool float32 = false;
  // false: each request is decoded whole, as if it were alone. For comparison.
  bool share = true;
  int threads = 0;      // 0: the physical cores that are not busy
  int gpu_layers = -1;  // -1: all that llama.cpp's build can take
  int context = 0;  // tokens; 0: what the model was trained for, where that is cheap,
                    // else 8,192
  // A name that llama.cpp knows, a file of Jinja, or "none"; empty: the model's own.
  std::string chat_template;
  // What templates that write a date are told, and an error where they write none; else
  // the usual one: one day for all, since a prompt that changes daily can be neither
  // gone on with nor compared.
  std::optional<std::chrono::year_month_day> date;
  int parallel = 0;             // replies written at once; 0: what pays, 8 at most
  std::filesystem::path cache;  // where digests are kept; empty: nowhere
  Talk talk;                    // a line for the person; may be empty
  Talk log;                     // llama.cpp's own lines; may be empty
  IsStopped is_stopped;         // while it is loaded, by the thread that loads
  // What is done meanwhile, by that thread, again and again: "loading the weights", and
  // how much of it is done; 0 where that is not known. May be empty.
  std::function<void(std::string_view what, double share)> prepares;
};

struct EngineTurn {
  std::string role, content;
};

// One thing to do: score `continuations` after the prompt, or write on.
struct EngineRequest {
  std::uint64_t tag = 0;  // comes back with the answer
  std::string name;       // "question 17": what a crash inside llama.cpp is told by
  std::vector<EngineTurn> turns;  // through the chat template; a last turn of the
                                  // assistant is gone on with
  std::string reasoning;          // on, off or an effort, for the template; or empty
  std::string text;               // raw, where there are no turns
  std::vector<std::string> continuations;

  // Of a reply that is written:
  int max_tokens = 256;
  double temperature = 0;  // 0: the likeliest token, the first of equals
  std::optional<double> top_p;
  std::uint32_t seed = 0;
  std::vector<std::string> stop;  // the answer ends before the first of these
  std::string grammar;            // llama.cpp's GBNF of the whole reply, or empty
};

// How likely a continuation is after its prompt.
struct Likelihood {
  double sum = 0;  // natural logarithms of its tokens' probabilities
  std::int64_t tokens = 0;
};

struct EngineReply {
  std::vector<Likelihood> likelihoods;  // of the continuations, in their order
  std::string written;                  // all of it; valid UTF-8
  std::string reasoning, text;  // of that: the thought at its beginning, the rest
  std::string finish_reason;    // scored, stop, length
  std::int64_t prompt_tokens = 0;
  std::int64_t reply_tokens = 0;
  std::int64_t decoded = 0;  // what was computed for it; the rest was shared
};

struct EngineAnswer {
  std::uint64_t tag = 0;
  std::string prompt;  // the text that was put in, the chat template's part too
  std::vector<std::int32_t> tokens;  // the same
  // Fault::rejected: this request cannot be done (longer than the context, a NUL byte).
  // Fault::usage: none of its kind can (no chat template, or one that refuses its
  // roles). Fault::cancelled.
  Result<EngineReply> reply = fail(Fault::cancelled, "not asked");
  bool overflowed = false;  // rejected since the context is too small
  WallTime started{};
  Microseconds latency{};
};

// What a model's chat template is, and what it can be told.
struct ChatFacts {
  std::string why_not;         // it cannot be used; or empty
  bool takes_system = false;   // a system message; where not it is refused
  std::string default_system;  // written where there is no system message; may be empty
  bool has_thinking_switch = false;  // --reasoning on and off
  std::vector<std::string> efforts;  // of --reasoning, those that it knows
  bool tells_date = false;           // of EngineOptions::date
};

struct EngineInfo {
  std::string model;          // ModelFile::title
  std::string build;          // "llama.cpp 0.5.0, 4 threads": may differ within a run
  std::string identity;       // canonical JSON of all that changes scores
  std::string text_identity;  // and of requests without turns, whatever chat template
                              // and date the options name
  std::string digest;         // SHA-256 of the file
  int threads = 0;
  int context = 0;
  int trained_context = 0;
  std::int64_t weight_bytes = 0, cache_bytes = 0, buffer_bytes = 0;
  bool is_recurrent = false;  // nothing can be shared
};

// Not a singleton; llama.cpp's log and its abort hook alone are the process's. An
// assertion that fails inside llama.cpp aborts the process (SIGABRT), behind one line
// that names the requests under way: nothing is unwound. One worker thread computes;
// start, wait and info belong to one thread, cancel to any. Answers come in the order
// of the requests, but for those that cannot be done, and replies that are written at
// once in the order in which they end. Put requests with a common beginning one after
// another: what one shares with the one before it is not decoded again.
class Engine {
 public:
  Engine() = default;
  virtual ~Engine() = default;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  virtual const EngineInfo& info() const = 0;
  // Whether turns can be asked with such a request's `reasoning`: Fault::usage names
  // `chat_template`, `template_date` or `reasoning` where not.
  virtual Status can_chat(const std::string& reasoning) const = 0;
  virtual void start(EngineRequest request) = 0;
  // Tokens computed so far for all requests, those under way too. Any thread.
  virtual std::int64_t computed() const = 0;
  // What has ended: as soon as there is something, or nothing at `until`. Every request
  // comes back once.
  virtual std::vector<EngineAnswer> wait(TimePoint until) = 0;
  // Requests that were not begun come back as Fault::cancelled, and with `also_begun`
  // those under way too, after the layer that is being computed (on a GPU: after the
  // portion of 512 tokens). What is started after all have come back is done again.
  virtual void cancel(bool also_begun) = 0;
};

// Reads the header, checks the memory, loads. Errors name the file: Fault::data for
// one that is cut, is not a GGUF or has no usable vocabulary; Fault::usage for too
// little memory, an unknown template, or where find_engine() fails; Fault::cancelled
// soon after options.is_stopped says so.
Result<std::unique_ptr<Engine>> load_engine(EngineOptions options);

// What load_engine() would make of a file, told by its header and vocabulary.
struct EngineForecast {
  std::string identity;            // EngineInfo::identity
  std::string text_identity;       // EngineInfo::text_identity
  std::int64_t prompt_tokens = 0;  // of all requests, through the chat template
  ChatFacts chat;
};
// Reads no weights but for their SHA-256. Errors are load_engine()'s, but for the
// memory; and Fault::rejected for turns that the template cannot take.
Result<EngineForecast> forecast(const EngineOptions& options,
                                std::span<const EngineRequest> requests);

// What load_engine() would find in a file beside its header.
struct EngineOutlook {
  ChatFacts chat;
  std::string family;       // the name of llama.cpp's own template that writes the same
  std::string bos, eos;     // the tokens' texts; empty: it has none
  bool adds_bos = false;    // the tokenizer does, before every prompt
  bool writes_bos = false;  // the chat template does; both together make one
  int context = 0;          // tokens that a run would have room for
  std::int64_t weight_bytes = 0, cache_bytes = 0, buffer_bytes = 0;
  std::int64_t needed_bytes = 0;           // of these, together
  std::optional<std::int64_t> left_bytes;  // of the memory; where that is known,
  std::string left_by;  // "free memory", "the control group", "ulimit -v"
};
// Reads no weights, nor their SHA-256. Errors are load_engine()'s, but for the memory.
Result<EngineOutlook> look_at(const EngineOptions& options);

// SHA-256 of a model file, all parts of one that is split. Kept in `cache` by inode,
// size and time of change, so that 40 GB are read once. Fault::usage for what is no
// file, Fault::cancelled soon after `is_stopped` says so.
Result<std::string> model_digest(const std::filesystem::path& model,
                                 const std::filesystem::path& cache, const Talk& talk,
                                 const IsStopped& is_stopped = {});
// The one that `cache` has already.
std::optional<std::string> known_digest(const std::filesystem::path& model,
                                        const std::filesystem::path& cache);

}  // namespace proctor
