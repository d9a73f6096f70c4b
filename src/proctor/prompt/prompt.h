// Protocols: how a question becomes what a model is sent. Rendering is pure: no model,
// no I/O, and the same bytes for the same protocol, shots and question.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/base/base.h"
#include "proctor/question/question.h"

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
  std::string reasoning;  // one of reasoning_words(), or empty: nothing is said of it
  bool only_letters = false;  // a grammar: the reply is one of the letters, no more
  bool operator==(const Sampling&) const = default;
};

// on, off, minimal, low, medium, high: what --reasoning and a protocol may say.
std::span<const std::string_view> reasoning_words();

// What one question becomes: a chat, or raw text; generated, or continuations scored.
struct Prompt {
  // Chat, or empty. A last message of the assistant is the start of its reply, which it
  // is to go on with: no new turn is opened (add_generation_prompt = false).
  std::vector<Message> messages;
  std::string text;  // raw text, or empty
  // Scored instead of generated, one a choice, if any: the most likely one is the
  // answer, the first of equals.
  std::vector<std::string> continuations;
  Sampling sampling;
  std::string labels;  // the choices' letters: "ABCD"
  std::vector<std::string>
      choices;  // the options' texts; a server never sees them apart
};

// How shots and question are laid out.
enum class Form {
  text,      // one string, for a model that completes
  one_turn,  // a chat: the shots and the question in one user's turn
  turns,     // a chat: each shot a user's turn and an assistant's
};
// Where the answer is read.
enum class Scoring {
  generate,     // in a reply, by a reader
  letters,      // in the likelihoods of the letters
  option_text,  // in the likelihoods of the options' texts
};
enum class ShotOrder {
  first,  // the first K, as the source has them
  helm,   // HELM's: by the rarity of the right option's text, then CPython's random
};

// The texts with their places: {question}, {options}, ... as docs/protocols.md lists
// them. What is put into a place is never read again, so braces in data are safe.
struct Templates {
  std::string system;            // a chat's first message; none where it is empty
  std::string opening;           // begins the text, or the user's first turn
  std::string examples_opening;  // after the opening, where there is at least one shot
  std::string example;           // a shot's question
  std::string before_reply;      // text, one_turn: between a question and its reply
  std::string example_reply;     // a shot's answer
  std::string after_reply;       // text, one_turn: after each shot
  std::string question;          // the question that is asked
  std::string prefill;           // the start of the reply, put into the model's mouth
  std::string option;            // one choice: "{letter}. {choice}"
  std::string option_separator;  // between choices
  std::string example_option;    // one choice of a shot; empty: as `option`
  std::string continuation;      // what is scored, one a choice
  std::string worked_default;    // {worked} of a shot that has no worked answer
  // Some subjects' own opening, instead of `opening`.
  std::map<std::string, std::string> opening_of;
  bool operator==(const Templates&) const = default;
};

// Plain data: a copy may be changed (--shots, --temperature, --system) before it is
// used.
struct Protocol {
  std::string name;                      // "seed_zeroshot", or a user's file's stem
  std::vector<std::string> short_names;  // "seed"
  std::string title;                     // one line, for a person
  std::string source;                    // what it follows: peer, commit, file
  std::string system;   // the user's --system, or empty: before the protocol's own
  std::string extract;  // the reader that belongs to it; empty unless it generates
  std::string dataset;  // what it was made for: "cais/mmlu"
  std::string split = "test";  // of the questions, unless the user says another
  std::string aggregation = "proctor";  // whose averages and errors: "lm_eval"
  std::vector<std::string> notes;       // its traps, a sentence each

  Form form = Form::one_turn;
  Scoring scoring = Scoring::generate;
  int shots = 0;  // how many; render() takes fewer where there are fewer
  std::string shots_from = "dev";  // a split, or "file": only what --shots-from names
  ShotOrder shot_order = ShotOrder::first;
  // digest_of() of the questions that shots are taken from, where the caller sets it:
  // part of identity_of().
  std::string shots_digest;
  std::string drop_choice;  // a last choice of this text is not shown: "N/A"
  Sampling sampling;
  // A limit that is sent to one provider only, where sampling sets none. The caller
  // puts it into `sampling`; it is not part of identity_of() by itself.
  std::map<std::string, int> max_tokens_for;
  Templates templates;

  // Whether shots mean anything to it; --shots is a mistake otherwise.
  bool takes_shots() const { return !templates.example.empty(); }
  // Whether the answer comes at once, so that no thought can stand before it: it is
  // scored, held to a letter, or begun.
  bool answers_at_once() const {
    return scoring != Scoring::generate || sampling.only_letters ||
           !templates.prefill.empty();
  }
};

// By its name (that of its golden file) or a short name ("seed"), or a path that ends
// in .toml. An unknown one is Fault::usage with the nearest name. Reads no other
// protocol than the one asked for and those it builds on.
Result<Protocol> find_protocol(std::string_view name);
// All names, short ones not among them, in the order to show them. Reads none.
std::vector<std::string> protocol_names();
// All of them, read now.
std::vector<Protocol> built_in_protocols();
// A user's own, from a file. Errors are Fault::io, or Fault::usage with line and key.
Result<Protocol> read_protocol(const std::filesystem::path& path);
// The same from text; `place` stands before the errors.
Result<Protocol> parse_protocol(std::string_view toml, std::string_view place);

// Worked examples from a file of JSON lines: `subject`, `question`, `choices` and
// `answer` (a letter or an index) as a data set has them, and the worked answer as
// `worked`, `cot_content` or `target`. A question may hold its options itself; then it
// has no `choices`; else there are 1 to 26. Errors are Fault::io, or Fault::data with
// the line.
Result<std::vector<Question>> read_shots(const std::filesystem::path& path);
// The same from text.
Result<std::vector<Question>> parse_shots(std::string_view lines);

// `shots`: all the questions that the subject's shots are taken from, in the source's
// order; the protocol orders them and takes the first `protocol.shots`.
Prompt render(const Protocol& protocol, std::span<const Question> shots,
              const Question& question);

// All that shapes what is rendered and sent, as canonical JSON: part of a run's
// identity. Not in it: name, title, source, reader, split, aggregation, notes.
std::string identity_of(const Protocol& protocol);

}  // namespace proctor
