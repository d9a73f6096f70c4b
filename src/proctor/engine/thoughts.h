// How models mark their thoughts, and a written reply apart into thoughts and answer.
// Not for other folders.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace proctor {

// What marks a thought's ends. Where these are control tokens they are written out in a
// reply, which other control tokens are not.
std::span<const std::string_view> thought_marks();

// The mark that will end the thought which this text, the template's last, leaves open.
std::optional<std::string_view> open_thought(std::string_view text);

struct PartedReply {
  std::string reasoning, text;
};
// The thought at the beginning of a reply, and what comes behind it, without the blanks
// between; a thought that does not end is all there is. `open_until`: the prompt has
// begun it. A reply without a thought stays as it is.
PartedReply part_thoughts(std::string_view written,
                          std::optional<std::string_view> open_until);

// Where the answer begins in what is written so far, behind the blanks after a thought;
// nothing while a thought is open.
std::optional<std::size_t> answer_at(std::string_view written,
                                     std::optional<std::string_view> open_until);

// What has to be written before an answer that comes at once, behind a template's last
// text: the end of an open thought, or the name of the channel for answers.
std::string before_answer(std::string_view text);

}  // namespace proctor
