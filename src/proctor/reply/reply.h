// What comes back for a prompt: each try of a question, the reply where one came, and
// who wrote it. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {

struct Tokens {
  std::optional<std::int64_t> prompt, reply;
  // What an embedded engine really computed; the rest of the prompts was shared.
  std::optional<std::int64_t> decoded;
  // What the model thought, where the server counts it.
  std::optional<std::int64_t> thought;
};

struct Reply {
  std::string text;           // valid UTF-8
  std::string reasoning;      // a thinking model's, where the server keeps it apart
  std::string finish_reason;  // the server's own word: stop, length, MAX_TOKENS, …
  std::string model;          // what the server says it is
  std::string build;          // its build or fingerprint
  std::map<std::string, double> logprobs;  // by letter, where letters were scored
  Tokens tokens;
};

// One try. Ids are unique over all stores: time first, then randomness, so that
// "the smallest" has a meaning when stores are merged.
struct Attempt {
  std::string id;
  Result<Reply> outcome = fail(Fault::cancelled, "not tried");
  int status = 0;        // HTTP's, 0 where none came
  std::string request;   // the body that was sent; keys are never in it
  std::string response;  // the body that came, as it came, but for the key
  WallTime started{};
  Microseconds latency{};
};

// Which question is asked.
struct TrialId {
  std::uint32_t ordinal = 0;  // position in the data set's canonical order
  auto operator<=>(const TrialId&) const = default;
};

// All tries of one trial; the last one counts.
struct Completion {
  TrialId trial;
  std::vector<Attempt> attempts;
};

// ---- Who answers ----

// Who is at an address, in the server's own words. What it does not say is empty.
struct Answerer {
  std::string model;   // its file, without folders; what stands behind the name asked
  std::string digest;  // ollama's
  std::optional<std::int64_t> parameters, bytes,
      words;                         // of the weights; the vocabulary
  std::string build;                 // of the server's program
  std::vector<std::string> names;    // what its replies may call it
  std::optional<std::size_t> slots;  // how many requests it serves at once
  bool is_there = false;             // somebody answers
  bool is_loading = false;           // a llama-server that still reads its model

  // Whether it says anything that tells one model from another.
  bool says_who() const;
  // What tells one model from another, as canonical JSON; empty where nothing does. Not
  // in it: the build, and what changes when the same server is started again.
  std::string identity() const;
};
// As a store keeps it: identity and build; empty where it does not say who it is.
std::string answerer_json(const Answerer& answerer);
// Empty for what is no such JSON.
Answerer read_answerer(std::string_view json);
// Whether both say something of the same kind, and not the same.
bool contradicts(const Answerer& one, const Answerer& other);
// "mistral-7b.Q4_K_M.gguf, b4567", inert; empty where it says nothing.
std::string title_of(const Answerer& answerer);
// A file's name without its folders, which differ from machine to machine; a hub's
// "owner/name" stays whole.
std::string file_name_of(std::string_view word);
// What a reply's own word says of who wrote it. Empty where it says nothing: servers
// repeat the name that they were asked for.
std::string model_said(std::string_view asked, std::string_view said);

}  // namespace proctor
