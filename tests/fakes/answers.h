// Who decides what the fake model says: a script, the key, chance by hash, or one text.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "answer_key.h"
#include "fault.h"
#include "replay.h"
#include "reply.h"

namespace proctor::fakes {

// What to do to one request.
struct Answer {
  Reply reply;
  int status = 200;
  std::string headers;              // more header lines, each with CR LF
  std::optional<std::string> body;  // instead of the dialect's
  std::optional<FaultRule> fault;
  std::chrono::milliseconds delay{0};
};

// The lines of a JSONL file; the first that matches and is not used up is taken.
class Script {
 public:
  Status add(const std::filesystem::path& path);
  std::optional<Answer> next(std::string_view prompt);
  void reset();

 private:
  struct Line {
    std::string match;
    Answer answer;
    std::optional<std::uint64_t> times;
    std::uint64_t used = 0;
  };
  Result<Line> read_line(std::string_view text);
  std::vector<Line> lines_;
};

// "K of each N": a share that depends on nothing but a question's place in its file.
struct Share {
  std::uint64_t right = 1;
  std::uint64_t of = 1;
  bool holds(std::size_t row) const { return row % of < right; }
};

class Answers {
 public:
  // In this order: a line of the script; what was recorded; with `right`, the key's
  // answer; with `random`, a letter by hash of prompt and seed; else `always`.
  Script script;
  Replay replay;
  AnswerKey key;
  std::optional<Share> right;
  std::optional<std::uint64_t> random;
  std::string always = "A";
  std::string letters = "ABCD";
  std::string wrap = "{}";  // what stands around a letter; {} is its place

  Answer next(std::string_view prompt);
  void reset();
  std::uint64_t unknown() const { return unknown_; }
  // How many of a subject's questions get the right letter, and how many there are.
  // (MMLU repeats a few questions within a file; no prompt can tell them apart, so they
  // get one answer and the share may be off by as many.)
  struct Expected {
    std::uint64_t questions = 0;
    std::uint64_t right = 0;
  };
  std::map<std::string, Expected> expected() const;

 private:
  std::size_t said(const AnswerKey::Question& question) const;
  std::string wrapped(char letter) const;
  std::string text_for(std::string_view prompt);
  std::uint64_t unknown_ = 0;  // prompts that ask no question of the key
};

std::uint64_t hash_of(std::string_view text, std::uint64_t seed = 0);

}  // namespace proctor::fakes
