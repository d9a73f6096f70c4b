#include "proctor/engine/llama/session.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace proctor {
namespace {

bool stops(void* flag) {
  return static_cast<const std::atomic<bool>*>(flag)->load(std::memory_order_relaxed);
}

}  // namespace

Batch::Batch(std::size_t most)
    : most_(most), batch_(llama_batch_init(static_cast<std::int32_t>(most), 0, 1)) {}

std::int32_t Batch::add(llama_token token, std::size_t position, llama_seq_id sequence,
                        bool logits) {
  assert(room() > 0);
  const std::int32_t index = batch_.n_tokens++;
  batch_.token[index] = token;
  batch_.pos[index] = static_cast<llama_pos>(position);
  batch_.n_seq_id[index] = 1;
  batch_.seq_id[index][0] = sequence;
  batch_.logits[index] = logits ? 1 : 0;
  return index;
}

Result<std::unique_ptr<Session>> Session::of(llama_model* model,
                                             const SessionOptions& options,
                                             const std::atomic<bool>& stop) {
  llama_context_params params = llama_context_default_params();
  params.n_ctx = static_cast<std::uint32_t>(options.context);
  params.n_batch = portion;
  params.n_ubatch = static_cast<std::uint32_t>(most_at_once(options.exact));
  params.n_seq_max = static_cast<std::uint32_t>(options.sequences + 1);
  params.n_outputs_max = most_logits;
  params.n_threads = options.threads;
  params.n_threads_batch = options.threads;
  params.flash_attn_type =
      options.exact ? LLAMA_FLASH_ATTN_TYPE_DISABLED : LLAMA_FLASH_ATTN_TYPE_AUTO;
  // A beginning can only be shared by sequences that live in one cache; with a cache
  // each, copying a part of one stops the process.
  params.kv_unified = true;
  // Sliding windows keep all their cells, so that a sequence can go back to its prefix.
  params.swa_full = true;
  params.no_perf = true;
  params.abort_callback = stops;
  params.abort_callback_data = const_cast<std::atomic<bool>*>(&stop);
  ContextPointer context(llama_init_from_model(model, params));
  if (!context) return fail(Fault::usage, "no context could be made");
  const auto words = llama_vocab_n_tokens(llama_model_get_vocab(model));
  return std::unique_ptr<Session>(
      new Session(std::move(context), options, static_cast<std::size_t>(words)));
}

Session::Session(ContextPointer context, const SessionOptions& options,
                 std::size_t words)
    : context_(std::move(context)), options_(options), words_(words) {}

std::size_t Session::kept_of(std::span<const llama_token> tokens) const {
  if (!options_.share || !can_share_) return 0;
  const auto [mine, theirs] = std::ranges::mismatch(held_, tokens);
  auto same = static_cast<std::size_t>(mine - held_.begin());
  // The last token is computed in any case: its logits are what is asked for.
  same = std::min(same, tokens.size() - 1);
  if (!options_.exact) return same;
  const std::size_t kept = std::min(same, usual_) / exact_portion * exact_portion;
  // A last token that would be alone takes one of the portion before for company, as
  // append() has it: that portion is not the usual one, so it is not to be kept.
  return kept > 0 && kept + 1 == tokens.size() ? kept - exact_portion : kept;
}

void Session::forget() {
  llama_memory_clear(llama_get_memory(context_.get()), false);
  held_.clear();
  usual_ = 0;
}

void Session::cut(std::size_t count) {
  if (count >= held_.size()) return;
  llama_memory_t memory = llama_get_memory(context_.get());
  if (count == 0) {
    llama_memory_seq_rm(memory, 0, -1, -1);
    held_.clear();
    return;
  }
  if (!llama_memory_seq_rm(memory, 0, static_cast<llama_pos>(count), -1)) {
    // A model with a state instead of a cache cannot go back: from now on each request
    // is decoded whole.
    can_share_ = false;
    forget();
    return;
  }
  held_.resize(count);
}

Status Session::decode(const Batch& batch, std::int64_t& decoded) {
  std::int32_t code = 0;
  try {
    code = llama_decode(context_.get(), batch.get());
  } catch (const std::exception& problem) {
    forget();
    return fail(Fault::data, "llama.cpp: {}", problem.what());
  }
  if (code == 0) {
    decoded += static_cast<std::int64_t>(batch.size());
    computed_ += static_cast<std::int64_t>(batch.size());
    return {};
  }
  // What was computed before it stopped is still in the cache: nothing there is known.
  forget();
  if (code == 2) return fail(Fault::cancelled, "stopped while it was computed");
  if (code == 1) {
    return fail(Fault::rejected, "context: there is no room for {} tokens more",
                batch.size());
  }
  return fail(Fault::data, "llama.cpp could not compute it (code {})", code);
}

Result<std::span<const float>> Session::logits(std::int32_t index) const {
  const float* const first = llama_get_logits_ith(context_.get(), index);
  const std::span<const float> row(first, first == nullptr ? 0 : words_);
  float top = -INFINITY;
  bool are_numbers = true;
  for (const float logit : row) {
    are_numbers = are_numbers && !std::isnan(logit);
    top = std::max(top, logit);
  }
  if (!are_numbers || !std::isfinite(top)) {
    return fail(Fault::data, "the model's logits are no numbers; is the file whole?");
  }
  return row;
}

Result<llama_token> Session::sample(llama_sampler& sampler, std::int32_t index) {
  TRY(logits(index));
  return llama_sampler_sample(&sampler, context_.get(), index);
}

Result<std::int32_t> Session::append(std::span<const llama_token> tokens,
                                     std::size_t from, std::int64_t& decoded) {
  const std::size_t step = options_.exact ? exact_portion : portion;
  std::int32_t last = -1;
  std::size_t at = from;
  usual_ = std::min(usual_, from);
  while (at < tokens.size()) {
    const std::size_t whole = (at / step + 1) * step;
    std::size_t end = std::min(tokens.size(), step == portion ? at + portion : whole);
    // A token alone goes through other kernels than one in company, with other
    // rounding.
    if (end + 1 == tokens.size() && end > at + 1) --end;
    if (at + 2 == tokens.size()) end = tokens.size();
    if (end == whole && usual_ == at) usual_ = end;
    batch_.clear();
    for (; at < end; ++at) {
      last = batch_.add(tokens[at], at, 0, at + 1 == tokens.size());
    }
    TRY(decode(batch_, decoded));
    held_.assign(tokens.begin(), tokens.begin() + static_cast<std::ptrdiff_t>(at));
  }
  return last;
}

Result<std::int32_t> Session::hold(std::span<const llama_token> tokens,
                                   std::int64_t& decoded) {
  assert(!tokens.empty() && tokens.size() <= context());
  cut(kept_of(tokens));
  return append(tokens, held_.size(), decoded);
}

Status Session::extend(std::span<const llama_token> tokens, std::int64_t& decoded) {
  assert(held_.size() + tokens.size() <= context() && tokens.size() <= most_logits);
  batch_.clear();
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    batch_.add(tokens[i], held_.size() + i, 0, true);
  }
  TRY(decode(batch_, decoded));
  held_.insert(held_.end(), tokens.begin(), tokens.end());
  return {};
}

void Session::copy(llama_seq_id to, std::size_t count) {
  llama_memory_t memory = llama_get_memory(context_.get());
  llama_memory_seq_rm(memory, to, -1, -1);
  if (count > 0) {
    llama_memory_seq_cp(memory, 0, to, 0, static_cast<llama_pos>(count));
  }
}

void Session::drop(llama_seq_id sequence) {
  llama_memory_seq_rm(llama_get_memory(context_.get()), sequence, -1, -1);
}

double log_sum_exp(std::span<const float> logits) {
  float top = -INFINITY;
  for (const float logit : logits) top = std::max(top, logit);
  double sum = 0;
  for (const float logit : logits) {
    sum += std::exp(static_cast<double>(logit) - static_cast<double>(top));
  }
  return static_cast<double>(top) + std::log(sum);
}

}  // namespace proctor
