// The careful reader's words, language by language. They are added to the mixed table
// in tokens.cc, which has English, German, French, Spanish, Italian, Portuguese,
// Russian, Arabic, Hindi, Bengali, Korean, Chinese and Japanese.
//
// No word is here that means something else in a language of either table: the Polish
// "to", the Finnish "on" and their like are `small_copulas`, which count only behind a
// word for the answer that is not English.
#pragma once

#include <string_view>

namespace proctor {

// Small letters, a blank between two words. Scripts that write no blanks are in
// tokens.cc.
struct LanguageWords {
  std::string_view language;
  std::string_view answer, option, right, wrong;
  std::string_view is;      // before the letter
  std::string_view is_not;  // behind the letter
  std::string_view no;      // before the letter
  std::string_view so, but;
};

inline constexpr LanguageWords languages[] = {
    {"German", "", "antwortmöglichkeit", "zutreffend", "unzutreffend", "sein", "",
     "weder noch", "folglich somit", "sondern"},
    {"French", "", "l'option", "exacte", "", "c'est serait", "", "sauf", "ainsi", ""},
    {"Spanish", "", "inciso", "acertada", "equivocada", "sería está", "",
     "excepto salvo", "luego", "sino"},
    {"Portuguese", "gabarito", "", "", "errada errado", "está", "",
     "não nao nem exceto", "assim então", "mas"},
    {"Italian", "", "scelta", "", "", "sarebbe", "", "né tranne", "dunque", "ma bensì"},
    {"Russian", "ответом", "пункт", "верный верная верное правильное",
     "неверен неправильна неверна", "", "", "кроме", "значит следовательно итак", "но"},
    {"Arabic", "إجابة والإجابة", "الحرف الاختيار", "الصحيح الصواب", "", "هى إنها إنه",
     "", "ليس", "إذن إذا فالإجابة", "بل لكن"},
    {"Indonesian, Malay", "jawabannya jawaban jawapan jawapannya", "pilihan opsi",
     "betul tepat benar", "salah keliru", "adalah ialah yaitu yakni", "",
     "bukan tidak bukanlah", "jadi maka", "tetapi melainkan tapi"},
    {"Swahili", "jibu majibu", "chaguo", "sahihi", "makosa", "", "", "sio siyo si",
     "hivyo", "lakini bali"},
    {"Yoruba", "ìdáhùn idahun ìdáhun", "", "tọ́ tọ tòótọ́", "", "", "", "kìí", "",
     "ṣùgbọ́n"},
    {"Vietnamese", "đáp lời", "", "đúng", "sai", "là", "", "không khong", "vậy",
     "nhưng mà"},
    {"Turkish", "cevap cevabı yanıt yanıtı cevabımız",
     "seçenek seçeneği şık şıkkı şıkkıdır seçeneğidir", "doğru doğrudur",
     "yanlış yanlıştır", "", "değil değildir", "", "dolayısıyla", "fakat ancak"},
    {"Greek", "απάντηση", "επιλογή", "σωστή σωστό σωστός ορθή", "λάθος λανθασμένη",
     "είναι", "", "δεν όχι", "άρα επομένως", "αλλά"},
    {"Hebrew", "תשובה התשובה", "אפשרות האפשרות", "נכונה הנכונה נכון הנכון", "שגויה",
     "היא הוא", "", "לא אינה אינו", "לכן", "אלא אבל"},
    {"Persian, Urdu", "پاسخ جواب", "گزینه آپشن", "درست صحیح", "نادرست غلط اشتباه", "",
     "نیست نہیں", "", "بنابراین پس لہذا", "بلکه اما لیکن"},
    {"Romanian", "răspunsul răspuns raspunsul raspuns",
     "varianta variantă opțiunea opțiune", "corect corectă", "incorect greșit greșită",
     "este", "", "nu", "deci", "ci dar"},
    {"Czech, Slovak", "odpověď odpoveď odpovědí", "možnost varianta",
     "správně správná správný správnou správna", "špatně špatná nesprávná", "", "",
     "není nie", "proto tedy", "ale nýbrž"},
    {"Finnish, Estonian", "vastaus vastauksena vastus", "vaihtoehto",
     "oikea oikein õige", "väärä väärin", "", "", "ei eikä", "joten siis",
     "vaan mutta"},
    {"Swedish, Danish, Norwegian", "svar svaret", "alternativ alternativet mulighed",
     "rätt rätta korrekt rigtige rigtig riktig riktige", "fel felaktigt forkert feil",
     "är er", "", "inte ikke ej", "alltså därför derfor altså", "utan"},
    {"Filipino", "sagot kasagutan", "pagpipilian", "tamang tama wasto", "mali", "", "",
     "hindi", "kaya samakatuwid", "kundi ngunit"},
    {"Dutch", "antwoord", "optie keuze", "juiste juist goede correcte",
     "onjuist fout verkeerd", "is", "", "niet geen", "dus daarom", "maar"},
    {"Polish", "odpowiedź odpowiedzią odpowiedzi", "opcja wariant",
     "prawidłowa prawidłową poprawna poprawną właściwa dobrze prawda",
     "błędna nieprawidłowa błąd źle fałsz", "jest", "", "nie", "zatem więc", "lecz"},
    {"Ukrainian", "відповідь", "варіант", "правильна правильний вірна",
     "неправильна хибна", "є", "", "ні", "отже тому", "але"},
    {"Serbian, Croatian", "одговор odgovor", "опција opcija",
     "тачан tačan točan ispravan", "netačan нетачан pogrešan", "је", "", "није nije",
     "dakle дакле", "nego već"},
    {"Lithuanian", "atsakymas", "variantas", "teisingas", "neteisingas klaidingas",
     "yra", "", "ne nėra", "taigi todėl", ""},
    {"Hungarian", "válasz", "opció", "helyes", "helytelen hibás", "", "", "nem",
     "tehát", "hanem"},
    {"Catalan", "resposta", "opció", "correcta", "", "és", "", "", "", "sinó"},
    {"Hausa", "amsa amsar", "zaɓi", "daidai", "kuskure", "", "", "", "", "amma"},
    {"Igbo", "azịza aziza", "nhọrọ", "ezi", "ụgha", "bụ", "", "abụghị", "", ""},
    {"Somali", "jawaabta jawaabtu jawaab", "doorasho", "saxda", "khalad", "waa", "",
     "maaha", "", "laakiin"},
    {"Chichewa, Shona", "yankho mhinduro", "", "lolondola chaiyo", "", "ndi", "",
     "osati kwete", "", ""},
    {"Malagasy", "valiny", "safidy", "marina", "diso", "dia", "", "tsy", "", ""},
    {"Amharic", "መልስ መልሱ መልሱም", "ምርጫ", "ትክክለኛው ትክክል ትክክለኛ", "ስህተት", "", "አይደለም", "",
     "ስለዚህ", "ግን"},
    {"Kyrgyz, Kazakh", "жооп жообу жауап жауабы", "", "туура дұрыс", "туура-эмес", "",
     "эмес емес", "", "ошондуктан", "бирок"},
    {"Telugu", "సమాధానం జవాబు", "ఎంపిక", "సరైన సరైనది", "తప్పు", "", "కాదు", "", "కాబట్టి", "కానీ"},
    {"Tamil", "பதில் விடை", "விருப்பம்", "சரியான சரி", "தவறு", "", "அல்ல இல்லை", "", "எனவே",
     "ஆனால்"},
    {"Nepali", "जवाफ उत्तर", "", "सही ठीक", "", "हो", "होइन", "", "त्यसैले", "तर"},
    {"Sinhala", "පිළිතුර", "විකල්පය", "නිවැරදි", "වැරදි", "", "නොවේ", "", "එබැවින්", "නමුත්"},
    {"Hindi, Bengali", "", "", "", "", "হলো হচ্ছে", "नहीं নয়", "", "अतः সুতরাং তাই",
     "बल्कि लेकिन বরং"},
    {"Korean", "", "", "맞습니다 맞다 옳다 옳습니다 적절하다 정답이다",
     "틀렸다 틀립니다", "", "아니 아니라 아닌 아니다 아닙니다 아니고 아니에요", "",
     "그래서", ""},
};

// Copulas that are other words in other languages.
inline constexpr std::string_view small_copulas =
    " to on ni ay ce je ni dia waa ndi e a bu ang ";

// English words for the answer, behind which they do not count.
inline constexpr std::string_view english_answers =
    " answer answers ans answered response solution conclusion verdict ";

inline constexpr std::string_view english_options =
    " option options choice choices alternative letter selection one ";

// Denials that are verbs themselves: "B isn't", "B doesn't fit"; "B, not C" is none of
// B.
inline constexpr std::string_view negative_verbs =
    " isn't isnt wasn't aren't doesn't don't can't cannot won't ";

// Denials that are interjections, too: "Non, c'est C" denies no C. Of letters beyond
// ASCII both cases.
inline constexpr std::string_view interjections = " non não nao нет Нет ";

// Words that may also stand between a cue and a letter: "richtig ist B".
inline constexpr std::string_view praise =
    " richtig richtige correcta correcto correcte corretta correta bonne صحيح सही ";

// What says "the answer is" around an option's text in scripts that write no blanks,
// marks too. Longer ones first: each is taken out in turn.
inline constexpr std::string_view frame_words =
    "正しい答えは 正确答案是 正確答案是 だと思います と思います でしょう 答案应该是 "
    "应该选择 应该选 应该是 應該是 "
    "答えは 正解は 正答は 答案是 答案 我选择 我选 選擇 选择 です だ である はい 是 选 "
    "選 정답은 답은 입니다 이에요 예요 "
    "คำตอบคือ คือ ครับ ค่ะ 。 ． ！ 、 ， ： . : ! 「 」 “ ”";

// What precedes "except": "all except C are wrong", "none but C".
inline constexpr std::string_view totals =
    " all everything every none nothing any each anything alle alles todas todos tudo "
    "todo tous "
    "toutes tout tutti tutte все всё nada nichts niemand ";
inline constexpr std::string_view exceptions =
    " except save besides but außer sauf excepto salvo exceto tranne menos кроме "
    "excluding ";

}  // namespace proctor
