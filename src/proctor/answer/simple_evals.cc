// simple-evals' rule: "Answer: B", "Réponse : B", "答案：Ｂ" are B.
//
// The order of the 42 words decides, not the place in the reply: of "Réponse : A.
// Answer: B" it is B.
#include <algorithm>
#include <array>

#include "proctor/answer/peers.h"
#include "proctor/answer/readers.h"
#include "proctor/answer/unicode.h"

namespace proctor {
namespace {

// openai/simple-evals, common.py, commit ee3b031 (MIT licence): regular expressions,
// tried in this order. "\s*" is the only operator they hold.
constexpr std::array<std::string_view, 42> answer_words = {
    "Answer\\s*:",
    "Answer\\s*:\u200b\u200b\u200b\u200b\u200b\u200b",
    "উত্তর\\s*:",
    "उत्तर\\s*:",
    "উত্তরঃ",
    "উত্তর\\s*:",
    "Antwort\\s*:",
    "답변\\s*:",
    "정답\\s*:",
    "답\\s*:",
    "答案\\s*：",
    "答案\\s*:",
    "答\\s*：",
    "答\\s*:",
    "答复\\s*：",
    "答曰\\s*：",
    "الإجابة:",
    "الجواب:",
    "إجابة:",
    "الإجابة النهائية:",
    "الإجابة الصحيحة:",
    "الإجابة الصحيحة هي:",
    "الإجابة هي:",
    "الجواب النهائي:",
    "Respuesta\\s*:",
    "Risposta\\s*:",
    "答え\\s*:",
    "答え\\s*：",
    "回答\\s*:",
    "回答\\s*：",
    "解答\\s*:",
    "Jawaban\\s*:",
    "Réponse\\s*:",
    "Resposta\\s*:",
    "Jibu\\s*:",
    "Idahun\\s*:",
    "Ìdáhùn\\s*:",
    "Idáhùn\\s*:",
    "Àmọ̀nà\\s*:",
    "Àdáhùn\\s*:",
    "Ànúgọ\\s*:",
    "Àṣàyàn\\s*:",
};

// Markup that the peer deletes first, in this order.
constexpr std::string_view markup[] = {
    "**",  "$\\boxed{", "}$",  "\\$",       "$\\text{", "$",       "\\mathrm{",
    "\\{", "\\text",    "\\(", "\\mathbf{", "{",        "\\boxed",
};

bool is_letter_class(char32_t folded) {
  return (folded >= 'a' && folded <= 'd') || (folded >= 0x623 && folded <= 0x62F) ||
         folded == 0x985 || folded == 0x9AC || folded == 0x9A1 || folded == 0x9A2 ||
         (folded >= 0xFF41 && folded <= 0xFF44);
}

// The peer's own table: the letters that stand for A to D in Arabic, Bengali, and in
// full width. Others stay as they are.
std::string normalised(char32_t c) {
  constexpr std::u32string_view from = U"أبجدঅবডঢＡＢＣＤ";
  const std::size_t at = from.find(c);
  if (at == std::u32string_view::npos) return utf8_of(c);
  return std::string(1, "ABCD"[at % 4]);
}

// Where the letter stands that follows the word, in the folded text.
std::optional<std::size_t> find_after(std::u32string_view text, std::string_view word) {
  std::u32string head = code_points(word);
  std::u32string tail;
  bool spaces_between = false;
  if (const std::size_t star = head.find(U"\\s*"); star != std::u32string::npos) {
    tail = head.substr(star + 3);
    head.resize(star);
    spaces_between = true;
  }
  std::ranges::transform(head, head.begin(), fold);
  for (std::size_t at = text.find(head); at != std::u32string_view::npos;
       at = text.find(head, at + 1)) {
    std::size_t place = at + head.size();
    if (spaces_between) place = after_spaces(text, place);
    if (!text.substr(place).starts_with(tail)) continue;
    place += tail.size();
    while (place < text.size() && (text[place] == ' ' || text[place] == '\t')) ++place;
    if (place < text.size() && is_letter_class(text[place])) return place;
  }
  return std::nullopt;
}

}  // namespace

Answer read_simple_evals(const Reading& reading) {
  std::string text(reading.reply);
  for (const std::string_view mark : markup) text = without(text, mark);
  const std::u32string codes = code_points(text);
  std::u32string folded(codes.size(), U'\0');
  std::ranges::transform(codes, folded.begin(), fold);
  for (const std::string_view word : answer_words) {
    const auto place = find_after(folded, word);
    if (!place) continue;
    Answer answer{.text = normalised(codes[*place]), .rule = std::string(word)};
    // A small letter is never upper-cased, so it equals no gold letter.
    if (answer.text->size() == 1 && answer.text->front() <= 'D') {
      answer.letter = answer.text->front();
    }
    return answer;
  }
  return named(std::nullopt, "");
}

}  // namespace proctor
