// What attempts at questions are worth, one by one and in all. Not for other folders;
// these include score.h.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "proctor/answer/answer.h"
#include "proctor/question/question.h"
#include "proctor/reply/reply.h"
#include "proctor/score/near_ties.h"
#include "proctor/score/tally.h"

namespace proctor {

// One question's end, as it is told. The pointers are valid during the call.
struct Graded {
  TrialId trial;
  const Question* question = nullptr;
  const Attempt* attempt = nullptr;  // the one that counts
  std::int64_t attempts = 0;         // how often it was tried
  bool is_second_try = false;        // of a later generation than the first
  Answer answer;
  Mark mark = Mark::failed;
};

struct MarkedAnswer {
  Answer answer;
  Mark mark = Mark::failed;
};
// What one reader makes of a reply.
MarkedAnswer mark_reply(const Reader& reader, const Question& question,
                        const Reply& reply);
// What an attempt at a question is worth.
Graded grade(const Reader& reader, const Question& question, TrialId trial,
             const Attempt& attempt);

// By how much its likeliest letter leads, where letters were scored; before no other
// mark where the reader took another letter.
Lead lead_of(const Graded& graded);

// How many tokens servers say they read, and whether that can be true: ollama cuts what
// is longer than its context, and says nothing but the same number every time.
struct PromptSizes {
  // Of the replies with the most: how many there are, and how long the shortest and the
  // longest of their questions are, in characters.
  std::int64_t most_tokens = 0, at_most = 0;
  std::size_t shortest = 0, longest = 0;
  std::int64_t impossible = 0;  // fewer tokens than the question alone can have

  void add(std::int64_t tokens, std::size_t question);
  // How many prompts were cut, as far as the numbers show it.
  std::int64_t cut() const;
};

// What the trials that have ended came to.
struct Account {
  // Of all replies, the store's too. Decoded: what an embedded engine really computed.
  std::int64_t prompt_tokens = 0, reply_tokens = 0, decoded_tokens = 0;
  // Replies of scored letters in which a letter's likelihood is not known, since the
  // server lists the likeliest tokens only; and those of them in which none is.
  std::int64_t unknown_letters = 0, no_letters = 0;
  std::vector<Lead> leads;  // of the answers whose likelihoods are known
  // Replies without a word that count as unread or cut; those of them that are thoughts
  // alone; and those of these whose thoughts the token limit cut.
  std::int64_t empty = 0, thoughts_only = 0, thoughts_cut = 0;
  // Why questions failed, in the attempts' words, and how many of each; at most 100
  // kinds.
  std::map<std::string, std::int64_t> reasons;
  std::int64_t second_tries = 0;  // replies to what was asked again
  double chances = 0;  // sum over the questions of 1 / choices: right by guessing
  PromptSizes sizes;
  Tally tally;
  // Replies by whom: model and build in the servers' own words.
  std::map<std::pair<std::string, std::string>, std::int64_t> sources;

  void add(const Graded& graded);
  std::int64_t ended() const { return tally.ledger.n(); }
};

// How a run stands: what has ended, and what is still to come.
struct Progress {
  std::int64_t planned = 0;    // trials of the plan
  std::int64_t under_way = 0;  // started, not ended
  std::int64_t reused = 0;     // answered from the store
  std::int64_t requests = 0;   // tries in this process
  Account account;             // of all that have ended, the store's too

  std::int64_t ended() const { return account.ended(); }
};

}  // namespace proctor
