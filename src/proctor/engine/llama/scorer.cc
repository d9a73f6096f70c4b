#include "proctor/engine/llama/scorer.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace proctor {
namespace {

constexpr std::size_t ending_bytes = 48;
constexpr std::size_t ending_tokens = 6;
constexpr std::size_t most_known = 256;

// The last bytes and tokens of a prompt and what follows: where they are the same, the
// letters fall into the same tokens. Nothing where a prompt is shorter than that.
std::string ending_of(const std::vector<Piece>& pieces, const Tokens& prompt,
                      const std::vector<std::string>& continuations) {
  if (prompt.size() < ending_tokens) return {};
  std::string ending;
  for (auto piece = pieces.rbegin(); piece != pieces.rend(); ++piece) {
    ending.insert(0, piece->text);
    if (ending.size() >= ending_bytes) break;
  }
  if (ending.size() < ending_bytes) return {};
  ending.erase(0, ending.size() - ending_bytes);
  for (std::size_t i = prompt.size() - ending_tokens; i < prompt.size(); ++i) {
    ending += fmt::format(" {}", prompt[i]);
  }
  for (const std::string& continuation : continuations) {
    ending += '\0';
    ending += continuation;
  }
  return ending;
}

double log_probability(std::span<const float> logits, double normaliser,
                       llama_token token) {
  return static_cast<double>(logits[static_cast<std::size_t>(token)]) - normaliser;
}

Status check_numbers(const std::vector<Likelihood>& likelihoods) {
  for (const Likelihood& likelihood : likelihoods) {
    if (!std::isfinite(likelihood.sum)) {
      return fail(Fault::data, "the model's logits are no numbers; is the file whole?");
    }
  }
  return {};
}

// The first token of each tail, by the logits after the prompt.
std::vector<Likelihood> first_tokens(const Seam& seam, std::span<const float> row) {
  const double normaliser = log_sum_exp(row);
  std::vector<Likelihood> likelihoods;
  for (const Tokens& tail : seam.tails) {
    likelihoods.push_back({.sum = log_probability(row, normaliser, tail.front()),
                           .tokens = static_cast<std::int64_t>(tail.size())});
  }
  return likelihoods;
}

}  // namespace

bool is_single(const Seam& seam) {
  return std::ranges::all_of(seam.tails,
                             [](const Tokens& tail) { return tail.size() == 1; });
}

Result<Seam> Scorer::seam_of(const std::vector<Piece>& pieces, const Tokens& prompt,
                             const std::vector<std::string>& continuations) {
  const std::string ending = ending_of(pieces, prompt, continuations);
  const auto known = known_.find(ending);
  if (!ending.empty() && known != known_.end()) {
    Seam seam = known->second;
    seam.start = prompt.size();
    return seam;
  }
  std::vector<Tokens> wholes;
  std::size_t start = prompt.size();
  for (const std::string& continuation : continuations) {
    std::vector<Piece> joint = pieces;
    joint.push_back({continuation, false});
    wholes.push_back(vocabulary_.tokens_of(joint));
    const auto [mine, theirs] = std::ranges::mismatch(prompt, wholes.back());
    start = std::min(start, static_cast<std::size_t>(mine - prompt.begin()));
    // A continuation that melts into the prompt's last token still has one of its own.
    start = std::min(start, wholes.back().size() - 1);
  }
  if (start == 0) {
    return fail(Fault::rejected,
                "the prompt is empty, and nothing can be likely after nothing");
  }
  Seam seam{.start = start, .tails = {}};
  for (const Tokens& whole : wholes) {
    seam.tails.emplace_back(whole.begin() + static_cast<std::ptrdiff_t>(start),
                            whole.end());
  }
  // Texts of options are never the same again; letters always are.
  if (!ending.empty() && start == prompt.size() && is_single(seam)) {
    if (known_.size() >= most_known) known_.clear();
    known_[ending] = seam;
  }
  return seam;
}

Status Scorer::score_apart(const Tokens& base, const Tokens& tail,
                           Likelihood& likelihood, std::int64_t& decoded) {
  std::size_t at = 0;
  while (at + 1 < tail.size()) {
    const std::size_t count = std::min(tail.size() - 1 - at, Session::most_logits);
    TRY(session_.extend(std::span(tail).subspan(at, count), decoded));
    for (std::size_t i = 0; i < count; ++i, ++at) {
      const std::span<const float> row =
          TRY(session_.logits(static_cast<std::int32_t>(i)));
      likelihood.sum += log_probability(row, log_sum_exp(row), tail[at + 1]);
    }
  }
  session_.cut(base.size());
  return {};
}

Status Scorer::score_tails(std::size_t start, const std::vector<const Tokens*>& tails,
                           const std::vector<Likelihood*>& likelihoods,
                           std::int64_t& decoded) {
  Batch batch(Session::portion);
  std::vector<std::vector<std::int32_t>> rows(tails.size());
  for (std::size_t i = 0; i < tails.size(); ++i) {
    const auto sequence = static_cast<llama_seq_id>(i + 1);
    session_.copy(sequence, start);
    for (std::size_t at = 0; at + 1 < tails[i]->size(); ++at) {
      rows[i].push_back(batch.add((*tails[i])[at], start + at, sequence, true));
    }
  }
  const auto add_all = [&]() -> Status {
    TRY(session_.decode(batch, decoded));
    for (std::size_t i = 0; i < tails.size(); ++i) {
      for (std::size_t at = 0; at < rows[i].size(); ++at) {
        const std::span<const float> row = TRY(session_.logits(rows[i][at]));
        likelihoods[i]->sum +=
            log_probability(row, log_sum_exp(row), (*tails[i])[at + 1]);
      }
    }
    return {};
  };
  Status done = add_all();
  for (std::size_t i = 0; i < tails.size(); ++i) {
    session_.drop(static_cast<llama_seq_id>(i + 1));
  }
  return done;
}

Result<std::vector<Likelihood>> Scorer::score(const Tokens& prompt, const Seam& seam,
                                              std::size_t sequences,
                                              std::int64_t& decoded) {
  assert(seam.start > 0 && seam.start <= prompt.size());
  const Tokens base(prompt.begin(),
                    prompt.begin() + static_cast<std::ptrdiff_t>(seam.start));
  const std::int32_t last = TRY(session_.hold(base, decoded));
  std::vector<Likelihood> likelihoods = first_tokens(seam, TRY(session_.logits(last)));
  std::vector<const Tokens*> tails;  // those that go together
  std::vector<Likelihood*> theirs;
  std::size_t rows = 0;
  for (std::size_t i = 0; i < likelihoods.size(); ++i) {
    const std::size_t more = seam.tails[i].size() - 1;
    if (more == 0) continue;
    if (one_by_one_ || more > Session::most_logits) {
      // Without sharing each continuation pays for the whole prompt.
      if ((!share_ && i > 0) || session_.held().size() != base.size()) {
        TRY(session_.hold(base, decoded));
      }
      TRY(score_apart(base, seam.tails[i], likelihoods[i], decoded));
      continue;
    }
    if (rows + more > Session::most_logits || tails.size() == sequences) {
      TRY(score_tails(seam.start, tails, theirs, decoded));
      tails.clear();
      theirs.clear();
      rows = 0;
    }
    tails.push_back(&seam.tails[i]);
    theirs.push_back(&likelihoods[i]);
    rows += more;
  }
  if (!tails.empty()) TRY(score_tails(seam.start, tails, theirs, decoded));
  TRY(check_numbers(likelihoods));
  return likelihoods;
}

}  // namespace proctor
