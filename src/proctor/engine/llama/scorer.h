// How likely continuations are after a prompt. Not for other folders.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/engine/engine.h"
#include "proctor/engine/llama/session.h"
#include "proctor/engine/llama/vocabulary.h"

namespace proctor {

// Prompt and continuations as tokens of one text: scored is what differs.
struct Seam {
  std::size_t start = 0;      // scored from this token of the joint text on
  std::vector<Tokens> tails;  // the tokens from there, one a continuation, none empty
};

// All that is scored is a token each, as letters are: one row of logits tells them.
bool is_single(const Seam& seam);

class Scorer {
 public:
  Scorer(Vocabulary& vocabulary, Session& session, bool one_by_one, bool share)
      : vocabulary_(vocabulary),
        session_(session),
        one_by_one_(one_by_one),
        share_(share) {}

  // `prompt`: vocabulary.tokens_of(pieces).
  Result<Seam> seam_of(const std::vector<Piece>& pieces, const Tokens& prompt,
                       const std::vector<std::string>& continuations);
  // Requires that start and the longest tail together fit into the context.
  // `sequences`: how many beside sequence 0 may be used.
  Result<std::vector<Likelihood>> score(const Tokens& prompt, const Seam& seam,
                                        std::size_t sequences, std::int64_t& decoded);

 private:
  Status score_apart(const Tokens& base, const Tokens& tail, Likelihood& likelihood,
                     std::int64_t& decoded);
  Status score_tails(std::size_t start, const std::vector<const Tokens*>& tails,
                     const std::vector<Likelihood*>& likelihoods,
                     std::int64_t& decoded);

  Vocabulary& vocabulary_;
  Session& session_;
  bool one_by_one_, share_;
  std::map<std::string, Seam> known_;  // by how a prompt ends; start is not set
};

}  // namespace proctor
