// Lists that go through the options, on one line or many: "A: no, B: yes", a JSON map,
// a row of a table, shares and scores; and the options themselves, written out again.
#include <algorithm>
#include <bit>
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

// What the token at `at` says of the option before it.
Statement::Verdict Statement::verdict_at(std::size_t at) const {
  const Token& t = tokens_[at];
  if (t.kind == TokenKind::mark && t.mark == '\x02') return Verdict::good;
  if (t.kind == TokenKind::mark && t.mark == '\x03') return Verdict::bad;
  if (t.kind == TokenKind::other_script || t.mark == '\x7f') {
    const std::string_view run = text_.substr(t.begin, t.end - t.begin);
    for (const Sign& sign : signs) {
      if (run.find(sign.text) != std::string_view::npos) return sign.verdict;
    }
    if (run == "是" || run == "예" || run == "네") return Verdict::good;
  }
  const auto ends = [&](std::size_t i) {
    return token(i) == nullptr || tokens_[i].kind == TokenKind::mark ||
           tokens_[i].kind == TokenKind::line_end || tokens_[i].letter != 0;
  };
  if (t.word == Word::bad) return Verdict::bad;
  if (t.word == Word::good || t.word == Word::yes ||
      (t.word == Word::fill && is_among(at, praise)) ||
      (is_text(at, "one") && at > 0 && is_text(at - 1, "the"))) {
    for (std::size_t back = 1; back <= 3 && back <= at; ++back) {
      if (tokens_[at - back].letter != 0 || ends_sentence(at - back) ||
          is_mark(at - back, "|,:("))
        break;
      if (is_word(at - back, Word::no) || is_word(at - back, Word::nay))
        return Verdict::bad;
    }
    // A key of JSON: "correct": false.
    std::size_t value = at + 1;
    while (is_mark(value, "\"':=")) ++value;
    if (value > at + 1 && value < tokens_.size() &&
        (tokens_[value].word == Word::bad || tokens_[value].word == Word::nay))
      return Verdict::bad;
    return Verdict::good;
  }
  for (const std::string_view word : {"mistake", "trap", "distractor"}) {
    if (is_text(at, word)) return Verdict::bad;
  }
  const bool denial = t.word == Word::nay || t.word == Word::no ||
                      t.word == Word::is_not || is_text(at, "out") ||
                      is_text(at, "eliminated") || is_text(at, "excluded");
  if (denial && ends(at + 1)) return Verdict::bad;
  // "A: X, B: O", the marks of Korean and Japanese tests, and "A: F, B: T".
  if (t.letter != 0 && !is_label(t) && ends(at + 1) && at > 0 &&
      (tokens_[at - 1].kind == TokenKind::mark || is_label(tokens_[at - 1]))) {
    if (t.letter == 'X' || t.letter == 'F' || t.letter == 'N') return Verdict::bad;
    if (t.letter == 'O' || t.letter == 'T' || t.letter == 'Y') return Verdict::good;
  }
  return Verdict::none;
}

// "[x]" and "[ ]" before a label.
Statement::Verdict Statement::checkbox_before(std::size_t at) const {
  if (at < 2 || !is_mark(at - 1, "]")) return Verdict::none;
  if (is_mark(at - 2, "[")) return Verdict::bad;
  const bool checked = is_text(at - 2, "x") || is_mark(at - 2, "\x02");
  return checked && at > 2 && is_mark(at - 3, "[") ? Verdict::good : Verdict::none;
}

// The label at `at` as the head of an item; nothing where it is a word in a sentence.
std::optional<Statement::Item> Statement::item_at(std::size_t at,
                                                  const Item* previous) const {
  const Token& t = tokens_[at];
  if (!is_label(t) || t.small) return std::nullopt;
  Item item{.at = at, .letter = t.letter};
  std::size_t before = at;
  while (before > 0 &&
         (is_mark(before - 1, "([{\"'|") || is_word(before - 1, Word::option))) {
    if (is_mark(before - 1, "|") && before > 1 &&
        tokens_[before - 2].kind != TokenKind::line_end) {
      --before;
      break;
    }
    --before;
  }
  item.head = before;
  item.begin = at + 1;
  const bool bracket = in_brackets(at) && !is_mark(at - 1, "<");
  while (is_mark(item.begin, ")]}\"'")) ++item.begin;
  item.style = bracket && is_mark(at - 1, "(") ? '(' : is_mark(at + 1, ")") ? ')' : ' ';
  if (is_mark(item.begin, ".:-=|,;>/")) {
    item.style = item.style == ' ' ? tokens_[item.begin].mark : item.style;
    if (!is_mark(item.begin, ",;/")) ++item.begin;
  }
  // The article and the pronoun; a variable and a compound.
  if ((t.letter == 'A' || t.letter == 'I') && item.style == ' ' && !bracket &&
      starts_small(at + 1) && verdict_at(at + 1) == Verdict::none &&
      !may_be_label(at, false)) {
    return std::nullopt;
  }
  const bool touches = at > 0 && tokens_[at - 1].end == t.begin;
  if (touches && is_mark(at - 1, "+^_=%'&\\#")) {
    const bool quoted = is_mark(at - 1, "'") && is_mark(at + 1, "'");
    if (!quoted) return std::nullopt;
  }
  item.checked = checkbox_before(before);
  const bool starts =
      before == 0 || tokens_[before - 1].kind == TokenKind::line_end ||
      is_mark(before - 1, ",;.:|{/!\x02\x03\x7f") || lists_options(before) ||
      (is_mark(before - 1, ">") && !is_word(before - 1, Word::so)) ||
      is_word(before - 1, Word::both) || item.checked != Verdict::none ||
      (tokens_[before - 1].letter == 0 && verdict_at(before - 1) != Verdict::none) ||
      (before > 1 && is_mark(before - 1, "%)")) ||
      (is_mark(before - 1, "-#*>") &&
       (before == 1 || tokens_[before - 2].kind == TokenKind::line_end));
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

// The lists of a reply, each label once: a row on one line, or a block of lines. In a
// block the letters inside a line are part of what is said. A row begins its line or
// stands behind a colon: "Options A and B differ, C is wrong" is none.
std::vector<Statement::List> Statement::lists() {
  std::vector<List> all;
  std::vector<Item> items;
  const auto close = [&] {
    if (items.size() > 1) all.push_back({.items = std::move(items)});
    items.clear();
  };
  std::size_t line = 0;
  for (std::size_t at = 0; at < tokens_.size(); ++at) {
    if (tokens_[at].letter == 0) continue;
    while (lines_[line].end <= at) ++line;
    auto item = item_at(at, items.empty() ? nullptr : &items.back());
    if (!item) continue;
    item->line = line;
    item->begins_line = begins_line(item->head, lines_[line]);
    const bool block = items.size() > 1 && items.back().line != items.front().line;
    if (block && !item->begins_line) continue;
    const bool next_line = !items.empty() && items.back().line != line;
    if (next_line && item->begins_line && items.front().begins_line &&
        items.size() < labels_.size()) {
      std::erase_if(items, [](const Item& i) { return !i.begins_line; });
    } else if (next_line && !block) {
      // A row is one line; but one label that begins a line may begin a block.
      if (!item->begins_line && items.size() == 1 && items[0].begins_line) continue;
      close();
    }
    if (std::ranges::find(items, item->letter, &Item::letter) != items.end()) close();
    if (items.empty() && !item->begins_line &&
        !(item->head > 0 && is_mark(item->head - 1, ":|{")) &&
        !lists_options(item->head)) {
      continue;
    }
    items.push_back(*item);
  }
  close();
  return all;
}

// What is said of each option of a list.
void Statement::weigh(List& list) {
  if (list.weighed) return;
  list.weighed = true;
  auto& items = list.items;
  for (std::size_t i = 0; i < items.size(); ++i) {
    Item& item = items[i];
    const std::size_t next = i + 1 < items.size() ? items[i + 1].head : tokens_.size();
    std::size_t end = std::min(next, lines_[item.line].end);
    weigh(item, end);
    // A label and its text alone: what is said of it stands on the next line.
    if (item.length == 0 && item.verdict == Verdict::none &&
        item.line + 1 < lines_.size() && lines_[item.line + 1].begin < next) {
      item.begin = lines_[item.line + 1].begin;
      weigh(item, std::min(next, lines_[item.line + 1].end));
    }
  }
  // A mark before each label: the first stands before the first label.
  const std::size_t first = items.front().head;
  if (first > 0 && is_mark(first - 1, "\x02\x03")) {
    for (Item& item : items) {
      item.verdict = item.head > 0 && is_mark(item.head - 1, "\x02\x03")
                         ? verdict_at(item.head - 1)
                         : Verdict::none;
    }
  }
  // A row of verdicts below a row of labels.
  const auto& last = items.back();
  const bool row = std::ranges::all_of(items, [&](const Item& item) {
    return item.style == '|' && item.verdict == Verdict::none && item.length == 0;
  });
  if (row) weigh_row(list, last.begin);
  list.complete = items.size() == labels_.size() &&
                  std::ranges::is_sorted(items, {}, &Item::letter) &&
                  std::ranges::all_of(
                      items, [&](const Item& i) { return i.style == items[0].style; });
}

void Statement::weigh(Item& item, std::size_t end) {
  std::size_t at = item.begin;
  if (!choices_.empty() && at < end) {
    const std::size_t quoted = is_mark(at, "\"'") ? at + 1 : at;
    const auto own = texts().at(text_, tokens_, quoted);
    if (own && own->letter == item.letter && own->end <= end) {
      at = own->end;
      item.own_text = true;
    }
  }
  item.verdict = item.checked;
  // A verdict stands at once or at the end: "no, since ...", "... which is wrong".
  constexpr std::size_t near = 8, near_end = 4, longest = 24;
  while (end > at &&
         (tokens_[end - 1].kind == TokenKind::line_end ||
          tokens_[end - 1].kind == TokenKind::mark) &&
         !is_mark(end - 1, "\x02\x03\x7f")) {
    --end;
  }
  for (std::size_t i = at; i < end; ++i) {
    if (i == at + near) {
      if (end - at > longest) break;
      i = std::max(i, end - near_end);
    }
    const Token& t = tokens_[i];
    if (t.kind == TokenKind::word || t.kind == TokenKind::other_script ||
        t.kind == TokenKind::number) {
      ++item.length;
    }
    // A letter is a verdict only at once: "B: O", not "B: MIN = Y".
    if (item.verdict == Verdict::none && (t.letter == 0 || item.length == 1)) {
      item.verdict = verdict_at(i);
    }
    if (t.kind == TokenKind::number && !item.share && item.length == 1) {
      item.share = std::strtod(
          std::string(text_.substr(t.begin, std::min<std::size_t>(t.end - t.begin, 12)))
              .c_str(),
          nullptr);
      const bool of_ten = is_mark(i + 1, "/") && tokens_[i + 1].begin == t.end;
      item.measured = is_mark(i + 1, "%") || of_ten || is_text(i + 1, "points") ||
                      is_text(i + 1, "percent");
    }
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

// The option that a list affirms: the only one with a yes, the only one without a no,
// or the one with the largest share.
std::optional<Claim> Statement::affirmed_by(List& list) {
  weigh(list);
  const auto claim = [](const Item& item, std::string_view rule) {
    return Claim{.letter = item.letter,
                 .strength = Strength::pointed,
                 .at = item.at,
                 .rule = rule};
  };
  const auto& items = list.items;
  const auto count = [&](Verdict v) {
    return static_cast<std::size_t>(std::ranges::count(items, v, &Item::verdict));
  };
  // "C > B > A > D"
  const bool ranking =
      items.size() > 2 &&
      std::ranges::all_of(items.begin(), items.end() - 1, [&](const Item& item) {
        return item.style == '>' && !is_word(item.begin - 1, Word::so) &&
               item.length == 0;
      });
  if (ranking) return claim(items.front(), "a ranking");
  const std::size_t good = count(Verdict::good), bad = count(Verdict::bad);
  const bool all = items.size() == labels_.size();
  if (good == 1 && (bad > 0 || all || items.size() > 1)) {
    if (bad + good >= 2 || all || bad + 1 >= items.size())
      return claim(*std::ranges::find(items, Verdict::good, &Item::verdict),
                   "a list with one yes");
    return std::nullopt;
  }
  if (good == 0 && all && items.size() > 2 && bad + 1 == items.size()) {
    return claim(*std::ranges::find(items, Verdict::none, &Item::verdict),
                 "a list with one that is not denied");
  }
  if (good + bad > 0) return std::nullopt;
  if (list.has_shares(labels_.size())) {
    const auto most =
        std::ranges::max_element(items, {}, [](const Item& i) { return *i.share; });
    if (std::ranges::count_if(
            items, [&](const Item& i) { return i.share == most->share; }) == 1)
      return claim(*most, "the largest share");
  }
  return std::nullopt;
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

// Whether a claim is no more than the head of an item: that a list begins with A, or
// stands behind "Answer:", says nothing.
bool Statement::is_item_only(const Claim& claim, std::span<List> lists) {
  for (List& list : lists) {
    if (claim.at < list.items.front().at || claim.at > list.items.back().at) continue;
    const auto item = std::ranges::find(list.items, claim.at, &Item::at);
    if (item == list.items.end()) continue;
    // Behind a cue only the first item of a list can be its beginning and no more.
    const bool cued = claim.strength != Strength::pointed &&
                      claim.rule != rule_begins && claim.rule != rule_alone;
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
  return false;
}

}  // namespace proctor
