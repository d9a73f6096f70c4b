#include "proctor/engine/llama/load.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <future>

#include <unistd.h>

#include "proctor/engine/gguf.h"
#include "proctor/engine/llama/float32.h"
#include "proctor/engine/llama/outlook.h"
#include "proctor/engine/memory.h"
#include "proctor/engine/model_file.h"

namespace proctor {
namespace {

// MMLU's longest 5-shot prompts need half of the first. Where the cache of more tokens
// costs next to nothing there are more.
constexpr int usual_context = 8192;
constexpr int most_usual_context = 32768;
constexpr std::int64_t cheap_cache = std::int64_t{256} << 20U;
constexpr int least_context = 16;
constexpr int usual_parallel = 8;

// JSON strings of our own making: names, versions, flags.
std::string json_string(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return fmt::format("\"{}\"", escaped);
}

struct ReadModel {
  GgufHeader header;
  ModelFile file;
};

// What was read, where it is a model that can be asked.
Result<ReadModel> read_model(const std::filesystem::path& model) {
  ReadModel read{.header = TRY(read_headers(model)), .file = {}};
  read.file = model_file_of(read.header, model);
  if (!read.file.why_not.empty()) {
    return fail(Fault::data, "{}: {}", model.string(), read.file.why_not);
  }
  return read;
}

Status check_memory(const MemoryNeed& need, int context, const std::string& model) {
  const auto left = memory_left();
  if (!left || need.sum() <= left->bytes) return {};
  return fail(
      Fault::usage,
      "{}: needs about {} of memory ({} weights, {} cache for {} tokens, {} "
      "buffers), {} leaves {}; a smaller `context` or a smaller model needs less",
      model, in_bytes(need.sum()), in_bytes(need.weights), in_bytes(need.cache),
      with_thousands(context), in_bytes(need.buffers), left->limit,
      in_bytes(left->bytes));
}

bool is_stopped(const EngineOptions& options) {
  return options.is_stopped && options.is_stopped();
}

void tell(const EngineOptions& options, std::string_view what, double share) {
  if (options.prepares) options.prepares(what, share);
}

// llama.cpp goes on where this gives true. It prints dots where nobody listens.
bool on_progress(float share, void* asked) {
  const auto& options = *static_cast<const EngineOptions*>(asked);
  tell(options, "loading the weights", static_cast<double>(share));
  return !is_stopped(options);
}

llama_model_params usual_params(const EngineOptions& options) {
  auto params = llama_model_default_params();
  params.progress_callback = on_progress;
  params.progress_callback_user_data = const_cast<EngineOptions*>(&options);
  return params;
}

// Between the steps of loading.
Status go_on(const EngineOptions& options) {
  if (!is_stopped(options)) return {};
  return fail(Fault::cancelled, "{} was not loaded", options.model.string());
}

std::string because(std::string_view complaints) {
  return complaints.empty() ? std::string() : fmt::format(": {}", complaints);
}

tl::unexpected<Error> cannot_load(const std::string& model,
                                  std::string_view complaints) {
  constexpr std::array<std::string_view, 4> of_newer = {
      "unknown model architecture", "unknown tokenizer", "unknown pre-tokenizer",
      "invalid ggml type"};
  const bool may_be_newer = std::ranges::any_of(of_newer, [&](std::string_view words) {
    return complaints.find(words) != std::string_view::npos;
  });
  const std::string way_out =
      may_be_newer
          ? fmt::format(
                "; a newer llama.cpp than this one ({}) may know it: build Proctor "
                "with "
                "that (-Dllama_ROOT=), or serve the file with a newer llama-server "
                "(`computes` server)",
                llama_version())
          : std::string();
  return fail(Fault::data, "{}: llama.cpp cannot load it{}{}", model,
              because(complaints), way_out);
}

int context_of(const EngineOptions& options, const GgufHeader& header, int trained) {
  if (options.context > 0) return options.context;
  const std::int64_t a_token =
      std::max<std::int64_t>(1, memory_for(header, {.context = 1}).cache);
  const auto cheap = static_cast<int>(std::clamp<std::int64_t>(
      cheap_cache / a_token / 256 * 256, usual_context, most_usual_context));
  return trained > 0 ? std::min(trained, cheap) : usual_context;
}

// All that changes scores, in the order of its keys. Not in it: the context, which only
// decides what fits, and the threads: their number rounds, as the company of other
// questions does, and only --exact promises that nothing does.
std::string identity_of(const EngineOptions& options, const Loaded& loaded,
                        const std::string& chat_template) {
  const auto words = [](bool yes) { return yes ? "true" : "false"; };
  const std::string threads =
      options.threads > 0 ? fmt::format("{}", options.threads) : "\"auto\"";
  return fmt::format(
      R"({{"cache_k":"f16","cache_v":"f16","chat_template":{},"exact":{},)"
      R"("flash_attention":"{}","gpu_layers":{},"llama_cpp":{},"model_sha256":"{}",)"
      R"("portion":{},{}"sequences":{},"share":{},"system":{}{}}})",
      json_string(chat_template), words(options.exact), options.exact ? "off" : "auto",
      llama_supports_gpu_offload() ? options.gpu_layers : 0,
      json_string(llama_version()), loaded.info.digest,
      options.exact ? Session::exact_portion : Session::portion,
      options.float32 ? R"("precision":"f32",)" : "", loaded.sequences,
      words(loaded.share), json_string(llama_print_system_info()),
      options.exact ? fmt::format(R"(,"threads":{})", threads) : "");
}

// All that a model says but its weights: what it can be asked, and its identity's
// parts.
Status read_vocabulary(const EngineOptions& options, Loaded& loaded) {
  const std::string name = options.model.string();
  if (llama_model_has_encoder(loaded.model.get()) ||
      !llama_model_has_decoder(loaded.model.get()) ||
      llama_model_is_diffusion(loaded.model.get())) {
    return fail(Fault::data,
                "{}: is no model that writes text from left to right, so it cannot sit "
                "an exam",
                name);
  }
  auto vocabulary = Vocabulary::of(loaded.model.get());
  if (!vocabulary) {
    return fail(Fault::data, "{}: {}", options.model.string(),
                vocabulary.error().message);
  }
  loaded.vocabulary = std::make_unique<Vocabulary>(*std::move(vocabulary));
  loaded.chat = std::make_unique<ChatTemplate>(
      TRY(ChatTemplate::of(loaded.model.get(), *loaded.vocabulary, options)));
  loaded.info.is_recurrent = llama_model_is_recurrent(loaded.model.get()) ||
                             llama_model_is_hybrid(loaded.model.get());
  loaded.share = options.share && !loaded.info.is_recurrent;
  const bool one_by_one = options.exact || !loaded.share;
  loaded.sequences =
      one_by_one
          ? 1
          : static_cast<std::size_t>(std::clamp(
                options.parallel > 0 ? options.parallel : usual_parallel, 1, 32));
  return {};
}

// Reads the file's digest beside what is done meanwhile: of a file that is not known
// yet it takes about as long as loading does. The loading thread alone asks whether it
// is stopped.
class DigestBeside {
 public:
  // The options must outlive it, and nobody else may talk until get().
  explicit DigestBeside(const EngineOptions& options) : options_(options) {
    const auto read = [this] {
      return model_digest(options_.model, options_.cache, options_.talk,
                          [this] { return abandoned_.load(); });
    };
    const SignalsBlocked blocked;  // they are the main thread's
    try {
      digest_ = std::async(std::launch::async, read);
    } catch (const std::system_error&) {  // no thread is to be had: in get()
      digest_ = std::async(std::launch::deferred, read);
    }
  }
  DigestBeside(const DigestBeside&) = delete;
  DigestBeside& operator=(const DigestBeside&) = delete;
  ~DigestBeside() { abandoned_ = true; }

  Result<std::string> get() {
    constexpr std::chrono::milliseconds a_moment{20};
    while (digest_.wait_for(a_moment) == std::future_status::timeout) {
      tell(options_, "reading its SHA-256", 0);
      if (is_stopped(options_)) abandoned_ = true;
    }
    return digest_.get();
  }

 private:
  const EngineOptions& options_;
  std::atomic<bool> abandoned_{false};
  std::future<Result<std::string>> digest_;  // waits for its end when it goes
};

// All but the weights.
Result<Loaded> load_words(const EngineOptions& options) {
  Loaded loaded;
  loaded.log = std::make_unique<LlamaLog>(options.log);
  auto params = usual_params(options);
  params.vocab_only = true;
  loaded.model.reset(
      llama_model_load_from_file(options.model.string().c_str(), params));
  if (!loaded.model) {
    return cannot_load(options.model.string(), loaded.log->complaints());
  }
  TRY(read_vocabulary(options, loaded));
  return loaded;
}

MemoryNeed need_of(const EngineOptions& options, const GgufHeader& header,
                   int context) {
  return memory_for(
      header,
      {.context = context,
       .portion = static_cast<std::int64_t>(Session::most_at_once(options.exact)),
       .outputs = static_cast<std::int64_t>(Session::most_logits),
       .flash = !options.exact,
       .float32 = options.float32});
}

}  // namespace

Result<Loaded> load_model(const EngineOptions& options, const std::atomic<bool>& stop) {
  const std::string name = options.model.string();
  const auto [header, file] = TRY(read_model(options.model));
  const int trained = file.context;
  const int context = context_of(options, header, trained);
  if (context < least_context) {
    return fail(Fault::usage, "`context` {}: too small for any question; at least {}",
                context, least_context);
  }
  const MemoryNeed need = need_of(options, header, context);
  const bool on_gpu = llama_supports_gpu_offload() && options.gpu_layers != 0;
  if (!on_gpu) TRY(check_memory(need, context, name));
  if (options.talk) {
    options.talk(fmt::format(
        "{}: needs about {} of memory: {} weights, {} cache for {} tokens, {} buffers",
        options.model.filename().string(), in_bytes(need.sum()), in_bytes(need.weights),
        in_bytes(need.cache), with_thousands(context), in_bytes(need.buffers)));
  }

  DigestBeside digest(options);
  Loaded loaded;
  loaded.log = std::make_unique<LlamaLog>(options.log);
  auto params = usual_params(options);
  params.n_gpu_layers = options.gpu_layers;
  std::string path = name;
  std::optional<PassingFile> float32;
  if (options.float32) {
    tell(options, "writing its weights in float32", 0);
    float32.emplace(TRY(in_float32(options, need.weights)));
    path = float32->path().string();
    TRY(go_on(options));
  }
  loaded.model.reset(llama_model_load_from_file(path.c_str(), params));
  TRY(go_on(options));
  if (!loaded.model) {
    return cannot_load(name, loaded.log->complaints());
  }
  TRY(read_vocabulary(options, loaded));
  TRY(go_on(options));
  loaded.info.digest = TRY(digest.get());

  EngineInfo& info = loaded.info;
  info.threads = options.threads > 0 ? options.threads : idle_cores();
  info.context = context;
  info.trained_context = trained;
  info.weight_bytes = need.weights;
  info.cache_bytes = need.cache;
  info.buffer_bytes = need.buffers;
  info.model = file.title;
  auto session = Session::of(loaded.model.get(),
                             {.exact = options.exact,
                              .share = loaded.share,
                              .threads = info.threads,
                              .context = static_cast<std::size_t>(context),
                              .sequences = loaded.sequences},
                             stop);
  if (!session) {
    return fail(Fault::usage, "{}: `context` {}: {}{}", name, context,
                session.error().message, because(loaded.log->complaints()));
  }
  loaded.session = *std::move(session);
  TRY(go_on(options));
  info.build = fmt::format("llama.cpp {}, {} thread{}", llama_version(), info.threads,
                           info.threads == 1 ? "" : "s");
  info.identity = identity_of(options, loaded, loaded.chat->identity());
  info.text_identity = identity_of(options, loaded, loaded.chat->own_identity());
  if (options.talk) {
    options.talk(fmt::format("{}: {}; {}", options.model.filename().string(),
                             info.model, info.build));
    if (trained > 0 && context > trained) {
      options.talk(
          fmt::format("`context` {}: the model was trained for {} tokens; "
                      "beyond them it answers badly",
                      context, trained));
    }
    if (info.is_recurrent && options.share) {
      options.talk(
          "this model keeps a state instead of a cache: each prompt is "
          "computed whole");
    }
  }
  return loaded;
}

Result<EngineForecast> forecast_model(const EngineOptions& options,
                                      std::span<const EngineRequest> requests) {
  TRY(read_model(options.model));
  DigestBeside digest(options);
  Loaded loaded = TRY(load_words(options));
  loaded.info.digest = TRY(digest.get());
  EngineForecast out{
      .identity = identity_of(options, loaded, loaded.chat->identity()),
      .text_identity = identity_of(options, loaded, loaded.chat->own_identity()),
      .chat = loaded.chat->facts()};
  for (const EngineRequest& request : requests) {
    const auto pieces = TRY(pieces_of(*loaded.chat, request));
    const auto tokens = loaded.vocabulary->tokens_of(pieces);
    out.prompt_tokens += static_cast<std::int64_t>(tokens.size());
  }
  return out;
}

Result<EngineOutlook> look_at_model(const EngineOptions& options) {
  const auto [header, file] = TRY(read_model(options.model));
  Loaded loaded = TRY(load_words(options));
  EngineOutlook outlook = outlook_of(loaded);
  outlook.context = context_of(options, header, file.context);
  const MemoryNeed need = need_of(options, header, outlook.context);
  outlook.weight_bytes = need.weights;
  outlook.cache_bytes = need.cache;
  outlook.buffer_bytes = need.buffers;
  outlook.needed_bytes = need.sum();
  if (const auto left = memory_left()) {
    outlook.left_bytes = left->bytes;
    outlook.left_by = left->limit;
  }
  return outlook;
}

}  // namespace proctor
