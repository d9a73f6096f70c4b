// Lists that go through the options, on one line or many: "A: no, B: yes", a JSON map,
// a row of a table, shares and scores; and the options themselves, written out again.
//
// In: the tokens. Out: lists of items with what each item says of its option, and from
// these two things: which option a list affirms ("A: no\nB: yes" affirms B), and which
// claims are no more than the head of an item ("A) Nile B) Danube" of two options
// claims no A). A list is found by its labels alone, each once, then weighed by what
// stands behind each; weighing is put off until somebody asks, since most replies hold
// a list whose verdict a plain "The answer is B" makes needless.
#include <algorithm>
#include <cstdlib>

#include "proctor/answer/claims.h"
#include "proctor/answer/words.h"

namespace proctor {
namespace {

using Verdict = Statement::Verdict;

struct Sign {
  std::string_view text;
  Verdict verdict;
};

// Parts of a run of Chinese, Japanese, Korean or Thai, and marks. The first that is
// found counts: denials stand before what they deny.
constexpr Sign signs[] = {
    {"不正", Verdict::bad},    {"不对", Verdict::bad},      {"不對", Verdict::bad},
    {"不是", Verdict::bad},    {"不適", Verdict::bad},      {"不适", Verdict::bad},
    {"不符", Verdict::bad},    {"不合", Verdict::bad},      {"不成立", Verdict::bad},
    {"错", Verdict::bad},      {"錯", Verdict::bad},        {"误", Verdict::bad},
    {"誤", Verdict::bad},      {"間違", Verdict::bad},      {"まちが", Verdict::bad},
    {"ではな", Verdict::bad},  {"ではあ", Verdict::bad},    {"じゃな", Verdict::bad},
    {"くない", Verdict::bad},  {"違", Verdict::bad},        {"いいえ", Verdict::bad},
    {"排除", Verdict::bad},    {"除外", Verdict::bad},      {"否", Verdict::bad},
    {"옳지", Verdict::bad},    {"맞지", Verdict::bad},      {"正", Verdict::good},
    {"对", Verdict::good},     {"對", Verdict::good},       {"答え", Verdict::good},
    {"答案", Verdict::good},   {"適", Verdict::good},       {"适", Verdict::good},
    {"符合", Verdict::good},   {"当てはま", Verdict::good}, {"はい", Verdict::good},
    {"合って", Verdict::good}, {"〇", Verdict::good},       {"成立", Verdict::good},
    {"오답", Verdict::bad},    {"틀", Verdict::bad},        {"아니", Verdict::bad},
    {"아닌", Verdict::bad},    {"부정확", Verdict::bad},    {"잘못", Verdict::bad},
    {"부적", Verdict::bad},    {"정답", Verdict::good},     {"맞", Verdict::good},
    {"옳", Verdict::good},     {"정확", Verdict::good},     {"적절", Verdict::good},
    {"ผิด", Verdict::bad},      {"ไม่", Verdict::bad},        {"ถูก", Verdict::good},
    {"○", Verdict::good},      {"◯", Verdict::good},        {"⭕", Verdict::good},
    {"◎", Verdict::good},      {"×", Verdict::bad},
};

}  // namespace

// What a run of another script or a sign says: "不正确", "×".
Statement::Verdict Statement::verdict_of_sign(std::size_t at) const {
  const std::string_view run = raw(at);
  for (const Sign& sign : signs) {
    if (run.find(sign.text) != std::string_view::npos) return sign.verdict;
  }
  return run == "是" || run == "예" || run == "네" ? Verdict::good : Verdict::none;
}

// Whether the praise at `at` is denied: "not the right one", {"correct": false}.
bool Statement::is_denied_praise(std::size_t at) const {
  for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
    const std::size_t i = at - back;
    if (tokens_[i].letter != 0 || ends_sentence(i) || is_mark(i, "|,:(")) break;
    if (is_word(i, {Word::no, Word::nay})) return true;
  }
  const std::size_t value = behind(at + 1, "\"':=");
  return value > at + 1 && is_word(value, {Word::bad, Word::nay});
}

// "A: X, B: O", the marks of Korean and Japanese tests, and "A: F, B: T"; a label among
// these letters is a label.
Statement::Verdict Statement::verdict_of_letter(std::size_t at) const {
  const Token& t = tokens_[at];
  if (t.letter == 0 || is_label(t) || at == 0) return Verdict::none;
  const bool behind_label =
      is_kind(at - 1, TokenKind::mark) || is_label(tokens_[at - 1]);
  if (!behind_label || !ends_verdict(at + 1)) return Verdict::none;
  if (std::string_view("XFN").find(t.letter) != std::string_view::npos)
    return Verdict::bad;
  if (std::string_view("OTY").find(t.letter) != std::string_view::npos)
    return Verdict::good;
  return Verdict::none;
}

// A denial is a verdict only where nothing follows that it could deny instead.
bool Statement::ends_verdict(std::size_t at) const {
  return ends_line(at) || is_kind(at, TokenKind::mark) || tokens_[at].letter != 0;
}

// What the token at `at` says of the option before it.
Statement::Verdict Statement::verdict_at(std::size_t at) const {
  const Token& t = tokens_[at];
  if (is_mark(at, "\x02")) return Verdict::good;
  if (is_mark(at, "\x03")) return Verdict::bad;
  if (t.kind == TokenKind::other_script || t.mark == '\x7f') {
    const Verdict verdict = verdict_of_sign(at);
    if (verdict != Verdict::none) return verdict;
  }
  if (t.word == Word::bad) return Verdict::bad;
  const bool praised = is_word(at, {Word::good, Word::yes}) ||
                       (t.word == Word::fill && is_among(at, praise)) ||
                       (is_text(at, "one") && is_text(at - 1, "the"));
  if (praised) return is_denied_praise(at) ? Verdict::bad : Verdict::good;
  if (is_among(at, " mistake trap distractor ")) return Verdict::bad;
  const bool denial = is_word(at, {Word::nay, Word::no, Word::is_not}) ||
                      is_among(at, " out eliminated excluded ");
  if (denial && ends_verdict(at + 1)) return Verdict::bad;
  return verdict_of_letter(at);
}

// "[x]" and "[ ]" before a label.
Statement::Verdict Statement::checkbox_before(std::size_t at) const {
  if (at < 2 || !is_mark(at - 1, "]")) return Verdict::none;
  if (is_mark(at - 2, "[")) return Verdict::bad;
  const bool checked = is_text(at - 2, "x") || is_mark(at - 2, "\x02");
  return checked && is_mark(at - 3, "[") ? Verdict::good : Verdict::none;
}

// Where the item of the label at `at` begins: its brackets, "option", one rule of a
// table.
std::size_t Statement::item_head(std::size_t at) const {
  std::size_t head = at;
  while (is_mark(head - 1, "([{\"'|") || is_word(head - 1, Word::option)) {
    --head;
    // The rule between two cells ends the cell before it; the first of a line does not.
    if (is_mark(head, "|") && head > 0 && !ends_line(head - 1)) break;
  }
  return head;
}

// Whether an item may begin at `head`: behind a line's end, a mark that parts items, a
// verdict on the item before.
bool Statement::starts_item(std::size_t head) const {
  if (head == 0 || ends_line(head - 1)) return true;
  const std::size_t last = head - 1;
  return is_mark(last, ",;.:|{/!\x02\x03\x7f") || lists_options(head) ||
         (is_mark(last, ">") && !is_word(last, Word::so)) ||
         is_word(last, Word::both) ||
         (tokens_[last].letter == 0 && verdict_at(last) != Verdict::none) ||
         (head > 1 && is_mark(last, "%)")) ||
         (is_mark(last, "-#*>") && (head == 1 || ends_line(head - 2)));
}

// How the label is written, and where what is said of its option begins.
void Statement::read_style(Item& item) const {
  const std::size_t at = item.at;
  const bool bracket = in_brackets(at) && is_mark(at - 1, "(");
  item.style = bracket ? '(' : is_mark(at + 1, ")") ? ')' : ' ';
  item.begin = behind(at + 1, ")]}\"'");
  if (!is_mark(item.begin, ".:-=|,;>/")) return;
  if (item.style == ' ') item.style = tokens_[item.begin].mark;
  if (!is_mark(item.begin, ",;/")) ++item.begin;
}

// "x_A", "2A", "A dog": a variable, a compound, the article; but "A wrong, B right".
bool Statement::is_no_item(const Item& item) const {
  const std::size_t at = item.at;
  const bool quoted = is_mark(at - 1, "'") && is_mark(at + 1, "'");
  if (at > 0 && touches_next(at - 1) && is_mark(at - 1, "+^_=%'&\\#") && !quoted)
    return true;
  const bool bracket = in_brackets(at) && !is_mark(at - 1, "<");
  const bool bare = item.style == ' ' && !bracket;
  return bare && (item.letter == 'A' || item.letter == 'I') && starts_small(at + 1) &&
         verdict_at(at + 1) == Verdict::none && !may_be_label(at, Cue::none);
}

// The label at `at` as the head of an item; nothing where it is a word in a sentence.
std::optional<Statement::Item> Statement::item_at(std::size_t at,
                                                  const Item* previous) const {
  if (!is_capital_label(at)) return std::nullopt;
  Item item{.at = at, .head = item_head(at), .letter = tokens_[at].letter};
  read_style(item);
  if (is_no_item(item)) return std::nullopt;
  item.checked = checkbox_before(item.head);
  const bool starts = item.checked != Verdict::none || starts_item(item.head);
  // "A Nile B Danube C Amazon": the next letter in the same style needs no mark.
  const bool goes_on = previous != nullptr && previous->style == item.style &&
                       previous->letter + 1 == item.letter;
  if (!starts && !goes_on) return std::nullopt;
  return item;
}

// "The options are A. ..."
bool Statement::lists_options(std::size_t at) const {
  return at > 1 && is_text(at - 1, "are") && is_word(at - 2, Word::option);
}

// Whether nothing but a list's mark stands before the token on its line.
bool Statement::begins_line(std::size_t at, const Line& line) const {
  for (std::size_t i = line.begin; i < at; ++i) {
    const bool number = tokens_[i].kind == TokenKind::number && i == line.begin;
    const bool box = is_text(i, "x") && is_mark(i + 1, "]");
    if (tokens_[i].kind != TokenKind::mark && !number && !box) return false;
  }
  return at < line.begin + 6;
}

// Whether an item may open a list that has none yet: at a line's beginning or behind a
// colon. "Options A and B differ, C is wrong" is no list.
bool Statement::opens_list(const Item& item) const {
  return item.begins_line || is_mark(item.head - 1, ":|{") || lists_options(item.head);
}

// The lists of a reply, each label once: a row on one line, or a block of lines. In a
// block the letters inside a line are part of what is said.
std::vector<Statement::List> Statement::lists() {
  std::vector<List> all;
  std::vector<Item> open;
  const auto close = [&] {
    if (open.size() > 1) all.push_back({.items = std::move(open)});
    open.clear();
  };
  std::size_t line = 0;
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    if (tokens_[at].letter == 0) continue;
    while (lines_[line].end <= at) ++line;
    auto item = item_at(at, open.empty() ? nullptr : &open.back());
    if (!item) continue;
    item->line = line;
    item->begins_line = begins_line(item->head, lines_[line]);
    const Place place = place_in(open, *item);
    if (place == Place::none) continue;
    // What looked like a row was the first line of a block: "A: B is a river\nB: ...".
    if (place == Place::block)
      std::erase_if(open, [](const Item& i) { return !i.begins_line; });
    if (place == Place::next_list) close();
    if (std::ranges::find(open, item->letter, &Item::letter) != open.end()) close();
    if (!open.empty() || opens_list(*item)) open.push_back(*item);
  }
  close();
  return all;
}

// Where an item belongs beside those of the open list.
Statement::Place Statement::place_in(std::span<const Item> open,
                                     const Item& item) const {
  if (open.empty()) return Place::row;
  const bool block = open.size() > 1 && open.back().line != open.front().line;
  if (block && !item.begins_line) return Place::none;
  if (open.back().line == item.line) return Place::row;
  if (item.begins_line && open.front().begins_line && open.size() < labels_.size())
    return Place::block;
  if (block) return Place::row;
  // A row is one line; but one label that begins a line may begin a block.
  if (!item.begins_line && open.size() == 1 && open.front().begins_line)
    return Place::none;
  return Place::next_list;
}

// A mark before each label ("✗ A ✓ B"): the first one stands before the first label.
void Statement::weigh_by_marks_before(List& list) const {
  const auto marked = [&](const Item& item) {
    return is_mark(item.head - 1, "\x02\x03");
  };
  if (!marked(list.items.front())) return;
  for (Item& item : list.items)
    item.verdict = marked(item) ? verdict_at(item.head - 1) : Verdict::none;
}

// What is said of each option of a list.
void Statement::weigh(List& list) {
  if (list.weighed) return;
  list.weighed = true;
  auto& items = list.items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    const std::size_t next = i + 1 < items.size() ? items[i + 1].head : tokens_.size();
    weigh(item, std::min(next, lines_[item.line].end));
    // A label and its text alone: what is said of it stands on the next line.
    if (item.length == 0 && item.verdict == Verdict::none &&
        item.line + 1 < lines_.size() && lines_[item.line + 1].begin < next) {
      item.begin = lines_[item.line + 1].begin;
      weigh(item, std::min(next, lines_[item.line + 1].end));
    }
  }
  weigh_by_marks_before(list);
  // A row of verdicts below a row of labels.
  const bool row = std::ranges::all_of(items, [&](const Item& item) {
    return item.style == '|' && item.verdict == Verdict::none && item.length == 0;
  });
  if (row) weigh_row(list, items.back().begin);
  list.complete = items.size() == labels_.size() &&
                  std::ranges::is_sorted(items, {}, &Item::letter) &&
                  std::ranges::all_of(
                      items, [&](const Item& i) { return i.style == items[0].style; });
}

// Where what is said of an item begins: behind the option's own text, which may hold
// any word ("A) None is wrong").
std::size_t Statement::behind_own_text(Item& item, std::size_t end) {
  const std::size_t at = item.begin;
  if (choices_.empty() || at >= end) return at;
  const auto own = texts().at(text_, tokens_, is_mark(at, "\"'") ? at + 1 : at);
  if (!own || own->letter != item.letter || own->end > end) return at;
  item.own_text = true;
  return own->end;
}

// "70 %", "0.7", "7/10" as the first word behind a label.
void Statement::weigh_share(Item& item, std::size_t at) const {
  constexpr std::size_t longest = 12;  // digits
  item.share = std::strtod(std::string(raw(at).substr(0, longest)).c_str(), nullptr);
  const bool of_ten = is_mark(at + 1, "/") && touches_next(at);
  item.measured =
      of_ten || is_mark(at + 1, "%") || is_among(at + 1, " points percent ");
}

// "Answer: A. Incorrect: B.": the word at `at` is said of the label behind its colon,
// not of the item before it. "A. No: B." turns from one to the other and is said of
// both.
bool Statement::heads_label(std::size_t at) const {
  if (!is_word(at, Word::bad) || !is_mark(at + 1, ":")) return false;
  std::size_t label = at + 2;
  while (is_mark(label, opening) || is_word(label, Word::option)) ++label;
  return is_capital_label(label);
}

void Statement::weigh(Item& item, std::size_t end) {
  // A verdict stands at once or at the end: "no, since ...", "... which is wrong".
  constexpr std::size_t near = 8, near_end = 4, longest = 24;
  const std::size_t begin = behind_own_text(item, end);
  item.verdict = item.checked;
  while (end > begin &&
         (is_kind(end - 1, TokenKind::line_end) || is_kind(end - 1, TokenKind::mark)) &&
         !is_mark(end - 1, "\x02\x03\x7f")) {
    --end;
  }
  for (std::size_t i = begin; i < end; ++i) {
    if (i == begin + near) {
      if (end - begin > longest) break;
      i = std::max(i, end - near_end);
    }
    const Token& t = tokens_[i];
    if (t.kind != TokenKind::mark && t.kind != TokenKind::line_end) ++item.length;
    // A letter is a verdict only at once: "B: O", not "B: MIN = Y".
    if (item.verdict == Verdict::none && (t.letter == 0 || item.length == 1) &&
        !heads_label(i)) {
      item.verdict = verdict_at(i);
    }
    if (t.kind == TokenKind::number && !item.share && item.length == 1)
      weigh_share(item, i);
  }
}

// "| A | B |", a line of dashes, "| no | yes |".
void Statement::weigh_row(List& list, std::size_t at) {
  while (at < tokens_.size() && tokens_[at].kind == TokenKind::mark) ++at;
  std::vector<Verdict> cells;
  for (int line_ends = 0; at < tokens_.size() && line_ends < 4; ++at) {
    if (tokens_[at].kind == TokenKind::line_end) {
      ++line_ends;
      if (!cells.empty()) break;
    } else if (tokens_[at].kind != TokenKind::mark || is_mark(at, "\x02\x03\x7f")) {
      cells.push_back(verdict_at(at));
    }
  }
  if (cells.size() != list.items.size()) return;
  for (std::size_t i = 0; i < cells.size(); ++i) list.items[i].verdict = cells[i];
}

// "C > B > A > D"
bool Statement::is_ranking(const List& list) const {
  const auto ranks = [&](const Item& item) {
    return item.style == '>' && !is_word(item.begin - 1, Word::so) && item.length == 0;
  };
  return list.items.size() > 2 &&
         std::all_of(list.items.begin(), list.items.end() - 1, ranks);
}

// The option that a list affirms: the first of a ranking, the only one with a yes, the
// only one without a no, or the one with the largest share. What is said in words goes
// before numbers: of "A: 3, wrong; B: 2, right" the numbers are no shares.
std::optional<Claim> Statement::affirmed_by(List& list) {
  weigh(list);
  const auto& items = list.items;
  const auto claim = [](const Item& item, std::string_view rule) {
    return Claim{.letter = item.letter,
                 .strength = Strength::pointed,
                 .at = item.at,
                 .rule = rule};
  };
  const auto count = [&](Verdict v) {
    return static_cast<std::size_t>(std::ranges::count(items, v, &Item::verdict));
  };
  const auto first = [&](Verdict v) -> const Item& {
    return *std::ranges::find(items, v, &Item::verdict);
  };
  if (is_ranking(list)) return claim(items.front(), "a ranking");
  const std::size_t good = count(Verdict::good), bad = count(Verdict::bad);
  const bool all = items.size() == labels_.size();
  if (good == 1) {
    // One yes among some options of which nothing else is said is praise, no choice.
    if (bad == 0 && !all) return std::nullopt;
    return claim(first(Verdict::good), "a list with one yes");
  }
  if (good == 0 && all && items.size() > 2 && bad + 1 == items.size())
    return claim(first(Verdict::none), "a list with one that is not denied");
  if (good + bad > 0 || !list.has_shares(labels_.size())) return std::nullopt;
  const auto share = [](const Item& item) { return *item.share; };
  const auto most = std::ranges::max_element(items, {}, share);
  if (std::ranges::count(items, share(*most), share) > 1) return std::nullopt;
  return claim(*most, "the largest share");
}

bool Statement::List::has_shares(std::size_t labels) const {
  double sum = 0;
  bool measured = true;
  for (const Item& item : items) {
    if (!item.share || item.verdict != Verdict::none) return false;
    measured = measured && item.measured;
    sum += *item.share;
  }
  if (measured) return items.size() >= 2;
  // Bare numbers may be anything; those of all the options are scores, unless they are
  // the options' own texts or values of variables.
  if (items.size() != labels) return false;
  const bool own = std::ranges::any_of(items, &Item::own_text);
  const bool parts = (sum > 0.97 && sum < 1.03) || (sum > 97 && sum < 103);
  const bool named =
      std::ranges::all_of(items, [](const Item& i) { return i.length == 1; });
  return parts || (named && !own);
}

// Whether the claim at an item of the list says no more than that a list has items.
bool Statement::is_head_only(const Claim& claim, List& list) {
  const auto item = std::ranges::find(list.items, claim.at, &Item::at);
  if (item == list.items.end()) return false;
  // Behind a cue only the first item of a list can be its beginning and no more.
  const bool cued = claim.strength != Strength::pointed && claim.rule != rule_begins &&
                    claim.rule != rule_alone;
  weigh(list);
  const bool all = list.items.size() == labels_.size();
  if (cued && item != list.items.begin() && !(all && item->verdict == Verdict::bad))
    return false;
  const auto yeses = std::ranges::count(list.items, Verdict::good, &Item::verdict);
  if (item->verdict == Verdict::good) return yeses > 1;
  if (item->verdict == Verdict::bad || yeses == 1) return true;
  if (list.has_shares(labels_.size())) return true;
  if (!list.complete) return false;
  // All options in their order; behind a cue only where they are written out plainly.
  const bool plain = std::ranges::all_of(
      list.items, [](const Item& i) { return i.own_text || i.length < 8; });
  return plain || !cued;
}

// Whether a claim is no more than the head of an item: that a list begins with A, or
// stands behind "Answer:", says nothing.
bool Statement::is_item_only(const Claim& claim, std::span<List> lists) {
  // The lists lie one behind the other.
  const auto list = std::ranges::lower_bound(
      lists, claim.at, {},
      [](const List& candidate) { return candidate.items.back().at; });
  return list != lists.end() && is_head_only(claim, *list);
}

}  // namespace proctor
