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
  llama_seq_id sequence = 0;
  std::size_t at = 0;                // tokens in the cache
  std::size_t reserved = 0;          // cells of the cache, beyond the shared ones
  std::optional<llama_token> token;  // the next one to put in, once it is written
  std::int32_t index = -1;           // of its logits in the last batch
};

std::size_t same_beginning(const Tokens& a, const Tokens& b) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
}

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

// Beginnings that differ by less are not worth computing another base for.
constexpr std::size_t worth_a_base = 32;

}  // namespace

struct EngineWorker {
  Loaded loaded;  // the worker's thread alone touches it, once that runs
  bool exact = false;
  std::unique_ptr<Scorer> scorer;
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
  void finish_writing(Stream stream, std::string reason);
  Result<EngineReply> score(Job& job);
  Result<EngineReply> write_alone(Job& job);
  void write_together(Job first);
  bool admit(std::deque<Job>& ahead, std::vector<Stream>& streams);
  void step(std::vector<Stream>& streams);
  Result<std::optional<std::string>> write(Stream& stream);

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

void EngineWorker::finish_writing(Stream stream, std::string reason) {
  session().drop(stream.sequence);
  EngineReply reply = std::move(stream.job.reply);
  reply.finish_reason = std::move(reason);
  fill(reply, stream.writer, stream.job.open_until);
  finish(std::move(stream.job), std::move(reply));
}

// Replies of many requests, a token of each at a time. Sequence 0 holds a beginning
// that they share; it is changed only when nothing is being written.
void EngineWorker::write_together(Job first) {
  std::deque<Job> ahead;
  ahead.push_back(std::move(first));
  std::vector<Stream> streams;
  while (true) {
    while (!cancelled && ahead.size() < 2 * loaded.sequences) {
      auto job = next(Kind::written, false);
      if (!job) break;
      ahead.push_back(std::move(*job));
    }
    while (cancelled && !ahead.empty()) {
      finish(std::move(ahead.front()), not_begun());
      ahead.pop_front();
    }
    while (!ahead.empty() && streams.size() < loaded.sequences &&
           admit(ahead, streams)) {
    }
    if (streams.empty() && ahead.empty()) return;
    if (!streams.empty()) step(streams);
  }
}

// Begins with the first of `ahead`, or ends it with its error. False: it has to wait
// until others have ended.
bool EngineWorker::admit(std::deque<Job>& ahead, std::vector<Stream>& streams) {
  Job& job = ahead.front();
  begin(job);
  auto writer = caught([&] {
    return Writer::of(job.request, *loaded.vocabulary,
                      session().context() - job.tokens.size(), job.open_until);
  });
  if (!writer) {
    finish(std::move(job), tl::unexpected(writer.error()));
    ahead.pop_front();
    return true;
  }
  const std::size_t most_shared = job.tokens.size() - 1;
  std::size_t shared =
      std::min(same_beginning(session().held(), job.tokens), most_shared);
  std::size_t best = 0;
  for (std::size_t i = 1; i < ahead.size(); ++i) {
    best = std::max(best, same_beginning(job.tokens, ahead[i].tokens));
  }
  best = std::min(best, most_shared);
  if (best > shared + worth_a_base) {
    if (!streams.empty()) return false;
    const auto base = std::span(job.tokens).first(best);
    if (const Status held = session().hold_base(base, job.reply.decoded); !held) {
      finish(std::move(job), tl::unexpected(held.error()));
      ahead.pop_front();
      return true;
    }
    shared = best;
  }
  const std::size_t reserved = job.tokens.size() - shared + writer->most();
  std::size_t used = session().held().size();
  for (const Stream& stream : streams) used += stream.reserved;
  if (used + reserved > session().context()) {
    if (!streams.empty()) return false;
    session().cut(shared);  // alone it always fits: the writer's length is limited
  }
  std::vector<bool> taken(loaded.sequences + 1);
  for (const Stream& stream : streams) {
    taken[static_cast<std::size_t>(stream.sequence)] = true;
  }
  llama_seq_id sequence = 1;
  while (taken[static_cast<std::size_t>(sequence)]) ++sequence;
  session().copy(sequence, shared);
  streams.push_back({.job = std::move(job),
                     .writer = *std::move(writer),
                     .sequence = sequence,
                     .at = shared,
                     .reserved = reserved});
  ahead.pop_front();
  return true;
}

void EngineWorker::step(std::vector<Stream>& streams) {
  Batch batch(Session::portion);
  for (Stream& stream : streams) {  // first one token of each reply: nobody waits long
    stream.index = -1;
    if (!stream.token) continue;
    stream.index = batch.add(*stream.token, stream.at++, stream.sequence, true);
    ++stream.job.reply.decoded;
  }
  for (Stream& stream : streams) {
    const Tokens& prompt = stream.job.tokens;
    while (stream.at < prompt.size() && batch.room() > 0) {
      const bool is_last = stream.at + 1 == prompt.size();
      const auto index =
          batch.add(prompt[stream.at], stream.at, stream.sequence, is_last);
      ++stream.at;
      ++stream.job.reply.decoded;
      if (is_last) stream.index = index;
    }
  }
  std::int64_t all_decoded = 0;
  if (const Status done_it = session().decode(batch, all_decoded); !done_it) {
    for (Stream& stream : streams) {
      finish(std::move(stream.job), tl::unexpected(done_it.error()));
    }
    streams.clear();
    return;
  }
  std::vector<Stream> going_on;
  for (Stream& stream : streams) {
    const auto reason = caught([&] { return write(stream); });
    if (!reason) {
      session().drop(stream.sequence);
      finish(std::move(stream.job), tl::unexpected(reason.error()));
    } else if (*reason) {
      finish_writing(std::move(stream), **reason);
    } else {
      going_on.push_back(std::move(stream));
    }
  }
  streams = std::move(going_on);
}

// The next token, where the last batch has its logits. Why it ended, once it has.
Result<std::optional<std::string>> EngineWorker::write(Stream& stream) {
  if (stream.index < 0) return std::nullopt;
  const llama_token token = TRY(stream.writer.next(session(), stream.index));
  if (auto reason = stream.writer.take(token)) return reason;
  stream.token = token;
  return std::nullopt;
}

// ---- The engine -------------------------------------------------------------------

namespace {

class LlamaEngine final : public Engine {
 public:
  explicit LlamaEngine(std::unique_ptr<EngineWorker> worker)
      : worker_(std::move(worker)) {}

  const EngineInfo& info() const override { return worker_->loaded.info; }
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
