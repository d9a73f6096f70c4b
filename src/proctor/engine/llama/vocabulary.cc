#include "proctor/engine/llama/vocabulary.h"

#include <algorithm>
#include <utility>

#include "proctor/engine/thoughts.h"

namespace proctor {
namespace {

// isspace() of the C locale, which llama.cpp strips by.
bool is_blank(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

constexpr std::size_t most_templates = 4096;
// A shorter beginning is not worth remembering.
constexpr std::size_t least_beginning = 256;
// What must be the same after the cut of a beginning: more than any pre-tokeniser looks
// ahead from inside a word.
constexpr std::size_t look_ahead = 32;

bool is_inside_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

std::string text_of(std::span<const Piece> pieces) {
  std::string text;
  for (const Piece& piece : pieces) text += piece.text;
  return text;
}

std::string last_of_template(std::span<const Piece> pieces) {
  std::string text;
  for (const Piece& piece : pieces) {
    if (piece.is_template) {
      text += piece.text;
    } else {
      text.clear();
    }
  }
  return text;
}

Result<Vocabulary> Vocabulary::of(const llama_model* model) {
  Vocabulary made;
  made.vocab_ = llama_model_get_vocab(model);
  if (made.vocab_ == nullptr ||
      llama_vocab_type(made.vocab_) == LLAMA_VOCAB_TYPE_NONE ||
      llama_vocab_n_tokens(made.vocab_) <= 0) {
    return fail(Fault::data, "has no vocabulary, so no text can be put in");
  }
  made.size_ = static_cast<std::size_t>(llama_vocab_n_tokens(made.vocab_));
  for (llama_token token = 0; token < llama_vocab_n_tokens(made.vocab_); ++token) {
    const auto attributes =
        static_cast<unsigned>(llama_vocab_get_attr(made.vocab_, token));
    constexpr unsigned special = LLAMA_TOKEN_ATTR_CONTROL |
                                 LLAMA_TOKEN_ATTR_USER_DEFINED |
                                 LLAMA_TOKEN_ATTR_UNKNOWN;
    const char* text = llama_vocab_get_text(made.vocab_, token);
    if ((attributes & special) == 0 || text == nullptr || *text == '\0') continue;
    if (std::ranges::find(thought_marks(), text) != thought_marks().end()) {
      made.marks_.push_back(token);
    }
    made.specials_.push_back({token, text, (attributes & LLAMA_TOKEN_ATTR_LSTRIP) != 0,
                              (attributes & LLAMA_TOKEN_ATTR_RSTRIP) != 0,
                              (attributes & LLAMA_TOKEN_ATTR_USER_DEFINED) == 0});
  }
  // llama.cpp's order: the longest takes its place first.
  std::ranges::stable_sort(made.specials_, [](const Special& a, const Special& b) {
    return a.text.size() > b.text.size();
  });
  Tokens probe;
  made.append_run("Answer: A", probe);
  if (probe.empty()) {
    return fail(Fault::data, "has a vocabulary that has no tokens for \"Answer: A\"");
  }
  return made;
}

// Byte-pair vocabularies cut a text into words before anything else, by rules that see
// no further than the word and the sign after it. So where two runs are the same up to
// some way beyond a cut between words, it is one in both.
void Vocabulary::append_run(std::string_view run, Tokens& tokens) {
  if (llama_vocab_type(vocab_) != LLAMA_VOCAB_TYPE_BPE ||
      run.size() < least_beginning) {
    append_text(run, tokens);
    return;
  }
  if (!beginning_.tokens.empty() && run.starts_with(beginning_.text)) {
    tokens.insert(tokens.end(), beginning_.tokens.begin(), beginning_.tokens.end());
    append_text(run.substr(beginning_.cut), tokens);
    return;
  }
  const std::size_t before = tokens.size();
  append_text(run, tokens);
  learn_beginning(run, std::span(tokens).subspan(before));
}

// `tokens` are those of the run, which has no known beginning.
void Vocabulary::learn_beginning(std::string_view run,
                                 std::span<const llama_token> tokens) {
  const std::string last = std::exchange(beginning_.last_run, std::string(run));
  beginning_.tokens.clear();
  const auto same =
      static_cast<std::size_t>(std::ranges::mismatch(run, last).in1 - run.begin());
  if (same < least_beginning) return;
  std::size_t cut = same - look_ahead;  // back to where a line begins with a letter
  while (cut > 0 && !(run[cut - 1] == '\n' && is_letter(run[cut]))) --cut;
  Tokens parts;
  append_text(run.substr(0, cut), parts);
  Tokens head = parts;
  append_text(run.substr(cut), parts);
  if (cut == 0 || !std::ranges::equal(parts, tokens)) return;
  beginning_.text = run.substr(0, cut + look_ahead);
  beginning_.cut = cut;
  beginning_.tokens = std::move(head);
}

void Vocabulary::append_text(std::string_view run, Tokens& tokens) const {
  if (run.empty()) return;
  const std::size_t before = tokens.size();
  tokens.resize(before + run.size() + 8);
  const auto length = static_cast<std::int32_t>(run.size());
  auto count =
      llama_tokenize(vocab_, run.data(), length, tokens.data() + before,
                     static_cast<std::int32_t>(tokens.size() - before), false, false);
  if (count < 0) {
    tokens.resize(before + static_cast<std::size_t>(-count));
    count = llama_tokenize(vocab_, run.data(), length, tokens.data() + before, -count,
                           false, false);
  }
  tokens.resize(before + static_cast<std::size_t>(std::max(count, 0)));
}

const std::vector<Vocabulary::Part>& Vocabulary::parts_of_template(
    const std::string& text) {
  const auto known = split_.find(text);
  if (known != split_.end()) return known->second;
  std::vector<Part> parts{text};
  for (std::size_t which = 0; which < specials_.size(); ++which) {
    const std::string& special = specials_[which].text;
    if (text.find(special) == std::string::npos) continue;
    std::vector<Part> finer;
    for (Part& part : parts) {
      if (!std::holds_alternative<std::string>(part)) {
        finer.push_back(part);
        continue;
      }
      std::string_view rest = std::get<std::string>(part);
      for (std::size_t at = rest.find(special); at != std::string_view::npos;
           at = rest.find(special)) {
        if (at > 0) finer.emplace_back(std::string(rest.substr(0, at)));
        finer.emplace_back(which);
        rest.remove_prefix(at + special.size());
      }
      if (!rest.empty()) finer.emplace_back(std::string(rest));
    }
    parts = std::move(finer);
  }
  if (split_.size() >= most_templates) split_.clear();
  return split_.emplace(text, std::move(parts)).first->second;
}

Tokens Vocabulary::tokens_of(std::span<const Piece> pieces) {
  Tokens tokens;
  std::string run;
  bool strip_next = false;
  const auto add_text = [&](std::string_view text) {
    if (strip_next) {
      while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
      strip_next = text.empty();
    }
    run += text;
  };
  for (const Piece& piece : pieces) {
    if (!piece.is_template) {
      add_text(piece.text);
      continue;
    }
    for (const Part& part : parts_of_template(piece.text)) {
      if (std::holds_alternative<std::string>(part)) {
        add_text(std::get<std::string>(part));
        continue;
      }
      const Special& special = specials_[std::get<std::size_t>(part)];
      if (special.strips_left) {
        while (!run.empty() && is_blank(run.back())) run.pop_back();
      }
      append_run(run, tokens);
      run.clear();
      tokens.push_back(special.token);
      strip_next = special.strips_right;
    }
  }
  append_run(run, tokens);
  // A template that writes the beginning itself gets no second one.
  const llama_token first = llama_vocab_bos(vocab_);
  if (llama_vocab_get_add_bos(vocab_) && first != LLAMA_TOKEN_NULL &&
      (tokens.empty() || tokens.front() != first)) {
    tokens.insert(tokens.begin(), first);
  }
  return tokens;
}

std::string Vocabulary::piece_of(llama_token token, bool special) const {
  std::string text(32, '\0');
  auto length = llama_token_to_piece(
      vocab_, token, text.data(), static_cast<std::int32_t>(text.size()), 0, special);
  if (length < 0) {
    text.resize(static_cast<std::size_t>(-length));
    length = llama_token_to_piece(vocab_, token, text.data(), -length, 0, special);
  }
  text.resize(static_cast<std::size_t>(std::max(length, 0)));
  return text;
}

std::string Vocabulary::text_of(llama_token token) const {
  return piece_of(token, std::ranges::find(marks_, token) != marks_.end());
}

std::string Vocabulary::special_text(llama_token token) const {
  return token == LLAMA_TOKEN_NULL ? std::string() : piece_of(token, true);
}

void Vocabulary::break_specials(std::string& text, const std::string& seal) const {
  for (const Special& special : specials_) {
    if (!special.is_control) continue;
    std::size_t first = 1;  // a whole character
    while (first < special.text.size() && is_inside_character(special.text[first]))
      ++first;
    if (first == special.text.size()) continue;
    for (auto at = text.find(special.text); at != std::string::npos;
         at = text.find(special.text, at + first + seal.size())) {
      text.insert(at + first, seal);
    }
  }
}

}  // namespace proctor
