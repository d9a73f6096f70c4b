#include "proctor/engine/thoughts.h"

#include <algorithm>
#include <vector>

#include "proctor/base/base.h"

namespace proctor {
namespace {

struct Pair {
  std::string_view open, close;
};
// DeepSeek, Qwen and most others; Mistral; Seed; MiniMax; Kimi; Cohere; Apertus; Gemma
// and MedGemma; Granite.
constexpr std::array pairs = {
    Pair{"<think>", "</think>"},
    Pair{"[THINK]", "[/THINK]"},
    Pair{"<seed:think>", "</seed:think>"},
    Pair{"<mm:think>", "</mm:think>"},
    Pair{"◁think▷", "◁/think▷"},
    Pair{"<|START_THINKING|>", "<|END_THINKING|>"},
    Pair{"<|inner_prefix|>", "<|inner_suffix|>"},
    Pair{"<|channel>thought", "<channel|>"},
    Pair{"<unused94>thought", "<unused95>"},
    Pair{"<thinking>", "</thinking>"},
};

// gpt-oss writes messages, each to a channel: "<|channel|>analysis<|message|>...<|end|>
// <|start|>assistant<|channel|>final<|message|>...". The template has written the
// first <|start|>assistant.
constexpr std::string_view channel = "<|channel|>", message = "<|message|>";
constexpr std::string_view start = "<|start|>", end = "<|end|>";
constexpr std::string_view assistant = "<|start|>assistant";
constexpr std::string_view final_channel = "<|channel|>final<|message|>";

PartedReply part_channels(std::string_view written) {
  PartedReply parted;
  while (!written.empty()) {
    const std::size_t named = written.find(message);
    if (named == std::string_view::npos) {  // cut within the name of a channel
      break;
    }
    const bool is_answer = written.substr(channel.size()).starts_with("final");
    written.remove_prefix(named + message.size());
    const std::size_t stop = std::min(written.find(end), written.find(start));
    std::string& to = is_answer ? parted.text : parted.reasoning;
    if (!to.empty()) to += '\n';
    to += written.substr(0, stop);
    if (stop == std::string_view::npos) break;
    const std::size_t next = written.find(channel, stop);
    written = next == std::string_view::npos ? "" : written.substr(next);
  }
  return parted;
}

// What ends the thought that the text begins with, whose own mark is taken off; else
// what ends the one that the prompt has begun.
std::optional<std::string_view> take_open(std::string_view& text,
                                          std::optional<std::string_view> open_until) {
  for (const Pair& pair : pairs) {
    if (!text.starts_with(pair.open)) continue;
    text.remove_prefix(pair.open.size());
    return pair.close;
  }
  return open_until;
}

PartedReply parted_at(std::string_view text, std::string_view close) {
  const std::size_t at = text.find(close);
  if (at == std::string_view::npos) return {std::string(python_strip(text)), ""};
  return {std::string(python_strip(text.substr(0, at))),
          std::string(python_strip(text.substr(at + close.size())))};
}

}  // namespace

std::span<const std::string_view> thought_marks() {
  static const std::vector<std::string_view> all = [] {
    std::vector<std::string_view> marks = {channel, message, start, end,
                                           // Theirs are a token and a word.
                                           "<|channel>", "<unused94>"};
    for (const Pair& pair : pairs) {
      marks.push_back(pair.open);
      marks.push_back(pair.close);
    }
    return marks;
  }();
  return all;
}

std::optional<std::string_view> open_thought(std::string_view text) {
  // At the end alone: a mark further up may be what the template, or a question, says
  // about thoughts.
  text = python_strip(text);
  for (const Pair& pair : pairs) {
    if (text.ends_with(pair.open)) return pair.close;
  }
  return std::nullopt;
}

PartedReply part_thoughts(std::string_view written,
                          std::optional<std::string_view> open_until) {
  std::string_view text = python_strip(written);
  if (text.starts_with(channel)) return part_channels(text);
  if (const auto close = take_open(text, open_until)) return parted_at(text, *close);
  return {"", std::string(written)};
}

std::optional<std::size_t> answer_at(std::string_view written,
                                     std::optional<std::string_view> open_until) {
  std::string_view rest = python_strip(written);
  std::optional<std::string_view> close = message;
  if (rest.starts_with(channel)) {
    const std::size_t named = rest.find("<|channel|>final");
    rest.remove_prefix(std::min(named, rest.size()));
  } else {
    close = take_open(rest, open_until);
  }
  if (!close) return 0;
  const std::size_t at = rest.find(*close);
  if (at == std::string_view::npos) return std::nullopt;
  rest = python_strip(rest.substr(at + close->size()));
  return rest.empty() ? written.size()
                      : static_cast<std::size_t>(rest.data() - written.data());
}

std::string before_answer(std::string_view text) {
  if (const auto close = open_thought(text)) return fmt::format("\n{}\n\n", *close);
  return std::string(text.ends_with(assistant) ? final_channel : "");
}

}  // namespace proctor
