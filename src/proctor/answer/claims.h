// What a reply says about the options: each place that names one, with its weight.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "proctor/answer/option_text.h"
#include "proctor/answer/tokens.h"

namespace proctor {

// The stronger, the earlier in this list; within one strength the last claim counts.
enum class Strength : std::uint8_t {
  stated,     // "the answer is B", \boxed{B}, a line that is B
  concluded,  // "so it must be B"
  pointed,    // "the best description is (B)", "is:" and then one labelled line
};

struct Claim {
  enum class Kind : std::uint8_t { letter, several, none };
  Kind kind = Kind::letter;
  char letter = 0;
  Strength strength = Strength::stated;
  bool conditional = false;  // it holds only if something else does
  std::size_t at = 0;        // the token
  std::string_view rule;
};

// One stretch of a reply, prepared.
class Statement {
 public:
  Statement(std::string_view text, std::span<const Token> tokens,
            std::string_view labels, std::span<const std::string> choices);

  // All claims in the order of the text. Linear in the tokens.
  std::vector<Claim> claims();
  // The last place where the writer turns round ("wait", "actually"), if any.
  std::optional<std::size_t> last_turn() const;
  // What the writer goes over to behind a claim, if anything.
  std::optional<Claim> corrected(const Claim& claim);
  // What a short or last line is by its form alone: "B) London", "Paris (A)".
  std::optional<Claim> by_form();
  // The only option that is named by its text in a short reply or a last sentence.
  std::optional<Claim> by_text();
  // The only label that stands alone in a short reply.
  std::optional<Claim> only_label() const;
  // What a short reply that denies options leaves.
  std::optional<Claim> by_exclusion() const;
  // The only label of a reply, where it closes a sentence in brackets.
  std::optional<Claim> only_bracket() const;
  // Whether the claims give different letters to the parts (a), (b), ... of a question.
  bool answers_parts(std::span<const Claim> claims) const;

  // What is said of one option of a list.
  enum class Verdict : std::uint8_t { none, good, bad };
  struct Item {
    std::size_t at = 0;  // the label
    std::size_t line = 0;
    bool begins_line = false;
    std::size_t head = 0;    // where the item begins: brackets, "option"
    std::size_t begin = 0;   // behind the label and its mark
    std::size_t length = 0;  // words and numbers of what follows, its own text left out
    char letter = 0;
    char style = 0;  // the mark behind the label; ' ' for none
    Verdict verdict = Verdict::none;
    Verdict checked = Verdict::none;  // by a box before it
    std::optional<double> share;
    bool measured = false;  // the share has a unit: "70 %", "7/10"
    bool own_text = false;  // the option's text stands behind the label
  };
  struct List {
    std::vector<Item> items;
    bool weighed = false;
    bool complete = false;  // all options, in their order, all written alike
    bool has_shares(std::size_t labels) const;
  };
  // Stretches that go through options, each once, with what they say of each. Linear.
  std::vector<List> lists();
  std::optional<Claim> affirmed_by(List& list);
  bool is_item_only(const Claim& claim, std::span<List> lists);

 private:
  static constexpr std::string_view rule_begins = "the reply begins with a letter";
  static constexpr std::string_view rule_alone = "a letter alone on a line";
  // How far a cue reaches, in tokens. A person who names an answer does it at once.
  static constexpr std::size_t reach = 16;
  static constexpr std::string_view opening = "([{\"'";
  static constexpr std::string_view closing = ")]}\"'>";

  struct Line {
    std::size_t begin, end;  // tokens, without the line end
  };

  // statement.cc
  const Token* token(std::size_t at) const {
    return at < tokens_.size() ? &tokens_[at] : nullptr;
  }
  bool is_mark(std::size_t at, std::string_view marks) const;
  bool is_word(std::size_t at, Word word) const;
  bool is_text(std::size_t at, std::string_view word) const;
  bool is_among(std::size_t at, std::string_view words) const;
  bool is_brief() const { return tokens_.size() <= 24 && lines_.size() == 1; }
  bool starts_small(std::size_t at) const;
  bool ends_sentence(std::size_t at) const;
  bool is_label(const Token& token) const;
  bool in_brackets(std::size_t at) const;
  bool may_be_label(std::size_t at, bool after_cue) const;
  std::optional<char> item_label(const Line& line) const;
  std::size_t line_of(std::size_t at) const;
  bool is_listed(std::size_t line) const;
  bool is_only_label(const Line& line, char* letter) const;

  // claim_judgement.cc
  std::optional<Claim> candidate(std::size_t at, Strength strength,
                                 std::string_view rule, bool text_too);
  std::optional<Claim> judged(std::size_t at, Strength strength,
                              std::string_view rule) const;
  bool taken_back(std::size_t at) const;
  bool names_another(std::size_t at) const;
  bool is_conditional(std::size_t at) const;
  bool is_asked(std::size_t at) const;
  bool is_called_wrong(std::size_t at) const;
  bool is_spoken_of(std::size_t at);
  const OptionTexts& texts();
  std::optional<std::size_t> bracket_at_end(std::size_t at) const;

  // claim_cues.cc
  std::optional<Claim> after_answer(std::size_t at);
  std::optional<Claim> after_option(std::size_t at);
  std::optional<Claim> after_conclusion(std::size_t at);
  std::optional<Claim> after_turn(std::size_t at);
  bool is_joined(std::size_t at) const;
  std::optional<Claim> label_is_right(std::size_t at) const;
  bool begins_a_list(std::size_t label) const;
  std::optional<Claim> pointed_at(std::size_t at) const;

  // claim_turns.cc
  bool is_thought_of(std::size_t at) const;
  bool would_be_said(std::size_t at) const;
  bool denies(std::size_t at) const;
  bool takes_back(std::size_t at) const;

  // claim_forms.cc
  std::optional<Claim> line_claim(std::size_t line);

  bool is_named(std::size_t at) const;
  bool is_plain_no(std::size_t at) const;
  bool is_doubt(std::size_t at) const;
  std::optional<Claim> by_run() const;
  bool tells(std::size_t at) const;
  bool is_pair(std::size_t at) const;
  bool is_denied(std::size_t at) const;

  // claim_lists.cc
  Verdict verdict_at(std::size_t at) const;
  Verdict checkbox_before(std::size_t at) const;
  std::optional<Item> item_at(std::size_t at, const Item* previous) const;
  bool begins_line(std::size_t at, const Line& line) const;
  bool lists_options(std::size_t at) const;
  void weigh(List& list);
  void weigh(Item& item, std::size_t end);
  void weigh_row(List& list, std::size_t at);

  // claims.cc
  char part_opened_at(std::size_t at) const;

  std::string_view text_;
  std::span<const Token> tokens_;
  std::string_view labels_;
  std::span<const std::string> choices_;
  std::vector<Line> lines_;
  std::vector<char> items_;  // the label each line begins with, or 0
  std::optional<OptionTexts> texts_;
};

}  // namespace proctor
