// Protocols: how a question becomes what a model is sent. Pure: no model, no I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/dataset/dataset.h"

namespace proctor {

struct Message {
  std::string role;  // system, user, assistant
  std::string content;
  bool operator==(const Message&) const = default;
};

// Only what the protocol or the user set is sent; the server's default holds otherwise.
struct Sampling {
  std::optional<int> max_tokens;
  std::optional<double> temperature;
  std::optional<double> top_p;
  std::optional<std::int64_t> seed;
  std::vector<std::string> stop;
};

// What one question becomes: a chat, or raw text; generated, or continuations scored.
struct Prompt {
  std::vector<Message> messages;           // chat, or empty
  std::string text;                        // raw text, or empty
  std::vector<std::string> continuations;  // scored instead of generated, if any
  Sampling sampling;
  std::string labels;  // the choices' letters: "ABCD"
  std::vector<std::string>
      choices;  // the options' texts; a server never sees them apart
};

struct Protocol {
  std::string name;     // "seed_zeroshot"
  std::string source;   // what it follows, for a person
  std::string system;   // the user's --system, or empty
  std::string extract;  // the reader that belongs to it
  std::string split = "test";
  int shots = 0;
  Sampling sampling;
};

// By the name of its golden file or its short name ("seed").
Result<Protocol> find_protocol(std::string_view name);
std::span<const Protocol> built_in_protocols();

Prompt render(const Protocol& protocol, std::span<const Question> shots,
              const Question& question);

// All that shapes what is rendered, as canonical JSON: part of a run's identity.
std::string identity_of(const Protocol& protocol);

}  // namespace proctor
