// A plain view cut into tokens, each with the part its word plays.
//
// In: "The answer is B." Out: fill, answer, is, the letter B, a mark. All that is known
// of languages is here and in words.h, so that the rules of claims are about parts, not
// words: "Die Antwort ist B" is the same to them.
#include "proctor/answer/tokens.h"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_map>

#include "proctor/answer/unicode.h"
#include "proctor/answer/words.h"
#include "proctor/base/base.h"

namespace proctor {
namespace {

struct Entry {
  Word word;
  std::string_view spellings;  // lower case, a blank between two
};

// Words of Latin, Cyrillic, Arabic, Hangul, Devanagari and Bengali, which part words by
// blanks. Chinese and Japanese are below.
constexpr Entry entries[] = {
    {Word::answer,
     "answer answers ans answered antwort lösung loesung réponse reponse respuesta "
     "risposta resposta jawaban odpowiedź odpowiedz cevap yanıt svar antwoord vastaus "
     "response solution conclusion verdict ответ відповідь উত্তর উত্তরঃ उत्तर जवाब "
     "الإجابة "
     "الاجابة الجواب إجابة جواب 정답 정답은 정답이 답 답은 답변 답변은 đáp jibu idahun "
     "ìdáhùn"},
    {Word::option,
     "option options choice choices alternative letter selection opción opcion opção "
     "opcao opzione choix lettre letra lettera buchstabe auswahl möglichkeit "
     "wahlmöglichkeit вариант буква विकल्प বিকল্প الخيار خيار 보기 선택지 선택 번 "
     "pilihan "
     "seçenek optie án án."},
    {Word::is,
     "is be are was ist sei lautet wäre est es é è sería seria serait jest er är यह है "
     "हैं হল হলো هو هي это adalah là would should will equals being becomes seems "
     "appears remains sind fue can could might may"},
    {Word::fill,
     "the a an indeed clearly definitely simply most likely "
     "probably obviously likely given by follows following only single final just "
     "to my your our think believe for definetly surely certainly "
     "option choice letter number still then now fact die der das den la le el "
     "il lo o les l los richtige richtig correcta correcto correcte corretta correta "
     "bonne "
     "صحيح सही itself"},
    {Word::no,
     "not never cannot can't isn't isnt wasn't aren't doesn't don't won't nicht kein "
     "keine pas non нет не ليس ليست excluding except eliminate "
     "eliminated eliminating exclude excluded reject rejected unlike discard ruled "
     "rule "
     "neither nor without"},
    {Word::none, "none nothing"},
    {Word::alternate, "or oder ou ó или 또는 या أو atau lub veya between either"},
    {Word::both, "and und et y e и 와 과 और و dan & both"},
    {Word::reason,
     "because since as which with if due given while where when for weil da denn car "
     "parce porque ya perché poiché pois потому так क्योंकि لأن karena i.e ie namely "
     "that "
     "based from according in on"},
    {Word::so,
     "so therefore thus hence ergo consequently accordingly deshalb daher donc "
     "entonces portanto quindi поэтому 따라서 그러므로 इसलिए لذلك finally overall "
     "ultimately leaving leaves"},
    {Word::choose,
     "choose chose choosing chosen pick picked picking select selected selecting opt "
     "go going guess guessing say conclude answered wähle wählen waehle choisis "
     "choisir "
     "elijo selecciono escolho scelgo выбираю vote prefer favor favour lean leaning "
     "settle submit inclined"},
    {Word::must, "must muss doit debe deve должен"},
    {Word::good,
     "correct right best true accurate appropriate valid proper richtig richtige "
     "korrekt "
     "correcta correcto correcte corretta correta corretto corrette bonne bon vraie "
     "vrai juste exact правильный "
     "certa certo giusto giusta vero vera verdadero verdadera cierto cierta верно "
     "правильно صحيح "
     "правильная верный सही সঠিক الصحيحة صحيحة benar doğru suitable"},
    {Word::bad,
     "incorrect wrong false invalid falsch fausse faux incorrecta incorrecto errata "
     "неправильный неверный неверно неправильно गलत خاطئة خطأ خاطئ ভুল mistaken "
     "incorrectly inaccurate "
     "unlikely implausible falso falsa errado sbagliato sbagliata incorrecte "
     "incorretta incorretto"},
    {Word::yes,
     "yes ja oui sí sì sim да نعم हाँ হ্যাঁ evet tak igen ya ano kyllä ναι כן بله"},
    {Word::nay, "no nein nope non لا hayır nej nee hapana όχι"},
    {Word::turn,
     "wait actually correction sorry hmm hm oops hold reconsider rather scratch "
     "reconsidering rethink moment eigentlich warte attends espera"},
    {Word::thought, "thought thoughts"},
    {Word::but, "but however although though yet aber mais pero"},
    {Word::it, "it this that these it's that's this's ce c'est es"},
    {Word::closest, "closest nearest"},
    {Word::fits,
     "fits fit looks works remains holds wins stands suits applies matches makes passt "
     "stimmt trifft bleibt gilt "
     "serve resta queda encaja sirve convient reste va cabe fica подходит остаётся"},
    {Word::other_use,
     "vitamin hepatitis type group grade figure fig plan class section table appendix "
     "consider examine evaluate check start look discuss compare analyze analyse begin "
     "depends unsure about doubt doubtful"},
};

// A word in several rows keeps the first row's part that is listed here.
const std::unordered_map<std::string_view, Word>& dictionary() {
  static const auto words = [] {
    std::unordered_map<std::string_view, Word> all;
    all.max_load_factor(0.5F);
    const auto add = [&](Word word, std::string_view rest) {
      while (!rest.empty()) {
        const std::size_t blank = std::min(rest.find(' '), rest.size());
        if (blank > 0) all.emplace(rest.substr(0, blank), word);
        rest.remove_prefix(std::min(blank + 1, rest.size()));
      }
    };
    for (const Entry& entry : entries) add(entry.word, entry.spellings);
    for (const LanguageWords& language : languages) {
      add(Word::answer, language.answer);
      add(Word::option, language.option);
      add(Word::good, language.right);
      add(Word::bad, language.wrong);
      add(Word::is, language.is);
      add(Word::is_not, language.is_not);
      add(Word::no, language.no);
      add(Word::so, language.so);
      add(Word::but, language.but);
    }
    return all;
  }();
  return words;
}

// Which lengths the words of the dictionary have, by their first and last letters: most
// words of a reply are told apart by this alone.
class Lengths {
 public:
  Lengths() {
    for (const auto& [word, part] : dictionary())
      mask(word) |= 1U << (word.size() & 31);
  }
  bool may_hold(std::string_view word) const {
    return (masks_[place(word)] >> (word.size() & 31) & 1U) != 0;
  }

 private:
  static std::size_t place(std::string_view word) {
    return static_cast<std::size_t>((word.front() & 31) << 5 | (word.back() & 31));
  }
  std::uint32_t& mask(std::string_view word) { return masks_[place(word)]; }

  std::array<std::uint32_t, 1024> masks_{};
};

const Lengths& lengths() {
  static const Lengths all;
  return all;
}

// Runs of Chinese and Japanese hold several words; what the run ends with counts.
Word word_of_run(std::string_view run) {
  static constexpr std::string_view negations[] = {
      "不是", "不选", "不選", "不正", "錯",     "错", "誤",
      "間違", "以外", "除外", "排除", "不能选", "非", "ไม่"};
  static constexpr std::string_view denials[] = {"ではな", "じゃな", "ではあり",
                                                 "くない"};
  static constexpr std::string_view stems[] = {
      "答案",   "答え",  "正解", "回答",     "解答",       "正答",
      "选",     "選",    "答",   "正确的是", "正しいのは", "正しいものは",
      "正确答", "คำตอบ", "ตอบ",  "ຄຳຕອບ",    "အဖြေ",       "ចម្លើយ"};
  static constexpr std::string_view turns[] = {"いや", "やはり", "等等", "不对",
                                               "訂正", "待って", "いえ"};
  static constexpr std::string_view sos[] = {"したがって", "よって", "ゆえに", "つまり",
                                             "因此",       "所以",   "故",     "だから",
                                             "従って",     "综上"};
  const auto holds = [&](std::span<const std::string_view> words,
                         std::string_view text) {
    return std::ranges::any_of(
        words, [&](auto word) { return text.find(word) != std::string_view::npos; });
  };
  // The last eight characters: "正しい答えは" counts, an answer told long before does
  // not.
  const std::string_view tail =
      run.substr(run.size() - std::min<std::size_t>(run.size(), 24));
  // A denial counts before what it denies: "答案不是" ends in no answer.
  if (holds(denials, run)) return Word::is_not;
  if (holds(negations, tail)) return Word::no;
  if (holds(stems, tail)) return Word::answer;
  if (holds(turns, run)) return Word::turn;
  if (holds(sos, run)) return Word::so;
  static constexpr std::string_view alternates[] = {"或", "或者",     "または", "หรือ",
                                                    "か", "もしくは", "还是"};
  static constexpr std::string_view boths[] = {"和", "与", "と", "及", "および", "跟"};
  if (std::ranges::find(alternates, run) != std::end(alternates))
    return Word::alternate;
  if (std::ranges::find(boths, run) != std::end(boths)) return Word::both;
  static constexpr std::string_view fills[] = {"は", "是", "为", "為",
                                               "が", "項", "项"};
  if (std::ranges::find(fills, run) != std::end(fills)) return Word::fill;
  return Word::other;
}

bool is_ascii_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_latin(char32_t c) {
  return (c >= 0xC0 && c <= 0x24F && c != 0xD7 && c != 0xF7) ||
         (c >= 0x300 && c <= 0x36F) || (c >= 0x1E00 && c <= 0x1EFF);
}
bool is_han_or_kana(char32_t c) {
  return (c >= 0x3005 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) ||
         (c >= 0xF900 && c <= 0xFAFF) || (c >= 0x20000 && c <= 0x3FFFF);
}
// Thai, Lao, Burmese and Khmer part no words, as Chinese does not.
bool parts_no_words(char32_t c) {
  return (c >= 0x0E00 && c <= 0x0EFF) || (c >= 0x1000 && c <= 0x109F) ||
         (c >= 0x1780 && c <= 0x17FF);
}
// Combining signs of Indic and Arabic writing belong to their word.
bool is_other_letter(char32_t c) {
  return is_word(c) || (c >= 0x0900 && c <= 0x0FFF) || (c >= 0x064B && c <= 0x065F) ||
         (c >= 0x0591 && c <= 0x05C7) || (c >= 0x1000 && c <= 0x109F) ||
         (c >= 0x1780 && c <= 0x17D3);
}

// Single letters of other scripts that stand for the first options. Cyrillic and Greek
// go by look and by order only where both agree.
char other_letter(std::string_view word) {
  static const std::unordered_map<std::string_view, char> letters = {
      {"Α", 'A'}, {"Β", 'B'}, {"А", 'A'}, {"С", 'C'}, {"أ", 'A'},
      {"ا", 'A'}, {"ب", 'B'}, {"ج", 'C'}, {"د", 'D'}, {"অ", 'A'},
      {"ব", 'B'}, {"ড", 'C'}, {"ঢ", 'D'}};
  const auto found = letters.find(word);
  return found == letters.end() ? '\0' : found->second;
}

class Tokeniser {
 public:
  explicit Tokeniser(std::string_view text) : text_(text) {}

  std::vector<Token> all() {
    std::vector<Token> tokens;
    tokens.reserve(text_.size() / 4 + 4);
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ' ') {
        ++at_;
        continue;
      }
      Token token{.begin = static_cast<std::uint32_t>(at_)};
      take(token, c);
      token.end = static_cast<std::uint32_t>(at_);
      tokens.push_back(token);
    }
    return tokens;
  }

 private:
  void take(Token& token, char c) {
    if (c == '\n') {
      token.kind = TokenKind::line_end;
      ++at_;
      return;
    }
    if (is_ascii_digit(c) || (c == '.' && at_ + 1 < text_.size() &&
                              is_ascii_digit(text_[at_ + 1]) && !number_before())) {
      take_number(token);
      return;
    }
    if (is_ascii_word(c)) {
      take_word(token);
      return;
    }
    if (static_cast<unsigned char>(c) >= 0x80) {
      take_beyond_ascii(token);
      return;
    }
    if (c == '-' && at_ + 1 < text_.size() && text_[at_ + 1] == '>') {
      token.word = Word::so;
      token.mark = '>';
      at_ += 2;
      return;
    }
    token.mark = c;
    if (c == '&') token.word = Word::both;
    ++at_;
  }

  bool number_before() const { return at_ > 0 && is_ascii_digit(text_[at_ - 1]); }

  void take_number(Token& token) {
    token.kind = TokenKind::number;
    ++at_;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      const bool inner = (c == '.' || c == ',') && at_ + 1 < text_.size() &&
                         is_ascii_digit(text_[at_ + 1]);
      if (!is_ascii_digit(c) && !inner) break;
      ++at_;
    }
  }

  // Most of a reply is ASCII words: they are lowered on the way, and looked up only if
  // a word of that length is known.
  void take_word(Token& token) {
    std::array<char, 24> low;
    std::size_t size = 0;
    bool ascii = true;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (is_ascii_word(c) || is_ascii_digit(c)) {
        if (size < low.size())
          low[size] = is_ascii_digit(c) ? c : static_cast<char>(c | 0x20);
        ++size;
        ++at_;
      } else if (c == '\'' && at_ + 1 < text_.size() && is_ascii_word(text_[at_ + 1])) {
        if (size < low.size()) low[size] = c;
        ++size;
        ++at_;
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        std::size_t next = at_;
        if (!is_latin(next_code_point(text_, next))) break;
        ascii = false;
        size += next - at_;
        at_ = next;
      } else {
        break;
      }
    }
    token.kind = TokenKind::word;
    if (const std::size_t cut = text_.substr(token.begin, 6).find('\'');
        cut < at_ - token.begin) {
      take_apostrophe(token, cut);
    } else if (!ascii) {
      look_up_lowered(token);
    } else if (size <= low.size()) {
      if (size == 1) {
        token.letter = static_cast<char>(low[0] - 0x20);
        token.small = text_[token.begin] == low[0];
      }
      const std::string_view word(low.data(), size);
      if ((size > 1 || token.small) && lengths_.may_hold(word)) look_up(token, word);
    }
  }

  // "B'dir": a letter with a Turkish ending; "l'opzione", "dell'opzione": a word behind
  // an article; "isn't", "it's": words of their own.
  void take_apostrophe(Token& token, std::size_t cut) {
    const std::string_view word = text_.substr(token.begin, at_ - token.begin);
    const std::string_view behind = word.substr(cut + 1);
    static constexpr std::string_view endings[] = {
        "dir", "dır", "dur", "dür", "tir", "tır", "yi", "yı", "nin", "dirler"};
    if (cut == 1 && word[0] >= 'A' && word[0] <= 'Z' &&
        std::ranges::find(endings, behind) != std::end(endings)) {
      token.letter = word[0];
      return;
    }
    look_up_lowered(token);
    static constexpr std::string_view articles[] = {"l",   "L",    "d",  "D",  "dell",
                                                    "all", "nell", "un", "Un", "dall"};
    if (token.word == Word::other &&
        std::ranges::find(articles, word.substr(0, cut)) != std::end(articles)) {
      Token rest{.begin = static_cast<std::uint32_t>(token.begin + cut + 1)};
      look_up_lowered(rest);
      token.word = rest.word;
    }
  }

  void take_beyond_ascii(Token& token) {
    const std::size_t begin = at_;
    const char32_t first = next_code_point(text_, at_);
    if (is_latin(first)) {
      at_ = begin;
      take_word(token);
      if (token.kind == TokenKind::word && at_ > begin) return;
    }
    if (!is_other_letter(first)) {
      token.mark = '\x7f';  // some sign
      return;
    }
    token.kind = TokenKind::other_script;
    const bool han = is_han_or_kana(first);
    while (at_ < text_.size() && static_cast<unsigned char>(text_[at_]) >= 0x80) {
      std::size_t next = at_;
      const char32_t c = next_code_point(text_, next);
      if (!is_other_letter(c) || is_latin(c) || is_han_or_kana(c) != han) break;
      at_ = next;
    }
    const std::string_view word = text_.substr(begin, at_ - begin);
    if (han || parts_no_words(first)) {
      token.word = word_of_run(word);
      return;
    }
    token.letter = other_letter(word);
    if (word.size() <= 48) look_up_lowered(token);
  }

  void look_up_lowered(Token& token) {
    std::string low;
    for (std::size_t at = token.begin; at < at_;) {
      low += utf8_of(lower(next_code_point(text_, at)));
      if (low.size() > 64) return;
    }
    look_up(token, low);
  }

  static void look_up(Token& token, std::string_view word) {
    const auto found = dictionary().find(word);
    if (found != dictionary().end()) token.word = found->second;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  const Lengths& lengths_ = lengths();
};

}  // namespace

std::vector<Token> tokens_of(std::string_view text) {
  return Tokeniser(text).all();
}

}  // namespace proctor
