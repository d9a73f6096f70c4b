// What the model finally said, by the tags and channels in which models think.
//
// In: a reply as it came. Out: the part of it that is the answer:
// "<think>Not A.</think>B</s>" gives "B". A thought that was cut off gives nothing:
// what a model weighs on its way is no answer, however it sounds. Each model family
// spells its tags in its own way, so they are told by the word in them, not by a list
// of spellings; a new family's word belongs into the tables below.
#include "proctor/answer/final_part.h"

#include <algorithm>
#include <array>
#include <optional>
#include <span>

#include "proctor/base/base.h"

namespace proctor {
namespace {

bool is_ascii_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_blank(std::string_view text) {
  return python_strip(text).empty();
}

// ---- Tags -------------------------------------------------------------------------

enum class TagKind {
  think_open,
  think_close,
  details_close,  // closes a thought that <details type="reasoning"> opened
  answer_open,
  answer_close,
  message,
  end
};
struct Tag {
  TagKind kind;
  std::size_t end;         // behind it
  bool needs_end = false;  // a container by which HTML and programs mean other things
};

// Tags that are no names in angle brackets.
struct FixedTag {
  std::string_view spelling;
  TagKind kind;
};
constexpr FixedTag fixed_tags[] = {{"<unused94>", TagKind::think_open},
                                   {"<unused95>", TagKind::think_close},
                                   {"◁think▷", TagKind::think_open},
                                   {"◁/think▷", TagKind::think_close},
                                   {"<details type=\"reasoning\"", TagKind::think_open},
                                   {"</details>", TagKind::details_close}};

// All words below are letters alone, in small: "<|end_of_text|>" is "endoftext".
constexpr std::string_view text_ends[] = {"/s",  "endoftext", "imend",  "eotid",
                                          "eos", "endofturn", "return", "eot"};
constexpr std::string_view closers[] = {"/", "endof", "end"};
constexpr std::string_view openers[] = {"beginof", "startof", "begin", "start"};
constexpr std::string_view thoughts[] = {"think",      "thought",    "reason",
                                         "reflection", "scratchpad", "analysis"};
constexpr std::string_view answers[] = {"answer", "finalanswer", "solution", "response",
                                        "box"};
constexpr std::string_view containers[] = {"final", "result", "output"};

bool is_one_of(std::string_view word, std::span<const std::string_view> words) {
  return std::ranges::find(words, word) != words.end();
}

bool starts_with_one_of(std::string_view text,
                        std::span<const std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return text.starts_with(word); });
}

bool takes_off(std::string_view& word, std::span<const std::string_view> prefixes) {
  for (const std::string_view prefix : prefixes) {
    if (!word.starts_with(prefix)) continue;
    word.remove_prefix(prefix.size());
    return true;
  }
  return false;
}

std::optional<Tag> fixed_tag_at(std::string_view text, std::size_t at) {
  for (const FixedTag& fixed : fixed_tags) {
    if (text.substr(at).starts_with(fixed.spelling))
      return Tag{fixed.kind, at + fixed.spelling.size()};
  }
  return std::nullopt;
}

struct TagName {
  std::string letters;  // in small, and '/'
  std::size_t end;      // behind the tag
};

// "<|end_of_thought|>" is "endofthought", "</seed:think>" is "/think". A tag is short
// and of one line; another character than these makes it something else.
std::optional<TagName> name_at(std::string_view text, std::size_t at) {
  constexpr std::size_t longest = 40;
  if (text[at] != '<' && text[at] != '[') return std::nullopt;
  const char close = text[at] == '<' ? '>' : ']';
  const std::size_t last = std::min(text.size(), at + longest);
  std::string name;
  std::size_t end = at + 1;
  for (; end < last && text[end] != close; ++end) {
    const char c = text[end];
    if (is_ascii_letter(c)) {
      name += static_cast<char>(c | 0x20);
    } else if (c == '/') {
      name += '/';
    } else if (c == ':') {
      name.resize(name.starts_with('/') ? 1 : 0);  // whose tag it is
    } else if (std::string_view("|_ -").find(c) == std::string_view::npos &&
               static_cast<unsigned char>(c) < 0x80) {
      return std::nullopt;
    }
  }
  if (end >= last) return std::nullopt;
  return TagName{std::move(name), end + 1};
}

struct TagWord {
  std::string_view word;
  bool closing;
};

// "endofthought" closes a thought, "beginofbox" opens a box.
TagWord without_ends(std::string_view name) {
  bool closing = takes_off(name, closers);
  if (!closing) takes_off(name, openers);
  if (name.ends_with("end") && name.size() > 3) {
    closing = true;
    name.remove_suffix(3);
  }
  if (name.starts_with("longcat")) name.remove_prefix(7);
  if (name == "innerprefix") return {"think", false};
  if (name == "innersuffix") return {"think", true};
  return {name, closing};
}

// The channels of gpt-oss: <|channel|>analysis<|message|> ...
// <|channel|>final<|message|>
std::optional<Tag> channel_at(std::string_view text, std::size_t end) {
  constexpr std::string_view mark = "<|message|>";
  const std::size_t message = text.substr(end, 40).find(mark);
  if (message == std::string_view::npos) return std::nullopt;
  const bool final = text.substr(end, message).starts_with("final");
  return Tag{final ? TagKind::message : TagKind::think_open,
             end + message + mark.size()};
}

// A tag at `at`, which holds '<', '[' or the first byte of '◁': <think>, </think>,
// [THINK], <|end_of_thought|>, <seed:think>, <|START_THINKING|>, <answer>,
// <|begin_of_box|>, <|channel|>final<|message|>, <|im_end|>, </s> ...
std::optional<Tag> tag_at(std::string_view text, std::size_t at) {
  if (const auto fixed = fixed_tag_at(text, at)) return fixed;
  const auto name = name_at(text, at);
  if (!name) return std::nullopt;
  const bool angled = text[at] == '<';
  if (angled && is_one_of(name->letters, text_ends))
    return Tag{TagKind::end, name->end};
  const auto [word, closing] = without_ends(name->letters);
  if (word.size() < 20 && starts_with_one_of(word, thoughts))
    return Tag{closing ? TagKind::think_close : TagKind::think_open, name->end};
  const bool container = is_one_of(word, containers);
  if (container || is_one_of(word, answers)) {
    return Tag{closing ? TagKind::answer_close : TagKind::answer_open, name->end,
               container};
  }
  if (angled && word == "channel") return channel_at(text, name->end);
  return std::nullopt;
}

// Where a tag may begin: at '<', '[' and the first byte of '◁'.
constexpr std::array<bool, 256> may_open = [] {
  std::array<bool, 256> all{};
  all['<'] = all['['] = all[0xE2] = true;
  return all;
}();

std::size_t next_bracket(std::string_view text, std::size_t at) {
  for (; at < text.size(); ++at) {
    if (!may_open[static_cast<unsigned char>(text[at])]) continue;
    if (text[at] == '<' || text[at] == '[' || text.substr(at, 3) == "◁") return at;
  }
  return std::string_view::npos;
}

// ---- Channels whose marks a server has removed --------------------------------------

constexpr std::string_view final_word = "final", assistant = "assistant";

// Behind "assistant final", where a detokeniser put a blank between.
std::optional<std::string_view> behind_assistant_final(std::string_view text) {
  for (std::size_t at = text.rfind(final_word); at != std::string_view::npos && at > 0;
       at = text.rfind(final_word, at - 1)) {
    const std::size_t last = text.substr(0, at).find_last_not_of(" \n");
    if (last != std::string_view::npos && at - last < 4 &&
        text.substr(0, last + 1).ends_with(assistant)) {
      return text.substr(at + final_word.size());
    }
  }
  return std::nullopt;
}

// "finalThe answer", "final**B**": no word of a sentence.
bool is_glued_final(std::string_view text) {
  if (!text.starts_with(final_word) || text.size() == final_word.size()) return false;
  const char next = text[final_word.size()];
  return (next >= 'A' && next <= 'Z') || next == '*' || next == '(';
}

// gpt-oss without its special tokens: "analysisWe need ...assistantfinalThe answer".
// What is left of the reply; nothing if there is a thought alone.
std::optional<std::string_view> final_channel(std::string_view reply) {
  constexpr std::string_view glued = "assistantfinal";
  const std::size_t begin = reply.find_first_not_of(" \n\r\t");
  if (begin == std::string_view::npos) return reply;
  const std::string_view text = reply.substr(begin);
  if (const std::size_t at = text.rfind(glued); at != std::string_view::npos)
    return text.substr(at + glued.size());
  for (const std::string_view thought : {"analysis", "commentary"}) {
    if (!text.starts_with(thought) || text.size() == thought.size()) continue;
    if (const auto part = behind_assistant_final(text)) return part;
    const char next = text[thought.size()];
    if (next >= 'A' && next <= 'Z') return std::nullopt;
  }
  return is_glued_final(text) ? text.substr(final_word.size()) : reply;
}

// ---- The part -----------------------------------------------------------------------

constexpr std::size_t nowhere = std::string_view::npos;

// Goes over the tags of a reply. A thought that closes makes all before it a thought;
// inside a thought only its end counts.
class Parts {
 public:
  explicit Parts(std::string_view reply) : reply_(reply) {
    // "</s>" ends a text, unless "<s>" struck something out before.
    const std::size_t open = reply.find("<s>");
    strikes_ = open != nowhere && !is_blank(reply.substr(0, open));
  }

  void take(const Tag& tag, std::size_t at) {
    switch (tag.kind) {
      case TagKind::think_open:
        if (thought_ == nowhere) open_thought(at);
        break;
      case TagKind::details_close:
        if (thought_ != nowhere && in_details_) close_thought(tag.end);
        break;
      case TagKind::think_close:
      case TagKind::message:
        close_thought(tag.end);
        break;
      case TagKind::answer_open:
        if (thought_ == nowhere) {
          answer_begin_ = tag.end;
          answer_needs_end_ = tag.needs_end;
        }
        break;
      case TagKind::answer_close:
        if (thought_ == nowhere && answer_begin_ != nowhere) close_answer(at);
        break;
      case TagKind::end:
        if (thought_ == nowhere && cut_ == nowhere) cut(at);
        break;
    }
  }

  FinalPart result() const {
    if (answer_) return {*answer_};
    if (answer_begin_ != nowhere && !answer_needs_end_ &&
        !is_blank(reply_.substr(answer_begin_))) {
      return {reply_.substr(answer_begin_)};
    }
    const std::size_t end = std::min({reply_.size(), cut_, thought_});
    const std::string_view text = reply_.substr(begin_, end - begin_);
    return {text, thought_ != nowhere && is_blank(text)};
  }

 private:
  void open_thought(std::size_t at) {
    thought_ = at;
    in_details_ = reply_.substr(at).starts_with("<details");
  }

  void close_thought(std::size_t end) {
    begin_ = end;
    thought_ = answer_begin_ = cut_ = nowhere;
    answer_.reset();
  }

  // The last answer that says anything counts.
  void close_answer(std::size_t at) {
    const auto inside = reply_.substr(answer_begin_, at - answer_begin_);
    if (!is_blank(inside)) answer_ = inside;
    answer_begin_ = nowhere;
  }

  // A mark before the first word begins a text.
  void cut(std::size_t at) {
    if (strikes_ && reply_.substr(at).starts_with("</s>")) return;
    if (!is_blank(reply_.substr(begin_, at - begin_))) cut_ = at;
  }

  std::string_view reply_;
  bool strikes_ = false;
  std::size_t begin_ = 0;  // behind the last thought
  std::size_t thought_ = nowhere, answer_begin_ = nowhere, cut_ = nowhere;
  bool in_details_ = false, answer_needs_end_ = false;
  std::optional<std::string_view> answer_;
};

}  // namespace

FinalPart final_part(std::string_view whole) {
  const auto reply = final_channel(whole);
  if (!reply) return {whole.substr(whole.size()), true};
  Parts parts(*reply);
  for (std::size_t at = next_bracket(*reply, 0); at != nowhere;) {
    const auto tag = tag_at(*reply, at);
    if (tag) parts.take(*tag, at);
    at = next_bracket(*reply, tag ? tag->end : at + 1);
  }
  return parts.result();
}

}  // namespace proctor
