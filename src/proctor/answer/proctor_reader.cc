#include <algorithm>
#include <ranges>

#include "proctor/answer/claims.h"
#include "proctor/answer/markup.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/tokens.h"
#include "proctor/answer/view.h"

namespace proctor {
namespace {

std::string lowered_head(std::string_view text, std::size_t size) {
  return ascii_lower(text.substr(0, size));
}

// ---- Invented questions -----------------------------------------------------------

// Whether a line opens another question: what base models write after their answer.
bool opens_a_question(std::string_view line, bool numbered_too) {
  std::size_t begin = 0;
  while (begin < line.size() && (line[begin] == ' ' || line[begin] == '#')) ++begin;
  line.remove_prefix(begin);
  if (line.size() < 2) return false;
  const char first = static_cast<char>(line[0] | 0x20);
  if (std::string_view("qpuhtfn<").find(first) == std::string_view::npos &&
      static_cast<unsigned char>(line[0]) < 0x80) {
    return false;
  }
  const std::string head = lowered_head(line, 60);
  for (const std::string_view start :
       {"question:", "question :", "q:", "next question",
        "user:", "human:", "<|im_start|>user", "<|start_header_id|>user",
        "the following are multiple choice", "the following are multiple-choice",
        "問題:", "问题:", "題目:", "题目:"}) {
    if (head.starts_with(start)) return true;
  }
  // "Question 2", "Problem 3:", "Q2."
  if (!numbered_too) return false;
  for (const std::string_view start : {"question ", "question #", "problem ", "q"}) {
    if (!head.starts_with(start)) continue;
    std::size_t at = start.size();
    const std::size_t digits = at;
    while (at < head.size() && head[at] >= '0' && head[at] <= '9') ++at;
    if (at > digits &&
        (at == head.size() || head[at] == ':' || head[at] == '.' || head[at] == ')')) {
      return true;
    }
  }
  return false;
}

struct Stretch {
  std::size_t begin, end;
};

std::vector<Stretch> stretches_of(std::string_view text) {
  std::vector<Stretch> all;
  std::size_t begin = 0;
  // A reply that opens with a numbered question goes through those of the prompt.
  const bool numbered_too = !opens_a_question(text.substr(0, 80), true) ||
                            opens_a_question(text.substr(0, 80), false);
  for (std::size_t line = 0; line < text.size();) {
    if (line > begin && opens_a_question(text.substr(line, 80), numbered_too)) {
      all.push_back({begin, line});
      begin = line;
    }
    const std::size_t end = text.find('\n', line);
    if (end == std::string_view::npos) break;
    line = end + 1;
  }
  all.push_back({begin, text.size()});
  std::erase_if(all, [&](Stretch s) {
    return python_strip(text.substr(s.begin, s.end - s.begin)).empty();
  });
  return all;
}

// ---- Refusals ---------------------------------------------------------------------

bool declines(std::string_view text) {
  // A refusal opens a reply or is all of it.
  const std::string low = ascii_lower(text.substr(0, 2000));
  for (const std::string_view phrase : {"i cannot answer",
                                        "i can't answer",
                                        "i cannot provide",
                                        "i can't provide",
                                        "i cannot assist",
                                        "i can't assist",
                                        "i cannot help",
                                        "i can't help",
                                        "i can not",
                                        "i'm unable to",
                                        "i am unable to",
                                        "i am not able to",
                                        "i'm not able to",
                                        "unable to answer",
                                        "cannot be answered",
                                        "as an ai",
                                        "i won't",
                                        "i will not answer",
                                        "i must decline",
                                        "i decline",
                                        "i'm sorry, but",
                                        "i am sorry, but",
                                        "i apologize, but",
                                        "i cannot determine",
                                        "i can't determine",
                                        "cannot comply",
                                        "not comfortable",
                                        "i cannot fulfill",
                                        "i can't fulfill",
                                        "i cannot give",
                                        "i cannot select",
                                        "申し訳",
                                        "お答えでき",
                                        "回答できません",
                                        "答えられません",
                                        "无法回答",
                                        "不能回答",
                                        "抱歉",
                                        "无法提供",
                                        "無法回答",
                                        "죄송",
                                        "대답할 수 없",
                                        "답할 수 없",
                                        "désolé",
                                        "ne peux pas",
                                        "kann ich nicht",
                                        "tut mir leid",
                                        "no puedo responder",
                                        "lo siento",
                                        "не могу",
                                        "لا أستطيع",
                                        "لا يمكنني",
                                        "माफ़",
                                        "क्षमा",
                                        "नहीं दे सकता"}) {
    if (low.find(phrase) != std::string::npos) return true;
  }
  return false;
}

// ---- Choosing ---------------------------------------------------------------------

Answer answer_of(const Claim& claim) {
  switch (claim.kind) {
    case Claim::Kind::several:
      return {.rule = "several letters"};
    case Claim::Kind::none:
      return {.rule = std::string(claim.rule)};
    case Claim::Kind::letter:
      break;
  }
  return {.letter = claim.letter, .rule = std::string(claim.rule)};
}

// The last claim of the greatest strength; after a turn only what follows it counts, if
// anything does.
std::optional<Claim> strongest(std::span<const Claim> claims,
                               std::optional<std::size_t> turn) {
  if (turn) {
    const auto after = std::ranges::find_if(claims, [&](const Claim& c) {
      return c.at > *turn && c.strength != Strength::pointed;
    });
    if (after != claims.end()) {
      claims = claims.subspan(static_cast<std::size_t>(after - claims.begin()));
    }
  }
  std::optional<Claim> best;
  for (const Claim& claim : claims) {
    if (!best || claim.strength <= best->strength) best = claim;
  }
  // Two answers, each under its own condition, are no choice, nor is one beside "none".
  if (best && best->conditional) {
    for (const Claim& claim : claims) {
      if (claim.conditional && claim.letter != best->letter) {
        best->kind = Claim::Kind::several;
      } else if (claim.kind == Claim::Kind::none) {
        best->kind = Claim::Kind::none;
        best->rule = claim.rule;
      }
    }
  }
  return best;
}

Answer read_stretch(std::string_view text, const Reading& reading) {
  const std::vector<Token> tokens = tokens_of(text);
  Statement statement(text, tokens, reading.labels, reading.choices);
  std::vector<Claim> claims = statement.claims();
  auto lists = statement.lists();
  std::erase_if(
      claims, [&](const Claim& claim) { return statement.is_item_only(claim, lists); });
  auto best = strongest(claims, statement.last_turn());
  if (best) {
    if (const auto correction = statement.corrected(*best)) best = correction;
  }
  if (best && best->strength == Strength::stated && statement.answers_parts(claims)) {
    return {.rule = "several letters"};
  }
  if (best && best->strength != Strength::pointed) return answer_of(*best);
  if (!best && declines(text)) return {.rule = "the model declines", .refused = true};
  if (best) return answer_of(*best);
  for (auto& list : std::views::reverse(lists)) {
    if (const auto claim = statement.affirmed_by(list)) return answer_of(*claim);
    // A list that weighs the options and affirms none or two is no reason to go back.
    if (std::ranges::count_if(list.items, [](const Statement::Item& item) {
          return item.verdict != Statement::Verdict::none;
        }) > 1) {
      break;
    }
  }
  if (const auto claim = statement.by_text()) return answer_of(*claim);
  const auto form = statement.by_form();
  if (form && !statement.is_item_only(*form, lists)) return answer_of(*form);
  if (const auto claim = statement.by_exclusion()) return answer_of(*claim);
  if (const auto claim = statement.only_label()) return answer_of(*claim);
  if (const auto claim = statement.only_bracket()) return answer_of(*claim);
  return {.rule = "no conclusion"};
}

// Whether a stretch repeats the question that was asked: it holds the options.
bool repeats_options(std::string_view text, const Reading& reading) {
  std::size_t held = 0, asked = 0;
  for (const std::string& choice : reading.choices) {
    if (choice.empty() || choice.size() > 200) continue;
    ++asked;
    held += text.find(plain_view(choice)) != std::string_view::npos ? 1 : 0;
    if (asked >= 4) break;
  }
  return asked > 0 && held == asked;
}

Answer read_view(std::string_view view, const Reading& reading) {
  const std::vector<Stretch> stretches = stretches_of(view);
  if (stretches.empty()) return {.rule = "empty reply"};
  const auto text_of = [&](Stretch s) { return view.substr(s.begin, s.end - s.begin); };
  Answer answer = read_stretch(text_of(stretches[0]), reading);
  // A reply may open with the question itself; any other question is the model's own.
  for (std::size_t i = 1; i < stretches.size() && i < 3; ++i) {
    if (answer.letter || answer.refused || answer.rule == "several letters") break;
    if (stretches[i - 1].end - stretches[i - 1].begin > 200 ||
        !repeats_options(text_of(stretches[i]), reading)) {
      break;
    }
    answer = read_stretch(text_of(stretches[i]), reading);
  }
  return answer;
}

}  // namespace

Answer read_proctor(const Reading& reading) {
  std::string written_out;
  std::string_view reply = reading.reply;
  if (reply.find('&') != std::string_view::npos) {
    written_out = without_entities(reply);
    reply = written_out;
  }
  const FinalPart part = final_part(reply);
  if (part.unfinished_reasoning) return {.rule = "unfinished reasoning"};
  // What was struck out counts only where nothing else says anything.
  if (has_struck(part.text)) {
    const Answer answer = read_view(plain_view(part.text, Struck::dropped), reading);
    if (answer.letter || answer.refused || answer.rule == "several letters")
      return answer;
  }
  return read_view(plain_view(part.text), reading);
}

}  // namespace proctor
