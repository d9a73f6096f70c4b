// Text to tokens and back, and prompts as pieces: what the chat template wrote, which
// may hold special tokens, and what the question holds, which never does. Not for other
// folders.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <llama.h>

#include "proctor/base/base.h"

namespace proctor {

using Tokens = std::vector<llama_token>;

struct Piece {
  std::string text;
  bool is_template = false;
};

std::string text_of(std::span<const Piece> pieces);
// What the template wrote behind the last of what was put into it.
std::string last_of_template(std::span<const Piece> pieces);

class Vocabulary {
 public:
  // The model must outlive it. Fault::data where it has none, or one that cannot be
  // written on from.
  static Result<Vocabulary> of(const llama_model* model);

  // The tokens of the pieces as one text. Exact at every seam: text between two special
  // tokens is tokenised in one go, whichever piece it came from, as llama.cpp does it
  // with parse_special on; but special tokens are looked for in the template's pieces
  // alone, so a question that holds "<|im_end|>" is so many letters.
  Tokens tokens_of(std::span<const Piece> pieces);

  // Puts `seal` behind the first character of each control token's text in it.
  void break_specials(std::string& text, const std::string& seal) const;

  // Nothing for a control token, unless it marks a thought.
  std::string text_of(llama_token token) const;
  // As a chat template writes them; empty where there is none.
  std::string bos_text() const { return special_text(llama_vocab_bos(vocab_)); }
  std::string eos_text() const { return special_text(llama_vocab_eos(vocab_)); }
  bool ends(llama_token token) const { return llama_vocab_is_eog(vocab_, token); }
  std::size_t size() const { return size_; }
  const llama_vocab* get() const { return vocab_; }

 private:
  struct Special {
    llama_token token;
    std::string text;
    bool strips_left, strips_right;
    bool is_control;  // only a template writes it; other special ones are also text
  };
  // A template's text apart: runs of text, and special tokens (by place in specials_).
  using Part = std::variant<std::string, std::size_t>;

  // How runs have begun of late: prompts of a subject share their examples, and these
  // need not be tokenised again.
  struct Beginning {
    std::string text;      // up to the cut, and what must follow it
    std::size_t cut = 0;   // a place where tokens end, whatever follows
    Tokens tokens;         // of the text before it
    std::string last_run;  // what the next run is compared with
  };

  Vocabulary() = default;
  std::string piece_of(llama_token token, bool special) const;
  std::string special_text(llama_token token) const;
  void append_run(std::string_view run, Tokens& tokens);
  void append_text(std::string_view text, Tokens& tokens) const;
  void learn_beginning(std::string_view run, std::span<const llama_token> tokens);
  const std::vector<Part>& parts_of_template(const std::string& text);

  const llama_vocab* vocab_ = nullptr;
  std::size_t size_ = 0;
  std::vector<Special> specials_;                   // longest first
  std::vector<llama_token> marks_;                  // of thoughts
  std::map<std::string, std::vector<Part>> split_;  // templates repeat in every prompt
  Beginning beginning_;
};

}  // namespace proctor
