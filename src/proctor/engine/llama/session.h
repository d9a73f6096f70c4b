// A loaded model with its context: tokens in, logits out, and what sequence 0 holds.
// Not for other folders.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include <llama.h>

#include "proctor/base/base.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

struct FreeModel {
  void operator()(llama_model* model) const { llama_model_free(model); }
};
struct FreeContext {
  void operator()(llama_context* context) const { llama_free(context); }
};
struct FreeSampler {
  void operator()(llama_sampler* sampler) const { llama_sampler_free(sampler); }
};
using ModelPointer = std::unique_ptr<llama_model, FreeModel>;
using ContextPointer = std::unique_ptr<llama_context, FreeContext>;
using SamplerPointer = std::unique_ptr<llama_sampler, FreeSampler>;

// Tokens for one llama_decode, each with its place and sequence.
class Batch {
 public:
  explicit Batch(std::size_t most);
  ~Batch() { llama_batch_free(batch_); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;

  std::size_t size() const { return static_cast<std::size_t>(batch_.n_tokens); }
  std::size_t room() const { return most_ - size(); }
  void clear() { batch_.n_tokens = 0; }
  // The index that logits are read by.
  std::int32_t add(llama_token token, std::size_t position, llama_seq_id sequence,
                   bool logits);
  llama_batch get() const { return batch_; }

 private:
  std::size_t most_;
  llama_batch batch_;
};

struct SessionOptions {
  bool exact = false, share = true;
  int threads = 1;
  std::size_t context = 0;
  std::size_t sequences = 1;  // beside sequence 0
};

class Session {
 public:
  // Sizes that the memory's estimate needs before there is one. `portion`: tokens that
  // are computed at once (512 was the fastest on processors). `most_logits`: rows of
  // logits in a portion, since each is as wide as the vocabulary.
  static constexpr std::size_t portion = 512;
  static constexpr std::size_t most_logits = 64;
  // Exact mode decodes [0, 32), [32, 64), ... apart: so each token is computed in the
  // same company whatever was shared, and the bits cannot depend on what went before.
  static constexpr std::size_t exact_portion = 32;
  // Tokens that one decode may hold, by which llama.cpp makes its buffers.
  static constexpr std::size_t most_at_once(bool exact) {
    return exact ? 2 * exact_portion : portion;
  }

  // Fault::usage where the context cannot be made (memory).
  static Result<std::unique_ptr<Session>> of(llama_model* model,
                                             const SessionOptions& options,
                                             const std::atomic<bool>& stop);

  std::size_t context() const { return options_.context; }
  const std::vector<llama_token>& held() const { return held_; }
  bool can_share() const { return can_share_; }

  // How many tokens at the beginning sequence 0 keeps where it is to hold these.
  std::size_t kept_of(std::span<const llama_token> tokens) const;
  // Makes sequence 0 hold exactly these tokens, decoding what it does not hold yet, and
  // gives the index of the logits after the last one (valid until the next decode).
  // `decoded` is added to. Requires 0 < tokens <= context.
  Result<std::int32_t> hold(std::span<const llama_token> tokens, std::int64_t& decoded);
  // More tokens after what sequence 0 holds, at most `most_logits`: logits(i) are those
  // after the i-th.
  Status extend(std::span<const llama_token> tokens, std::int64_t& decoded);
  // Sequence `to` begins with the first `count` tokens of sequence 0.
  void copy(llama_seq_id to, std::size_t count);
  void drop(llama_seq_id sequence);
  // Sequence 0 goes back to its first `count` tokens.
  void cut(std::size_t count);
  // Other sequences are the caller's; sequence 0 is not to be added to by this.
  Status decode(const Batch& batch, std::int64_t& decoded);
  // Tokens decoded so far. Any thread.
  std::int64_t computed() const { return computed_; }
  // A row as wide as the vocabulary. Fault::data where they are no numbers: NaN, or an
  // infinity as the largest.
  Result<std::span<const float>> logits(std::int32_t index) const;
  // The sampler's choice there, which it remembers. Fails as logits() does.
  Result<llama_token> sample(llama_sampler& sampler, std::int32_t index);

 private:
  Session(ContextPointer context, const SessionOptions& options, std::size_t words);

  // Decodes tokens[from, size) into sequence 0, with logits after the last one.
  Result<std::int32_t> append(std::span<const llama_token> tokens, std::size_t from,
                              std::int64_t& decoded);
  void forget();

  ContextPointer context_;
  SessionOptions options_;
  std::size_t words_;  // the vocabulary's size
  Batch batch_{portion};
  std::vector<llama_token> held_;  // of sequence 0
  std::size_t usual_ = 0;  // of those, computed in portions that every prompt has
  bool can_share_ = true;
  std::atomic<std::int64_t> computed_{0};  // written by whoever decodes
};

// log(sum(exp(logits))), by which a logit becomes a log-probability.
double log_sum_exp(std::span<const float> logits);

}  // namespace proctor
