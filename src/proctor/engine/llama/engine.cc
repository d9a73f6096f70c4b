#include <algorithm>
#include <cassert>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "proctor/engine/llama/load.h"
#include "proctor/engine/llama/scorer.h"
#include "proctor/engine/llama/writer.h"
#include "proctor/engine/plugin.h"
#include "proctor/engine/thoughts.h"

namespace proctor {
namespace {

// A request with what is known of it.
struct Job {
  EngineRequest request;
  std::vector<Piece> pieces;
  Tokens tokens;
  Seam seam;  // of one that is scored
  EngineAnswer answer;
  EngineReply reply;
  std::optional<std::string_view> open_until;  // of a thought that the prompt begins
  TimePoint began{};

  bool is_writing() const { return request.continuations.empty(); }
};

// A reply that is written beside others.
struct Stream {
  Job job;
  Writer writer;
  llama_seq_id sequence = 1;
  std::size_t at = 0;      // tokens in the cache
  std::size_t shared = 0;  // of them, in cells of the stream before it
  llama_token token = 0;   // the next one to put in

  // Cells of the cache, beyond the shared ones.
  std::size_t reserved() const { return job.tokens.size() + writer.most() - shared; }
};

// No exception of a library gets past here: it is an error of what was asked.
template <class Function>
auto caught(const Function& function) -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& problem) {
    return fail(Fault::data, "llama.cpp: {}", problem.what());
  }
}

tl::unexpected<Error> not_begun() {
  return fail(Fault::cancelled, "stopped before it was asked");
}

void fill(EngineReply& reply, const Writer& writer,
          std::optional<std::string_view> open_until) {
  reply.written = writer.text();
  PartedReply parted = part_thoughts(reply.written, open_until);
  reply.reasoning = std::move(parted.reasoning);
  reply.text = std::move(parted.text);
  reply.reply_tokens = writer.tokens();
}

}  // namespace

struct EngineWorker {
  Loaded loaded;  // the worker's thread alone touches it, once that runs
  bool exact = false;
  bool may_choose = false;  // how many replies are written at once
  std::unique_ptr<Scorer> scorer;
  std::vector<Stream> streams;  // in the order in which they began
  // Of the tokens that sequence 0 holds, in cells of the last stream.
  std::size_t shared_with_last = 0;
  // Of the replies that have ended: tokens of prompts that were computed, and written.
  std::int64_t prompts_computed = 0, replies_written = 0;
  std::atomic<bool> abort{false};      // set by any thread: ends a decode under way
  std::atomic<bool> cancelled{false};  // set by any thread: nothing more is begun

  std::mutex mutex;                   // of what follows
  std::deque<EngineRequest> waiting;  // written by start(), read by the worker
  std::vector<EngineAnswer> done;     // written by the worker, read by wait()
  std::size_t under_way = 0;          // started and not in `done`
  bool ends = false;
  std::condition_variable to_worker, to_caller;
  std::jthread thread;

  ~EngineWorker() {
    abort = true;
    cancelled = true;
    {
      const std::lock_guard lock(mutex);
      ends = true;
    }
    to_worker.notify_all();
  }

  void work();

 private:
  enum class Kind { any, written };
  std::optional<Job> next(Kind kind, bool may_wait);
  Status prepare(Job& job);
  Status find_seam(Job& job);
  tl::unexpected<Error> overflow(Job& job, std::size_t needed);
  static void begin(Job& job);
  void finish(Job job, Result<EngineReply> reply);
  Result<EngineReply> score(Job& job);
  Result<EngineReply> write_alone(Job& job);
  void write_together(Job first);
  std::size_t at_once() const;
  bool admit(std::optional<Job>& job);
  void step();
  bool goes_on(Stream& stream, std::int32_t index);
  Result<std::optional<std::string>> write(Stream& stream, std::int32_t index);
  void give_up(const Error& error);

  Session& session() { return *loaded.session; }
};

void EngineWorker::work() {
  while (auto job = next(Kind::any, true)) {
    const UnderWay named(job->request.name);
    if (!job->is_writing()) {
      auto reply = caught([&] { return score(*job); });
      finish(std::move(*job), std::move(reply));
    } else if (exact || loaded.sequences == 1) {
      auto reply = caught([&] { return write_alone(*job); });
      finish(std::move(*job), std::move(reply));
    } else {
      write_together(std::move(*job));
    }
  }
}

// The next request, prepared; those that cannot be are finished on the way.
std::optional<Job> EngineWorker::next(Kind kind, bool may_wait) {
  while (true) {
    Job job;
    {
      std::unique_lock lock(mutex);
      if (may_wait) {
        to_worker.wait(lock, [&] { return ends || !waiting.empty(); });
      }
      if (ends || waiting.empty()) return std::nullopt;
      const bool is_written = waiting.front().continuations.empty();
      if (kind == Kind::written && !is_written) return std::nullopt;
      job.request = std::move(waiting.front());
      waiting.pop_front();
    }
    if (cancelled) {
      finish(std::move(job), not_begun());
      continue;
    }
    const UnderWay named(job.request.name);
    if (const Status ready = caught([&] { return prepare(job); }); !ready) {
      finish(std::move(job), tl::unexpected(ready.error()));
      continue;
    }
    return job;
  }
}

Status EngineWorker::prepare(Job& job) {
  begin(job);
  job.pieces = TRY(pieces_of(*loaded.chat, job.request));
  job.open_until = open_thought(last_of_template(job.pieces));
  job.answer.prompt = text_of(job.pieces);
  job.tokens = loaded.vocabulary->tokens_of(job.pieces);
  job.answer.tokens = job.tokens;
  job.reply.prompt_tokens = static_cast<std::int64_t>(job.tokens.size());
  if (job.tokens.empty()) return fail(Fault::rejected, "the prompt is empty");
  if (job.tokens.size() + 1 > session().context()) {
    return overflow(job, job.tokens.size() + 1);
  }
  return job.is_writing() ? Status() : find_seam(job);
}

tl::unexpected<Error> EngineWorker::overflow(Job& job, std::size_t needed) {
  job.answer.overflowed = true;
  return fail(Fault::rejected,
              "context: needs {} tokens, has {}; a larger context or fewer examples",
              needed, session().context());
}

// From here on its time is counted.
void EngineWorker::begin(Job& job) {
  job.began = std::chrono::steady_clock::now();
  job.answer.started =
      std::chrono::floor<Microseconds>(std::chrono::system_clock::now());
}

void EngineWorker::finish(Job job, Result<EngineReply> reply) {
  job.answer.tag = job.request.tag;
  job.answer.reply = std::move(reply);
  if (job.began != TimePoint{}) {
    job.answer.latency =
        std::chrono::floor<Microseconds>(std::chrono::steady_clock::now() - job.began);
  }
  const std::lock_guard lock(mutex);
  done.push_back(std::move(job.answer));
  assert(under_way > 0);
  --under_way;
  to_caller.notify_all();
}

Status EngineWorker::find_seam(Job& job) {
  job.seam = TRY(scorer->seam_of(job.pieces, job.tokens, job.request.continuations));
  std::size_t needed = 0;
  for (const Tokens& tail : job.seam.tails) {
    needed = std::max(needed, job.seam.start + tail.size());
  }
  if (needed > session().context()) return overflow(job, needed);
  return {};
}

// What it shares with the one before it is in the cache already.
Result<EngineReply> EngineWorker::score(Job& job) {
  std::size_t together = job.seam.start;
  for (const Tokens& tail : job.seam.tails) together += tail.size();
  // Where the context is too tight for all continuations at once they go in turn.
  const std::size_t sequences = together <= session().context() ? loaded.sequences : 1;
  job.reply.likelihoods =
      TRY(scorer->score(job.tokens, job.seam, sequences, job.reply.decoded));
  job.reply.finish_reason = "scored";
  return std::move(job.reply);
}

Result<EngineReply> EngineWorker::write_alone(Job& job) {
  Writer writer =
      TRY(Writer::of(job.request, *loaded.vocabulary,
                     session().context() - job.tokens.size(), job.open_until));
  std::int32_t index = TRY(session().hold(job.tokens, job.reply.decoded));
  while (true) {
    const llama_token token = TRY(writer.next(session(), index));
    if (const auto reason = writer.take(token)) {
      job.reply.finish_reason = *reason;
      break;
    }
    TRY(session().extend(std::span(&token, 1), job.reply.decoded));
    index = 0;
  }
  // What was written was computed token by token: no prompt is to begin with it.
  session().cut(job.tokens.size());
  fill(job.reply, writer, job.open_until);
  return std::move(job.reply);
}

// Replies of many requests, a token of each at a time. Prompts are computed one after
// another in sequence 0, each behind what it shares with the one before it, for
// attention to prompts that are computed together looks at the cells of all; a reply
// goes on in a sequence of its own, a copy of that.
void EngineWorker::write_together(Job first) {
  std::optional<Job> job = std::move(first);
  while (true) {
    const bool has_room = streams.size() < at_once();
    if (!job && has_room) job = next(Kind::written, false);
    if (job && cancelled) {
      finish(*std::exchange(job, std::nullopt), not_begun());
    } else if (job && has_room && admit(job)) {
      job.reset();
    } else if (!streams.empty()) {
      step();
    } else if (!job) {
      return;
    }
  }
}

// Together a token of a reply costs less, and one of a prompt more: its attention goes
// past the cells of all. On a processor the first is about six times the second
// (docs/engine.md), so short replies are cheaper one after another; and those repeat
// themselves, since nothing is computed beside them.
std::size_t EngineWorker::at_once() const {
  const bool are_long = 6 * replies_written > prompts_computed;
  return may_choose && !are_long ? 1 : loaded.sequences;
}

// Begins with it, or ends it with its error. False: it has to wait until others have
// ended.
bool EngineWorker::admit(std::optional<Job>& job) {
  auto writer = caught([&] {
    return Writer::of(job->request, *loaded.vocabulary,
                      session().context() - job->tokens.size(), job->open_until);
  });
  if (!writer) {
    finish(*std::move(job), tl::unexpected(writer.error()));
    return true;
  }
  const std::size_t size = job->tokens.size();
  const std::size_t shared =
      streams.empty() ? 0 : std::min(session().kept_of(job->tokens), shared_with_last);
  // Alone it always fits: the writer's length is limited.
  std::size_t needed = size + writer->most() - shared;
  for (const Stream& stream : streams) needed += stream.reserved();
  if (needed > session().context() && !streams.empty()) return false;

  Stream stream{.job = *std::move(job),
                .writer = *std::move(writer),
                .at = size,
                .shared = shared};
  begin(stream.job);
  const auto index = session().hold(stream.job.tokens, stream.job.reply.decoded);
  if (!index) {
    finish(std::move(stream.job), tl::unexpected(index.error()));
    give_up(index.error());
    return true;
  }
  while (std::ranges::find(streams, stream.sequence, &Stream::sequence) !=
         streams.end()) {
    ++stream.sequence;
  }
  session().copy(stream.sequence, size);
  shared_with_last = shared;
  if (goes_on(stream, *index)) {
    shared_with_last = size;
    streams.push_back(std::move(stream));
  }
  return true;
}

// The next token of each.
void EngineWorker::step() {
  Batch batch(streams.size());
  for (Stream& stream : streams) {
    batch.add(stream.token, stream.at++, stream.sequence, true);
    ++stream.job.reply.decoded;
  }
  std::int64_t all_decoded = 0;
  if (const Status done_it = session().decode(batch, all_decoded); !done_it) {
    give_up(done_it.error());
    return;
  }
  // What one that has ended shared with the one before it, the next one shares too.
  constexpr auto all = static_cast<std::size_t>(-1);
  std::size_t shared = all;
  std::int32_t index = 0;
  std::vector<Stream> before = std::exchange(streams, {});
  for (Stream& stream : before) {
    stream.shared = shared = std::min(stream.shared, shared);
    if (!goes_on(stream, index++)) continue;
    streams.push_back(std::move(stream));
    shared = all;
  }
  shared_with_last = std::min(shared_with_last, shared);
}

// With the next token, where the last batch has its logits; or it is finished.
bool EngineWorker::goes_on(Stream& stream, std::int32_t index) {
  const auto reason = caught([&] { return write(stream, index); });
  if (reason && !*reason) return true;
  session().drop(stream.sequence);
  if (!reason) {
    finish(std::move(stream.job), tl::unexpected(reason.error()));
    return false;
  }
  EngineReply reply = std::move(stream.job.reply);
  replies_written += stream.writer.tokens();
  prompts_computed += reply.decoded - stream.writer.tokens();
  reply.finish_reason = **reason;
  fill(reply, stream.writer, stream.job.open_until);
  finish(std::move(stream.job), std::move(reply));
  return false;
}

// Why it ended, once it has.
Result<std::optional<std::string>> EngineWorker::write(Stream& stream,
                                                       std::int32_t index) {
  stream.token = TRY(stream.writer.next(session(), index));
  return stream.writer.take(stream.token);
}

// What fails while it is computed takes the whole cache along.
void EngineWorker::give_up(const Error& error) {
  for (Stream& stream : std::exchange(streams, {})) {
    finish(std::move(stream.job), tl::unexpected(error));
  }
}

// ---- The engine -------------------------------------------------------------------

namespace {

class LlamaEngine final : public Engine {
 public:
  explicit LlamaEngine(std::unique_ptr<EngineWorker> worker)
      : worker_(std::move(worker)) {}

  const EngineInfo& info() const override { return worker_->loaded.info; }
  std::int64_t computed() const override { return worker_->loaded.session->computed(); }
  Status can_chat(const std::string& reasoning) const override {
    return worker_->loaded.chat->can_chat(reasoning);
  }

  void start(EngineRequest request) override {
    {
      const std::lock_guard lock(worker_->mutex);
      if (worker_->under_way == 0) worker_->cancelled = worker_->abort = false;
      worker_->waiting.push_back(std::move(request));
      ++worker_->under_way;
    }
    worker_->to_worker.notify_one();
  }

  std::vector<EngineAnswer> wait(TimePoint until) override {
    std::unique_lock lock(worker_->mutex);
    worker_->to_caller.wait_until(
        lock, until, [&] { return !worker_->done.empty() || worker_->under_way == 0; });
    return std::exchange(worker_->done, {});
  }

  void cancel(bool also_begun) override {
    worker_->cancelled = true;
    if (also_begun) worker_->abort = true;
  }

 private:
  std::unique_ptr<EngineWorker> worker_;
};

Result<std::unique_ptr<Engine>> load(const EngineOptions& options) {
  auto worker = std::make_unique<EngineWorker>();
  worker->loaded = TRY(load_model(options, worker->abort));
  worker->exact = options.exact;
  const bool on_gpu = llama_supports_gpu_offload() && options.gpu_layers != 0;
  worker->may_choose = options.parallel == 0 && !on_gpu;
  worker->scorer = std::make_unique<Scorer>(
      *worker->loaded.vocabulary, *worker->loaded.session,
      options.exact || !worker->loaded.share, worker->loaded.share);
  auto* const mine = worker.get();
  mine->loaded.chat->stop_by([mine] { return mine->cancelled.load(); });
  const SignalsBlocked blocked;  // llama.cpp's own threads come from the worker
  worker->thread = std::jthread([mine] { mine->work(); });
  return std::make_unique<LlamaEngine>(std::move(worker));
}

// As caught(), with the file named: what a library throws names nothing.
template <class Function>
auto caught_in(const std::filesystem::path& model, const Function& function)
    -> decltype(function()) {
  try {
    return function();
  } catch (const std::exception& problem) {
    return fail(Fault::data, "{}: llama.cpp: {}", model.string(), problem.what());
  }
}

Result<std::unique_ptr<Engine>> load_caught(EngineOptions options) {
  return caught_in(options.model, [&] { return load(options); });
}

Result<EngineForecast> forecast_caught(const EngineOptions& options,
                                       std::span<const EngineRequest> requests) {
  return caught_in(options.model, [&] { return forecast_model(options, requests); });
}

Result<EngineOutlook> look_at_caught(const EngineOptions& options) {
  return caught_in(options.model, [&] { return look_at_model(options); });
}

}  // namespace

}  // namespace proctor

extern "C" __attribute__((visibility("default"))) const char* proctor_engine_build() {
  return PROCTOR_ENGINE_BUILD;
}

extern "C" __attribute__((visibility("default"))) const proctor::EnginePlugin*
proctor_engine_plugin() {
  static const proctor::EnginePlugin plugin{
      llama_version(), proctor::template_families, proctor::load_caught,
      proctor::forecast_caught, proctor::look_at_caught};
  return &plugin;
}
