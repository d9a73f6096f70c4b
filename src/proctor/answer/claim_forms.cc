// Claims by form alone: a line that is a label, a reply that begins or ends with one,
// an option's text that stands for itself.
//
// In: lines. Out: the claim that a line or the whole reply is. What has no word of an
// answer may be talk about an option as well, so each form says what must not stand
// beside it: "Paris." is an answer, "Paris is" is cut off, "not Paris" denies it. A new
// form of a line belongs here; what only short replies say is in claim_short.cc.
#include <algorithm>

#include "proctor/answer/claims.h"
#include "proctor/answer/words.h"
#include "proctor/base/base.h"

namespace proctor {

// ---- Lines
// ------------------------------------------------------------------------------

// The label with this letter on a line.
std::size_t Statement::label_on(const Line& line, char letter) const {
  std::size_t at = line.begin;
  while (at < line.end && tokens_[at].letter != letter) ++at;
  return at;
}

// "B", "**B.**": the first and the last line of a reply are where an answer stands; a
// lone letter between them is a step of a reckoning as often as not.
std::optional<Claim> Statement::alone_on_line(std::size_t index, char letter) const {
  const std::size_t at = label_on(lines_[index], letter);
  const bool edge = index == 0 || index + 1 == lines_.size();
  if (tokens_[at].small && lines_.size() > 1 && !edge) return std::nullopt;
  return Claim{.letter = letter,
               .strength = edge ? Strength::stated : Strength::pointed,
               .at = at,
               .rule = rule_alone};
}

// "B) Danube, since ..." as the first line.
std::optional<Claim> Statement::begins_reply(const Line& line, char letter) const {
  const std::size_t at = label_on(line, letter);
  // "(a) We first ...", "(i) ..." number the parts of a longer text.
  const bool long_text = lines_.size() > 1 || line.end - line.begin > 24;
  if (tokens_[at].small && (long_text || !is_mark(at + 1, ")"))) return std::nullopt;
  if (is_mark(at + 1, ",=|")) return std::nullopt;
  // "A -> C": from one to the other.
  const bool leads = is_mark(at + 1, ">") && at + 2 < line.end;
  if (leads && tokens_[at + 2].letter != 0) return std::nullopt;
  return judged(at, Strength::stated, rule_begins);
}

// A line that is nothing but a label, and the labelled first line of a reply.
std::optional<Claim> Statement::line_claim(std::size_t index) const {
  const Line& line = lines_[index];
  const auto alone = lone_label(line);
  const char letter = alone ? *alone : index == 0 ? items_[index] : '\0';
  if (letter == 0 || is_listed(index)) return std::nullopt;
  // "A + ..." is a sum, "B?" a question.
  if (is_mark(label_on(line, letter) + 1, "+/=") || is_mark(line.end - 1, "?"))
    return std::nullopt;
  return alone ? alone_on_line(index, letter) : begins_reply(line, letter);
}

// ---- The end of a reply
// ------------------------------------------------------------------

// Whether the sentence that ends with the label at `at` speaks of no other one, asks,
// denies and supposes nothing: "The option that says 1 and 3 is D."
bool Statement::tells(std::size_t at) const {
  for (std::size_t i = at; i-- > 0 && !ends_sentence(i);) {
    if (is_word(i, {Word::no, Word::bad, Word::alternate}) ||
        is_among(i, " if might could may ") || is_named_label(i)) {
      return false;
    }
  }
  return true;
}

// Whether something parts the last letter from the words before it: "... Madrid. D",
// "... option D"; in a brief reply also a verb: "It must be D".
bool Statement::is_parted(std::size_t at) const {
  return is_mark(at - 1, ".!?:;-\",") || is_word(at - 1, {Word::fill, Word::option}) ||
         in_brackets(at) ||
         (is_brief() && is_word(at - 1, {Word::is, Word::choose, Word::but}));
}

// Whether the words before the last letter weigh it, deny it or set another one beside
// it: "A or B", "not B", "could be A, could be B".
bool Statement::is_weighed(std::size_t at, const Line& line, bool told) const {
  constexpr WordSet weighing{Word::is_not, Word::alternate, Word::no, Word::bad};
  if (is_pair(at) || is_called_wrong(at)) return true;
  // What was weighed before it turned counts no more: "A or C, but rather B", "B or C?
  // C"
  std::size_t from = is_brief() || told ? at : line.begin;
  while (from > line.begin && !is_word(from - 1, Word::but) && !is_mark(from - 1, ":?"))
    --from;
  // "Could be A, could be C": nothing turns from one to the other.
  const bool both = from == line.begin && is_word(at - 1, Word::is);
  for (std::size_t i = from; i < at; ++i) {
    if (is_word(i, weighing) || is_plain_no(i)) return true;
    if (is_brief() && is_word(i, Word::other_use)) return true;
    if (both && i + 1 < at && may_be_label(i, Cue::given)) return true;
    if (is_word(i, Word::both) && i + 4 > at) return true;
  }
  return is_mark(at - 1, ",") && at > from && letter_at(at - 2) != 0;
}

// The last sentence is a label: "... but it is Madrid. D."
std::optional<Claim> Statement::ends_reply(const Line& line) const {
  std::size_t end = line.end;
  while (end > line.begin && is_kind(end - 1, TokenKind::mark) &&
         !is_mark(end - 1, "?"))
    --end;
  const std::size_t at = end - 1;
  if (end == line.begin || tokens_[at].small || !may_be_label(at, Cue::none))
    return std::nullopt;
  const bool first = at == line.begin;
  const bool told = !first && is_word(at - 1, Word::is) && !is_brief() && tells(at);
  if (!first && !told && !is_parted(at)) return std::nullopt;
  if (is_weighed(at, line, told)) return std::nullopt;
  return Claim{.letter = tokens_[at].letter,
               .strength = Strength::pointed,
               .at = at,
               .rule = "the reply ends with a letter"};
}

std::optional<Claim> Statement::by_form() const {
  if (lines_.empty() || is_listed(lines_.size() - 1)) return std::nullopt;
  const Line& last = lines_.back();
  if (auto claim = ends_reply(last)) return claim;
  // A last paragraph that is one labelled option; behind a colon it was judged before.
  const bool behind_colon =
      lines_.size() > 1 && is_mark(lines_[lines_.size() - 2].end - 1, ":");
  if (items_.back() == 0 || behind_colon) return std::nullopt;
  const std::size_t at = label_on(last, items_.back());
  if (is_mark(at + 1, ",=") || tokens_[at].small) return std::nullopt;
  return judged(at, Strength::pointed, "the last line is an option");
}

// ---- An option's text
// ----------------------------------------------------------------------

// "Not Quito, Lima.": where the tokens begin that no denial speaks of; nothing where
// one denies what nobody can tell.
std::optional<std::size_t> Statement::behind_denied_text(std::size_t begin,
                                                         std::size_t end) {
  std::size_t next = begin;
  if (is_word(begin, Word::no)) {
    if (const auto denied = texts().at(text_, tokens_.subspan(0, end), begin + 1)) {
      begin = denied->end;
      next = begin + 1;
    }
  }
  for (; next < end; ++next) {
    if (is_word(next, {Word::no, Word::bad})) return std::nullopt;
  }
  return begin;
}

// The one option whose text stands between the tokens.
std::optional<Claim> Statement::only_text(std::size_t begin, std::size_t end) {
  const auto from = behind_denied_text(begin, end);
  // "A) Paris is": talk about an option, cut off.
  if (!from || is_word(end - 1, Word::is)) return std::nullopt;
  const auto found = texts().in(text_, tokens_.subspan(*from, end - *from));
  if (found.size() != 1) return std::nullopt;
  return Claim{.letter = found[0],
               .strength = Strength::pointed,
               .at = *from,
               .rule = rule_text};
}

// "First, 3 × 6 = 18. Then we subtract": the reply is cut off in another sentence than
// that of its only number, which was a step. "18. It is 3 × 6" began with it, and lines
// and lists ("A: 3; B: yes") often go without a stop at their end.
bool Statement::is_left_behind(std::size_t begin, std::size_t end) {
  if (ends_sentence(end - 1)) return false;
  std::size_t last = end;  // where the sentence that is cut off begins
  while (last > begin && !ends_sentence(last - 1)) --last;
  return last > begin && is_mark(last - 1, ".!?") &&
         texts().in(text_, tokens_.subspan(last, end - last)).empty() &&
         !texts().at(text_, tokens_, begin);
}

// The whole reply is an option, whatever words it has: "None is wrong." where one
// option reads so.
std::optional<Claim> Statement::whole_text(std::size_t begin, std::size_t end) {
  const auto whole = texts().at(text_, tokens_.subspan(0, end), begin);
  if (!whole) return std::nullopt;
  std::size_t i = whole->end;
  while (i < end && is_kind(i, TokenKind::mark) && !is_mark(i, "?")) ++i;
  if (i < end) return std::nullopt;
  return Claim{.letter = whole->letter,
               .strength = Strength::pointed,
               .at = begin,
               .rule = rule_text};
}

std::optional<Claim> Statement::by_text() {
  constexpr std::size_t short_reply = 24, longest = 48;  // tokens
  if (choices_.empty() || lines_.empty()) return std::nullopt;
  const std::size_t begin = lines_.front().begin, end = lines_.back().end;
  if (auto whole = whole_text(begin, end)) return whole;
  if (end - begin > longest || lines_.size() > 2) return std::nullopt;
  const auto claim = only_text(begin, end);
  if (!claim) return is_brief() ? by_run() : std::nullopt;
  const std::string_view choice = choices_[labels_.find(claim->letter)];
  const bool has_letters = std::ranges::any_of(choice, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           static_cast<unsigned char>(c) >= 0x80;
  });
  if (has_letters) return claim;
  // Numbers turn up in any reckoning; among more words an option needs words, too.
  const bool reckons = end - begin > short_reply || is_left_behind(begin, end);
  return reckons ? std::nullopt : claim;
}

// "東京です。", "应该选深圳。": scripts without blanks part no words, so that an
// option's text is a part of a run. Beside it stands what says "the answer is", and
// nothing else: "東京以外です" and "北京大学" name no option.
std::optional<Claim> Statement::by_run() const {
  constexpr std::size_t longest = 120;  // bytes
  if (text_.size() > longest) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < std::min(choices_.size(), labels_.size()); ++i) {
    const std::string& choice = choices_[i];
    // One character is a word of its own in a sentence as often as not.
    const bool is_run =
        choice.size() >= 6 && static_cast<unsigned char>(choice[0]) >= 0xE0;
    const std::size_t at = is_run ? text_.find(choice) : std::string_view::npos;
    if (at == std::string_view::npos) continue;
    std::string rest(text_.substr(0, at));
    rest += '\0';  // what stands before it and behind it is no one word
    rest += text_.substr(at + choice.size());
    for (const std::string& word : split(frame_words, ' '))
      rest = replace_all(rest, word, "");
    for (const std::string_view blank : {" ", "\n"})
      rest = replace_all(rest, blank, "");
    if (rest != std::string(1, '\0')) continue;
    if (found) return std::nullopt;
    found = i;
  }
  if (!found) return std::nullopt;
  return Claim{.letter = labels_[*found],
               .strength = Strength::pointed,
               .at = 0,
               .rule = rule_text};
}

}  // namespace proctor
