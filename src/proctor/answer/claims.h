// What a reply says about the options: each place that names one, with its weight.
//
// The careful reader (proctor_reader.cc) goes through a reply in these steps; each has
// its file, and each file says at its head what belongs there:
//
//   final_part.cc       what was finally said: no thoughts, the inside of <answer>
//   view.cc, markup.cc  the same without markup, look-alikes as ASCII
//   proctor_reader.cc   the stretch that answers our question, and which claim counts
//   tokens.cc, words.h  words, each with the part it plays, in whatever language
//   statement.cc        what one word or line is by itself: a label, a sentence's end
//   claims.cc           each token is shown to the rule of its word
//   claim_cues.cc         "the answer is B", "B is correct", "so B"
//   claim_forms.cc        a line that is "B", a reply that ends so, an option's text
//   claim_lists.cc        "A: no, B: yes"; options that are only written out
//   claim_short.cc        short replies: "B passt", "not A but B"
//   claim_judgement.cc  what takes a claim back or shares it: "B, which is wrong"
//   claim_turns.cc      what the writer goes over to: "A. No, B."
//
// A reply that is read wrongly belongs to the first step that lost what it says.
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
  std::optional<Claim> by_form() const;
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
    std::size_t at = 0;    // the label
    std::size_t head = 0;  // where the item begins: brackets, "option"
    std::size_t line = 0;
    bool begins_line = false;
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
  static constexpr std::string_view rule_only = "the only letter";
  static constexpr std::string_view rule_text = "an option's text";
  // How far a cue reaches, in tokens. A person who names an answer does it at once.
  static constexpr std::size_t reach = 16;
  // Replies of more tokens reckon and compare; a letter in them may be anything.
  static constexpr std::size_t longest_short = 40;
  static constexpr std::string_view opening = "([{\"'";
  static constexpr std::string_view closing = ")]}\"'>";

  struct Line {
    std::size_t begin, end;  // tokens, without the line end
  };
  enum class Cue : std::uint8_t { none, given };  // before a letter
  // The labels of a short reply: denied, and named otherwise.
  struct Exclusion {
    std::string named, denied;
    std::size_t last_named = 0;
    bool excepts = false;  // "all but C"
  };

  // statement.cc. A place behind the last token has no kind, word, letter or mark, and
  // ends its line; so has the place before the first one, at - 1 of 0.
  const Token* token(std::size_t at) const {
    return at < tokens_.size() ? &tokens_[at] : nullptr;
  }
  char letter_at(std::size_t at) const {
    return at < tokens_.size() ? tokens_[at].letter : '\0';
  }
  std::string_view raw(std::size_t at) const {
    return text_.substr(tokens_[at].begin, tokens_[at].end - tokens_[at].begin);
  }
  bool is_kind(std::size_t at, TokenKind kind) const {
    return at < tokens_.size() && tokens_[at].kind == kind;
  }
  bool is_word(std::size_t at, Word word) const {
    return at < tokens_.size() && tokens_[at].word == word;
  }
  bool is_word(std::size_t at, WordSet words) const {
    return at < tokens_.size() && words.has(tokens_[at].word);
  }
  bool is_mark(std::size_t at, std::string_view marks) const;
  bool is_text(std::size_t at, std::string_view word) const;
  // Whether the word stands in a list with a blank before and behind each.
  bool is_among(std::size_t at, std::string_view words) const;
  // The first place from `at` on, or the last before it, that has none of the marks.
  std::size_t behind(std::size_t at, std::string_view marks) const;
  std::size_t before(std::size_t at, std::string_view marks) const;
  bool touches_next(std::size_t at) const;  // no blank between them
  bool is_brief() const { return tokens_.size() <= 24 && lines_.size() == 1; }
  bool starts_small(std::size_t at) const;
  bool ends_line(std::size_t at) const {
    return at >= tokens_.size() || tokens_[at].kind == TokenKind::line_end;
  }
  bool ends_sentence(std::size_t at) const;
  bool is_label(const Token& token) const;
  bool is_capital_label(std::size_t at) const;
  // Behind a cue: a capital that can name an option.
  bool is_named_label(std::size_t at) const;
  bool in_brackets(std::size_t at) const;
  bool begins_compound(std::size_t at) const;
  bool ends_compound(std::size_t at) const;
  bool is_article_or_pronoun(std::size_t at) const;
  // Whether the single letter at `at` can name an option: no pronoun, article,
  // variable, grade or part of a compound.
  bool may_be_label(std::size_t at, Cue cue) const;
  std::optional<char> item_label(const Line& line) const;
  std::size_t line_of(std::size_t at) const;
  // One of several lines that go through the options in order.
  bool is_listed(std::size_t line) const;
  // The label of a line that holds nothing else.
  std::optional<char> lone_label(const Line& line) const;

  // claim_judgement.cc. `candidate`: what is named at a place, by label or by text, and
  // `judged`: what the label at a place is worth; nothing where it is denied.
  std::optional<Claim> candidate(std::size_t at, Strength strength,
                                 std::string_view rule, bool text_too);
  std::optional<Claim> named_in_words(std::size_t at, Strength strength,
                                      std::string_view rule, bool text_too);
  std::optional<Claim> claim_of_text(const OptionTexts::Found& text, std::size_t at,
                                     Strength strength, std::string_view rule);
  std::optional<Claim> judged(std::size_t at, Strength strength,
                              std::string_view rule) const;
  bool taken_back(std::size_t at) const;
  bool says_bad(std::size_t from) const;
  bool denies_rightness(std::size_t no) const;
  bool is_denied_at_end(std::size_t from) const;
  bool turns_to_another(std::size_t at, std::size_t from) const;
  bool is_regretted(std::size_t at, std::size_t from) const;
  bool is_called_wrong(std::size_t at) const;
  bool names_another(std::size_t at) const;
  std::optional<std::size_t> listed_with(std::size_t at, std::size_t from) const;
  bool is_listed_later(std::size_t at, std::size_t from) const;
  bool is_subject(std::size_t at) const;
  bool is_conditional(std::size_t at) const;
  bool is_asked(std::size_t at) const;
  bool is_spoken_of(std::size_t at);
  bool is_part(std::size_t at);
  bool is_letter_of_none(std::size_t at) const;
  bool passes_to_named(std::size_t at) const;
  const OptionTexts& texts();
  std::optional<std::size_t> bracket_at_end(std::size_t at) const;

  // claim_cues.cc. Each takes the place of the cue.
  std::optional<Claim> after_answer(std::size_t at);
  std::optional<Claim> after_copula(std::size_t at, std::size_t from,
                                    std::string_view rule);
  std::optional<Claim> after_option(std::size_t at);
  std::optional<Claim> option_that_is(std::size_t at, std::size_t from, bool chosen);
  std::optional<Claim> after_conclusion(std::size_t at);
  std::optional<Claim> concluded_text(std::size_t at, std::size_t text,
                                      std::string_view rule);
  std::optional<Claim> after_turn(std::size_t at);
  std::optional<Claim> after_it(std::size_t at);
  std::optional<Claim> label_is_right(std::size_t at) const;
  std::optional<Claim> pointed_at(std::size_t at) const;
  bool is_chosen(std::size_t at) const;
  bool passes_to_conclusion(std::size_t at, bool chosen) const;
  bool stands_concluded(std::size_t at, bool chosen) const;
  bool is_joined(std::size_t at) const;
  bool run_says_right(std::size_t at) const;
  bool is_free_subject(std::size_t head) const;
  bool is_called_right(std::size_t from, std::size_t end, bool option) const;
  bool begins_a_list(std::size_t label) const;
  bool is_announced(std::size_t colon) const;
  bool heads_pointed_line(std::size_t at, std::size_t label) const;
  bool ends_pointed_line(std::size_t at, std::size_t label) const;

  // claim_turns.cc
  bool is_first_thought(std::size_t at) const;
  bool is_thought_of(std::size_t at) const;
  bool would_be_said(std::size_t at) const;
  bool denies(std::size_t at) const;
  bool takes_back(std::size_t at) const;
  std::optional<std::size_t> turned_away(std::size_t at, bool thought_of,
                                         bool doubted) const;
  std::optional<std::size_t> only_other(char letter, std::size_t from,
                                        bool doubted) const;
  bool stands_corrected(std::size_t at) const;

  // claim_forms.cc
  std::size_t label_on(const Line& line, char letter) const;
  std::optional<Claim> line_claim(std::size_t line) const;
  std::optional<Claim> alone_on_line(std::size_t line, char letter) const;
  std::optional<Claim> begins_reply(const Line& line, char letter) const;
  std::optional<Claim> ends_reply(const Line& line) const;
  bool tells(std::size_t at) const;
  bool is_parted(std::size_t at) const;
  bool is_weighed(std::size_t at, const Line& line, bool told) const;
  std::optional<std::size_t> behind_denied_text(std::size_t begin, std::size_t end);
  std::optional<Claim> only_text(std::size_t begin, std::size_t end);
  bool is_left_behind(std::size_t begin, std::size_t end);
  std::optional<Claim> whole_text(std::size_t begin, std::size_t end);
  std::optional<Claim> by_run() const;

  // claim_short.cc
  bool is_named(std::size_t at) const;
  bool is_named_apart(std::size_t at) const;
  bool is_plain_no(std::size_t at) const;
  bool is_doubt(std::size_t at) const;
  bool is_pair(std::size_t at) const;
  bool leaves_open(std::size_t at) const;
  std::optional<std::size_t> only_letter_at() const;
  bool is_said(std::size_t at, bool other_use) const;
  bool holds(Word word) const;
  bool is_denied(std::size_t at) const;
  bool is_denied_before(std::size_t at) const;
  bool is_denied_behind(std::size_t at) const;
  std::size_t behind_joined(std::size_t at) const;
  std::optional<Exclusion> exclusion() const;

  // claim_lists.cc
  Verdict verdict_at(std::size_t at) const;
  Verdict verdict_of_sign(std::size_t at) const;
  Verdict verdict_of_letter(std::size_t at) const;
  bool is_denied_praise(std::size_t at) const;
  bool ends_verdict(std::size_t at) const;
  Verdict checkbox_before(std::size_t at) const;
  std::optional<Item> item_at(std::size_t at, const Item* previous) const;
  std::size_t item_head(std::size_t at) const;
  bool starts_item(std::size_t head) const;
  void read_style(Item& item) const;
  bool is_no_item(const Item& item) const;
  enum class Place : std::uint8_t { none, row, block, next_list };
  Place place_in(std::span<const Item> open, const Item& item) const;
  bool opens_list(const Item& item) const;
  bool begins_line(std::size_t at, const Line& line) const;
  bool lists_options(std::size_t at) const;
  void weigh(List& list);
  void weigh(Item& item, std::size_t end);
  std::size_t behind_own_text(Item& item, std::size_t end);
  bool heads_label(std::size_t at) const;
  void weigh_share(Item& item, std::size_t at) const;
  void weigh_by_marks_before(List& list) const;
  void weigh_row(List& list, std::size_t at);
  bool is_ranking(const List& list) const;
  bool is_head_only(const Claim& claim, List& list);

  // claims.cc
  std::optional<Claim> claim_at(std::size_t at);
  std::optional<Claim> claim_of_no_cue(std::size_t at);
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
